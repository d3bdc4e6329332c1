"""Reduce the learning rate when a monitored value no longer improves."""

from minicnn import checks
from minicnn.callbacks.callback import Logs, print_epoch
from minicnn.callbacks.monitor import MonitorCallback


class ReduceLROnPlateau(MonitorCallback):
    """Reduces the learning rate when a monitored value has not improved for some epochs.

    Adds ``learning_rate``, the rate used in the epoch, to the logs.

    Parameters
    ----------
    monitor : str
        Name of the value in the logs.
    factor : float
        Factor by which the learning rate is multiplied; less than 1.
    patience : int
        Number of epochs without improvement after which the rate is reduced.
    verbose : 0 or 1
        Whether to print a message when it is reduced.
    mode : "auto", "min" or "max"
        Whether a lower or a higher value is better; "auto" decides by the name.
    min_delta : float
        Smallest change that counts as an improvement.
    cooldown : int
        Number of epochs after a reduction before the patience is counted again.
    min_lr : float
        Lower bound of the learning rate.

    Attributes
    ----------
    best : float or None
        The best value so far.
    wait, cooldown_counter : int
        Number of epochs without improvement, and of remaining epochs of the cooldown.

    Raises
    ------
    ValueError
        If an argument is invalid.
    TypeError
        If the optimizer uses a learning rate schedule.

    Examples
    --------
    >>> from types import SimpleNamespace
    >>> reducing = ReduceLROnPlateau(monitor="loss", factor=0.5, patience=1, verbose=1)
    >>> reducing.set_model(SimpleNamespace(optimizer=SimpleNamespace(learning_rate=0.1)))
    >>> for epoch, loss in enumerate([0.5, 0.5]):
    ...     reducing.on_epoch_end(epoch, {"loss": loss})
    Epoch 2: ReduceLROnPlateau reducing learning rate to 0.05.
    """

    state_attributes = ("best", "wait", "cooldown_counter")

    def __init__(
        self,
        monitor: str = "val_loss",
        factor: float = 0.1,
        patience: int = 10,
        verbose: int = 0,
        mode: str = "auto",
        min_delta: float = 1e-4,
        cooldown: int = 0,
        min_lr: float = 0.0,
    ) -> None:
        super().__init__(monitor, mode, min_delta=min_delta, patience=patience)
        owner = "ReduceLROnPlateau"
        self.factor = checks.fraction(owner, "factor", factor, below_one=True)
        self.verbose = verbose
        self.cooldown = checks.integer(owner, "cooldown", cooldown, minimum=0)
        self.min_lr = checks.finite_number(owner, "min_lr", min_lr, ge=0)
        ReduceLROnPlateau.on_train_begin(self)

    def on_train_begin(self, logs: Logs | None = None) -> None:
        """Reset, so that the callback can be used again."""
        self.best = None
        self.wait = self.cooldown_counter = 0

    def on_epoch_end(self, epoch: int, logs: Logs | None = None) -> None:
        """Compare the value with the best one; reduce the rate if the patience is exhausted."""
        logs = {} if logs is None else logs
        logs["learning_rate"] = float(self.model.optimizer.learning_rate)
        value = self.monitored(logs)
        if value is None:
            return
        if self.in_cooldown():
            self.cooldown_counter -= 1
            self.wait = 0
        if self.improves(value, self.best):
            self.best = value
            self.wait = 0
        elif not self.in_cooldown():
            self.wait += 1
            if self.wait >= self.patience:
                self._reduce(epoch)

    def in_cooldown(self) -> bool:
        """Whether the learning rate was reduced less than `cooldown` epochs ago."""
        return self.cooldown_counter > 0

    def _reduce(self, epoch: int) -> None:
        optimizer = self.model.optimizer
        before = float(optimizer.learning_rate)
        if before > self.min_lr:
            optimizer.learning_rate = rate = max(before * self.factor, self.min_lr)
            self.cooldown_counter, self.wait = self.cooldown, 0
            print_epoch(self, epoch, f"ReduceLROnPlateau reducing learning rate to {rate}.")
