"""Epochs of batches, with their callbacks and the progress bar."""

from collections.abc import Iterator, Sequence
from contextlib import closing
from typing import Any, NamedTuple

import numpy as np

from minicnn.callbacks import Callback, CallbackList, History
from minicnn.errors import NotReadyError
from minicnn.interrupts import Interrupt, interrupt_noted
from minicnn.training.batches import ArrayBatches, Batch, Batches
from minicnn.training.progress import ProgressBar, resolve_verbose
from minicnn.training.run import Run


class Epochs(NamedTuple):
    """Which epochs to train, and how often to validate."""

    end: int
    first: int = 0
    validation_freq: int = 1


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
    called = callback_list(model, callbacks, verbose, training.steps, bar, epochs.end)
    called.append(history)
    model.stop_training = False
    model.history = history
    run = Run(model, called, training, validation, epochs.first, epochs.validation_freq)
    called.on_train_begin()
    called.on_state_restore(run)
    with interrupt_noted() as interrupt, closing(bar):
        for _ in range(run.epoch, epochs.end):
            if run.step == 0 and model.stop_training:
                break
            _epoch(run, training, validation, epochs.validation_freq, called, interrupt)
            if run.interrupted:
                break
    called.on_train_end({name: values[-1] for name, values in history.history.items()})
    model.last_batch = None  # callbacks have seen it: do not keep its memory
    if run.interrupted:
        epoch, steps = run.last_step
        print(
            f"Stopped by Ctrl-C in epoch {epoch + 1}, after {steps} of its steps: "
            "the model keeps the weights of its last step and can be used."
        )
    return history


def _epoch(
    run: Run,
    training: Batches,
    validation: Batches | None,
    validation_freq: int,
    called: CallbackList,
    interrupt: Interrupt,
) -> None:
    """Train one epoch, or what is left of it, and validate."""
    run.model.reset_metrics()
    called.on_epoch_begin(run.epoch)
    run.begin_epoch()
    if run.step == 0 or not run.model.stop_training:  # as in Keras, at least one step
        _steps(run, training, called, interrupt)
    if run.interrupted:
        return
    if run.step == 0:
        raise ValueError(
            f"the data have no batches left for epoch {run.epoch + 1}. A generator can be gone "
            "through only once: give arrays, a list of batches, or steps_per_epoch with data "
            "without end."
        )
    logs = run.logs
    if validation is not None and (run.epoch + 1) % validation_freq == 0:
        tested = _test(run.model, validation, called, interrupt)
        logs = logs | {f"val_{name}": value for name, value in tested.items()}
        if interrupt.requested:  # the epoch is not at its end, and may be resumed
            _settle(run, called, interrupt)
            return
    called.on_epoch_end(run.epoch, logs)
    run.end_epoch()
    _settle(run, called, interrupt)


def _steps(run: Run, training: Batches, called: CallbackList, interrupt: Interrupt) -> None:
    """Learn from the batches of an epoch, until a callback or Ctrl-C stops it."""
    model = run.model
    for batch in prepared(model, training, "fit", run.step):
        called.on_train_batch_begin(run.step)
        logs = model.train_batch(batch)
        called.on_train_batch_end(run.step, logs)
        run.end_step(logs)
        _settle(run, called, interrupt)
        if run.interrupted or model.stop_training:
            return


def _settle(run: Run, called: CallbackList, interrupt: Interrupt) -> None:
    """Tell the callbacks that the state is whole."""
    run.interrupted = interrupt.requested
    called.on_state_save(run)


def evaluate(
    model: Any, data: Batches, callbacks: Sequence[Callback] | None, verbose: Any
) -> dict[str, float]:
    """Test `model`; see `minicnn.models.Model.evaluate`."""
    return _test(model, data, callback_list(model, callbacks, verbose, data.steps, ProgressBar()))


def _test(
    model: Any, data: Batches, called: CallbackList, interrupt: Interrupt | None = None
) -> dict[str, float]:
    """Return loss and metrics over the data, or over those before Ctrl-C."""
    model.reset_metrics()
    called.on_test_begin()
    results: dict[str, float] = {}
    for step, batch in enumerate(prepared(model, data, "evaluate")):
        called.on_test_batch_begin(step)
        results = model.test_batch(batch)
        called.on_test_batch_end(step, dict(results))
        if interrupt is not None and interrupt.requested:
            break
    if not results:
        raise ValueError("the data to test with have no batches.")
    called.on_test_end(dict(results))
    return results


def prepared(model: Any, data: Batches, method: str, done: int = 0) -> Iterator[Batch]:
    """Return the batches of a pass without the first `done`; those of an iterable are checked."""
    batches = data.one_pass(done)
    if isinstance(data.source, ArrayBatches):
        return batches
    return (model.prepare_batch(batch, method) for batch in batches)


def callback_list(
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


def _check_epochs(epochs: Epochs) -> None:
    for name, value, least in (
        ("epochs", epochs.end, 1),
        ("initial_epoch", epochs.first, 0),
        ("validation_freq", epochs.validation_freq, 1),
    ):
        if not isinstance(value, (int, np.integer)) or isinstance(value, bool) or value < least:
            raise ValueError(f"{name} takes a whole number from {least} on, got {value!r}.")
