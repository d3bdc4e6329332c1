"""Pictures brought to one size, by the definitions that Keras' pictures are resized with.

Each new pixel is a weighted sum of a few old ones, down first and then across. Its centre lies at
(i + ½)·scale in the old picture, scale = old length / new length; the weights are a kernel of the
distance from there. As in Keras the kernel does not widen when a picture shrinks; only "area" then
averages everything that a new pixel covers.

Source: R. Keys 1981, "Cubic convolution interpolation for digital image processing", IEEE ASSP-29;
D. Mitchell, A. Netravali 1988, "Reconstruction filters in computer graphics", SIGGRAPH.
"""

from collections.abc import Callable

import numpy as np

from minicnn.errors import unknown_name


def _cubic(distance: np.ndarray, b: float, c: float) -> np.ndarray:
    """Mitchell and Netravali's family of kernels; Keys' is b = 0, c = ½."""
    t = np.abs(distance)
    near = (12 - 9 * b - 6 * c) * t**3 + (-18 + 12 * b + 6 * c) * t**2 + 6 - 2 * b
    far = (-b - 6 * c) * t**3 + (6 * b + 30 * c) * t**2 + (-12 * b - 48 * c) * t + 8 * b + 24 * c
    return np.where(t < 1, near, np.where(t < 2, far, 0)) / 6


def _lanczos(distance: np.ndarray, radius: int) -> np.ndarray:
    inside = np.abs(distance) < radius
    return np.where(inside, np.sinc(distance) * np.sinc(distance / radius), 0)


# name: (how far the kernel reaches in old pixels, the kernel)
KERNELS: dict[str, tuple[float, Callable[[np.ndarray], np.ndarray]]] = {
    "bilinear": (1, lambda distance: np.maximum(1 - np.abs(distance), 0)),
    "bicubic": (2, lambda distance: _cubic(distance, b=0, c=1 / 2)),
    "mitchellcubic": (2, lambda distance: _cubic(distance, b=1 / 3, c=1 / 3)),
    "lanczos3": (3, lambda distance: _lanczos(distance, 3)),
    "lanczos5": (5, lambda distance: _lanczos(distance, 5)),
    "gaussian": (
        1.5,
        lambda distance: np.where(np.abs(distance) < 1.5, np.exp(-2 * distance**2), 0),
    ),
}
INTERPOLATIONS = ("nearest", "area", *KERNELS)


def resize(image: np.ndarray, size: tuple[int, int], interpolation: str = "bilinear") -> np.ndarray:
    """Bring a picture to a size."""
    if interpolation not in INTERPOLATIONS:
        raise unknown_name("interpolation", interpolation, INTERPOLATIONS)
    rows, row_weights = _taps(image.shape[0], size[0], interpolation)
    columns, column_weights = _taps(image.shape[1], size[1], interpolation)
    # One tap after the other: all at once would take a copy of the picture for each tap.
    across = np.zeros((size[0], *image.shape[1:]), np.float32)
    for row, weight in zip(rows.T, row_weights.T, strict=True):
        across += weight[:, np.newaxis, np.newaxis] * image[row]
    resized = np.zeros((*size, image.shape[2]), np.float32)
    for column, weight in zip(columns.T, column_weights.T, strict=True):
        resized += weight[:, np.newaxis] * across[:, column]
    return resized


def _taps(old: int, new: int, interpolation: str) -> tuple[np.ndarray, np.ndarray]:
    """Return which old pixels make each new one, and their weights: two arrays (new, taps)."""
    scale = old / new
    centre = (np.arange(new)[:, np.newaxis] + 0.5) * scale  # (new, 1)
    if interpolation == "nearest":
        return np.floor(centre).astype(np.intp), np.ones((new, 1), np.float32)
    reach = scale / 2 if interpolation == "area" else KERNELS[interpolation][0]
    first = np.floor(centre - reach).astype(np.intp)
    pixel = first + np.arange(int(np.ceil(2 * reach)) + 1)  # (new, taps)
    if interpolation == "area":  # the share of each old pixel that the new one covers
        covered = np.minimum(pixel + 1, centre + reach) - np.maximum(pixel, centre - reach)
        weights = np.maximum(covered, 0)
    else:
        weights = KERNELS[interpolation][1](pixel + 0.5 - centre)
    weights = np.where((pixel >= 0) & (pixel < old), weights, 0)
    weights /= weights.sum(axis=1, keepdims=True)
    return np.clip(pixel, 0, old - 1), weights.astype(np.float32)
