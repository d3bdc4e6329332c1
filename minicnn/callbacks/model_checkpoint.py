"""Saving the model while it trains: after every epoch, or whenever it is better than before."""

import os
from os import PathLike
from typing import Any

from minicnn.callbacks.best_score import BestScore
from minicnn.callbacks.callback import Logs
from minicnn.callbacks.checkpoint_path import CheckpointPath
from minicnn.callbacks.monitor import MonitorCallback


class ModelCheckpoint(MonitorCallback):
    """Saves the model, or its weights, after every epoch or every so many batches.

    With `save_best_only` the best value is remembered when the training is continued, in a small
    file beside the checkpoint: see `minicnn.callbacks.best_score`.

    Parameters
    ----------
    filepath : path-like
        May have fields: ``"{epoch:02d}-{val_accuracy:.4f}.keras"``; `epoch` counts from 1. Ends in
        ``.keras``, ``.h5`` or ``.hdf5``; with `save_weights_only` in ``.weights.h5``, ``.h5`` or
        ``.hdf5``. Its folder is made if it is not there.
    monitor : str
        For `save_best_only`: name of the number in the logs.
    verbose : 0 or 1
        Whether to say what is saved.
    save_best_only : bool
        Whether to save only a model that is better than all before.
    save_weights_only : bool
        Whether to call `save_weights` in place of `save`.
    mode : "auto", "min" or "max"
        Whether a smaller or a larger number is better; "auto" goes by its name.
    save_freq : "epoch" or int
        After every epoch, or after so many batches; then a name may have the field ``{batch}``.
    initial_value_threshold : float, optional
        Only what is better than this is saved.

    Attributes
    ----------
    best : float or None
        The best value so far.

    Raises
    ------
    ValueError
        If `filepath` or `save_freq` cannot be used.
    UnknownNameError
        At the end of an epoch whose logs do not have the number, or a field of the name.

    Examples
    --------
    >>> from types import SimpleNamespace
    >>> checkpoint = ModelCheckpoint("{epoch:02d}-{loss:.1f}.keras", "loss", 1, save_best_only=True)
    >>> checkpoint.set_model(SimpleNamespace(save=lambda path: None))
    >>> for epoch, loss in enumerate([0.5, 0.6]):
    ...     checkpoint.on_epoch_end(epoch, {"loss": loss})
    Epoch 1: loss improved from None to 0.50000, saving model to 01-0.5.keras
    Epoch 1: finished saving model to 01-0.5.keras
    Epoch 2: loss did not improve from 0.50000
    """

    state_attributes = ("best", "batches_since_saving")

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
    ) -> None:
        super().__init__(monitor, mode, best=initial_value_threshold)
        self.filepath = os.fspath(filepath)
        self._path = CheckpointPath(self.filepath, save_weights_only)
        self.verbose = verbose
        self.save_best_only = save_best_only
        self.save_weights_only = save_weights_only
        self.save_freq = _checked_save_freq(save_freq)
        self.batches_since_saving = 0
        self._epoch = 0
        self._score_to_keep: BestScore | None = None

    def on_state_restore(self, run: Any) -> None:
        """Remember the best value, if this training continues the one that it is of."""
        super().on_state_restore(run)
        if not self.save_best_only or self.best is not None or run.resumed:
            return
        score = BestScore.read(run, self._path.score_path)
        if score is not None and score.monitor == self.monitor and score.is_of(run):
            self.best = score.best
            if self.verbose:
                print(
                    f"ModelCheckpoint: the best {self.monitor} so far is {self.best:.5f}, of "
                    f"{score.file}"
                )

    def on_epoch_begin(self, epoch: int, logs: Logs | None = None) -> None:
        """Note the epoch."""
        self._epoch = epoch

    def on_train_batch_end(self, batch: int, logs: Logs | None = None) -> None:
        """Count batches, and save after every so many."""
        if self.save_freq == "epoch":
            return
        self.batches_since_saving += 1
        if self.batches_since_saving >= int(self.save_freq):
            self.batches_since_saving = 0
            self._consider(self._epoch, logs or {}, batch)

    def on_epoch_end(self, epoch: int, logs: Logs | None = None) -> None:
        """Save, if that is to be done after epochs."""
        if self.save_freq == "epoch":
            self._consider(epoch, logs or {})

    def on_state_save(self, run: Any) -> None:
        """Keep the best value beside the checkpoint."""
        if self._score_to_keep is not None and self._path.score_path is not None:
            self._score_to_keep.write(run, self._path.score_path)
        self._score_to_keep = None

    def _consider(self, epoch: int, logs: Logs, batch: int | None = None) -> None:
        """Save the model, unless only the best is wanted and this is not it."""
        if not self.save_best_only:
            path = self._path.of(epoch, logs, batch)
            self._say(epoch, f"saving model to {path}")
            self._save(epoch, path)
            return
        value = self.monitored(logs, validated=batch is None)
        if value is None:
            return
        before = "None" if self.best is None else f"{self.best:.5f}"
        if not self.improves(value, self.best):
            self._say(epoch, f"{self.monitor} did not improve from {before}")
            return
        path = self._path.of(epoch, logs, batch)
        self._say(
            epoch, f"{self.monitor} improved from {before} to {value:.5f}, saving model to {path}"
        )
        self._save(epoch, path)
        self.best = value
        self._score_to_keep = BestScore(self.monitor, value, os.path.basename(path), epoch)

    def _save(self, epoch: int, path: str) -> None:
        os.makedirs(os.path.dirname(path) or ".", exist_ok=True)
        if self.save_weights_only:
            self.model.save_weights(path)
        else:
            self.model.save(path)
        self._say(epoch, f"finished saving model to {path}")

    def _say(self, epoch: int, text: str) -> None:
        if self.verbose:
            print(f"Epoch {epoch + 1}: {text}")


def _checked_save_freq(save_freq: Any) -> str | int:
    if save_freq == "epoch":
        return "epoch"
    if isinstance(save_freq, int) and not isinstance(save_freq, bool) and save_freq > 0:
        return save_freq
    raise ValueError(
        f"save_freq takes 'epoch' or a number of batches from 1 on, got {save_freq!r}."
    )
