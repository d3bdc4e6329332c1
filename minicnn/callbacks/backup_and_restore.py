"""Going on after an interruption, as if there had been none."""

import contextlib
import os
import warnings
from os import PathLike
from typing import Any

from minicnn.callbacks.callback import Callback, Logs
from minicnn.errors import DataWarning, FileFormatError


class BackupAndRestore(Callback):
    """Keeps the whole state of a training, and resumes it when the program is started again.

    Put it among the callbacks of `fit`, and after a crash, ``kill -9``, Ctrl-C or an error run the
    same program again: `fit` goes on from the last backup, and ends with the same bits as if it had
    not been interrupted. The backup holds the weights, the optimizer's state, the order and the
    place in the data, the streams of random numbers, the history, and what the other callbacks
    remember (`Callback.get_state`): the best score of `ModelCheckpoint`, the patience of
    `EarlyStopping`, … It is data only, in one file; see `minicnn.training.run`.

    After Ctrl-C there is a backup of the last step, whatever `save_freq` says, and it stays. Data that
    a generator yields cannot be begun anew: they go on where the generator stands.

    Parameters
    ----------
    backup_dir : path-like
        The folder for the file ``latest.state``; one for each training. It is made if it is not
        there.
    save_freq : "epoch", int or False
        After every epoch, after so many batches, or only after Ctrl-C.
    double_checkpoint : bool
        Whether to keep the last but one too, ``previous.state``, to be used if the last is damaged.
    delete_checkpoint : bool
        Whether to remove the files when the training has come to its end.

    Raises
    ------
    ValueError
        If an argument cannot be used.
    FileFormatError
        When `fit` begins, if the backup is damaged or of another training; then nothing is changed.

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

    def __init__(
        self,
        backup_dir: str | PathLike[str],
        save_freq: str | int | bool = "epoch",
        double_checkpoint: bool = False,
        delete_checkpoint: bool = True,
    ) -> None:
        self.backup_dir = os.fspath(backup_dir)
        if not self.backup_dir:
            raise ValueError("BackupAndRestore takes a folder as backup_dir, got an empty name.")
        if not _is_save_freq(save_freq):
            raise ValueError(
                "save_freq takes 'epoch', a number of batches from 1 on, or False, got "
                f"{save_freq!r}."
            )
        self.save_freq = save_freq
        self.double_checkpoint = double_checkpoint
        self.delete_checkpoint = delete_checkpoint
        self.batches_since_saving = 0
        self._interrupted = False

    @property
    def latest(self) -> str:
        """Path of the last backup."""
        return os.path.join(self.backup_dir, "latest.state")

    @property
    def previous(self) -> str:
        """Path of the last but one."""
        return os.path.join(self.backup_dir, "previous.state")

    def on_train_begin(self, logs: Logs | None = None) -> None:
        """Begin anew: the same callback may serve in several trainings."""
        self.batches_since_saving = 0
        self._interrupted = False

    def on_run_begin(self, run: Any) -> None:
        """Resume from the backup, if there is one."""
        if not os.path.exists(self.latest):
            if os.path.exists(self.previous):  # stopped between renaming it and writing the next
                run.resume(self.previous)
            return
        try:
            run.resume(self.latest)
        except FileFormatError as error:
            if not os.path.exists(self.previous):
                raise
            warnings.warn(f"{error} Going on from the backup before it.", DataWarning, stacklevel=2)
            run.resume(self.previous)

    def on_train_batch_end(self, batch: int, logs: Logs | None = None) -> None:
        """Count batches."""
        self.batches_since_saving += 1

    def on_run_settled(self, run: Any) -> None:
        """Keep the state, if it is time."""
        self._interrupted = run.interrupted
        if not (run.interrupted or self._is_time(run)):
            return
        self.batches_since_saving = 0
        os.makedirs(self.backup_dir, exist_ok=True)
        if self.double_checkpoint and os.path.exists(self.latest):
            os.replace(self.latest, self.previous)
        run.save(self.latest)

    def on_train_end(self, logs: Logs | None = None) -> None:
        """Remove the backup of a training that has come to its end; the folder, if it is empty."""
        if not self.delete_checkpoint or self._interrupted:
            return
        for path in (self.latest, self.previous):
            with contextlib.suppress(FileNotFoundError):
                os.remove(path)
        with contextlib.suppress(OSError):  # not there, or with other files in it
            os.rmdir(self.backup_dir)

    def _is_time(self, run: Any) -> bool:
        if self.save_freq == "epoch":
            return run.step == 0
        return self.save_freq is not False and self.batches_since_saving >= int(self.save_freq)


def _is_save_freq(save_freq: Any) -> bool:
    if save_freq == "epoch" or save_freq is False:
        return True
    return isinstance(save_freq, int) and save_freq is not True and save_freq > 0
