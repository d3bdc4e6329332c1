"""Check data, and say what is wrong in the terms of the person who calls `fit`."""

import math
from collections.abc import Sequence
from typing import Any

import numpy as np
from numpy import ndarray

from minicnn.checks import integer
from minicnn.errors import ShapeError, warn
from minicnn.training.batches import class_ids, example_count

Shape = tuple[int | None, ...]

RATIO_OF_RANGES = 255  # between pixels of 0…255 and of 0…1
CHUNK = 1 << 17  # elements that stay in the cache while they are read twice
LARGEST_FLOAT32 = float(np.finfo(np.float32).max)


def check_array(name: str, values: Any) -> ndarray:
    """Return `values` as an array of real numbers with at least one example."""
    if isinstance(values, np.ma.MaskedArray) and np.ma.is_masked(values):
        raise TypeError(
            f"{name} is a masked array, and masks are not supported. Fill it: {name}.filled(0)."
        )
    try:
        array = np.asarray(values)
    except ValueError:  # lists of unequal lengths
        raise ShapeError(
            f"{name} must be an array, got a list whose items have different shapes. "
            "Resize all images to one size first."
        ) from None
    if array.dtype.kind not in "biuf":
        raise TypeError(
            f"{name} must be an array of numbers, got {_type_and_remedy(name, values, array)}."
        )
    if array.ndim == 0:
        raise ShapeError(f"{name} must be an array with an axis for the examples, got {values!r}.")
    if len(array) == 0:
        raise ValueError(f"{name} is empty: an array of shape {array.shape} has no examples.")
    return array


def _type_and_remedy(name: str, values: Any, array: ndarray) -> str:
    """Return the end of the message: what came, and what to type."""
    if values is None:
        return "None"
    if isinstance(values, str):
        return f"the text {values!r}. Read the file first: {name} = np.asarray(Image.open(path))"
    if hasattr(values, "toarray"):
        return f"a sparse matrix. Make it dense: {name}.toarray()"
    is_text = array.dtype.kind in "US" or (
        array.dtype == object and all(isinstance(one, str) for one in array.ravel()[:100])
    )
    if is_text and name.endswith("y"):
        return f"names of classes. Number them: np.unique({name}, return_inverse=True)[1]"
    if is_text:
        return f"text. Convert it to numbers: np.asarray({name}, float)"
    if isinstance(values, ndarray) and values.dtype == object:
        return (
            f"an array of Python objects. Try np.stack({name}) for arrays of one shape, or "
            f"{name}.astype(float)"
        )
    return f"{type(values).__name__} of {array.dtype}"


def check_counts(**counts: Any) -> None:
    """Check that arguments such as `batch_size` are positive integers; None is allowed."""
    for name, value in counts.items():
        if value is not None:
            integer("", name, value)


def check_same_length(**arrays: Any) -> None:
    """Check that all arrays, or all arrays in lists, have the same number of examples."""
    lengths = {name: example_count(one) for name, one in arrays.items() if one is not None}
    for name, values in arrays.items():
        if isinstance(values, list):
            lengths |= {f"{name}[{i}]": len(one) for i, one in enumerate(values) if one is not None}
    if len(set(lengths.values())) > 1:
        first, *others = lengths
        other = next(name for name in others if lengths[name] != lengths[first])
        raise ShapeError(
            f"{first} has {lengths[first]} examples and {other} has {lengths[other]}: the numbers must "
            "be equal."
        )


def match_input(owner: str, x: ndarray, expected: Shape, method: str = "predict") -> ndarray:
    """Return a batch in the shape that a model takes: as in Keras, a last axis of 1 may be missing.

    Raises
    ------
    ShapeError
        If the shape differs otherwise; the message names the likely mistake.
    """
    got = x.shape
    if _matches(got, expected):
        return x
    if expected[-1] == 1 and _matches(got, expected[:-1]):
        return x[..., np.newaxis]
    if len(got) > 1 and got[-1] == 1 and _matches(got[:-1], expected):
        return x[..., 0]
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
    """Return what is written before and after x in a call of `method`."""
    if method == "__call__":
        return "model(", ")"
    return f"model.{method}(", ")" if method.startswith("predict") else ", y)"


