"""Resume an interrupted training."""

import contextlib
import os
from os import PathLike
from typing import Any

from minicnn import checks
from minicnn.callbacks.callback import Callback, Logs, check_frequency
from minicnn.errors import FileFormatError, warn


class BackupAndRestore(Callback):
    """Backs up the complete state of the training, and resumes it when the program is run again.

    After a crash, ``kill -9``, Ctrl-C or an error, run the same program again: `fit` continues from
    the last backup and ends with the same bits as without the interruption. The backup contains the
    weights, the state of the optimizer, the order of and position in the data, the random number
    generators, the history, and the states of the other callbacks (`Callback.get_state`), such as
    the patience of `EarlyStopping`. It is one file, which contains data only.

    Ctrl-C always saves the last step, whatever `save_freq` is, and keeps the backup. Generators
    cannot be restarted: training continues with the next batch that the generator yields.

    Parameters
    ----------
    backup_dir : path-like
        Folder for the file ``latest.state``; use a different one for each training. It is created
        if necessary.
    save_freq : "epoch", int or False
        Save after every epoch, after this number of batches, or only after Ctrl-C.
    double_checkpoint : bool
        Whether to also keep the previous backup, ``previous.state``, in case the last is damaged.
    delete_checkpoint : bool
        Whether to delete the backup when training ends.

    Raises
    ------
    ValueError
        If an argument is invalid.
    FileFormatError
        When `fit` begins, if the backup is damaged or belongs to a different training. The model is
        not changed.

    Examples
    --------
    >>> import tempfile
    >>> from minicnn import Sequential, layers
    >>> model = Sequential([layers.Dense(1, kernel_initializer="zeros", input_shape=(2,))])
    >>> model.compile("adam", "mse")
    >>> backup = BackupAndRestore(tempfile.mkdtemp(), delete_checkpoint=False)
    >>> x, y = [[1.0, 2.0], [3.0, 4.0]], [1.0, 2.0]
    >>> len(model.fit(x, y, epochs=2, callbacks=[backup], verbose=0).epoch)
    2
    >>> model.fit(x, y, epochs=3, callbacks=[backup], verbose=0).epoch
    [0, 1, 2]
    """

    state_attributes = ("batches_since_saving",)
    writes_files = True

    def __init__(
        self,
        backup_dir: str | PathLike[str],
        save_freq: str | int | bool = "epoch",
        double_checkpoint: bool = False,
        delete_checkpoint: bool = True,
    ) -> None:
        self.backup_dir = checks.path("BackupAndRestore", "backup_dir", backup_dir)
        if not self.backup_dir:
            raise ValueError("BackupAndRestore: backup_dir must be a folder, got an empty name.")
        self.save_freq = check_frequency("BackupAndRestore", "save_freq", save_freq, "epoch", False)
        self.double_checkpoint = double_checkpoint
        self.delete_checkpoint = delete_checkpoint
        self.batches_since_saving = 0
        self._interrupted = False
        self.latest = os.path.join(self.backup_dir, "latest.state")
        self.previous = os.path.join(self.backup_dir, "previous.state")

    def on_train_begin(self, logs: Logs | None = None) -> None:
        """Reset, so that the callback can be used again."""
        self.batches_since_saving = 0
        self._interrupted = False

    def on_state_restore(self, state: Any) -> None:
        """Resume from the backup, if there is one."""
        has_previous = os.path.exists(self.previous)
        try:
            if os.path.exists(self.latest):
                state.resume(self.latest)
                return
        except FileFormatError as error:
            if not has_previous:
                raise
            warn(f"{error} Resuming from the backup before it.")
        if has_previous:  # alone: killed between renaming it and writing the next
            state.resume(self.previous)

    def on_train_batch_end(self, batch: int, logs: Logs | None = None) -> None:
        """Count batches."""
        self.batches_since_saving += 1

    def on_state_save(self, state: Any) -> None:
        """Save the state if it is due."""
        self._interrupted = due = state.interrupted
        if self.save_freq == "epoch":
            due = due or state.step == 0
        elif self.save_freq:
            due = due or self.batches_since_saving >= self.save_freq
        if not due:
            return
        self.batches_since_saving = 0
        os.makedirs(self.backup_dir, exist_ok=True)
        if self.double_checkpoint and os.path.exists(self.latest):
            os.replace(self.latest, self.previous)
        state.save(self.latest)

    def on_train_end(self, logs: Logs | None = None) -> None:
        """Delete the backup, and its folder if it is empty."""
        if not self.delete_checkpoint or self._interrupted:
            return
        for path in (self.latest, self.previous):
            with contextlib.suppress(FileNotFoundError):
                os.remove(path)
        with contextlib.suppress(OSError):  # missing, or with other files in it
            os.rmdir(self.backup_dir)
