"""Checks that the operations' arguments have in common."""

from typing import Any

import numpy as np
from numpy import ndarray

from minicnn import checks
from minicnn.errors import ShapeError
from minicnn.ops.convolution import Pair
from minicnn.ops.windows import effective_size

F32 = np.dtype(np.float32)
IMAGES = "images of shape (batch, height, width, channels)"

Shape = tuple[int, ...]


def as_contiguous(owner: str, name: str, value: Any, dtype: np.dtype | None = None) -> ndarray:
    """Return an array of floats with C-contiguous, aligned, writeable memory: a copy if necessary.

    Both versions of an operation so hold the same array in their caches, and see the same changes.
    """
    if type(value) is not ndarray or value.dtype is not (F32 if dtype is None else dtype):
        value = as_floats(owner, name, value, dtype)
    return value if value.flags.carray else np.require(value, None, ("C", "A", "W"))


def as_floats(owner: str, name: str, value: Any, dtype: np.dtype | None = None) -> ndarray:
    """Return the value as an array of native floats, of this dtype if there is one."""
    if type(value) is not ndarray:
        if isinstance(value, np.ma.MaskedArray):
            raise TypeError(f"{owner} got {name} as a masked array. Type {name}.filled(0).")
        value = np.asarray(value)  # of a weight, which is a subclass, too
    found = value.dtype
    if found == dtype or (dtype is None and found.kind == "f" and found.isnative):
        return value
    if found.kind not in "fiub":
        raise TypeError(
            f"{owner} takes {name} as an array of real numbers, got dtype {found} of shape "
            f"{value.shape}."
        )
    return value.astype(dtype or (found.newbyteorder("=") if found.kind == "f" else F32))


def as_gradient(owner: str, dy: Any, shape: Shape, dtype: np.dtype) -> ndarray:
    """Return dy in the dtype and layout of y, whose shape it must have."""
    if type(dy) is not ndarray or dy.dtype is not dtype or not dy.flags.carray:
        dy = as_contiguous(owner, "dy", dy, dtype)
    if dy.shape != shape:
        raise ShapeError(
            f"{owner} takes dy with the shape of y, {shape}, got {dy.shape}. If it comes from the "
            "backward of a custom layer: that must return dx with the shape of its x."
        )
    return dy


def check_cache(name: str, cache: Any, expected: type) -> None:
    """Check that a cache is of the class that the operation's forward pass returns."""
    if not isinstance(cache, expected):
        raise TypeError(
            f"{name}_backward takes the cache that {name}_forward returned, got "
            f"{type(cache).__name__}. Type: y, cache = {name}_forward(...)"
        )


def check_images(owner: str, shape: Shape) -> None:
    """Check the shape of a batch of images."""
    if len(shape) == 3:
        raise ShapeError(
            f"{owner} takes {IMAGES}, got {shape}. x[np.newaxis] makes a batch of one image, "
            "x[..., np.newaxis] gives images one channel."
        )
    if len(shape) != 4 or 0 in shape[1:]:
        raise ShapeError(f"{owner} takes {IMAGES}, got {shape}.")


def check_fit(
    owner: str, part: str, x: Shape, window: Pair, padding: str, dilation: Pair = (1, 1)
) -> None:
    """Check that a window fits on the images at least once."""
    spans = tuple(map(effective_size, window, dilation))
    if padding == "valid" and (spans[0] > x[1] or spans[1] > x[2]):
        raise ShapeError(
            f"the {part} of {owner} spans {spans[0]}×{spans[1]} pixels and does not fit on images of "
            f'{x[1]}×{x[2]}. Type padding="same", or use larger images.'
        )


def as_pair(owner: str, name: str, value: Any) -> Pair:
    """Return two Python integers >= 1."""
    if type(value) is tuple and len(value) == 2:  # the usual case, in less than a microsecond
        first, second = value
        if type(first) is type(second) is int and first > 0 and second > 0:
            return value
    return checks.pair(owner, name, value)
