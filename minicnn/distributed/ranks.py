"""Divide each training step among the processes, and exchange the results."""

from collections.abc import Collection, Iterator, Sequence
from contextlib import contextmanager
from typing import Any, Self
from zlib import crc32

import numpy as np
from numpy import ndarray

from minicnn.distributed.processes import Processes, joined
from minicnn.graph import Graph
from minicnn.layers import Layer
from minicnn.layers.shard import SHARD, Shard
from minicnn.losses.reduction import weight_of_losses
from minicnn.training.batches import Batch, Batches, example_count, map_arrays
from minicnn.training.compiled import CompileLoss
from minicnn.training.state import TrainingState, get_model_state, set_model_state
from minicnn.training.step import LossRun, forward_pass, paired


class Part:
    """The part of a batch that a rank computes: some rows, or a fraction of all if there are too few."""

    def __init__(self, batch: Batch, processes: Processes) -> None:
        rank, size = processes.rank, processes.size
        self.count = example_count(batch.x)
        self.factor, self.rows = 1.0, slice(0, self.count)
        if self.count >= size:
            self.rows = slice(self.count * rank // size, self.count * (rank + 1) // size)
        else:
            self.factor = 1 / size
        self.whole = batch
        self.batch = Batch(*(map_arrays(lambda array: array[self.rows], one) for one in batch))
        self.share = self.factor * (self.rows.stop - self.rows.start) / self.count

    def shares_of_loss(self, loss: CompileLoss) -> list[tuple[float, float]]:
        """Return by what to multiply the value and the gradient of each loss before they are added."""
        shares = []
        for index, single in enumerate(loss.losses):
            if single is None:
                shares.append((0.0, 0.0))
                continue
            own, whole = (
                self._weight(single, index, one, len(loss.losses))
                for one in (self.batch, self.whole)
            )
            share = self.factor * own / whole if whole else 0.0
            shares.append((self.share if single.reduction in (None, "none") else share, share))
        return shares

    def _weight(self, loss: Any, index: int, batch: Batch, outputs: int) -> float:
        y = batch.y[index] if outputs > 1 else batch.y
        several = isinstance(batch.sample_weight, list)
        weight = batch.sample_weight[index] if several else batch.sample_weight
        return weight_of_losses(loss.reduction, len(y), weight, loss.mask(y))


class Ranks:
    """Exchange the results of the ranks of a training; `Optimizer.distributed`."""

    def __init__(self, processes: Processes) -> None:
        self.processes = processes
        self._buffer = np.empty(0, np.float32)

    def __reduce__(self) -> tuple[Any, ...]:
        return _rejoin, ()

    # A training

    def prepare(self, training: Batches, callbacks: Any, verbose: Any) -> tuple[Any, Any]:
        """Check that all ranks have the same data; return the callbacks and `verbose` of this rank."""
        source: Any = training.source
        facts = source.describe() | {"steps": training.steps}
        if isinstance(labels := getattr(source, "y", None), ndarray):
            facts["checksum of the labels"] = crc32(np.ascontiguousarray(labels).data)
        first = self.broadcast(facts)
        different = [
            i for i, one in enumerate(self.processes.call("allgather", facts)) if one != first
        ]
        if different:
            raise ValueError(
                "every rank must call fit with the same data, which minicnn divides itself; rank 0 has "
                f"{first}, other data have the ranks {different}."
            )
        if self.processes.rank and isinstance(callbacks, (list, tuple)):
            callbacks = [one for one in callbacks if not getattr(one, "writes_files", False)]
        return callbacks, 0 if self.processes.rank else verbose

    def __enter__(self) -> Self:
        self.processes.training = True
        return self

    def __exit__(self, kind: type[BaseException] | None, *details: Any) -> None:
        self.processes.training = False
        if kind is not None and not issubclass(kind, Exception):  # which no excepthook sees
            self.processes.fail(f"left the training with {kind.__name__}.")

    def broadcast(self, value: Any) -> Any:
        """Return the value of rank 0."""
        return self.processes.call("bcast", value)

    def agree(self, state: TrainingState) -> None:
        """Stop all ranks if one wants to stop; begin every epoch with the same weights."""
        flags = self.processes.sum(
            np.array([state.interrupted, state.model.stop_training], np.int32)
        )
        state.interrupted, state.model.stop_training = (bool(flag) for flag in flags)
        if state.step == 0:
            set_model_state(state.model, self.broadcast(get_model_state(state.model)))

    # A step

    def gradients(
        self, graph: Graph, loss: Any, batch: Batch, trained: Collection[Layer] | None
    ) -> tuple[LossRun, tuple[list[ndarray], list[ndarray]]]:
        """Return the loss of the whole batch, and the gradients of it with their weights."""
        part = Part(batch, self.processes)
        with self._shard(part):
            done = forward_pass(graph, loss, part.batch, training=True)
            shares = part.shares_of_loss(loss)
            dys = done.dy if isinstance(done.dy, list) else [done.dy]
            dys = [
                dy if by == 1 else dy * dy.dtype.type(by)
                for dy, (_, by) in zip(dys, shares, strict=True)
            ]
            found = graph.backward(done.run, dys, trained=trained, share=part.share).weights
        gradients, weights = paired(graph.plan(trained=trained), found)
        graph.update_state(done.run)
        moved = _moving_averages(graph)
        done, summed = self._whole(
            graph, loss, part, done, shares,
            [*gradients, *(average * average.dtype.type(part.share) for average in moved)],
        )  # fmt: skip
        for average, new in zip(moved, summed[len(gradients) :], strict=True):
            average[...] = new
        return done, (summed[: len(gradients)], weights)

    def test(self, graph: Graph, loss: CompileLoss, batch: Batch) -> LossRun:
        """Return loss and predictions for the whole batch."""
        part = Part(batch, self.processes)
        done = forward_pass(graph, loss, part.batch, gradient=False)
        return self._whole(graph, loss, part, done, part.shares_of_loss(loss), [])[0]

    def _whole(
        self, graph: Graph, loss: CompileLoss, part: Part, done: LossRun, shares: Any, arrays: Any
    ) -> tuple[LossRun, list[ndarray]]:
        """Return a result with loss and predictions of the whole batch, and the sums of arrays."""
        several = isinstance(done.y_pred, list)
        values = [value * by for value, (by, _) in zip(done.losses, shares, strict=True)]
        values.append(part.share * graph.penalty(done.run))
        predictions = []
        for y in done.y_pred if several else [done.y_pred]:
            predictions.append(np.zeros((part.count, *y.shape[1:]), y.dtype))
            predictions[-1][part.rows] = y * y.dtype.type(part.factor)
        *summed, total = self._sums([*arrays, *predictions, np.array(values, predictions[0].dtype)])
        y_pred = summed[len(arrays) :]
        losses = total.tolist()
        weights = loss.weights if several else [1.0]  # the only loss is weighted already
        value = sum(w * one for w, one in zip(weights, losses, strict=False)) + losses[-1]
        done = done._replace(
            loss=value, losses=losses[:-1], y_pred=y_pred if several else y_pred[0]
        )
        return done, summed[: len(arrays)]

    def _sums(self, arrays: Sequence[ndarray]) -> list[ndarray]:
        """Return the sums of arrays over all ranks, exchanged as one; valid until the next call."""
        sizes = [array.size for array in arrays]
        dtype = np.result_type(*arrays)
        if self._buffer.size != sum(sizes) or self._buffer.dtype != dtype:
            self._buffer = np.empty(sum(sizes), dtype)
        np.concatenate([array.ravel() for array in arrays], out=self._buffer)
        self.processes.sum(self._buffer)
        parts = np.split(self._buffer, np.cumsum(sizes[:-1]))
        return [part.reshape(array.shape) for part, array in zip(parts, arrays, strict=True)]

    @contextmanager
    def _shard(self, part: Part) -> Iterator[None]:
        token = SHARD.set(Shard(part.rows.start, self.processes.sum))
        try:
            yield
        finally:
            SHARD.reset(token)


def _moving_averages(graph: Graph) -> list[ndarray]:
    """Return the weights that `update_state` changes."""
    return [
        weight
        for layer in graph.layers
        if layer.trainable and type(layer).update_state is not Layer.update_state
        for name in layer.weight_names
        if name not in layer.gradient_names and (weight := getattr(layer, name)).dtype.kind == "f"
    ]


def _rejoin() -> Ranks:
    """Return the ranks of this process, for an optimizer that was pickled."""
    return Ranks(joined())
