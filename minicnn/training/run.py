"""A training under way: where it stands, and all that decides how it goes on.

Which numbers a training ends with is decided by the weights, the optimizer, the streams of random
numbers, the place in the data, the running means and what the callbacks remember. `Run` gathers
them, and puts them back: a training that was interrupted ends with the same bits as one that was
not. Callbacks get it in `Callback.on_state_restore` and `Callback.on_state_save`.
"""

import os
from copy import deepcopy
from os import PathLike
from typing import Any

from minicnn.callbacks import CallbackList
from minicnn.errors import FileFormatError
from minicnn.random import restore_stream, stream_state
from minicnn.saving import read_state, write_state
from minicnn.training.batches import Batches
from minicnn.training.model_state import State, get_model_state, set_model_state


class Run:
    """A training under way."""

    def __init__(
        self,
        model: Any,
        callbacks: CallbackList,
        training: Batches,
        validation: Batches | None,
        epoch: int = 0,
        validation_freq: int = 1,
    ) -> None:
        self.epoch, self.step = epoch, 0
        self.logs: dict[str, Any] = {}
        self.last_step = epoch, 0
        self.validation_freq = None if validation is None else validation_freq
        self.interrupted = False
        self.resumed = False
        self._model, self._callbacks = model, callbacks
        self._training, self._validation = training, validation
        self._validated_up_to = self._place_of_validation()
        self._state_to_repeat: State | None = None

    @property
    def model(self) -> Any:
        """The model that is trained."""
        return self._model

    # What callbacks call

    def save(self, path: str | PathLike[str]) -> None:
        """Write the whole state to a file, in one step; call it in `on_state_save`."""
        write_state(path, self.get_state())

    def resume(self, path: str | PathLike[str]) -> None:
        """Go on from what `save` wrote; call it in `on_state_restore`."""
        state = read_state(path)
        before = deepcopy(self.get_state())
        try:
            self.set_state(state)
        except (ValueError, TypeError, LookupError, AttributeError, RuntimeError) as error:
            self.set_state(before)
            raise FileFormatError(
                f"{os.fspath(path)}: this is no state of this training: {error} Give it the model "
                "and the data that it had, or remove the file to begin anew."
            ) from error
        self.resumed = True
        self._state_to_repeat = deepcopy(state) if self.step else None

    def get_state(self) -> State:
        """Return all that decides how the training goes on."""
        between = self.step == 0
        return {
            "epoch": self.epoch,
            "step": self.step,
            "logs": self.logs,
            "stopped": bool(self._model.stop_training),
            "model": get_model_state(self._model),
            "means": None if between else self._model.require_compiled("fit").get_state(),
            "training_data": self._training.get_state(in_a_pass=not between),
            "validation_data": self._validated_up_to,
            "callbacks": self._callbacks.get_state(),
            "random": stream_state(),
        }

    def set_state(self, state: State) -> None:
        """Put everything into the state that `get_state` returned."""
        self._model.stop_training = state["stopped"]
        set_model_state(self._model, state["model"])
        if state["means"] is not None:
            self._model.require_compiled("fit").set_state(state["means"])
        self._training.set_state(state["training_data"])
        if self._validation is not None and state["validation_data"] is not None:
            self._validation.set_state(state["validation_data"])
        self._validated_up_to = state["validation_data"]
        self._callbacks.set_state(state["callbacks"])
        restore_stream(state["random"])
        self.epoch, self.step, self.logs = state["epoch"], state["step"], state["logs"]
        self.last_step = self.epoch, self.step

    # What the training loop calls

    def begin_epoch(self) -> None:
        """Undo what `on_epoch_begin` did in an epoch that had begun before the interruption."""
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
        self._validated_up_to = self._place_of_validation()

    def _place_of_validation(self) -> State | None:
        return None if self._validation is None else self._validation.get_state(in_a_pass=False)
