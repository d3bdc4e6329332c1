"""Stop training when a monitored value no longer improves."""

from numpy import ndarray

from minicnn import checks
from minicnn.callbacks.callback import Logs, print_epoch
from minicnn.callbacks.monitor import MonitorCallback


class EarlyStopping(MonitorCallback):
    """Stops training when a monitored value has not improved for some epochs.

    Parameters
    ----------
    monitor : str
        Name of the value in the logs: "val_loss", "val_accuracy", "loss", …
    min_delta : float
        Smallest change that counts as an improvement.
    patience : int
        Number of epochs without improvement after which training stops.
    verbose : 0 or 1
        Whether to print a message when training stops.
    mode : "auto", "min" or "max"
        Whether a lower or a higher value is better; "auto" decides by the name.
    baseline : float, optional
        The patience is only reset by values better than this.
    restore_best_weights : bool
        Whether to restore the weights of the best epoch when training ends.
    start_from_epoch : int
        Number of epochs to wait before monitoring starts.

    Attributes
    ----------
    best : float or None
        The best value so far.
    best_epoch, wait, stopped_epoch : int
        The epoch of the best value, counted from 0; the number of epochs without improvement; the
        epoch after which training was stopped, or 0.

    Raises
    ------
    ValueError
        If an argument is invalid.

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
        super().__init__(monitor, mode, min_delta=min_delta, patience=patience)
        self.verbose = verbose
        self.baseline = baseline
        if baseline is not None:
            self.baseline = checks.finite_number("EarlyStopping", "baseline", baseline)
        self.restore_best_weights = restore_best_weights
        self.start_from_epoch = checks.integer(
            "EarlyStopping", "start_from_epoch", start_from_epoch, minimum=0
        )
        EarlyStopping.on_train_begin(self)

    def on_train_begin(self, logs: Logs | None = None) -> None:
        """Reset, so that the callback can be used again."""
        self.best = None
        self.best_weights: list[ndarray] | None = None
        self.best_epoch = self.wait = self.stopped_epoch = 0

    def on_epoch_end(self, epoch: int, logs: Logs | None = None) -> None:
        """Compare the value with the best one; stop training if the patience is exhausted."""
        value = self.monitored(logs)
        if value is None or epoch < self.start_from_epoch:
            return
        if self.restore_best_weights and self.best_weights is None:
            self._remember_weights(epoch)  # of the first epoch, even if its value is NaN
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
        """Restore the best weights."""
        if self.stopped_epoch > 0:
            print_epoch(self, self.stopped_epoch, "early stopping")
        if self.best_weights is not None:
            if self.verbose:
                epoch = self.best_epoch + 1
                print(f"Restoring model weights from the end of the best epoch: {epoch}.")
            self.model.set_weights(self.best_weights)

    def _remember_weights(self, epoch: int) -> None:
        self.best_epoch = epoch
        if self.restore_best_weights:
            self.best_weights = self.model.get_weights()
