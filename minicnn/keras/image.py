"""The part of `tf.image` that programs use."""

from collections.abc import Callable
from typing import Any

import numpy as np

from minicnn.keras.tensor import returns_tensor
from minicnn.layers import Resizing
from minicnn.random import generator


def resize(images: Any, size: Any, method: Any = "bilinear", **_: Any) -> Any:
    """Resize an image, or a batch of them, to (height, width)."""
    x = np.asarray(images, np.float32)
    y = Resizing(int(size[0]), int(size[1]), interpolation=str(method))(
        x if x.ndim == 4 else x[None]
    )
    return y if x.ndim == 4 else y[0]


def resize_with_pad(
    image: Any, target_height: int, target_width: int, method: Any = "bilinear"
) -> Any:
    """Resize without changing the proportions, and fill the rest with zeros."""
    x = np.asarray(image, np.float32)
    scale = min(target_height / x.shape[-3], target_width / x.shape[-2])
    y = np.asarray(resize(x, (round(x.shape[-3] * scale), round(x.shape[-2] * scale)), method))
    missing = (target_height - y.shape[-3], target_width - y.shape[-2])
    margins = [(n // 2, n - n // 2) for n in missing]
    return np.pad(y, [(0, 0)] * (x.ndim - 3) + [*margins, (0, 0)])


def _random_flip(axis: int) -> Callable[..., Any]:
    """Return a function that mirrors an image with a probability of one half."""
    return lambda image, seed=None: (
        np.flip(image, axis) if generator(seed).random() < 0.5 else np.asarray(image)
    )


def _adjust_contrast(images: Any, contrast_factor: float) -> Any:
    mean = np.mean(images, axis=(-3, -2), keepdims=True)
    return (np.asarray(images) - mean) * contrast_factor + mean


_FUNCTIONS: dict[str, Callable[..., Any]] = {
    "adjust_brightness": lambda image, delta: image + delta,
    "adjust_contrast": _adjust_contrast,
    "convert_image_dtype": lambda image, dtype: (
        image.astype(dtype) / (255 if image.dtype == np.uint8 else 1)
    ),
    "flip_left_right": lambda image: image[..., ::-1, :],
    "flip_up_down": lambda image: image[..., ::-1, :, :],
    "grayscale_to_rgb": lambda images: np.repeat(images, 3, -1),
    "random_brightness": lambda image, max_delta, seed=None: (
        image + generator(seed).uniform(-max_delta, max_delta)
    ),
    "random_contrast": lambda image, lower, upper, seed=None: _adjust_contrast(
        image, generator(seed).uniform(lower, upper)
    ),
    "random_flip_left_right": _random_flip(-2),
    "random_flip_up_down": _random_flip(-3),
    "resize": resize,
    "resize_with_pad": resize_with_pad,
    "rgb_to_grayscale": lambda images: images @ np.array([[0.2989], [0.587], [0.114]], np.float32),
    "rot90": lambda image, k=1: np.rot90(image, k, (-3, -2)),
}
IMAGE: dict[str, Any] = {name: returns_tensor(call) for name, call in _FUNCTIONS.items()}
"""The names in ``tf.image``."""
