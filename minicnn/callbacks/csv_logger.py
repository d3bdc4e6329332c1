"""Write the metrics of every epoch to a CSV file."""

import csv
import io
import os
from os import PathLike
from typing import Any

import numpy as np

from minicnn import checks
from minicnn.callbacks.callback import Callback, Logs


class CSVLogger(Callback):
    """Writes one row per epoch to a CSV file: the epoch, counted from 0, and the metrics.

    The first epoch determines the columns, including ``val_`` columns for validations in later
    epochs; missing values are ``NA``. When an interrupted training is resumed, rows written after
    its state was saved are removed.

    Parameters
    ----------
    filename : path-like
        Missing folders are created.
    separator : str
        A single character between the columns.
    append : bool
        Whether to append to an existing file instead of replacing it.

    Raises
    ------
    ValueError
        If `separator` is not a single character.
    OSError
        When training begins, if the file cannot be written. If the disk is full at the end of an
        epoch, the file keeps its complete rows.

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
    writes_files = True

    def __init__(
        self, filename: str | PathLike[str], separator: str = ",", append: bool = False
    ) -> None:
        self.filename = checks.path("CSVLogger", "filename", filename)
        if not isinstance(separator, str) or len(separator) != 1:
            raise ValueError(f"CSVLogger: separator must be one character, got {separator!r}.")
        self.separator = separator
        self.append = append
        self.keys: list[str] | None = None  # columns after the epoch
        self.size = 0  # bytes up to the end of the last complete row

    def on_train_begin(self, logs: Logs | None = None) -> None:
        """Create the file; existing rows are only removed when the first row is written."""
        os.makedirs(os.path.dirname(self.filename) or ".", exist_ok=True)
        with open(self.filename, "ab"):
            self.keys = None
            self.size = os.path.getsize(self.filename) if self.append else 0

    def on_epoch_end(self, epoch: int, logs: Logs | None = None) -> None:
        """Write a row."""
        logs = logs or {}
        if self.keys is None:
            self.keys = _columns(logs)
        row = [epoch, *(_cell(logs.get(key, "NA")) for key in self.keys)]
        header = ["epoch", *map(_header, self.keys)]
        with open(self.filename, "ab+", buffering=0) as file:
            size = file.truncate(min(self.size, os.path.getsize(self.filename)))
            text = self._lines([row] if size else [header, row])
            file.seek(max(size - 1, 0))
            if size and file.read(1) not in b"\r\n":
                text = "\r\n" + text  # another program left its last line unfinished
            try:
                rest = memoryview(text.encode())
                while rest:
                    rest = rest[file.write(rest) :]
            except OSError:
                file.truncate(size)  # rather than half a row, on a full disk
                raise
            self.size = size + len(text.encode())

    def on_train_end(self, logs: Logs | None = None) -> None:
        """Remove the rows of an earlier training if this one has written none."""
        with open(self.filename, "ab") as file:
            file.truncate(min(self.size, os.path.getsize(self.filename)))

    def _lines(self, rows: list[list[Any]]) -> str:
        text = io.StringIO()
        csv.writer(text, delimiter=self.separator).writerows(rows)
        return text.getvalue()


def _columns(logs: Logs) -> list[str]:
    """Return the names in order, followed by those of validations in later epochs."""
    names = sorted(logs)
    if any(name.startswith("val_") for name in names):
        return names
    return names + [f"val_{name}" for name in names]


def _header(name: str) -> str:
    """Return a column's name; spreadsheets would run one like ``=HYPERLINK(…)`` as a formula."""
    return f"'{name}" if name.startswith(("=", "+", "-", "@")) else name


def _cell(value: Any) -> Any:
    """Return a value as a cell; several numbers become a list in brackets."""
    return value if np.ndim(value) == 0 else f'"[{", ".join(map(str, value))}]"'
