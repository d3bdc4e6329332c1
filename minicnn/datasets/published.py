"""A published data set: its files are found on this machine or downloaded, and checked before use."""

import os
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import TypeAlias

import numpy as np

from minicnn.atomic import atomic_write
from minicnn.errors import DataError, FileFormatError, warn

Arrays: TypeAlias = tuple[tuple[np.ndarray, np.ndarray], tuple[np.ndarray, np.ndarray]]
"""(x_train, y_train), (x_test, y_test)"""


@dataclass(frozen=True)
class PublishedFile:
    """A file as its authors published it: the same name on every mirror and on disk."""

    name: str
    size: int
    sha256: str

    def fault(self, content: bytes) -> str | None:
        """Say how `content` differs from the published file; None if it does not."""
        import hashlib

        if len(content) < self.size:
            return f"it is cut: {len(content):,} of {self.size:,} bytes"
        if len(content) > self.size:
            return f"it is longer than the {self.size:,} bytes that were published"
        digest = hashlib.sha256(content).hexdigest()
        if digest != self.sha256:
            return f"its content was changed: SHA-256 {digest}, expected {self.sha256}"
        return None

    def read(self, path: Path) -> bytes:
        """Read the file from disk; raise if the content is not what was published."""
        with path.open("rb") as handle:
            content = handle.read(self.size + 1)  # one more byte shows that the file is too long
        fault = self.fault(content)
        if fault is not None:
            raise FileFormatError(
                f"{path} is not the file that was published: {fault}. "
                "Replace it with the published one."
            )
        return content


@dataclass(frozen=True)
class DataSet:
    """Files in a folder of the given name, and addresses to download them from, in order."""

    name: str
    title: str
    mirrors: Sequence[str]  # each ends with a slash
    files: Sequence[PublishedFile]

    def read(self) -> list[bytes]:
        """Return the checked content of every file."""
        return [self._read(file) for file in self.files]

    def is_local(self) -> bool:
        """Whether the data set can be read without a network."""
        folder = user_folder(self.name) or cache_folder(self.name)
        return all((folder / file.name).is_file() for file in self.files)

    def _read(self, file: PublishedFile) -> bytes:
        own = user_folder(self.name)  # which minicnn never adds to or repairs
        if own is not None and not (own / file.name).is_file():
            raise DataError(
                f"MINICNN_DATA has the folder {own}, but {file.name} is not in it. Save it there, "
                "compressed as published, or unset MINICNN_DATA to download the data set."
            )
        if own is not None:
            return file.read(own / file.name)
        path = cache_folder(self.name) / file.name
        if path.is_file():
            try:
                return file.read(path)
            except FileFormatError as error:
                warn(f"{error} It is downloaded again.")
        content = self._download(file)
        try:
            with atomic_write(path, always=True) as handle:
                handle.write(content)
        except OSError as error:
            # On Windows another process may have the file open that it has just written.
            if not path.is_file():
                warn(f"{path} could not be kept: {error}")
        return content

    def _download(self, file: PublishedFile) -> bytes:
        from minicnn.datasets.download import download

        try:
            return download(file, self.mirrors)
        except DataError as error:
            root = os.environ.get("MINICNN_DATA")
            now = f" (now it is {root}, which has no folder {self.name})" if root else ""
            raise DataError(
                f"{self.title} can be neither found on this machine nor downloaded.\n{error}\n"
                "Without a network, use the built-in handwritten digits: "
                "from minicnn.datasets import digits\n"
                f"Or save the files, as published, in a folder named {self.name}, "
                f"and set MINICNN_DATA to the folder that holds it{now}."
            ) from None


def user_folder(data_set: str) -> Path | None:
    """Return the data set's folder under ``MINICNN_DATA``, if there is one."""
    root = os.environ.get("MINICNN_DATA")
    if not root:
        return None
    folder = Path(root).expanduser() / data_set
    return folder if folder.is_dir() else None


def cache_folder(data_set: str) -> Path:
    """Return the folder that keeps what was downloaded."""
    from platformdirs import user_cache_path

    return user_cache_path("minicnn", appauthor=False) / data_set
