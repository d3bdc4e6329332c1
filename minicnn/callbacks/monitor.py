"""Base class of callbacks that monitor one value of the logs."""

from typing import Any

import numpy as np

from minicnn import checks
from minicnn.callbacks.callback import Callback, Logs, MetricValues
from minicnn.errors import UnknownNameError, unknown_name, warn

MODES = ("auto", "min", "max")
HIGHER_IS_BETTER = ("acc", "precision", "recall", "auc", "f1", "fbeta", "iou", "r2", "similarity")
LOWER_IS_BETTER = (
    "loss", "error", "mse", "mae", "mape", "msle", "crossentropy", "hinge", "divergence",
)  # fmt: skip


class MonitorCallback(Callback):
    """Base class of callbacks that monitor one value of the logs.

    Parameters
    ----------
    monitor : str
        Name of the value: "val_loss", "accuracy", …
    mode : "auto", "min" or "max"
        Whether a lower or a higher value is better; "auto" decides by the name, for losses,
        errors, accuracies, precision and recall.
    best : float, optional
        Initial best value.
    min_delta : float
        Smallest change that counts as an improvement.
    patience : int
        Number of epochs without improvement that a subclass tolerates.

    Raises
    ------
    ValueError
        If an argument is invalid.
    """

    def __init__(
        self,
        monitor: str = "val_loss",
        mode: str = "auto",
        best: float | None = None,
        min_delta: float = 0,
        patience: int = 0,
    ) -> None:
        owner = type(self).__name__
        self.monitor = checks.text(owner, "monitor", monitor)
        self.mode = checks.choice(owner, "mode", mode, MODES)
        self.best = best if best is None else checks.finite_number(owner, "threshold", best)
        self.min_delta = abs(checks.finite_number(owner, "min_delta", min_delta))
        self.patience = checks.integer(owner, "patience", patience, minimum=0)
        self._validation_freq: int | None = 1
        self._warned = False

    def on_state_restore(self, state: Any) -> None:
        """Remember how often the model is validated."""
        self._validation_freq = state.validation_freq

    def monitored(self, logs: Logs | None, validated: bool = True) -> float | None:
        """Return the monitored value, or None in an epoch that `validation_freq` skips.

        Parameters
        ----------
        logs : dict
        validated : bool
            Whether `logs` belong to the end of an epoch, when validation values are known.

        Where the logs do not contain the value, a warning lists those that they contain, and the
        result is None.

        Raises
        ------
        ValueError
            If it is not a single number.
        """
        logs = MetricValues(logs or {})
        value = logs.get(self.monitor)
        if value is None:
            skipped = self._validation_freq != 1 and self._validation_freq is not None
            no_validation_yet = not any(name.startswith("val_") for name in logs)
            between = self.monitor.startswith("val_") and skipped and no_validation_yet
            if not (validated and between) and not self._warned:
                warn(f"{self._unknown(logs, validated)} Until then, this callback does nothing.")
                self._warned = True
            return None
        if np.ndim(value):
            raise ValueError(
                f"{type(self).__name__} monitors a single number, got {self.monitor} = {value!r}."
            )
        return float(value)

    def improves(self, value: float, reference: float | None) -> bool:
        """Whether `value` is better than `reference` by more than `min_delta`; all beats NaN."""
        lower_is_better = self._lower_is_better()
        if reference is None or (np.isnan(reference) and not np.isnan(value)):
            return True
        if lower_is_better:
            return value + self.min_delta < reference
        return value - self.min_delta > reference

    def _lower_is_better(self) -> bool:
        if self.mode != "auto":
            return self.mode == "min"
        name = self.monitor.removeprefix("val_").lower()
        if any(part in name for part in LOWER_IS_BETTER):
            return True
        if any(part in name for part in HIGHER_IS_BETTER):
            return False
        raise ValueError(
            f"{type(self).__name__} cannot tell whether a lower or a higher {self.monitor} is better. "
            "Write mode='min' or mode='max'."
        )

    def _unknown(self, logs: Logs, validated: bool) -> UnknownNameError:
        if self.monitor.startswith("val_") and not any(name.startswith("val_") for name in logs):
            advice = (
                "validation values are known only at the end of an epoch. With save_freq in batches, "
                "monitor one of"
                if not validated
                else "fit has no validation data. Write fit(..., validation_split=0.1), or monitor"
            )
            listed = ", ".join(repr(name) for name in logs)
            return UnknownNameError(
                f"{type(self).__name__} monitors {self.monitor!r}, but {advice} {listed}."
            )
        return unknown_name(f"monitor of {type(self).__name__}", self.monitor, logs)
