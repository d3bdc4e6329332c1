"""Base class of callbacks that monitor one value of the logs."""

from typing import Any

import numpy as np

from minicnn import checks
from minicnn.callbacks.callback import Callback, Logs, MetricValues
from minicnn.errors import unknown_name, warn

MODES = ("auto", "min", "max")
HIGHER_IS_BETTER = ("acc", "precision", "recall", "auc", "f1", "fbeta", "iou", "r2", "similarity")
LOWER_IS_BETTER = (
    "loss", "error", "mse", "mae", "mape", "msle", "crossentropy", "hinge", "divergence",
)  # fmt: skip


class MonitorCallback(Callback):
    """Base class of callbacks that monitor one value of the logs."""

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
        """Return the monitored value; None, with a warning, if the logs do not contain it.

        There is no warning in an epoch that `validation_freq` skips. `validated` says whether the
        logs are those of an epoch's end, when validation values are known.
        """
        logs = MetricValues(logs or {})
        value = logs.get(self.monitor)
        if value is None:
            skipped = validated and self._validation_freq not in (None, 1)
            if not (skipped and self._awaits_validation(logs)) and not self._warned:
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
        sign = 1 if self._lower_is_better() else -1
        if reference is None or (np.isnan(reference) and not np.isnan(value)):
            return True
        return sign * value + self.min_delta < sign * reference

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

    def _awaits_validation(self, logs: Logs) -> bool:
        return self.monitor.startswith("val_") and not any(name.startswith("val_") for name in logs)

    def _unknown(self, logs: Logs, validated: bool) -> object:
        owner = type(self).__name__
        if not self._awaits_validation(logs):
            return unknown_name(f"monitor of {owner}", self.monitor, logs)
        advice = (
            "fit has no validation data. Write fit(..., validation_split=0.1), or monitor"
            if validated
            else "validation values are known only at the end of an epoch. With save_freq in batches, "
            "monitor one of"
        )
        listed = ", ".join(map(repr, logs))
        return f"{owner} monitors {self.monitor!r}, but {advice} {listed}."
