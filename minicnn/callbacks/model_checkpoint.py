"""Save the model during training: after every epoch, or when a monitored value improves."""

import os
from glob import escape, glob
from os import PathLike
from string import Formatter
from typing import Any

from minicnn import checks
from minicnn.callbacks.callback import Logs, MetricValues, check_frequency, print_epoch
from minicnn.callbacks.monitor import MonitorCallback
from minicnn.errors import FileFormatError, unknown_name, warn
from minicnn.saving import metadata_added, read_metadata

METADATA = "best"


class ModelCheckpoint(MonitorCallback):
    """Saves the model, or its weights, after every epoch or after a number of batches.

    With `save_best_only`, the best value is stored in the checkpoint and restored when training
    continues from it. Keras' `ModelCheckpoint` forgets it, so that the first epoch of the continued
    training overwrites a better checkpoint (keras#12803, #17012). Training continues from a
    checkpoint if its optimizer has taken at least as many steps as that of the checkpoint
    (`load_model` and `load_weights` restore the optimizer), or if `initial_epoch` of `fit` is after
    the epoch of the checkpoint.

    Parameters
    ----------
    filepath : path-like
        May contain fields: ``"{epoch:02d}-{val_accuracy:.4f}.keras"``, where `epoch` counts from 1.
        Must end in ``.keras``, ``.h5`` or ``.hdf5``; with `save_weights_only` in ``.weights.h5``,
        ``.h5`` or ``.hdf5``. Missing folders are created.
    monitor : str
        For `save_best_only`: name of the value in the logs.
    verbose : 0 or 1
        Whether to print a message when the model is saved.
    save_best_only : bool
        Whether to save only when the monitored value is the best so far.
    save_weights_only : bool
        Whether to call `save_weights` instead of `save`.
    mode : "auto", "min" or "max"
        Whether a lower or a higher value is better; "auto" decides by the name.
    save_freq : "epoch" or int
        Save after every epoch, or after this number of batches; the name may then contain the field
        ``{batch}``.
    initial_value_threshold : float, optional
        Only save if the value is better than this.
    period : int, optional
        As in Keras 2: save after this number of epochs.

    Attributes
    ----------
    best : float or None
        The best value so far.

    Raises
    ------
    ValueError
        If an argument is invalid.
    UnknownNameError
        At the end of an epoch whose logs do not contain a field of the name.

    Examples
    --------
    >>> from types import SimpleNamespace
    >>> checkpoint = ModelCheckpoint("{epoch:02d}-{loss:.1f}.keras", "loss", 1, save_best_only=True)
    >>> checkpoint.set_model(SimpleNamespace(save=lambda path: None, optimizer=None))
    >>> for epoch, loss in enumerate([0.5, 0.6]):
    ...     checkpoint.on_epoch_end(epoch, {"loss": loss})
    Epoch 1: loss improved from None to 0.50000, saving model to 01-0.5.keras
    Epoch 1: finished saving model to 01-0.5.keras
    Epoch 2: loss did not improve from 0.50000
    """

    state_attributes = ("best", "batches_since_saving", "epochs_since_saving")
    writes_files = True

    def __init__(
        self,
        filepath: str | PathLike[str],
        monitor: str = "val_loss",
        verbose: int = 0,
        save_best_only: bool = False,
        save_weights_only: bool = False,
        mode: str = "auto",
        save_freq: str | int = "epoch",
        initial_value_threshold: float | None = None,
        period: int | None = None,
    ) -> None:
        super().__init__(monitor, mode, best=initial_value_threshold)
        self.filepath = checks.path("ModelCheckpoint", "filepath", filepath)
        self._path = CheckpointPath(self.filepath, save_weights_only)
        self.verbose = verbose
        self.save_best_only = save_best_only
        self.save_weights_only = save_weights_only
        self.save_freq = check_frequency("ModelCheckpoint", "save_freq", save_freq, "epoch")
        self.period = checks.integer("ModelCheckpoint", "period", 1 if period is None else period)
        if period is not None:
            old = "period of ModelCheckpoint is from Keras 2. Today: save_freq, in batches."
            warn(old, DeprecationWarning)
        self.batches_since_saving = self.epochs_since_saving = 0
        self._epoch = 0

    def on_state_restore(self, state: Any) -> None:
        """Restore the best value if this training continues from a checkpoint."""
        super().on_state_restore(state)
        if not self.save_best_only or self.best is not None or state.resumed:
            return
        for path in self._path.existing():
            score = _earlier_score(path, self.monitor, state)
            if score is not None and self.improves(score, self.best):
                self.best, file = score, os.path.basename(path)
        if self.best is not None and self.verbose:
            print(f"ModelCheckpoint: the best {self.monitor} so far is {self.best:.5f}, of {file}")

    def on_epoch_begin(self, epoch: int, logs: Logs | None = None) -> None:
        """Remember the epoch."""
        self._epoch = epoch

    def on_train_batch_end(self, batch: int, logs: Logs | None = None) -> None:
        """Save the model if enough batches have passed."""
        if self.save_freq == "epoch":
            return
        self.batches_since_saving += 1
        if self.batches_since_saving >= self.save_freq:
            self.batches_since_saving = 0
            self._consider(self._epoch, logs or {}, batch)

    def on_epoch_end(self, epoch: int, logs: Logs | None = None) -> None:
        """Save the model if it is saved after epochs."""
        self.epochs_since_saving += 1
        if self.save_freq == "epoch" and self.epochs_since_saving >= self.period:
            self.epochs_since_saving = 0
            self._consider(epoch, logs or {})

    def _consider(self, epoch: int, logs: Logs, batch: int | None = None) -> None:
        """Save the model, with `save_best_only` only if it is the best."""
        if not self.save_best_only:
            self._save(epoch, self._path.format(epoch, logs, batch))
            return
        value = self.monitored(logs, validated=batch is None)
        if value is None:
            return
        before = "None" if self.best is None else f"{self.best:.5f}"
        if not self.improves(value, self.best):
            print_epoch(self, epoch, f"{self.monitor} did not improve from {before}")
            return
        score = {"monitor": self.monitor, "best": value, "epoch": epoch}
        score["iterations"] = int(getattr(self.model.optimizer, "iterations", 0))
        path = self._path.format(epoch, logs, batch)
        with metadata_added(**{METADATA: score}):
            self._save(epoch, path, f"{self.monitor} improved from {before} to {value:.5f}, ")
        self.best = value

    def _save(self, epoch: int, path: str, improved: str = "") -> None:
        print_epoch(self, epoch, f"{improved}saving model to {path}")
        os.makedirs(os.path.dirname(path) or ".", exist_ok=True)
        save = self.model.save_weights if self.save_weights_only else self.model.save
        save(path)
        print_epoch(self, epoch, f"finished saving model to {path}")


