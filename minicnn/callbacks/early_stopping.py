"""Stopping when it does not get better any more."""

import numpy as np

from minicnn.callbacks.callback import Logs
from minicnn.callbacks.monitor import MonitorCallback


class EarlyStopping(MonitorCallback):
    """Ends the training when a number has not improved for some epochs.

    Parameters
    ----------
    monitor : str
        Name of the number in the logs: "val_loss", "val_accuracy", "loss", …
    min_delta : float
        An improvement by no more than this counts as none.
    patience : int
        Epochs without improvement after which the training ends.
    verbose : 0 or 1
        Whether to say when it ends.
    mode : "auto", "min" or "max"
        Whether a smaller or a larger number is better; "auto" goes by its name.
    baseline : float, optional
        Only what is better than this counts as an improvement for the patience.
    restore_best_weights : bool
        Whether the model gets the weights of its best epoch back when the training ends.
    start_from_epoch : int
        How many epochs to let pass before the number is looked at.

    Attributes
    ----------
    best : float or None
        The best value so far.
    best_epoch, wait, stopped_epoch : int
        Its epoch (from 0), epochs since without improvement, and the epoch at whose end the
        training was ended, 0 if it was not.

    Raises
    ------
    UnknownNameError
        At the end of an epoch whose logs have no such number. Keras only warns.

    Examples
    --------
    >>> from types import SimpleNamespace
    >>> stopping = EarlyStopping(monitor="loss", patience=2, verbose=1)
    >>> stopping.set_model(SimpleNamespace(stop_training=False))
    >>> stopping.on_train_begin()
    >>> for epoch, loss in enumerate([0.5, 0.4, 0.6, 0.4]):
    ...     stopping.on_epoch_end(epoch, {"loss": loss})
    >>> stopping.model.stop_training
    True
    >>> stopping.on_train_end()
    Epoch 4: early stopping
    """

    state_attributes = ("best", "best_epoch", "best_weights", "wait", "stopped_epoch")

    def __init__(
        self,
        monitor: str = "val_loss",
        min_delta: float = 0,
        patience: int = 0,
        verbose: int = 0,
        mode: str = "auto",
        baseline: float | None = None,
        restore_best_weights: bool = False,
        start_from_epoch: int = 0,
    ) -> None:
        super().__init__(monitor, mode, min_delta=min_delta)
        self.patience = patience
        self.verbose = verbose
        self.baseline = baseline
        self.restore_best_weights = restore_best_weights
        self.start_from_epoch = start_from_epoch
        self.best_epoch = self.wait = self.stopped_epoch = 0
        self.best_weights: list[np.ndarray] | None = None

    def on_train_begin(self, logs: Logs | None = None) -> None:
        """Begin anew: the same callback may serve in several trainings."""
        self.best = self.best_weights = None
        self.best_epoch = self.wait = self.stopped_epoch = 0

    def on_epoch_end(self, epoch: int, logs: Logs | None = None) -> None:
        """Look at the number; end the training when the patience is at its end."""
        value = self.monitored(logs)
        if value is None or epoch < self.start_from_epoch:
            return
        if self.restore_best_weights and self.best_weights is None:
            self._remember_weights(epoch)  # the first are the best, even if they are NaN
        self.wait += 1
        if self.improves(value, self.best):
            self.best = value
            self._remember_weights(epoch)
            if self.improves(value, self.baseline):
                self.wait = 0
        elif self.wait >= self.patience:
            self.stopped_epoch = epoch
            self.model.stop_training = True

    def on_train_end(self, logs: Logs | None = None) -> None:
        """Give the model its best weights back."""
        if self.stopped_epoch > 0 and self.verbose:
            print(f"Epoch {self.stopped_epoch + 1}: early stopping")
        if self.best_weights is not None:
            if self.verbose:
                epoch = self.best_epoch + 1
                print(f"Restoring model weights from the end of the best epoch: {epoch}.")
            self.model.set_weights(self.best_weights)

    def _remember_weights(self, epoch: int) -> None:
        self.best_epoch = epoch
        if self.restore_best_weights:
            self.best_weights = self.model.get_weights()
