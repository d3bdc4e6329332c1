"""Resize pictures as Keras' `image_dataset_from_directory` does.

Each new pixel is a weighted sum of a few old ones, first along the rows' axis and then along the
columns'. Its centre is at (i + ½)·scale in the old picture, scale = old length / new length; the weights
are a kernel of the distance from there. As in Keras, "nearest", "bilinear" and "bicubic" do not widen
the kernel when a picture shrinks. The other filters are Pillow's, which do.

Source: R. Keys 1981, "Cubic convolution interpolation for digital image processing", IEEE ASSP-29.
"""

from collections.abc import Callable

import numpy as np

from minicnn import checks


def _cubic(distance: np.ndarray) -> np.ndarray:
    t = np.abs(distance)
    near, far = 1.5 * t**3 - 2.5 * t**2 + 1, -0.5 * t**3 + 2.5 * t**2 - 4 * t + 2
    return np.where(t < 1, near, np.where(t < 2, far, 0))


# name: (reach of the kernel in old pixels, the kernel)
KERNELS: dict[str, tuple[int, Callable[[np.ndarray], np.ndarray]]] = {
    "bilinear": (1, lambda distance: np.maximum(1 - np.abs(distance), 0)),
    "bicubic": (2, _cubic),
}
PILLOW = {
    "area": "BOX",
    "gaussian": "HAMMING",
    "lanczos3": "LANCZOS",
    "lanczos5": "LANCZOS",
    "mitchellcubic": "BICUBIC",
}
INTERPOLATIONS = ("nearest", *KERNELS, *PILLOW)


def resize(image: np.ndarray, size: tuple[int, int], interpolation: str = "bilinear") -> np.ndarray:
    """Resize a picture (height, width, channels); return float32."""
    name = checks.choice("resize", "interpolation", interpolation, INTERPOLATIONS)
    if name in PILLOW:
        return _resize_with_pillow(image, size, PILLOW[name])
    rows, row_weights = _taps(image.shape[0], size[0], name)
    columns, column_weights = _taps(image.shape[1], size[1], name)
    # One tap after the other: all at once would copy the picture for each tap.
    across = np.zeros((size[0], *image.shape[1:]), np.float32)
    for row, weight in zip(rows.T, row_weights.T, strict=True):
        across += weight[:, np.newaxis, np.newaxis] * image[row]
    resized = np.zeros((*size, image.shape[2]), np.float32)
    for column, weight in zip(columns.T, column_weights.T, strict=True):
        resized += weight[:, np.newaxis] * across[:, column]
    return resized


def crop_to_size(
    image: np.ndarray, size: tuple[int, int], interpolation: str = "bilinear"
) -> np.ndarray:
    """Cut the largest window of the target's proportions from the middle, then resize it."""
    height, width = image.shape[:2]
    window_height = max(min(height, width * size[0] // size[1]), 1)
    window_width = max(min(width, height * size[1] // size[0]), 1)
    top, left = (height - window_height) // 2, (width - window_width) // 2
    window = image[top : top + window_height, left : left + window_width]
    return resize(window, size, interpolation)


def pad_to_size(
    image: np.ndarray, size: tuple[int, int], interpolation: str = "bilinear"
) -> np.ndarray:
    """Resize the whole picture until it just fits, and pad it with black (0) on both sides."""
    height, width = image.shape[:2]
    if height * size[1] >= width * size[0]:  # the height decides
        inner = size[0], max(width * size[0] // height, 1)
        top, left = 0, (size[1] * height - width * size[0]) // (2 * height)
    else:
        inner = max(height * size[1] // width, 1), size[1]
        top, left = (size[0] * width - height * size[1]) // (2 * width), 0
    padded = np.zeros((*size, image.shape[2]), np.float32)
    padded[top : top + inner[0], left : left + inner[1]] = resize(image, inner, interpolation)
    return padded


def _resize_with_pillow(image: np.ndarray, size: tuple[int, int], name: str) -> np.ndarray:
    from PIL import Image

    channels = [
        Image.fromarray(channel).resize(size[::-1], Image.Resampling[name])
        for channel in np.moveaxis(image.astype(np.float32), 2, 0)
    ]
    return np.stack([np.asarray(channel) for channel in channels], axis=2)


def _taps(old: int, new: int, interpolation: str) -> tuple[np.ndarray, np.ndarray]:
    """Return the old pixels of each new one, and their weights: two arrays (new, taps)."""
    centre = (np.arange(new)[:, np.newaxis] + 0.5) * (old / new)  # (new, 1)
    if interpolation == "nearest":
        return np.floor(centre).astype(np.intp), np.ones((new, 1), np.float32)
    reach, kernel = KERNELS[interpolation]
    pixel = np.floor(centre - reach).astype(np.intp) + np.arange(2 * reach + 1)  # (new, taps)
    weights = np.where((pixel >= 0) & (pixel < old), kernel(pixel + 0.5 - centre), 0)
    weights /= weights.sum(axis=1, keepdims=True)
    return np.clip(pixel, 0, old - 1), weights.astype(np.float32)
