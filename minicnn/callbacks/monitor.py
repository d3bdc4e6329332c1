"""What callbacks have in common that watch one number: what improves, and what it is called."""

from typing import Any

import numpy as np

from minicnn.callbacks.callback import Callback, Logs
from minicnn.errors import UnknownNameError, unknown_name

MODES = ("auto", "min", "max")
GROWING = ("acc", "precision", "recall", "auc", "f1", "fbeta", "iou", "r2", "similarity")
SHRINKING = ("loss", "error", "mse", "mae", "mape", "msle", "crossentropy", "hinge", "divergence")


class MonitorCallback(Callback):
    """Base of callbacks that watch one number of the logs.

    Parameters
    ----------
    monitor : str
        Its name: "val_loss", "accuracy", …
    mode : "auto", "min" or "max"
        Whether a smaller or a larger one is better; "auto" knows it of losses, errors, accuracies,
        precision and recall, by their names.
    best : float, optional
        What is to be improved on first.
    min_delta : float
        By how much it must improve to count.

    Raises
    ------
    UnknownNameError
        For another mode.
    """

    def __init__(
        self,
        monitor: str = "val_loss",
        mode: str = "auto",
        best: float | None = None,
        min_delta: float = 0,
    ) -> None:
        if mode not in MODES:
            raise unknown_name(f"mode of {type(self).__name__}", mode, MODES)
        self.monitor = monitor
        self.mode = mode
        self.best = best
        self.min_delta = abs(min_delta)
        self._validation_freq: int | None = 1

    def on_run_begin(self, run: Any) -> None:
        """Note how often there is a validation."""
        self._validation_freq = run.validation_freq

    def monitored(self, logs: Logs | None, validated: bool = True) -> float | None:
        """Return the watched number; None in an epoch that has no validation, where others have.

        Parameters
        ----------
        logs : dict
        validated : bool
            Whether `logs` are of an epoch's end, where the validation's numbers are known.

        Raises
        ------
        UnknownNameError
            If there is no such number in the logs: with its nearest name, and all that there are.
        ValueError
            If it is not a single number.
        """
        logs = logs or {}
        if self.monitor not in logs:
            skipped = self._validation_freq != 1 and self._validation_freq is not None
            no_validation_yet = not any(name.startswith("val_") for name in logs)
            if validated and self.monitor.startswith("val_") and skipped and no_validation_yet:
                return None
            raise self._unknown(logs, validated)
        value = logs[self.monitor]
        if np.ndim(value):
            raise ValueError(
                f"{type(self).__name__} monitors one number, got {self.monitor} = {value!r}."
            )
        return float(value)

    def improves(self, value: float, reference: float | None) -> bool:
        """Whether `value` is better than `reference`, by more than `min_delta`; than NaN, any is."""
        smaller = self._smaller_is_better()
        if reference is None or (np.isnan(reference) and not np.isnan(value)):
            return True
        if smaller:
            return value + self.min_delta < reference
        return value - self.min_delta > reference

    def _smaller_is_better(self) -> bool:
        if self.mode != "auto":
            return self.mode == "min"
        name = self.monitor.removeprefix("val_").lower()
        for names, answer in ((SHRINKING, True), (GROWING, False)):
            if any(part in name for part in names):
                return answer
        raise ValueError(
            f"{type(self).__name__} does not know whether {self.monitor} should become smaller or "
            "larger. Write mode='min' or mode='max'."
        )

    def _unknown(self, logs: Logs, validated: bool) -> UnknownNameError:
        if self.monitor.startswith("val_") and not any(name.startswith("val_") for name in logs):
            advice = (
                "the numbers of the validation are known at the end of an epoch only: with save_freq "
                "in batches monitor one of"
                if not validated
                else "fit was given no validation data. Write fit(..., validation_split=0.1), or monitor"
            )
            listed = ", ".join(repr(name) for name in logs)
            return UnknownNameError(
                f"{type(self).__name__} monitors {self.monitor!r}, but {advice} {listed}."
            )
        return unknown_monitor(f"monitor of {type(self).__name__}", self.monitor, logs)


def unknown_monitor(kind: str, name: str, logs: Logs) -> UnknownNameError:
    """Return the error for a name that the logs do not have; of accuracy, in its other spelling too."""
    prefix, bare = ("val_", name[4:]) if name.startswith("val_") else ("", name)
    other = {"acc": "accuracy", "accuracy": "acc"}.get(bare, bare)
    error = unknown_name(kind, name, logs)
    if prefix + other not in logs or "Did you mean" in str(error):
        return error
    listed = ", ".join(repr(one) for one in sorted(logs))
    return UnknownNameError(
        f"unknown {kind} {name!r}. Did you mean {prefix + other!r}? There are: {listed}."
    )
