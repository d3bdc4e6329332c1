"""Small JSON files, written whole or not at all."""

import os
from os import PathLike
from typing import Any

from minicnn.atomic import atomic_write
from minicnn.saving.strict_json import MAX_BYTES, parse_json


def write_json(path: str | PathLike[str], document: Any) -> None:
    """Write a JSON document.

    Raises
    ------
    OSError
        If the file cannot be written; what was there before is unchanged.

    Examples
    --------
    >>> import pathlib, tempfile
    >>> path = pathlib.Path(tempfile.mkdtemp()) / "note.json"
    >>> write_json(path, {"best": 0.25})
    >>> read_json(path)
    {'best': 0.25}
    """
    import json

    with atomic_write(path) as file:
        file.write(json.dumps(document, indent=2).encode() + b"\n")


def read_json(path: str | PathLike[str]) -> Any:
    """Read a JSON document.

    Raises
    ------
    OSError
        If the file is not there or may not be read.
    FileFormatError
        If it is damaged.
    """
    with open(path, "rb") as file:
        return parse_json(file.read(MAX_BYTES + 1), os.fspath(path), "its JSON")
