"""Smaller steps when it does not get better any more."""

from typing import Any

from minicnn.callbacks.callback import Logs
from minicnn.callbacks.monitor import MonitorCallback


class ReduceLROnPlateau(MonitorCallback):
    """Lowers the learning rate when a number has not improved for some epochs.

    Adds ``learning_rate``, that of the epoch that ends, to the logs.

    Parameters
    ----------
    monitor : str
        Name of the number in the logs.
    factor : float
        By what the learning rate is multiplied; smaller than 1.
    patience : int
        Epochs without improvement after which it is lowered.
    verbose : 0 or 1
        Whether to say when it is.
    mode : "auto", "min" or "max"
        Whether a smaller or a larger number is better; "auto" goes by its name.
    min_delta : float
        An improvement by no more than this counts as none.
    cooldown : int
        Epochs after lowering it in which nothing is counted.
    min_lr : float
        The learning rate does not become smaller than this.

    Attributes
    ----------
    best : float or None
        The best value so far.
    wait, cooldown_counter : int
        Epochs without improvement, and epochs of the cooldown that are left.

    Raises
    ------
    ValueError
        If `factor` is not smaller than 1.
    UnknownNameError
        At the end of an epoch whose logs have no such number. Keras only warns.
    TypeError
        When the learning rate of the optimizer follows a schedule.

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
        super().__init__(monitor, mode, min_delta=min_delta)
        if not 0 <= factor < 1:
            raise ValueError(
                f"ReduceLROnPlateau takes a factor smaller than 1, such as 0.1, got {factor!r}."
            )
        self.factor = factor
        self.patience = patience
        self.verbose = verbose
        self.cooldown = cooldown
        self.min_lr = min_lr
        self.wait = self.cooldown_counter = 0

    def on_train_begin(self, logs: Logs | None = None) -> None:
        """Begin anew: the same callback may serve in several trainings."""
        self.best = None
        self.wait = self.cooldown_counter = 0

    def on_epoch_end(self, epoch: int, logs: Logs | None = None) -> None:
        """Look at the number; lower the learning rate when the patience is at its end."""
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
                self._reduce(self.model.optimizer, epoch)

    def in_cooldown(self) -> bool:
        """Whether the learning rate has just been lowered."""
        return self.cooldown_counter > 0

    def _reduce(self, optimizer: Any, epoch: int) -> None:
        learning_rate = float(optimizer.learning_rate)
        if learning_rate <= self.min_lr:
            return
        learning_rate = max(learning_rate * self.factor, self.min_lr)
        optimizer.learning_rate = learning_rate
        self.cooldown_counter = self.cooldown
        self.wait = 0
        if self.verbose:
            print(
                f"Epoch {epoch + 1}: ReduceLROnPlateau reducing learning rate to {learning_rate}."
            )
