"""Epochs of batches, with their callbacks and the progress bar."""

from collections.abc import Callable, Iterator, Sequence
from typing import Any, NamedTuple

import numpy as np
from numpy import ndarray

from minicnn.callbacks import Callback, CallbackList, History
from minicnn.errors import NotReadyError
from minicnn.training.batches import ArrayBatches, Batch, Batches
from minicnn.training.interrupt import Interrupt, finish_step_on_interrupt
from minicnn.training.progress import ProgressBar, resolve_verbose


class Epochs(NamedTuple):
    """Which epochs to train, and how often to validate."""

    end: int
    first: int = 0
    validation_freq: int = 1


class Stopped(NamedTuple):
    """Where Ctrl-C ended a training."""

    epoch: int
    steps: int


def fit(
    model: Any,
    training: Batches,
    validation: Batches | None,
    epochs: Epochs,
    callbacks: Sequence[Callback] | None,
    verbose: Any,
) -> History:
    """Train `model` for some epochs; see `minicnn.models.Model.fit`."""
    _check_epochs(epochs)
    history = History()
    bar = ProgressBar()
    called = _called(model, callbacks, verbose, training.steps, bar, epochs.end)
    called.append(history)
    model.stop_training = False
    model.history = history
    called.on_train_begin()
    with finish_step_on_interrupt() as interrupt:
        stopped = None
        for epoch in range(epochs.first, epochs.end):
            stopped = _epoch(model, epoch, training, validation, epochs, called, interrupt)
            if stopped or model.stop_training:
                break
    called.on_train_end()
    if stopped:
        bar.close()
        print(
            f"Stopped by Ctrl-C in epoch {stopped.epoch + 1}, after {stopped.steps} of its steps: "
            "the model keeps the weights of its last step and can be used."
        )
    return history


def _epoch(
    model: Any,
    epoch: int,
    training: Batches,
    validation: Batches | None,
    epochs: Epochs,
    called: CallbackList,
    interrupt: Interrupt,
) -> Stopped | None:
    """Train one epoch and validate; return where Ctrl-C ended it, if it did."""
    model.reset_metrics()
    called.on_epoch_begin(epoch)
    logs: dict[str, float] = {}
    steps = 0
    for batch in _checked(model, training, "fit"):
        called.on_train_batch_begin(steps)
        logs = in_order(model.train_batch(batch))
        called.on_train_batch_end(steps, logs)
        steps += 1
        if interrupt.requested:
            return Stopped(epoch, steps)
        if model.stop_training:
            break
    if steps == 0:
        raise ValueError(
            f"the data have no batches left for epoch {epoch + 1}. A generator can be gone through "
            "only once: give arrays, a list of batches, or steps_per_epoch with data without end."
        )
    if validation is not None and (epoch + 1) % epochs.validation_freq == 0:
        tested = _test(model, validation, called)
        logs = logs | {f"val_{name}": value for name, value in in_order(tested).items()}
    called.on_epoch_end(epoch, logs)
    return None


def evaluate(
    model: Any, data: Batches, callbacks: Sequence[Callback] | None, verbose: Any
) -> dict[str, float]:
    """Test `model`; see `minicnn.models.Model.evaluate`."""
    return _test(model, data, _called(model, callbacks, verbose, data.steps, ProgressBar()))


def _test(model: Any, data: Batches, called: CallbackList) -> dict[str, float]:
    """Return loss and metrics over the data, loss first."""
    model.reset_metrics()
    called.on_test_begin()
    results: dict[str, float] = {}
    for step, batch in enumerate(_checked(model, data, "evaluate")):
        called.on_test_batch_begin(step)
        results = model.test_batch(batch)
        called.on_test_batch_end(step, in_order(results))
    if not results:
        raise ValueError("the data to test with have no batches.")
    called.on_test_end(in_order(results))
    return results


def predict(
    model: Any, data: Batches, callbacks: Sequence[Callback] | None, verbose: Any
) -> ndarray:
    """Return the outputs of `model`; see `minicnn.models.Model.predict`."""
    called = _called(model, callbacks, verbose, data.steps, ProgressBar())
    called.on_predict_begin()
    outputs = []
    for step, batch in enumerate(_checked(model, data, "predict")):
        called.on_predict_batch_begin(step)
        outputs.append(model.outputs(batch.x))
        called.on_predict_batch_end(step, {"outputs": outputs[-1]})
    if not outputs:
        raise ValueError("the data to predict have no batches.")
    called.on_predict_end()
    return np.concatenate(outputs)


def _checked(model: Any, data: Batches, method: str) -> Iterator[Batch]:
    """Yield the batches of a pass; arrays were checked as a whole, an iterable's batches are now."""
    check: Callable[[Batch, str], None] | None = None
    if not isinstance(data.source, ArrayBatches):
        check = model.check_batch
    for batch in data.one_pass():
        if check is not None:
            check(batch, method)
        yield batch


def _called(
    model: Any,
    callbacks: Sequence[Callback] | None,
    verbose: Any,
    steps: int | None,
    bar: ProgressBar,
    epochs: int = 1,
) -> CallbackList:
    """Return the learner's callbacks and the progress bar, as one."""
    if isinstance(callbacks, CallbackList):
        raise NotReadyError("callbacks takes a list of callbacks, not a CallbackList.")
    params = {"verbose": resolve_verbose(verbose), "epochs": epochs, "steps": steps}
    return CallbackList(callbacks, model, params, progress=bar)


def in_order(results: dict[str, float]) -> dict[str, float]:
    """Return the values in the order in which Keras shows them: by name."""
    return dict(sorted(results.items()))


def _check_epochs(epochs: Epochs) -> None:
    for name, value, least in (
        ("epochs", epochs.end, 1),
        ("initial_epoch", epochs.first, 0),
        ("validation_freq", epochs.validation_freq, 1),
    ):
        if not isinstance(value, (int, np.integer)) or isinstance(value, bool) or value < least:
            raise ValueError(f"{name} takes a whole number from {least} on, got {value!r}.")
