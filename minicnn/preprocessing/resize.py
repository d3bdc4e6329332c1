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
    "nearest": (0, np.ones_like),
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
INTERPOLATIONS = (*KERNELS, *PILLOW)


def resize(image: np.ndarray, size: tuple[int, int], interpolation: str = "bilinear") -> np.ndarray:
    """Resize a picture (height, width, channels); return float32."""
    name = checks.choice("resize", "interpolation", interpolation, INTERPOLATIONS)
    if name in PILLOW:
        return _resize_with_pillow(image, size, PILLOW[name])
    resized = image
    for axis in (0, 1):
        resized = _resize_axis(resized.swapaxes(0, axis), size[axis], *KERNELS[name])
        resized = resized.swapaxes(0, axis)
    return resized


def _resize_axis(
    image: np.ndarray, new: int, reach: int, kernel: Callable[[np.ndarray], np.ndarray]
) -> np.ndarray:
    """Resize the first axis."""
    old = len(image)
    centre = (np.arange(new)[:, np.newaxis] + 0.5) * (old / new)
    pixels = np.floor(centre).astype(np.intp) + np.arange(-reach, reach + 1)  # (new, taps)
    weights = np.where((pixels >= 0) & (pixels < old), kernel(pixels + 0.5 - centre), 0)
    weights = (weights / weights.sum(axis=1, keepdims=True)).astype(np.float32)
    resized = np.zeros((new, *image.shape[1:]), np.float32)
    # One tap after the other: all at once would copy the picture for each tap.
    for pixel, weight in zip(np.clip(pixels, 0, old - 1).T, weights.T, strict=True):
        resized += weight[:, np.newaxis, np.newaxis] * image[pixel]
    return resized


def window(size: tuple[int, ...], target: tuple[int, int]) -> tuple[int, int, int, int]:
    """Return top, left, height and width of the largest window of the target's proportions."""
    height = max(min(size[0], size[1] * target[0] // target[1]), 1)
    width = max(min(size[1], size[0] * target[1] // target[0]), 1)
    return (size[0] - height) // 2, (size[1] - width) // 2, height, width


def crop_to_size(
    image: np.ndarray, size: tuple[int, int], interpolation: str = "bilinear"
) -> np.ndarray:
    """Cut the largest window of the target's proportions from the middle, then resize it."""
    top, left, height, width = window(image.shape, size)
    return resize(image[top : top + height, left : left + width], size, interpolation)


def pad_to_size(
    image: np.ndarray, size: tuple[int, int], interpolation: str = "bilinear"
) -> np.ndarray:
    """Resize the whole picture until it just fits, and pad it with black (0) on both sides."""
    height, width = image.shape[:2]
    inner = (
        max(min(size[0], height * size[1] // width), 1),
        max(min(size[1], width * size[0] // height), 1),
    )
    top = max((size[0] * width - height * size[1]) // (2 * width), 0)
    left = max((size[1] * height - width * size[0]) // (2 * height), 0)
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
