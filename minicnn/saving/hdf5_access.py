"""Groups and arrays of an HDF5 file from a stranger.

HDF5 can say more than Keras' files do. A link may lead into another file; a dataset's values may
stand in another file, be put together from several, be made by a plug-in that the library loads
by its number, or be declared by the terabyte and never written. All of that is refused before
libhdf5 acts on it: what is left are groups, and arrays whose bytes stand in this very file.

Every refusal is a ValueError with the place and the reason; who knows the file's name adds it.
"""

import math
from typing import Any

import numpy as np

from minicnn.saving.records import ArrayShape

MAX_MEMBERS = 100_000  # of one group; a layer has a handful, an optimizer three for each weight


def child_group(parent: Any, name: str) -> Any | None:
    """Return a group's member that must be a group itself."""
    import h5py

    child = _child(parent, name)
    if child is None or isinstance(child, h5py.Group):
        return child
    raise ValueError(f"{child.name} should be a group, not {type(child).__name__}")


def group_at(parent: Any, path: str) -> Any:
    """Return the group at the end of a path, which must be there."""
    group = parent
    for name in _names(path):
        child = child_group(group, name)
        if child is None:
            raise ValueError(f"{group.name} has no group {name!r}")
        group = child
    return group


def dataset_at(parent: Any, path: str) -> Any:
    """Return the dataset at the end of a path, unread; parameters and errors as of `group_at`."""
    *groups, name = _names(path) or [""]
    return _plain_dataset(group_at(parent, "/".join(groups)), name)


def member_names(group: Any) -> list[str]:
    """Return the names of a group's members."""
    if len(group) > MAX_MEMBERS:
        raise ValueError(f"{group.name} has {len(group):,} members")
    return list(group)


def numbered_datasets(group: Any | None) -> list[Any]:
    """Return the datasets ``0``, ``1``, … of a group, unread."""
    if group is None:
        return []
    names = member_names(group)
    expected = [str(index) for index in range(len(names))]
    if set(names) != set(expected):
        raise ValueError(f"{group.name} should hold the arrays 0, 1, …, not {sorted(names)}")
    return [_plain_dataset(group, name) for name in expected]


def declared_shape(dataset: Any) -> ArrayShape:
    """Return the shape and dtype that a dataset has, without reading it."""
    return ArrayShape(dataset.shape, dataset.dtype.newbyteorder("="))


def read_array(dataset: Any) -> np.ndarray:
    """Read a dataset into memory."""
    return np.array(dataset[()], dtype=dataset.dtype.newbyteorder("="))


def _names(path: str) -> list[str]:
    return [name for name in path.split("/") if name not in ("", ".")]


def _child(parent: Any, name: str) -> Any | None:
    import h5py

    link = parent.get(name, getlink=True, getclass=True) if name else None
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
    declared = math.prod(dataset.shape) * dataset.dtype.itemsize
    stored = dataset.id.get_storage_size()
    if declared != stored:
        raise ValueError(
            f"{dataset.name} says that it has {declared:,} bytes of values, and has {stored:,}"
        )
    return dataset
