"""Train, test and predict on single batches."""

from collections.abc import Mapping, Sequence
from functools import lru_cache
from math import prod
from operator import attrgetter
from typing import Any

import numpy as np
from numpy import ndarray

from minicnn import ops, optimizers
from minicnn.callbacks import History
from minicnn.errors import NotReadyError, warn
from minicnn.layers import Layer
from minicnn.layers.contract import is_builtin
from minicnn.layers.layer import Gradients
from minicnn.layers.shapes import Shape
from minicnn.models.added_losses import AddsLosses
from minicnn.training import inputs
from minicnn.training.batches import Batch
from minicnn.training.checks import check_finite_and_range, match_input, warn_of_other_range
from minicnn.training.compiled import Compiled
from minicnn.training.step import forward_pass, train_step

_output_shape = attrgetter("output_shape")

NEED_NO_LABELS = ("predict", "predict_on_batch", "__call__")
PREDICT_BLOCK_BYTES = 3 << 20  # of a layer's output in float32: part of a last-level cache


class BatchTrainer(AddsLosses):
    """Base class of `Trainer`.

    Attributes
    ----------
    history : History
        Of the last `fit`.
    stop_training : bool
        A callback sets it to end `fit` after the current batch.
    last_batch : Batch or None
        The batch of the last step of `fit`, for callbacks; None when it has ended.
    compiled : Compiled or None
        What `compile` was called with.
    """

    history: History | None = None
    stop_training = False
    last_batch: Batch | None = None
    compiled: Compiled | None = None
    trained_range: tuple[float, float] | None = None  # of the inputs that `fit` saw
    _warned_of_range = False
    _trainable_at_compile: list[Layer] | None = None
    _begun: tuple[list[Layer], list[Layer] | None] | None = None  # all layers, the trained ones
    _warned_of_frozen = False

    @property
    def input_names(self) -> list[str]:
        """Names of the inputs."""
        return list(self.names.inputs)

    @property
    def output_names(self) -> list[str]:
        """Names of the outputs: of the layers that make them."""
        return list(self.names.outputs)

    @property
    def optimizer(self) -> Any:
        """The optimizer, or None before `compile`."""
        return None if self.compiled is None else self.compiled.optimizer

    @optimizer.setter
    def optimizer(self, value: Any) -> None:
        self.require_compiled("model.optimizer = ...").optimizer = optimizers.get(value)

    @property
    def loss(self) -> Any:
        """The loss, or None before `compile`; a list for several outputs.

        It may be set, for subclasses that have an attribute of this name.
        """
        default = None if self.compiled is None else self.compiled.loss
        return vars(self).get("loss", default)

    @loss.setter
    def loss(self, value: Any) -> None:
        vars(self)["loss"] = value

    @property
    def metrics_names(self) -> list[str]:
        """Names of the values that `evaluate` returns, in its order: the loss first."""
        return [] if self.compiled is None else ["loss", *self.compiled.metric_names]

    @property
    def metrics(self) -> list[Any]:
        """The running means of loss and metrics."""
        if self.compiled is None:
            return []
        return [self.compiled.losses.total, *(one for _, _, one in self.compiled.metrics.metrics)]

    def require_compiled(self, method: str) -> Compiled:
        """Return what `compile` was called with.

        Raises
        ------
        NotReadyError
            If it was not called, or without a loss.
        """
        if self.compiled is None or not (self.compiled.has_loss or self.added_losses):
            missing = "a loss and an optimizer" if self.compiled is None else "a loss"
            raise NotReadyError(
                f"{method} needs {missing}. First call model.compile("
                "optimizer='adam', loss='categorical_crossentropy', metrics=['accuracy'])."
            )
        return self.compiled

    # One batch

    def train_on_batch(
        self,
        x: Any,
        y: Any = None,
        sample_weight: Any = None,
        class_weight: Mapping[int, float] | None = None,
        return_dict: bool = False,
    ) -> Any:
        """Train on one batch; return its loss and metrics from before the update.

        Parameters
        ----------
        x, y, sample_weight, class_weight : as in `fit`
        return_dict : bool
            Whether to return the values by name.

        Returns
        -------
        list of float
            As `evaluate`.

        Examples
        --------
        >>> from minicnn import Sequential, layers
        >>> model = Sequential([layers.Dense(1, kernel_initializer="zeros", input_shape=(2,))])
        >>> model.compile("sgd", "mse")
        >>> model.train_on_batch(np.ones((4, 2)), np.ones(4))
        1.0
        """
        self.require_compiled("train_on_batch")
        batch = self.prepare_arrays("train_on_batch", x, y, sample_weight)
        if class_weight is not None:
            weight = inputs.with_class_weight(batch.y, batch.sample_weight, class_weight)
            batch = batch._replace(sample_weight=weight)
        self.reset_metrics()
        ops.expect_backward()
        return self._listed(self.train_batch(Batch(*batch)), return_dict)

    def test_on_batch(
        self, x: Any, y: Any = None, sample_weight: Any = None, return_dict: bool = False
    ) -> Any:
        """Return loss and metrics of one batch; parameters as in `evaluate`."""
        self.require_compiled("test_on_batch")
        batch = self.prepare_arrays("test_on_batch", x, y, sample_weight)
        self.reset_metrics()
        return self._listed(self.test_batch(Batch(*batch)), return_dict)

    def predict_on_batch(self, x: Any) -> Any:
        """Return the outputs for one batch, (batch, ...); parameters as in `predict`."""
        x = self.prepare_arrays("predict_on_batch", x).x
        outputs, given = self.compute_outputs(x), x if isinstance(x, list) else [x]
        own = []
        for y in outputs if isinstance(outputs, list) else [outputs]:
            is_input = any(
                np.may_share_memory(y, one) for one in given
            )  # no layer computed anything
            own.append(y.copy() if is_input else y)
        return self.names.as_given(own if isinstance(outputs, list) else own[0])

    def reset_metrics(self) -> None:
        """Start the means of loss and metrics again."""
        if self.compiled is not None:
            self.compiled.reset()

    # What the training loop calls

    def compute_outputs(self, x: Any, training: bool = False) -> Any:
        """Pass a prepared batch through all layers.

        In inference, only some examples at a time, so that each layer finds its input in the cache.
        """
        graph = self.graph
        several = isinstance(x, list)
        count = len(x[0] if several else x)
        block = count
        if not (training or graph.has_custom_layers):  # which may need the whole batch
            blocks = -(-count // _examples_in_cache((*map(_output_shape, graph.layers),)))
            block = -(-count // max(blocks, 1))  # equal parts, whose results fit the same memory
        if block >= count:
            outputs = graph.forward(x, training, caches=False).outputs
        else:
            parts = [
                graph.forward(
                    [one[i : i + block] for one in x] if several else x[i : i + block], caches=False
                ).outputs
                for i in range(0, count, block)
            ]
            outputs = joined(parts)
        return outputs[0] if len(outputs) == 1 else outputs

    def train_batch(self, batch: Batch) -> dict[str, float]:
        """Train on a prepared batch; return the means so far."""
        compiled = self.require_compiled("fit")
        self.last_batch = batch
        extended = self.loss_graph()
        graph = self.graph if extended is None else extended.graph
        trained = self._trained_as_begun(graph.layers)
        if extended is None:
            done = train_step(graph, compiled.losses, compiled.optimizer, batch, trained)
        else:
            losses, further = extended.losses(compiled.losses), extended.batch(batch)
            done = train_step(graph, losses, compiled.optimizer, further, trained)
            done = extended.shortened(done)
        compiled.update(done.loss, batch.y, done.y_pred, batch.sample_weight, done.losses)
        return compiled.results()

    def _trained_as_begun(self, layers: list[Layer]) -> list[Layer] | None:
        """Return the layers that the first batch after `compile` trained, if others are frozen now."""
        trainable = [layer for layer in layers if layer.trainable]
        if self._begun is None or self._begun[0] != layers:
            # Where all have been frozen since, the others count, as in Keras' GANs
            self._begun = layers, trainable or self._trainable_at_compile
        begun = self._begun[1]
        if trainable == begun or begun is None:
            return None
        if trainable and not self._warned_of_frozen:
            self._warned_of_frozen = True
            warn(
                "Layers were frozen or unfrozen after the training began. As in Keras, that counts from "
                "the next model.compile(...); until then, the same weights are trained as before.",
                UserWarning,
            )
        return begun

    def test_batch(self, batch: Batch, ranks: Any = None) -> dict[str, float]:
        """Test on a prepared batch, with other processes if there are any; return the means so far."""
        compiled = self.require_compiled("evaluate")
        extended = self.loss_graph()
        if extended is not None:
            losses, further = extended.losses(compiled.losses), extended.batch(batch)
            done = extended.shortened(forward_pass(extended.graph, losses, further, gradient=False))
        elif ranks is not None:
            done = ranks.test(self.graph, compiled.losses, batch)
        else:
            done = forward_pass(self.graph, compiled.losses, batch, gradient=False)
        compiled.update(done.loss, batch.y, done.y_pred, batch.sample_weight, done.losses)
        return compiled.results()

    def gradients(self, batch: Batch) -> list[Gradients]:
        """Return ∂loss/∂weight for a batch, as a training step computes it; nothing is changed.

        Parameters
        ----------
        batch : Batch
            With labels.

        Returns
        -------
        list of dict
            For every layer of ``graph.layers`` the gradients by name of the weight.
        """
        compiled = self.require_compiled("gradients")
        if self.added_losses:
            raise NotImplementedError("gradients are not shown of losses from add_loss.")
        done = forward_pass(self.graph, compiled.losses, batch, training=True)
        gradients = self.graph.backward(done.run, done.dy).weights
        return [gradients.get(layer, {}) for layer in self.graph.layers]

    # What comes in

    def prepare_arrays(
        self, method: str, x: Any, y: Any = None, sample_weight: Any = None, example: str = ""
    ) -> inputs.Arrays:
        """Check what a method is called with; return it as arrays.

        Raises
        ------
        ShapeError, ValueError, TypeError
            If it does not fit the model, or lacks the labels that `example` shows how to give.
        """
        if method in NEED_NO_LABELS:
            given = inputs.arrays(x, names=self.names)
        else:
            given = inputs.arrays(x, self.with_labels(x, y), sample_weight, names=self.names)
            if given.y is None:
                raise ValueError(f"{method} needs labels: {example or f'model.{method}(x, y)'}.")
        training = method in ("fit", "train_on_batch")
        return given._replace(x=self.prepare_input(given.x, method, training))

    def prepare_input(self, x: Any, method: str, training: bool, name: str = "x") -> Any:
        """Build the model if necessary; return the examples in the shape that it takes.

        Parameters
        ----------
        x : array (examples, ...), or a list of them
        method : str
            For the advice in messages; "__call__" takes numbers of any range.
        training : bool
            Whether the range of the numbers is that of training, or to be compared with it.
        name : str
            Of x in messages.

        Raises
        ------
        ShapeError, ValueError
            If the examples do not fit, or are not finite.
        """
        arrays = x if isinstance(x, list) else [x]
        if not self.layers:
            raise NotReadyError("the model has no layers. Add one: model.add(Dense(10)).")
        if not self.built:
            self.build((None, *arrays[0].shape[1:]))
        several, matched = len(arrays) > 1, []
        for index, (array, expected) in enumerate(zip(arrays, self.input_shapes, strict=True)):
            if several:
                owner = f'the input "{self.input_names[index]}"'
            else:
                owner = next(node.layer for node in self.graph.nodes if 0 in node.inputs).describe()
            owner = owner if name == "x" else f"{name}: {owner}"
            matched.append(match_input(owner, array, expected, method))
            if method == "__call__":
                continue
            low, high = check_finite_and_range(f"{name}[{index}]" if several else name, array)
            if training:
                seen = self.trained_range or (low, high)
                self.trained_range = min(seen[0], low), max(seen[1], high)
            elif self.trained_range is not None and not self._warned_of_range:
                self._warned_of_range = warn_of_other_range(self.trained_range, (low, high))
        return matched if isinstance(x, list) else matched[0]

    def check_labels(self, data: inputs.Arrays, name: str) -> None:
        """Check that the loss accepts labels, before training; `name` is for the message."""
        compiled = self.require_compiled("fit")
        labels = data.y if isinstance(data.y, list) else [data.y]
        if any(len(shape) != 2 or None in shape[1:] for shape in self.output_shapes):
            return
        for loss, y, shape in zip(compiled.losses.losses, labels, self.output_shapes, strict=True):
            predictions: Any = np.broadcast_to(np.float32(0.5), (len(y), *shape[1:]))  # type: ignore[arg-type]
            try:
                if loss is not None and is_builtin(type(loss)):  # type: ignore[arg-type]
                    loss.forward(y, predictions)
            except (TypeError, ValueError) as error:
                raise type(error)(f"{name}: {error}") from error

    def _listed(self, results: dict[str, float], return_dict: bool) -> Any:
        if return_dict:
            return results
        values = [results[name] for name in dict.fromkeys(self.metrics_names)]
        return values if len(values) > 1 else values[0]


@lru_cache  # `predict` asks for every batch
def _examples_in_cache(shapes: tuple[Shape, ...]) -> int:
    """Return how many examples make at most `PREDICT_BLOCK_BYTES` in any layer with such an output."""
    sizes = [prod(size or 1 for size in shape[1:]) for shape in shapes]
    return max(PREDICT_BLOCK_BYTES // (4 * max(sizes, default=1)), 1)


def joined(parts: Sequence[Any]) -> Any:
    """Concatenate the outputs of several batches: arrays, or lists of arrays."""
    if isinstance(parts[0], ndarray):
        return np.concatenate(parts)
    return [np.concatenate(arrays) for arrays in zip(*parts, strict=True)]
