"""Checks of what learners pass: numbers, one image, a kernel, a label; integers stay integers."""

import numpy as np
from numpy import ndarray
from numpy.typing import ArrayLike

from minicnn.errors import ShapeError
from minicnn.steps.notation import counted


def numbers(name: str, values: ArrayLike) -> ndarray:
    """Return integers as an int64 array, other numbers as float64."""
    try:
        array = np.asarray(values)
    except ValueError:
        raise ValueError(f"{name} must have rows of equal length, got different lengths.") from None
    if array.dtype.kind in "biu":
        return array.astype(np.int64)
    if array.dtype.kind != "f":
        raise ValueError(f"{name} must be numbers, got an array of {array.dtype}.")
    return array.astype(np.float64)


def as_image(operation: str, image: ArrayLike) -> ndarray:
    """Return one image as numbers, (height, width) or (height, width, channels)."""
    array = numbers("image", image)
    if array.ndim not in (2, 3) or not array.size:
        hint = " Write images[0] for the first one of the batch." if array.ndim == 4 else ""
        raise ShapeError(
            f"{operation} takes one image of shape (height, width) or (height, width, channels), "
            f"got shape {array.shape}.{hint}"
        )
    return array


def with_channels(image: ndarray) -> ndarray:
    """Return an image as (height, width, channels)."""
    return image[:, :, None] if image.ndim == 2 else image


def as_kernel(kernel: ArrayLike, channels: int, groups: int) -> ndarray:
    """Return a kernel as numbers: one filter (height, width) or (height, width, channels), or all."""
    array = numbers("kernel", kernel)
    if array.ndim not in (2, 3, 4) or not array.size:
        raise ShapeError(
            "steps.conv2d takes one filter (height, width) or (height, width, channels), or a "
            f"layer's kernel (height, width, channels, filters), got shape {array.shape}."
        )
    _, _, seen, filters = all_filters(array).shape
    if channels % groups or filters % groups:
        raise ShapeError(
            f"steps.conv2d splits channels and filters into {groups} groups of equal size, got "
            f"{counted(channels, 'channel')} and {counted(filters, 'filter')}."
        )
    if seen != channels // groups:
        hint = (
            "" if array.ndim != 3
            else " For several filters on a grey image write kernel[:, :, np.newaxis, :]."
        )  # fmt: skip
        raise ShapeError(
            f"the image has {counted(channels, 'channel')}"
            f"{f' in {groups} groups' if groups > 1 else ''}, but a kernel of shape {array.shape} is "
            f"made for {seen}.{hint}"
        )
    return array


def all_filters(kernel: ndarray) -> ndarray:
    """Return a kernel as (height, width, channels, filters)."""
    return kernel.reshape((*kernel.shape, 1, 1)[:4])


def as_bias(operation: str, bias: ArrayLike | None, count: int) -> ndarray | None:
    """Return a bias as numbers, one for each filter or unit."""
    if bias is None:
        return None
    array = np.atleast_1d(numbers("bias", bias))
    if array.shape != (count,):
        raise ShapeError(
            f"{operation} adds one number to each output channel: bias must have shape ({count},), "
            f"got shape {array.shape}."
        )
    return array


def distribution(y: ArrayLike, shape: tuple[int, ...]) -> ndarray:
    """Return a label, a class number or one-hot, as a distribution over the classes."""
    array, classes = np.asarray(y), shape[-1]
    if array.dtype.kind not in "biuf":
        raise ValueError(
            f"a label must be the number of a class, or one-hot, got {y!r}. For a name write "
            "class_names.index(name)."
        )
    for label in (array, array[0] if array.ndim and len(array) == 1 else array):
        if label.shape == shape and (classes > 1 or label.dtype.kind == "f"):
            wrong = label[~np.isfinite(label) | (label < 0)]
            if wrong.size:
                raise ValueError(f"a one-hot label holds 1 and 0 only, got {wrong[0]}.")
            return label.astype(np.float64)
        if label.shape in (shape[:-1], (*shape[:-1], 1)):
            return _one_hot(label.reshape(shape[:-1]), classes)
    raise ShapeError(
        f"a label for outputs of shape {shape} is a class number, shape {shape[:-1]}, or one-hot, "
        f"shape {shape}; got shape {array.shape}. Pass the label of one example: y[0]."
    )


def _one_hot(label: ndarray, classes: int) -> ndarray:
    is_class = np.isfinite(label) & (label == np.floor(label)) & (label >= 0) & (label < classes)
    if not is_class.all():
        raise ValueError(
            f"there are {classes} classes, numbered from 0 to {classes - 1}, got the label "
            f"{label[~is_class][0]}."
        )
    return np.eye(classes)[label.astype(np.int64)]
