"""A training's state in a file: nested names, numbers, texts and arrays, in a zip.

The member ``state.json`` holds everything but the arrays. Instead of an array it has
``{"ndarray": [index, dtype, shape]}``, and the bytes are in the member ``arrays/<index>``. It is one
file because two cannot be replaced in one step; the zip's checksums detect later changes.
"""

import json
import os
import re
from collections.abc import Callable
from itertools import count
from math import prod
from os import PathLike
from typing import Any

import numpy as np

from minicnn.atomic import atomic_write
from minicnn.saving.damaged import damage_named, unreadable
from minicnn.saving.json_files import MAX_BYTES, parse_json
from minicnn.saving.zip_files import opened, read_member

DOCUMENT = "state.json"
FORMAT = "minicnn state 1"
ARRAY = "ndarray"
NUMBERS = re.compile(r"[<>|][biuf][0-9]{1,2}")  # as numpy.dtype.str spells them


def write_state(path: str | PathLike[str], state: dict[str, Any]) -> None:
    """Write nested dicts (with str keys) and lists of numbers, texts, None and arrays.

    A tuple comes back as a list, a NumPy number as Python's.

    Examples
    --------
    >>> import pathlib, tempfile
    >>> path = pathlib.Path(tempfile.mkdtemp()) / "latest.state"
    >>> write_state(path, {"epoch": 3, "weights": [np.eye(2, dtype="float32")]})
    >>> read_state(path)
    {'epoch': 3, 'weights': [array([[1., 0.],
           [0., 1.]], dtype=float32)]}
    """
    from zipfile import ZipFile

    arrays: list[np.ndarray] = []
    document = json.dumps({"format": FORMAT, "state": _encoded(state, arrays, "state")}).encode()
    if len(document) > MAX_BYTES:
        raise TypeError(
            f"a state may have {MAX_BYTES:,} bytes without its arrays, got {len(document):,}. "
            "Store long lists of numbers as arrays."
        )
    with atomic_write(path) as file, ZipFile(file, "w") as archive:
        archive.writestr(DOCUMENT, document)
        for index, array in enumerate(arrays):
            archive.writestr(f"arrays/{index}", np.ascontiguousarray(array).tobytes())


def read_state(path: str | PathLike[str]) -> dict[str, Any]:
    """Read the result of `write_state`; the arrays are new and may be changed."""
    path = os.fspath(path)
    with open(path, "rb") as file, opened(file, path) as archive:
        document = parse_json(read_member(archive, DOCUMENT, path), path, DOCUMENT)
        match document:
            case {"format": str(name), "state": dict(state)} if name == FORMAT:
                reader = _ArrayReader(lambda name: read_member(archive, name, path))
                with damage_named(path, DOCUMENT):
                    return _decoded(state, reader)
    raise unreadable(path, DOCUMENT, f"it does not hold a {FORMAT!r}")


class _ArrayReader:
    """Read the arrays in order, each once: no more than the file holds."""

    def __init__(self, read: Callable[[str], bytes]) -> None:
        self._read, self._numbers = read, count()

    def __call__(self, index: Any, dtype: Any, shape: Any) -> np.ndarray:
        expected = next(self._numbers)
        if index != expected:
            raise ValueError(f"array {index!r} instead of array {expected}")
        if not isinstance(dtype, str) or not NUMBERS.fullmatch(dtype):
            raise ValueError(f"arrays of dtype {dtype!r} are not read")
        if not all(type(size) is int and size >= 0 for size in shape):
            raise ValueError(f"{shape!r} is not a shape")
        content = self._read(f"arrays/{index}")
        if len(content) != prod(shape) * np.dtype(dtype).itemsize:
            raise ValueError(f"array {index} has {len(content):,} bytes for the shape {shape}")
        return np.frombuffer(content, dtype).reshape(shape).copy()


def _encoded(value: Any, arrays: list[np.ndarray], place: str) -> Any:
    """Return the value as JSON can hold it, with each array replaced by its index in the list."""
    match value:
        case None | bool() | int() | float() | str():
            return value
        case np.generic():
            return _encoded(value.item(), arrays, place)
        case np.ndarray() if NUMBERS.fullmatch(value.dtype.str):
            arrays.append(value)
            return {ARRAY: [len(arrays) - 1, value.dtype.str, list(value.shape)]}
        case list() | tuple():
            return [_encoded(item, arrays, f"{place}[{n}]") for n, item in enumerate(value)]
        case dict() if all(isinstance(key, str) for key in value) and set(value) != {ARRAY}:
            return {key: _encoded(item, arrays, f"{place}[{key!r}]") for key, item in value.items()}
    raise TypeError(
        f"{place} is {value!r}: a state holds numbers, texts, None, arrays of numbers, and lists "
        "and dicts (with texts as keys) of these."
    )


def _decoded(value: Any, read: Callable[[Any, Any, Any], np.ndarray]) -> Any:
    match value:
        case {"ndarray": [index, dtype, shape]} if len(value) == 1:
            return read(index, dtype, shape)
        case dict():
            return {key: _decoded(item, read) for key, item in value.items()}
        case list():
            return [_decoded(item, read) for item in value]
    return value