def _earlier_score(path: str, monitor: str, state: Any) -> float | None:
    """Return the best value in a checkpoint, if the training that begins continues from it."""
    try:
        metadata = read_metadata(path)
    except (FileFormatError, OSError):  # not a checkpoint
        return None
    match metadata.get(METADATA):
        case {"monitor": name, "best": int() | float() as best, "epoch": int(epoch),
              "iterations": int(steps)} if name == monitor:  # fmt: skip
            if 0 < steps <= state.model.optimizer.iterations or epoch < state.epoch:
                return float(best)
    return None


class CheckpointPath:
    """The path of a checkpoint, with fields such as ``{epoch:02d}`` and ``{val_accuracy:.4f}``."""

    def __init__(self, template: str, weights_only: bool = False) -> None:
        endings: tuple[str, ...] = (".h5", ".hdf5")
        content, example = "weights", "best.weights.h5"
        if not weights_only:
            endings, content, example = (".keras", *endings), "models", "best.keras"
        if not template.lower().endswith(endings):
            raise ValueError(
                f"ModelCheckpoint saves {content} to files ending in {' or '.join(endings)}, got "
                f"{template!r}. Write for example {example!r}."
            )
        self.template = template
        try:
            self._parts = list(Formatter().parse(template))
            self.fields = [name for _, name, _, _ in self._parts if name]
            numbers = {name: 1 if name in ("epoch", "batch") else 0.5 for name in self.fields}
            template.format(**numbers)
        except (ValueError, LookupError, AttributeError) as error:
            raise ValueError(
                f"the fields of {template!r} cannot be read: {error}. Write {{epoch:02d}} or "
                "{val_accuracy:.4f}, and double braces for braces in the name."
            ) from error

    def format(self, epoch: int, logs: Logs, batch: int | None = None) -> str:
        """Return the path of a checkpoint."""
        values = MetricValues({"epoch": epoch + 1} | logs)
        if batch is not None:
            values["batch"] = batch + 1
        for name in self.fields:
            if values.get(name) is None:
                raise unknown_name(f"field of the checkpoint {self.template!r}", name, values)
        return self.template.format_map(values)

    def existing(self) -> list[str]:
        """Return the paths of all checkpoints with this name, whatever their fields."""
        return glob(
            "".join(escape(text) + ("" if name is None else "*") for text, name, *_ in self._parts)
        )
