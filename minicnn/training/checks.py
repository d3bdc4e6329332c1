"""What can be wrong with a learner's data, said in their terms."""

import math
import warnings
from collections.abc import Sequence
from typing import Any

import numpy as np
from numpy import ndarray

from minicnn.errors import DataWarning, ShapeError
from minicnn.training.batches import class_numbers

Shape = tuple[int | None, ...]

RATIO_OF_RANGES = 255  # between pixels of 0…255 and of 0…1
PART = 1 << 17  # numbers looked at twice while they are in the cache


def as_numbers(name: str, values: Any) -> ndarray:
    """Return `values` as an array of numbers."""
    try:
        array = np.asarray(values)
    except ValueError:  # lists of unequal lengths
        raise ShapeError(
            f"{name} takes an array, got a list whose items have different shapes. "
            "Bring all images to one size first."
        ) from None
    if array.dtype.kind not in "biuf":
        raise TypeError(f"{name} takes an array of numbers, got {_kind(name, values, array)}.")
    if array.ndim == 0:
        raise ShapeError(f"{name} takes an array with an axis for the examples, got {values!r}.")
    if len(array) == 0:
        raise ValueError(f"{name} is empty: an array of shape {array.shape} holds no example.")
    return array


def _kind(name: str, values: Any, array: ndarray) -> str:
    """Return the end of the sentence: what came, and what to type."""
    if values is None:
        return "None"
    if isinstance(values, str):
        return f"the text {values!r}. Read the file first: {name} = np.asarray(Image.open(path))"
    if array.dtype.kind in "US" and name.endswith("y"):
        return f"names of classes. Number them: np.unique({name}, return_inverse=True)[1]"
    if array.dtype.kind in "US":
        return f"texts. Turn them into numbers: np.asarray({name}, float)"
    if isinstance(values, ndarray) and values.dtype == object:
        return (
            f"an array of Python objects. Try np.stack({name}) for arrays of one shape, or "
            f"{name}.astype(float)"
        )
    return f"{type(values).__name__} of {array.dtype}"


def check_counts(**counts: Any) -> None:
    """Check arguments that count something, such as `batch_size`; None is left out."""
    for name, value in counts.items():
        is_whole = isinstance(value, (int, np.integer)) and not isinstance(value, bool)
        if value is not None and (not is_whole or value < 1):
            raise ValueError(f"{name} takes a whole number from 1 on, got {value!r}.")


def same_length(**arrays: ndarray | None) -> None:
    """Check that all arrays have as many examples."""
    lengths = {name: len(array) for name, array in arrays.items() if array is not None}
    if len(set(lengths.values())) > 1:
        first, *others = lengths
        other = next(name for name in others if lengths[name] != lengths[first])
        raise ShapeError(
            f"{first} has {lengths[first]} examples and {other} has {lengths[other]}: there must be "
            "as many of each."
        )


def fits_input(owner: str, got: Sequence[int], expected: Shape, method: str = "predict") -> None:
    """Check that a batch has the shape that a model takes."""
    if _matches(got, expected):
        return
    what = "images" if len(expected) == 4 else "arrays"
    sizes = ", ".join(["batch", *("any" if size is None else str(size) for size in expected[1:])])
    sizes += "," if len(expected) == 1 else ""
    advice = _likely_mistake(tuple(got), expected)
    raise ShapeError(
        f"{owner} takes {what} of shape ({sizes}), got {tuple(got)}{advice.format(*_call(method))}"
    )


def _matches(got: Sequence[int], expected: Shape) -> bool:
    return len(got) == len(expected) and all(
        size is None or size == have for have, size in zip(got, expected, strict=True)
    )


def _call(method: str) -> tuple[str, str]:
    """Return what stands before and behind x where a learner calls `method`."""
    if method == "__call__":
        return "model(", ")"
    return f"model.{method}(", ")" if method.startswith("predict") else ", y)"


