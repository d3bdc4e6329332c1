"""A published data set of four files: found on this machine or downloaded, checked, then parsed."""

import os
import warnings
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import TypeAlias

import numpy as np

from minicnn.datasets import idx
from minicnn.datasets.cache import cache_folder, own_folder, store
from minicnn.datasets.download import download
from minicnn.datasets.published import PublishedFile
from minicnn.errors import DataError, DataWarning, FileFormatError

Arrays: TypeAlias = tuple[tuple[np.ndarray, np.ndarray], tuple[np.ndarray, np.ndarray]]
"""(x_train, y_train), (x_test, y_test)"""


@dataclass(frozen=True)
class DataSet:
    """What to look for, and where.

    Parameters
    ----------
    name : str
        Of the folder that holds the files.
    title : str
        What people call it.
    mirrors : sequence of str
        Addresses to download from, in the order to try; each ends with a slash.
    train_images, train_labels, test_images, test_labels : PublishedFile
    """

    name: str
    title: str
    mirrors: Sequence[str]
    train_images: PublishedFile
    train_labels: PublishedFile
    test_images: PublishedFile
    test_labels: PublishedFile

    def load(self) -> Arrays:
        """Read all four files.

        Returns
        -------
        (x_train, y_train), (x_test, y_test) : tuples of ndarray of uint8
            Images (images, rows, columns) and their labels (images,).

        Raises
        ------
        DataError
            If a file can be neither found nor downloaded.
        FileFormatError
            If a file under ``MINICNN_DATA`` is not the one that was published.
        """
        return (
            (self._array(self.train_images), self._array(self.train_labels)),
            (self._array(self.test_images), self._array(self.test_labels)),
        )

    def _array(self, file: PublishedFile) -> np.ndarray:
        return idx.parse(self._content(file), file.name)

    def _content(self, file: PublishedFile) -> bytes:
        """Return a file's content, checked: the user's own, else the cached, else a new one."""
        own = own_folder(self.name)
        if own is not None:
            return _read_own(file, own)
        goal = cache_folder(self.name) / file.name
        if goal.is_file():
            try:
                return file.read(goal)
            except FileFormatError as error:
                warnings.warn(f"{error} It is downloaded anew.", DataWarning, stacklevel=5)
        content = self._download(file)
        try:
            store(content, goal)
        except OSError as error:
            # Another process may have been first, and Windows renames onto no file that is open.
            if not goal.is_file():
                warnings.warn(f"{goal} could not be kept: {error}", DataWarning, stacklevel=5)
        return content

    def _download(self, file: PublishedFile) -> bytes:
        try:
            return download(file, self.mirrors)
        except DataError as error:
            root = os.environ.get("MINICNN_DATA")
            now = f" (now it is {root}, which has no folder {self.name})" if root else ""
            raise DataError(
                f"{self.title} can be neither found on this machine nor downloaded.\n{error}\n"
                "Without a network, use the built-in handwritten digits: "
                "from minicnn.datasets import digits\n"
                f"Or put the files, as published, into a folder named {self.name}, "
                f"and set MINICNN_DATA to the folder that holds it{now}."
            ) from None


def _read_own(file: PublishedFile, folder: Path) -> bytes:
    """Read a file of the user's own folder, which is never added to or repaired."""
    path = folder / file.name
    if not path.is_file():
        raise DataError(
            f"MINICNN_DATA has the folder {folder}, but {file.name} is not in it. Put it there, "
            "gzipped as published, or unset MINICNN_DATA to have the data set downloaded."
        )
    return file.read(path)
