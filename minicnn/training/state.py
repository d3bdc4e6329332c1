"""The checkpointable state of a running `fit`.

What a training ends with depends on the weights, the optimizer, the random generators, the position in
the data, the running means and the state of the callbacks. `TrainingState` collects and restores them: a
training that was interrupted ends with the same bits as one that was not. Callbacks get it in
`Callback.on_state_restore` and `Callback.on_state_save`.
"""

import os
from copy import deepcopy
from os import PathLike
from typing import TYPE_CHECKING, Any

from minicnn.callbacks import CallbackList
from minicnn.errors import FileFormatError, NotReadyError
from minicnn.random import restore_stream, stream_state
from minicnn.saving import read_state, write_state
from minicnn.training.batches import Batches

if TYPE_CHECKING:
    from minicnn.models import Model

State = dict[str, Any]
"""Names, with numbers, text, None, arrays, and lists and dicts of these."""


class TrainingState:
    """The state of a running `fit`."""

    def __init__(
        self,
        model: "Model",
        callbacks: CallbackList,
        training: Batches,
        validation: Batches | None,
        epoch: int = 0,
        validation_freq: Any = 1,
    ) -> None:
        self.epoch, self.step = epoch, 0
        self.logs: dict[str, Any] = {}
        self.last_step = epoch, 0
        self.validation_freq = None if validation is None else validation_freq
        self.interrupted = False
        self.warned_of_nan = False
        self.resumed = False
        self.ranks = model.optimizer.distributed
        self.model: Any = model
        self._callbacks = callbacks
        self._training, self._validation = training, validation
        self._validated_up_to = self._validation_position()
        self._state_to_repeat: State | None = None

    # What callbacks call

    def save(self, path: str | PathLike[str]) -> None:
        """Write the whole state to a file, atomically; call it in `on_state_save`."""
        write_state(path, self.get_state())

    def resume(self, path: str | PathLike[str]) -> None:
        """Continue from a file that `save` wrote; call it in `on_state_restore`."""
        state = read_state(path)
        before = deepcopy(self.get_state())
        try:
            self.set_state(state)
        except (ValueError, TypeError, LookupError, AttributeError, RuntimeError) as error:
            self.set_state(before)
            raise FileFormatError(
                f"{os.fspath(path)}: this is not a state of this training: {error} Train with the same "
                "model and data, or remove the file to start again."
            ) from error
        self.resumed = True
        self._repeat(state)

    def _repeat(self, state: State) -> None:
        self._state_to_repeat = deepcopy(state) if self.step else None

    def get_state(self) -> State:
        """Return everything that decides how the training continues."""
        between = self.step == 0
        return {
            "epoch": self.epoch,
            "step": self.step,
            "logs": self.logs,
            "stopped": bool(self.model.stop_training),
            "model": get_model_state(self.model),
            "means": None if between else self.model.require_compiled("fit").get_state(),
            "training_data": self._training.get_state(in_a_pass=not between),
            "validation_data": self._validated_up_to,
            "callbacks": self._callbacks.get_state(),
            "random": stream_state(),
        }

    def set_state(self, state: State) -> None:
        """Restore what `get_state` returned."""
        self.model.stop_training = state["stopped"]
        set_model_state(self.model, state["model"])
        if state["means"] is not None:
            self.model.require_compiled("fit").set_state(state["means"])
        self._training.set_state(state["training_data"])
        if self._validation is not None and state["validation_data"] is not None:
            self._validation.set_state(state["validation_data"])
        self._validated_up_to = state["validation_data"]
        self._callbacks.set_state(state["callbacks"])
        restore_stream(state["random"])
        self.epoch, self.step, self.logs = state["epoch"], state["step"], state["logs"]
        self.last_step = self.epoch, self.step

    # What the training loop calls

    def share(self) -> None:
        """Give all processes that train together the state of the first."""
        if self.ranks is None:
            return
        if not self.model.built:  # the same random numbers make the same weights
            restore_stream(self.ranks.broadcast(stream_state()))
            return
        state = self.ranks.broadcast(self.get_state())
        self.set_state(state)
        self._repeat(state)

    def begin_epoch(self) -> None:
        """Undo what `on_epoch_begin` did in an epoch that had started before the interruption."""
        if self._state_to_repeat is not None:
            self.set_state(self._state_to_repeat)
        self._state_to_repeat = None

    def end_step(self, logs: dict[str, Any]) -> None:
        """Count a step."""
        self.step += 1
        self.logs = logs
        self.last_step = self.epoch, self.step

    def end_epoch(self) -> None:
        """Count an epoch."""
        self.epoch += 1
        self.step, self.logs = 0, {}
        self._validated_up_to = self._validation_position()

    def _validation_position(self) -> State | None:
        return None if self._validation is None else self._validation.get_state(in_a_pass=False)


def get_model_state(model: "Model") -> State:
    """Return everything that a training step changes in a model."""
    optimizer = _built_optimizer(model)
    has_own_rate = "learning_rate" in optimizer.variable_names([])  # no schedule or function
    return {
        "layers": _description(model),
        "weights": model.get_weights() if model.built else [],
        "seed_states": [getattr(layer, "seed_state", None) for layer in model.graph.layers],
        "optimizer": type(optimizer).__name__,
        "optimizer_variables": optimizer.variables,
        # The variables have it in float32, as in Keras: too coarse for the same bits
        "learning_rate": float(optimizer.learning_rate) if has_own_rate else None,
    }


def set_model_state(model: "Model", state: State) -> None:
    """Restore what `get_model_state` returned."""
    optimizer = _built_optimizer(model)
    for name, here in (("layers", _description(model)), ("optimizer", type(optimizer).__name__)):
        if state[name] != here:
            raise ValueError(f"it is of a model with {name} {state[name]}, this one has {here}.")
    if not model.built:
        if state["weights"]:
            raise NotReadyError(
                "the model has no weights yet: call model.build((None, 28, 28, 1)) with the shape of "
                "its input before fit."
            )
        return
    model.set_weights(state["weights"])
    layers: list[Any] = model.graph.layers
    for layer, seed_state in zip(layers, state["seed_states"], strict=True):
        if seed_state is not None:
            layer.seed_state[...] = seed_state
    optimizer.set_state(state["optimizer_variables"])
    if state["learning_rate"] is not None:
        optimizer.learning_rate = state["learning_rate"]


def _built_optimizer(model: "Model") -> Any:
    optimizer = model.require_compiled("fit").optimizer
    if model.built and not optimizer.built:
        optimizer.build(model.trainable_weights)
    return optimizer


def _description(model: "Model") -> list[Any]:
    """Return class and shapes of every layer; names may differ, they are numbered."""
    return [
        [type(layer).__name__, [list(weight.shape) for weight in layer.weights]]
        for layer in model.graph.layers
    ]