def _likely_mistake(got: tuple[int, ...], expected: Shape) -> str:
    """Return the end of the sentence: what is missing, and what to type between {0} and {1}."""
    example = expected[1:]
    grey = len(example) == 3 and example[-1] == 1
    if _matches(got, example):
        one = "image" if len(example) == 3 else "example"
        return f": one {one} without its batch axis. Write {{0}}x[np.newaxis]{{1}}."
    if grey and _matches(got, expected[:-1]):
        return ": images without their channel axis. Write {0}x[..., np.newaxis]{1}."
    if grey and _matches(got, example[:-1]):
        return (
            ": one image without its batch and channel axes. "
            "Write {0}x[np.newaxis, ..., np.newaxis]{1}."
        )
    if len(got) == 4 and _matches((*got[2:], got[1]), example):
        return ": the channels come first. Write {0}np.moveaxis(x, 1, -1){1}."
    sizes = [size for size in example if size is not None]
    known = len(sizes) == len(example)
    if known and math.prod(sizes) in (math.prod(got[1:]), math.prod(got)):
        shape = ", ".join(str(size) for size in example)
        return f": the right numbers in another shape. Write {{0}}x.reshape(-1, {shape}){{1}}."
    if len(got) == len(expected) == 4 and got[3] == example[-1]:
        return (
            f": images of {got[1]}×{got[2]} cells. Resize them to {example[0]}×{example[1]}, "
            "with Pillow's Image.resize for example."
        )
    if len(got) == len(expected) == 4:
        mode = {1: "'L'", 3: "'RGB'"}.get(example[-1] or 0)
        remedy = f" Image.convert({mode}) of Pillow gives them {example[-1]}." if mode else ""
        return f": images with {got[3]} channels.{remedy}"
    if len(got) != len(expected):
        return f": {len(got)} axes where {len(expected)} are needed."
    return f": examples of {got[-1]} numbers instead of {expected[-1]}."


def value_range(name: str, array: ndarray) -> tuple[float, float]:
    """Return the smallest and the largest number."""
    examples = max(PART * len(array) // max(array.size, 1), 1)
    parts = [array[at : at + examples] for at in range(0, len(array), examples)]
    lows, highs = zip(*((float(part.min()), float(part.max())) for part in parts), strict=True)
    if not all(map(math.isfinite, lows + highs)):  # NaN comes through both
        where = np.argwhere(~np.isfinite(array))
        first = tuple(int(place) for place in where[0])
        raise ValueError(
            f"{name} holds {len(where)} numbers that are NaN or infinite, the first is "
            f"{name}[{', '.join(map(str, first))}] = {array[first]}. Every number must be finite: "
            f"np.nan_to_num({name}) replaces the others, if that is meant."
        )
    return min(lows), max(highs)


def warn_of_other_range(training: tuple[float, float], now: tuple[float, float]) -> bool:
    """Warn where inputs are about 255 times larger or smaller than those of training."""
    trained, given = (max(abs(low), abs(high)) for low, high in (training, now))
    if not trained or not given:
        return False
    ratio = given / trained
    if RATIO_OF_RANGES / 2 <= ratio <= RATIO_OF_RANGES * 2:
        advice = "Divide them: x / 255."
    elif RATIO_OF_RANGES / 2 <= 1 / ratio <= RATIO_OF_RANGES * 2:
        advice = "Multiply them: x * 255."
    else:
        return False
    warnings.warn(
        f"the inputs go up to {given:g}, and those of training went up to {trained:g}: pixels of "
        f"0…255 and of 0…1 seem mixed up, and the answers will be poor. {advice}",
        DataWarning,
        stacklevel=4,
    )
    return True


def warn_of_sorted_labels(y: ndarray | None) -> None:
    """Warn where labels stand class by class, so that the last examples are of few classes."""
    if y is None or y.ndim > 2 or (y.ndim == 2 and y.shape[1] > 1 and not _one_hot(y)):
        return
    classes = class_numbers(y)
    if classes.dtype.kind == "f" and not (classes == np.floor(classes)).all():
        return  # numbers to be predicted, not classes
    different = len(np.unique(classes))
    changes = int((classes[1:] != classes[:-1]).sum())
    if 1 < different <= len(classes) // 2 and changes == different - 1:
        warnings.warn(
            "validation_split takes the last examples, and the labels are sorted by class: training "
            "will see nothing of the classes at the end. Shuffle first: "
            "order = np.random.permutation(len(x)); x, y = x[order], y[order].",
            DataWarning,
            stacklevel=4,
        )


def _one_hot(y: ndarray) -> bool:
    return bool(((y == 0) | (y == 1)).all() and (y.sum(axis=1) == 1).all())
