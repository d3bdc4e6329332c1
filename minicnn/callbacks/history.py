"""The metrics of every epoch, as `fit` returns them."""

import weakref
from typing import Any

from minicnn.callbacks.callback import Callback, Logs
from minicnn.callbacks.history_html import history_html


class History(Callback):
    """Records the metrics of every epoch.

    Attributes
    ----------
    history : dict of str to list of float
        One value per epoch for each metric: ``accuracy``, ``loss``, ``val_accuracy``, ``val_loss``.
    epoch : list of int
        The epochs, counted from 0.
    model
        The trained model while it exists: the history does not keep it in memory.
    params
        As of every `Callback`.

    Examples
    --------
    >>> history = History()
    >>> history.on_epoch_end(0, {"accuracy": 0.5, "loss": 1.2})
    >>> history.on_epoch_end(1, {"accuracy": 0.75, "loss": 0.6})
    >>> history.history
    {'accuracy': [0.5, 0.75], 'loss': [1.2, 0.6]}
    >>> history
    <History of 2 epochs: accuracy, loss>
    """

    state_attributes = ("history", "epoch")
    _model: Any = None  # a weak reference: model.history refers back

    def __init__(self) -> None:
        self.history: dict[str, list[float]] = {}
        self.epoch: list[int] = []

    @property
    def model(self) -> Any:
        """The trained model; None if it has been deleted."""
        return None if self._model is None else self._model()

    @model.setter
    def model(self, value: Any) -> None:
        try:
            self._model = None if value is None else weakref.ref(value)
        except TypeError:  # not every object can be referred to weakly
            self._model = lambda: value

    def __getstate__(self) -> dict[str, Any]:
        return vars(self) | {"_model": None}

    def on_epoch_end(self, epoch: int, logs: Logs | None = None) -> None:
        """Append the metrics of the epoch, and set ``model.history``."""
        self.epoch.append(epoch)
        for name, value in (logs or {}).items():
            self.history.setdefault(name, []).append(value)
        if self.model is not None:
            self.model.history = self

    def __repr__(self) -> str:
        epochs = "1 epoch" if len(self.epoch) == 1 else f"{len(self.epoch)} epochs"
        names = ", ".join(self.history)
        return f"<History of {epochs}: {names}>" if names else f"<History of {epochs}>"

    def _repr_html_(self) -> str:
        return history_html(self.history, self.epoch)
