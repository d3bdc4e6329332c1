"""The metrics of every epoch as a table in a file."""

import csv
import os
from collections.abc import Iterable
from os import PathLike
from typing import Any, TextIO

import numpy as np

from minicnn.callbacks.callback import Callback, Logs


class CSVLogger(Callback):
    """Writes a line an epoch to a CSV file: the epoch (from 0), then the metrics by name.

    The columns are those of the first epoch, with ``val_`` ones if it had none (a later epoch may);
    what an epoch does not have is ``NA``. When an interrupted training is resumed, the table is cut
    back to where its state was kept, and goes on from there.

    Parameters
    ----------
    filename : path-like
        Its folder is made if it is not there.
    separator : str
        A single character between the columns.
    append : bool
        Whether to go on behind what the file holds, rather than to replace it.

    Examples
    --------
    >>> import pathlib, tempfile
    >>> path = pathlib.Path(tempfile.mkdtemp()) / "log.csv"
    >>> logger = CSVLogger(path)
    >>> logger.on_train_begin()
    >>> logger.on_epoch_end(0, {"loss": 0.5, "val_loss": 0.25})
    >>> logger.on_train_end()
    >>> print(path.read_text())
    epoch,loss,val_loss
    0,0.5,0.25
    """

    state_attributes = ("keys", "size")

    def __init__(
        self, filename: str | PathLike[str], separator: str = ",", append: bool = False
    ) -> None:
        self.filename = os.fspath(filename)
        if not isinstance(separator, str) or len(separator) != 1:
            raise ValueError(f"CSVLogger takes one character as separator, got {separator!r}.")
        self.separator = separator
        self.append = append
        self.keys: list[str] | None = None  # columns besides the epoch
        self.size = 0  # bytes of the file, up to the last line written

    def on_train_begin(self, logs: Logs | None = None) -> None:
        """Make the file; what it holds is cut off only when there is something to write."""
        os.makedirs(os.path.dirname(self.filename) or ".", exist_ok=True)
        with self._opened():
            self.keys = None
            self.size = os.path.getsize(self.filename) if self.append else 0

    def on_epoch_end(self, epoch: int, logs: Logs | None = None) -> None:
        """Write a line."""
        logs = logs or {}
        if self.keys is None:
            self.keys = _columns(logs)
        with self._opened() as file:
            writer = csv.writer(file, delimiter=self.separator)
            if self._cut(file) == 0:
                writer.writerow(["epoch", *self.keys])
            writer.writerow([epoch, *(_cell(logs.get(key, "NA")) for key in self.keys)])
        self.size = os.path.getsize(self.filename)

    def on_train_end(self, logs: Logs | None = None) -> None:
        """Cut off what an earlier training wrote, if this one has written nothing."""
        with self._opened() as file:
            self._cut(file)

    def _opened(self) -> TextIO:
        return open(self.filename, "a", newline="", encoding="utf-8")

    def _cut(self, file: TextIO) -> int:
        """Cut off what does not belong to this training; return how much is left."""
        return file.truncate(min(self.size, os.path.getsize(self.filename)))


def _columns(logs: Logs) -> list[str]:
    """Return the names in order, and those of a validation that is still to come."""
    names = sorted(logs)
    if any(name.startswith("val_") for name in names):
        return names
    return names + [f"val_{name}" for name in names]


def _cell(value: Any) -> Any:
    """Return what stands for a value; several numbers are a list in brackets."""
    is_number = not isinstance(value, Iterable) or (
        isinstance(value, np.ndarray) and not value.ndim
    )
    if is_number or isinstance(value, str):
        return value
    return f'"[{", ".join(map(str, value))}]"'
