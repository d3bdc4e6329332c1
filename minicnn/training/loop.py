"""The training loop: epochs of batches, with callbacks and the progress bar."""

import math
from collections.abc import Iterator, Sequence
from contextlib import closing, nullcontext
from typing import Any, NamedTuple

from minicnn import ops
from minicnn.callbacks import Callback, CallbackList, History
from minicnn.callbacks.callback import MetricValues
from minicnn.checks import integer
from minicnn.errors import NotReadyError, warn
from minicnn.interrupts import Interrupt, interrupt_noted
from minicnn.training.batches import ArrayBatches, Batch, Batches
from minicnn.training.progress import ProgressBar, resolve_verbose
from minicnn.training.state import TrainingState


class Epochs(NamedTuple):
    """Which epochs to train, and how often to validate."""

    end: int
    first: int = 0
    validation_freq: Any = 1  # or the numbers of the epochs

    def validates(self, epoch: int) -> bool:
        """Return whether to validate after an epoch, counted from 0."""
        if isinstance(self.validation_freq, int):
            return (epoch + 1) % self.validation_freq == 0
        return epoch + 1 in self.validation_freq


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
    ops.expect_backward()
    ranks = model.optimizer.distributed
    if ranks is not None:
        callbacks, verbose = ranks.prepare(training, callbacks, verbose)
    history = History()
    bar = ProgressBar()
    called = callback_list(model, callbacks, verbose, training.steps, bar, epochs.end)
    called.append(history)
    if validation is not None and isinstance(validation.source, ArrayBatches):
        called.set_validation_data(validation.source)
    model.stop_training = False
    model.history = history
    state = TrainingState(model, called, training, validation, epochs.first, epochs.validation_freq)
    called.on_train_begin()
    called.on_state_restore(state)
    with interrupt_noted() as interrupt, closing(bar), ranks or nullcontext():
        state.share()
        for _ in range(state.epoch, epochs.end):
            if state.step == 0 and model.stop_training:
                break
            _epoch(state, training, validation, epochs, called, interrupt)
            if state.interrupted:
                break
    called.on_train_end({name: values[-1] for name, values in history.history.items()})
    model.last_batch = None  # callbacks have seen it: do not keep its memory
    if state.interrupted:
        epoch, steps = state.last_step
        print(
            f"Stopped by Ctrl-C in epoch {epoch + 1}, after {steps} of its steps: "
            "the model keeps the weights of its last step and can be used."
        )
    return history


def _epoch(
    state: TrainingState,
    training: Batches,
    validation: Batches | None,
    epochs: Epochs,
    called: CallbackList,
    interrupt: Interrupt,
) -> None:
    """Train one epoch, or the rest of it, and validate."""
    state.model.reset_metrics()
    called.on_epoch_begin(state.epoch)
    state.begin_epoch()
    if state.step == 0 or not state.model.stop_training:  # as in Keras, at least one step
        _steps(state, training, called, interrupt)
    if state.interrupted:
        return
    if state.step == 0:
        raise ValueError(
            f"the data have no batches left for epoch {state.epoch + 1}. A generator can be used only "
            "once: give arrays, a list of batches, or a generator that never ends and "
            "steps_per_epoch."
        )
    logs = state.logs
    if validation is not None and epochs.validates(state.epoch):
        # Several processes agree on Ctrl-C only after a step
        noted = interrupt if state.ranks is None else Interrupt()
        tested = _test(state.model, validation, called, noted, state.ranks)
        logs = logs | {f"val_{name}": value for name, value in tested.items()}
        if noted.requested:  # the epoch is not at its end, and may be resumed
            _offer_state(state, called, interrupt)
            return
    called.on_epoch_end(state.epoch, MetricValues(logs))
    state.end_epoch()
    _offer_state(state, called, interrupt)


def _steps(
    state: TrainingState, training: Batches, called: CallbackList, interrupt: Interrupt
) -> None:
    """Train on the batches of an epoch, until a callback or Ctrl-C stops it."""
    model = state.model
    for batch in prepared(model, training, "fit", state.step):
        called.on_train_batch_begin(state.step)
        logs = model.train_batch(batch)
        if not state.warned_of_nan and not math.isfinite(logs["loss"]):
            state.warned_of_nan = True
            warn(
                f"the loss is {logs['loss']} in epoch {state.epoch + 1}, step {state.step + 1}: the "
                "training has diverged. Lower the learning rate, scale the inputs (x / 255), or stop "
                "with callbacks=[TerminateOnNaN()]."
            )
        called.on_train_batch_end(state.step, logs)
        state.end_step(logs)
        _offer_state(state, called, interrupt)
        if state.interrupted or model.stop_training:
            return


def _offer_state(state: TrainingState, called: CallbackList, interrupt: Interrupt) -> None:
    """Tell the callbacks that the state is consistent: a step is complete."""
    state.interrupted = interrupt.requested
    if state.ranks is not None:
        state.ranks.agree(state)
    called.on_state_save(state)


def evaluate(
    model: Any, data: Batches, callbacks: Sequence[Callback] | None, verbose: Any
) -> dict[str, float]:
    """Test `model`; see `minicnn.models.Model.evaluate`."""
    return _test(model, data, callback_list(model, callbacks, verbose, data.steps, ProgressBar()))


def _test(
    model: Any,
    data: Batches,
    called: CallbackList,
    interrupt: Interrupt | None = None,
    ranks: Any = None,
) -> dict[str, float]:
    """Return loss and metrics over the data, or over the part before Ctrl-C."""
    model.reset_metrics()
    called.on_test_begin()
    results: dict[str, float] = {}
    for step, batch in enumerate(prepared(model, data, "evaluate")):
        called.on_test_batch_begin(step)
        results = model.test_batch(batch, ranks)
        called.on_test_batch_end(step, dict(results))
        if interrupt is not None and interrupt.requested:
            break
    if not results:
        raise ValueError("the test data have no batches.")
    called.on_test_end(dict(results))
    return results


def prepared(model: Any, data: Batches, method: str, done: int = 0) -> Iterator[Batch]:
    """Return the batches of a pass without the first `done`; those of an iterable are checked."""
    batches = data.one_pass(done)
    if isinstance(data.source, ArrayBatches):
        return batches
    example = "let the data yield (x, y)"
    return (Batch(*model.prepare_arrays(method, *batch, example=example)) for batch in batches)


def callback_list(
    model: Any,
    callbacks: Sequence[Callback] | None,
    verbose: Any,
    steps: int | None,
    bar: ProgressBar,
    epochs: int = 1,
) -> CallbackList:
    """Return the callbacks and the progress bar as one."""
    if isinstance(callbacks, CallbackList):
        raise NotReadyError("callbacks takes a list of callbacks, not a CallbackList.")
    params = {"verbose": resolve_verbose(verbose), "epochs": epochs, "steps": steps}
    return CallbackList(callbacks, model, params, progress=bar if params["verbose"] else None)


def _check_epochs(epochs: Epochs) -> None:
    integer("fit", "epochs", epochs.end, minimum=0)
    integer("fit", "initial_epoch", epochs.first, minimum=0)
    freq = epochs.validation_freq
    for epoch in freq if isinstance(freq, (list, tuple, set, range)) else [freq]:
        integer("fit", "validation_freq", epoch)
