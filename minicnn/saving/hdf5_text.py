"""Text in the attributes of HDF5 files: the names of layers and weights, and configs as JSON.

Keras writes lists of names as an array of strings, and cuts an array that is longer than an HDF5
header takes into several: ``weight_names0``, ``weight_names1``, …
"""

from collections.abc import Sequence
from typing import Any, BinaryIO

import numpy as np

from minicnn.saving.hdf5_heap import HeapTexts

MAX_ATTRIBUTE = 64_512  # bytes; Keras' limit, a little below HDF5's own of 65,536


class Texts:
    """Reads the text attributes of one file."""

    def __init__(self, file: BinaryIO) -> None:
        self._heap_texts = HeapTexts(file)

    def one(self, group: Any, name: str) -> bytes | None:
        """Return a single text, or None where there is no such attribute."""
        if name not in group.attrs:
            return None
        found = self._strings(group, name)
        if len(found) != 1:
            raise ValueError(f"the attribute {name} of {group.name} should be a single text")
        return found[0]

    def many(self, group: Any, name: str) -> list[str]:
        """Return a list of names, put together where it was cut."""
        if name in group.attrs:
            return [text.decode() for text in self._strings(group, name)]
        names: list[str] = []
        part = 0
        while f"{name}{part}" in group.attrs:
            names += [text.decode() for text in self._strings(group, f"{name}{part}")]
            part += 1
        if not part:
            raise ValueError(f"{group.name} has no attribute {name}")
        return names

    def _strings(self, group: Any, name: str) -> list[bytes]:
        import h5py

        attribute = h5py.h5a.open(group.id, name.encode())
        shape = attribute.shape
        if shape == (0,):
            return []
        if shape is None or len(shape) > 1 or attribute.get_storage_size() > 2**16:
            raise ValueError(f"the attribute {name} of {group.name} is no list of names")
        count = shape[0] if shape else 1
        kind = h5py.check_string_dtype(attribute.dtype)
        if kind is None:
            raise ValueError(f"the attribute {name} of {group.name} should be text")
        if kind.length is None:
            return self._heap_texts.read(h5py.h5o.get_info(group.id).addr, name, count)
        values = np.atleast_1d(group.attrs[name])
        return [bytes(one) if isinstance(one, bytes) else str(one).encode() for one in values]


def write_names(group: Any, name: str, names: Sequence[str]) -> None:
    """Write a list of names as an attribute, or as several where one would be too long."""
    encoded = [one.encode() for one in names]
    width = max(map(len, encoded), default=0)
    if width > MAX_ATTRIBUTE:
        raise ValueError(f"a name of {width:,} bytes is too long for an HDF5 file")
    if not encoded:
        group.attrs[name] = np.zeros(0)  # what Keras writes for no names
        return
    array = np.array(encoded, f"S{max(width, 1)}")
    fit = MAX_ATTRIBUTE // array.itemsize
    if len(array) <= fit:
        group.attrs[name] = array
        return
    for part, start in enumerate(range(0, len(array), fit)):
        group.attrs[f"{name}{part}"] = array[start : start + fit]
