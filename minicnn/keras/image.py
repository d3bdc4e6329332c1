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


def resize_with_pad(image: Any, height: int, width: int, method: Any = "bilinear") -> Any:
    """Resize without changing the proportions, and fill the rest with zeros."""
    x = np.asarray(image, np.float32)
    scale = min(height / x.shape[-3], width / x.shape[-2])
    y = np.asarray(resize(x, (round(x.shape[-3] * scale), round(x.shape[-2] * scale)), method))
    margins = [(n // 2, n - n // 2) for n in (height - y.shape[-3], width - y.shape[-2])]
    return np.pad(y, [(0, 0)] * (x.ndim - 3) + [*margins, (0, 0)])


def random_flip(axis: int) -> Callable[..., Any]:
    """Return a function that mirrors an image with a probability of one half."""
    return lambda image, seed=None: (
        np.flip(image, axis) if generator(seed).random() < 0.5 else np.asarray(image)
    )


def _adjust_contrast(images: Any, contrast_factor: float) -> Any:
    mean = np.mean(images, axis=(-3, -2), keepdims=True)
    return (np.asarray(images) - mean) * contrast_factor + mean


IMAGE: dict[str, Any] = {
    "adjust_brightness": returns_tensor(np.add, "image", "delta"),
    "adjust_contrast": returns_tensor(_adjust_contrast, "images", "contrast_factor"),
    "convert_image_dtype": returns_tensor(
        lambda image, dtype: image.astype(dtype) / (255 if image.dtype == np.uint8 else 1),
        "image", "dtype",
    ),
    "flip_left_right": returns_tensor(lambda image: image[..., ::-1, :], "image"),
    "flip_up_down": returns_tensor(lambda image: image[..., ::-1, :, :], "image"),
    "grayscale_to_rgb": returns_tensor(lambda images: np.repeat(images, 3, -1), "images"),
    "random_brightness": returns_tensor(
        lambda image, max_delta, seed=None: image + generator(seed).uniform(-max_delta, max_delta),
        "image", "max_delta",
    ),
    "random_contrast": returns_tensor(
        lambda image, lower, upper, seed=None: _adjust_contrast(
            image, generator(seed).uniform(lower, upper)
        ),
        "image", "lower", "upper",
    ),
    "random_flip_left_right": returns_tensor(random_flip(-2), "image"),
    "random_flip_up_down": returns_tensor(random_flip(-3), "image"),
    "resize": returns_tensor(resize, "images", "size"),
    "resize_with_pad": returns_tensor(
        resize_with_pad, "image", "target_height", "target_width"
    ),
    "rgb_to_grayscale": returns_tensor(
        lambda images: images @ np.array([[0.2989], [0.587], [0.114]], np.float32), "images"
    ),
    "rot90": returns_tensor(lambda image, k=1: np.rot90(image, k, (-3, -2)), "image", "k"),
}  # fmt: skip
"""The names in ``tf.image``."""
