"""Find the pictures in a folder and their classes, split them, and encode the labels."""

import os
from collections.abc import Sequence
from itertools import chain
from typing import NamedTuple

import numpy as np
import numpy.typing as npt

from minicnn import checks
from minicnn.errors import DataError, unknown_name
from minicnn.preprocessing.arrays import to_categorical
from minicnn.preprocessing.pictures import ENDINGS

SUBSETS = ("training", "validation", "both")
LABEL_MODES = ("int", "categorical", "binary")


class Pictures(NamedTuple):
    """Paths, the class of each picture, and the names of the classes."""

    paths: list[str]
    classes: np.ndarray | None
    class_names: list[str] | None


def find_pictures(
    folder: str,
    labels: npt.ArrayLike | None,
    class_names: Sequence[str] | None = None,
    follow_links: bool = False,
) -> Pictures:
    """Find the pictures of a folder, and their classes."""
    _check_folder(folder)
    if isinstance(labels, str):
        if labels != "inferred":
            raise unknown_name("labels", labels, ["inferred"])
        by_class = pictures_by_class(folder, class_names, follow_links)
        found = Pictures(*paths_and_classes(by_class), list(by_class))
    elif class_names is not None:
        raise ValueError('class_names names subfolders: it goes with labels="inferred" only.')
    else:
        paths = _walk(folder, follow_links)
        found = Pictures(paths, *_checked_labels(labels, len(paths)))
    if not found.paths:
        listed = ", ".join(ENDINGS)
        raise DataError(f"no pictures in {folder}: looked for names that end in {listed}.")
    return found


def pictures_by_class(
    folder: str, class_names: Sequence[str] | None, follow_links: bool
) -> dict[str, list[str]]:
    """Return the pictures of each class, that is of each subfolder, or of those that are named."""
    _check_folder(folder)
    with os.scandir(folder) as entries:
        names = sorted(item.name for item in entries if item.is_dir() and item.name[0] != ".")
    if not names:
        raise DataError(
            f"{folder} has no subfolders to tell the classes by. Make a folder for each class and "
            "move its pictures there. In Python, labels=None reads pictures without labels."
        )
    for name in class_names or ():
        if name not in names:
            raise unknown_name(f"class folder in {folder}", name, names)
    return {name: _walk(os.path.join(folder, name), follow_links) for name in class_names or names}


def paths_and_classes(by_class: dict[str, list[str]]) -> tuple[list[str], np.ndarray]:
    """Return all paths, and the number of the class of each."""
    counts = [len(paths) for paths in by_class.values()]
    classes = np.repeat(np.arange(len(counts), dtype=np.int32), counts)
    return list(chain.from_iterable(by_class.values())), classes


def _check_folder(folder: str) -> None:
    if not os.path.isdir(folder):
        raise DataError(f"there is no folder {folder} (looked for in {os.getcwd()}).")


def _walk(folder: str, follow_links: bool) -> list[str]:
    """Return the paths of all pictures in a folder and below, sorted by folder and name."""
    above: dict[str, frozenset[str]] = {}
    found = []
    for root, folders, names in os.walk(folder, followlinks=follow_links):
        parents, real = above.get(os.path.dirname(root), frozenset()), os.path.realpath(root)
        if real in parents:  # a link that leads back
            folders.clear()
            continue
        above[root] = parents | {real}
        found += [os.path.join(root, name) for name in names if name.lower().endswith(ENDINGS)]
    return sorted(found, key=os.path.split)


def _checked_labels(
    labels: npt.ArrayLike | None, count: int
) -> tuple[np.ndarray | None, list[str] | None]:
    """Return the caller's labels, and their names."""
    if labels is None:
        return None, None
    classes = np.asarray(labels)
    if classes.shape != (count,) or classes.dtype.kind not in "iu":
        raise ValueError(
            f"labels must be one integer for each picture, {count} in the order of the sorted paths; "
            f"got {classes.dtype} of shape {classes.shape}. "
            'Pass labels="inferred" to use the subfolders.'
        )
    return classes.astype(np.int32), [str(number) for number in np.unique(classes)]


def encode_labels(
    labels: np.ndarray | None, classes: int, label_mode: str | None
) -> np.ndarray | None:
    """Return class labels as integers, one-hot vectors, or a column of 0 and 1."""
    if label_mode is not None and label_mode not in LABEL_MODES:
        raise unknown_name("label_mode", label_mode, LABEL_MODES)
    if labels is None or label_mode is None:
        return None
    if label_mode == "categorical":
        return to_categorical(labels, classes).astype(np.float32)
    if label_mode == "binary":
        if classes != 2:
            raise ValueError(
                f'label_mode="binary" takes 2 classes, found {classes}: '
                'write label_mode="int" or "categorical".'
            )
        return labels.astype(np.float32)[:, np.newaxis]
    return labels


def check_split(
    validation_split: float | None, subset: str | None, shuffle: bool, seed: int | None
) -> None:
    """Raise an error for arguments that do not define a split."""
    if subset is not None and subset not in SUBSETS:
        raise unknown_name("subset", subset, SUBSETS)
    if validation_split is None and subset is None:
        return
    if validation_split is None or subset is None:
        raise ValueError(
            "validation_split and subset go together: "
            'write validation_split=0.2, subset="both", for instance.'
        )
    checks.finite_number("", "validation_split", validation_split, gt=0, lt=1)
    if shuffle and seed is None:
        raise ValueError(
            "validation_split with shuffle=True needs a seed, or the two subsets would overlap: "
            "write seed=1, the same for both."
        )


def split(
    order: np.ndarray, validation_split: float | None, subset: str | None
) -> list[np.ndarray]:
    """Split off the last ⌊samples · validation_split⌋ for validation."""
    if validation_split is None or subset is None:
        return [order]
    cut = len(order) - int(validation_split * len(order))
    parts = {"training": order[:cut], "validation": order[cut:]}
    if subset != "both":
        parts = {subset: parts[subset]}
    for name, part in parts.items():
        if not len(part):
            raise ValueError(
                f"validation_split={validation_split} of {len(order)} pictures leaves none for "
                f"{name}: use another fraction, or add pictures."
            )
    return list(parts.values())
