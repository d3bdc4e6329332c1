"""Groups, arrays and text of an HDF5 file from an untrusted source.

HDF5 can express more than Keras' files do. A link may lead into another file; a dataset's values may
be in another file, be composed of several, be produced by a plug-in that the library loads by its
number, or be declared by the terabyte and never written. All of that is refused before libhdf5 acts
on it: what remains are groups, and arrays whose bytes are in this very file.

Every refusal is a ValueError with the place and the reason; the caller adds the file's name.
"""

import os
from collections.abc import Callable, Sequence
from io import BytesIO
from os import PathLike
from typing import Any, BinaryIO

import numpy as np

from minicnn.saving.damaged import damage_named
from minicnn.saving.hdf5_heap import HeapTexts
from minicnn.saving.json_files import parse_json, to_json
from minicnn.saving.records import Check, Config, SavedModel, all_metadata

MAX_MEMBERS = 100_000  # of one group; a layer has a handful, an optimizer three for each weight
MAX_ATTRIBUTE = 64_512  # bytes; Keras' limit, a little below HDF5's own of 65,536


METADATA = "minicnn_metadata"  # attribute for what minicnn adds to Keras' formats


# Files are written and read as a whole in memory: libhdf5 seeks often.


def file_image(write: Callable[[Any], None], metadata: Config | None = None) -> bytes:
    """Return the HDF5 file that a function writes, with metadata of minicnn if there are any."""
    import h5py

    notes = all_metadata(metadata)
    with h5py.File("image", "w", driver="core", backing_store=False, track_order=False) as tree:
        write(tree)
        if notes:
            tree.attrs[METADATA] = to_json(notes)
        tree.flush()
        return tree.id.get_file_image()


Find = Callable[[Any, "Texts"], SavedModel]


def read_file(path: str | PathLike[str], find: Find, check: Check | None) -> SavedModel:
    """Read a file, once the datasets that `find` returns have been checked."""
    path = os.fspath(path)
    with open(path, "rb") as file:
        return read_checked(file.read(), path, "its HDF5 tree", find, check)


def read_checked(
    content: bytes, path: str, part: str, find: Find, check: Check | None
) -> SavedModel:
    """Read the content of a file as `read_file` does."""
    import h5py

    with damage_named(path, part):
        access = h5py.h5p.create(h5py.h5p.FILE_ACCESS)
        access.set_fapl_core(backing_store=False)
        access.set_file_image(content)
        tree = h5py.File(h5py.h5f.open(b"image", h5py.h5f.ACC_RDONLY, fapl=access))
    with tree:
        with damage_named(path, part):
            found = find(tree, Texts(BytesIO(content)))
            datasets = [array for layer in found.layers for array in layer.arrays()]
            datasets += found.optimizer.variables if found.optimizer else []
            declared, size = sum(one.id.get_storage_size() for one in datasets), len(content)
            if declared > size:  # arrays that share their bytes could fill any memory
                raise ValueError(
                    f"its arrays have {declared:,} bytes together, the file only {size:,}"
                )
        if check is not None:
            check(found.config, found.layers)  # an error of the caller, not damage
        with damage_named(path, part):
            optimizer = found.optimizer
            if optimizer is not None:
                optimizer = optimizer._replace(variables=list(map(_read, optimizer.variables)))
            layers = [layer.read(_read) for layer in found.layers]
    return found._replace(layers=layers, optimizer=optimizer)


def _read(dataset: Any) -> np.ndarray:
    return np.array(dataset[()], dtype=dataset.dtype.newbyteorder("="))


# Groups and arrays


def child_group(parent: Any, name: str) -> Any | None:
    """Return the group of this name in a group, or None."""
    import h5py

    child = _child(parent, name)
    if child is None or isinstance(child, h5py.Group):
        return child
    raise ValueError(f"{child.name} should be a group, not {type(child).__name__}")


def group_at(group: Any, names: Sequence[str]) -> Any:
    """Return the group at the end of a path."""
    for name in names:
        child = child_group(group, name)
        if child is None:
            raise ValueError(f"{group.name} has no group {name!r}")
        group = child
    return group


def path_names(path: str) -> list[str]:
    """Return the names in a path."""
    return [name for name in path.split("/") if name not in ("", ".")]


def dataset_at(parent: Any, path: str) -> Any:
    """Return the dataset at the end of a path, not read yet."""
    *groups, name = path_names(path) or [""]
    return _plain_dataset(group_at(parent, groups), name)


def member_names(group: Any) -> list[str]:
    """Return the names of a group's members."""
    if len(group) > MAX_MEMBERS:
        raise ValueError(f"{group.name} has {len(group):,} members")
    return list(group)


