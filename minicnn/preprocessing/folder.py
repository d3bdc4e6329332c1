"""Which pictures lie in a folder, and what classes its subfolders make them."""

import os
from collections.abc import Iterator, Sequence
from typing import NamedTuple

import numpy as np
import numpy.typing as npt

from minicnn.errors import DataError, unknown_name
from minicnn.preprocessing.picture import ENDINGS


class Pictures(NamedTuple):
    """What was found: paths, the class number of each, and the names of the classes."""

    paths: list[str]
    numbers: np.ndarray | None
    class_names: list[str] | None


def find_pictures(
    folder: str,
    labels: npt.ArrayLike | None,
    class_names: Sequence[str] | None = None,
    follow_links: bool = False,
) -> Pictures:
    """Find the pictures of a folder, and their classes."""
    if not os.path.isdir(folder):
        raise DataError(f"there is no folder {folder} (looked for in {os.getcwd()}).")
    if isinstance(labels, str):
        if labels != "inferred":
            raise unknown_name("labels", labels, ["inferred"])
        names = _class_folders(folder, class_names)
        classes = [list(_walk(os.path.join(folder, name), follow_links)) for name in names]
        numbers = np.repeat(np.arange(len(names), dtype=np.int32), [len(one) for one in classes])
        found = Pictures([path for one in classes for path in one], numbers, names)
    elif class_names is not None:
        raise ValueError('class_names names subfolders: it goes with labels="inferred" only.')
    else:
        paths = list(_walk(folder, follow_links))
        found = Pictures(paths, *_given(labels, len(paths)))
    if not found.paths:
        raise DataError(f"no pictures in {folder}: looked for names that end in {_LISTED}.")
    return found


_LISTED = ", ".join(ENDINGS)


def _walk(folder: str, follow_links: bool) -> Iterator[str]:
    """Yield the paths of all pictures in a folder and below, sorted."""
    for root, _, names in sorted(os.walk(folder, followlinks=follow_links)):
        for name in sorted(names):
            if name.lower().endswith(ENDINGS):
                yield os.path.join(root, name)


def _class_folders(folder: str, class_names: Sequence[str] | None) -> list[str]:
    """Return the names of the subfolders that are classes."""
    with os.scandir(folder) as entries:
        names = sorted(one.name for one in entries if one.is_dir() and one.name[0] != ".")
    if not names:
        raise DataError(
            f"{folder} has no subfolders to tell the classes by. Make a folder for each class and "
            "put its pictures there, or pass labels=None for pictures without labels."
        )
    for name in class_names or ():
        if name not in names:
            raise unknown_name(f"class folder in {folder}", name, names)
    return names if class_names is None else list(class_names)


def _given(labels: npt.ArrayLike | None, count: int) -> tuple[np.ndarray | None, list[str] | None]:
    """Return the labels that the caller gave, and their names."""
    if labels is None:
        return None, None
    numbers = np.asarray(labels)
    if numbers.shape != (count,) or numbers.dtype.kind not in "iu":
        raise ValueError(
            f"labels must be one whole number a picture, {count} in the order of the sorted paths; "
            f"got {numbers.dtype} of shape {numbers.shape}. "
            'Pass labels="inferred" to take them from the subfolders.'
        )
    return numbers.astype(np.int32), [str(number) for number in np.unique(numbers)]