def _likely_mistake(got: tuple[int, ...], expected: Shape) -> str:
    """Return the end of the message: the mistake, and what to type between {0} and {1}."""
    example = expected[1:]
    grey = len(example) == 3 and example[-1] == 1
    if _matches(got, example):
        one = "image" if len(example) == 3 else "example"
        return f": one {one} without its batch axis. Write {{0}}x[np.newaxis]{{1}}."
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
            f": images of {got[1]}×{got[2]} pixels. Resize them to {example[0]}×{example[1]}, "
            "with Pillow's Image.resize for example."
        )
    if len(got) == len(expected) == 4:
        mode = {1: "'L'", 3: "'RGB'"}.get(example[-1] or 0)
        remedy = f" Convert them with Pillow: Image.convert({mode})." if mode else ""
        return f": images with {got[3]} channels.{remedy}"
    if len(got) != len(expected):
        return f": {len(got)} axes instead of {len(expected)}."
    return f": examples with {got[-1]} numbers instead of {expected[-1]}."


def check_finite_and_range(name: str, array: ndarray) -> tuple[float, float]:
    """Return the smallest and the largest number; raise if float32 cannot represent all of them."""
    examples = max(CHUNK * len(array) // max(array.size, 1), 1)
    parts = [array[at : at + examples] for at in range(0, len(array), examples)]
    lows, highs = zip(*((float(part.min()), float(part.max())) for part in parts), strict=True)
    if not all(abs(value) <= LARGEST_FLOAT32 for value in lows + highs):  # also false for NaN
        wrong = np.argwhere(~(np.abs(array) <= LARGEST_FLOAT32))
        first = tuple(int(index) for index in wrong[0])
        found = "1 number that is" if len(wrong) == 1 else f"{len(wrong)} numbers that are"
        raise ValueError(
            f"{name} has {found} NaN, infinite or too large for float32; the "
            f"first is {name}[{', '.join(map(str, first))}] = {array[first]}. All must be finite: "
            f"np.nan_to_num({name}) replaces NaN and infinity."
        )
    return min(lows), max(highs)


def warn_of_other_range(training: tuple[float, float], now: tuple[float, float]) -> bool:
    """Warn if inputs are about 255 times larger or smaller than those of training."""
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
    warn(
        f"the inputs go up to {given:g}, and those of training went up to {trained:g}: pixels from "
        f"0…255 and from 0…1 seem to be mixed up, and the predictions will be poor. {advice}"
    )
    return True


def warn_of_sorted_labels(y: ndarray | None) -> None:
    """Warn if labels are sorted by class, so that the last examples are of few classes."""
    if y is None or y.ndim > 2 or (y.ndim == 2 and y.shape[1] > 1 and not _one_hot(y)):
        return
    classes = class_ids(y)
    if classes.dtype.kind == "f" and not (classes == np.floor(classes)).all():
        return  # numbers to be predicted, not classes
    different = len(np.unique(classes))
    changes = int((classes[1:] != classes[:-1]).sum())
    if 1 < different <= len(classes) // 2 and changes == different - 1:
        warn(
            "validation_split takes the last examples, and the labels are sorted by class: training "
            "will not see the classes at the end. Shuffle first: "
            "order = np.random.permutation(len(x)); x, y = x[order], y[order]."
        )


def _one_hot(y: ndarray) -> bool:
    return bool(((y == 0) | (y == 1)).all() and (y.sum(axis=1) == 1).all())


def warn_of_outputs(graph: Any, losses: Any) -> None:
    """Warn if an output cannot be learnt: softmax over one unit, or probabilities taken for logits."""
    for index, loss in enumerate(losses.losses):
        last = graph.activated_output(index)
        name = last and getattr(last.activation, "name", None)
        if name == "softmax" and last.built and last.output_shape[-1] == 1:
            warn(
                f"{last.describe()} applies softmax to one unit, which always gives 1. Use "
                "activation='sigmoid' for two classes, or one unit for each class."
            )
        if name in ("softmax", "sigmoid") and getattr(loss, "from_logits", False):
            warn(
                f"the loss has from_logits=True, and {last.describe()} applies {name} already. Use "
                "from_logits=False, or no activation in the last layer."
            )