def numbered_datasets(group: Any | None) -> list[Any]:
    """Return the datasets ``0``, ``1``, … of a group, not read yet."""
    if group is None:
        return []
    names = member_names(group)
    expected = [str(index) for index in range(len(names))]
    if set(names) != set(expected):
        raise ValueError(f"{group.name} should hold the arrays 0, 1, …, not {sorted(names)}")
    return [_plain_dataset(group, name) for name in expected]


def write_array(group: Any, name: str, array: np.ndarray) -> None:
    """Write an array without the time of writing: the same weights give the same bytes."""
    group.create_dataset(name, data=array, track_times=False)


def _child(parent: Any, name: str) -> Any | None:
    import h5py

    link = parent.get(name, getlink=True, getclass=True) if parent is not None and name else None
    if link is None:
        return None
    if link is not h5py.HardLink:
        raise ValueError(f"{parent.name} has a link {name!r} to elsewhere, not followed")
    return parent[name]


def _plain_dataset(group: Any, name: str) -> Any:
    import h5py

    dataset = _child(group, name)
    if not isinstance(dataset, h5py.Dataset):
        raise ValueError(f"{group.name}/{name} should be an array")
    if dataset.dtype.kind not in "fiub" or dataset.shape is None:
        raise ValueError(f"{dataset.name} holds no numbers, but {dataset.dtype}")
    creation = dataset.id.get_create_plist()
    # Contiguous or compact is what Keras writes; filters and plug-ins need chunks.
    plain = creation.get_layout() in (h5py.h5d.CONTIGUOUS, h5py.h5d.COMPACT)
    if not plain or creation.get_external_count():
        raise ValueError(
            f"{dataset.name} is compressed, in chunks or in another file, as Keras never writes it"
        )
    stored = dataset.id.get_storage_size()
    if dataset.nbytes != stored:
        raise ValueError(
            f"{dataset.name} declares {dataset.nbytes:,} bytes of values and has {stored:,}"
        )
    return dataset


# Text in attributes: names of layers and weights, and configs as JSON


class Texts:
    """Read the text attributes of one file.

    Keras splits a list of names that is too long for an HDF5 header into several attributes:
    ``weight_names0``, ``weight_names1``, …
    """

    def __init__(self, file: BinaryIO) -> None:
        self._heap_texts = HeapTexts(file)

    def one(self, group: Any, name: str) -> bytes | None:
        """Return a single text, or None if there is no such attribute."""
        if name not in group.attrs:
            return None
        found = self._strings(group, name)
        if len(found) != 1:
            raise ValueError(f"the attribute {name} of {group.name} should be a single text")
        return found[0]

    def many(self, group: Any, name: str) -> list[str]:
        """Return a list of names, joined if it was split."""
        parts = [name] if name in group.attrs else []
        while not parts or (parts[0] != name and f"{name}{len(parts)}" in group.attrs):
            parts.append(f"{name}{len(parts)}")
        if parts[0] not in group.attrs:
            raise ValueError(f"{group.name} has no attribute {name}")
        return [text.decode() for part in parts for text in self._strings(group, part)]

    def document(self, tree: Any, name: str, path: str) -> Config:
        """Return the JSON object that an attribute of the file holds, {} if there is none."""
        text = self.one(tree, name)
        document = None if text is None else parse_json(text, path, f"its {name}")
        with damage_named(path, f"its {name}"):
            return dict(document or {})

    def _strings(self, group: Any, name: str) -> list[bytes]:
        import h5py

        attribute = h5py.h5a.open(group.id, name.encode())
        shape = attribute.shape
        if shape == (0,):
            return []
        if shape is None or len(shape) > 1 or attribute.get_storage_size() > 2**16:
            raise ValueError(f"the attribute {name} of {group.name} is not a list of names")
        count = shape[0] if shape else 1
        info = h5py.check_string_dtype(attribute.dtype)
        if info is None:
            raise ValueError(f"the attribute {name} of {group.name} should be text")
        if info.length is None:
            return self._heap_texts.read(h5py.h5o.get_info(group.id).addr, name, count)
        values = np.atleast_1d(group.attrs[name])
        return [bytes(item) if isinstance(item, bytes) else str(item).encode() for item in values]


def write_names(group: Any, name: str, names: Sequence[str]) -> None:
    """Write a list of names as an attribute, or as several if one would be too long."""
    encoded = [item.encode() for item in names]
    width = max(map(len, encoded), default=0)
    if width > MAX_ATTRIBUTE:
        raise ValueError(f"a name of {width:,} bytes is too long for an HDF5 file")
    if not encoded:
        group.attrs[name] = np.zeros(0)  # as Keras writes an empty list
        return
    array = np.array(encoded, f"S{max(width, 1)}")
    fit = MAX_ATTRIBUTE // array.itemsize
    for part, start in enumerate(range(0, len(array), fit)):
        group.attrs[name if len(array) <= fit else f"{name}{part}"] = array[start : start + fit]
