"""Convert a picture to grey: one number for each pixel, at most 800 × 800 pixels."""

from __future__ import annotations

import os
from io import BytesIO
from typing import TYPE_CHECKING, Any

import numpy as np
from numpy import ndarray

from minicnn.errors import ShapeError
from minicnn.preprocessing.pictures import open_picture

if TYPE_CHECKING:
    from PIL.Image import Image

LARGEST = 800
"""Pixels along the longer side: larger pictures are averaged down, to bound time and memory."""

WHITE = 255.0
LUMA = np.array([0.299, 0.587, 0.114], np.float32)
"""Luminance of red, green and blue (ITU-R BT.601), as in Pillow."""
OVERSHOOT = 2.0  # values of 0 to 1 may exceed 1 a little after resizing
WITH_ALPHA = ("LA", "RGBA")
REDUCIBLE = ("L", "RGB", "F", *WITH_ALPHA)  # modes that Pillow can reduce without conversion


def grey_picture(picture: Any) -> ndarray:
    """Return the brightness of each pixel of a picture."""
    from PIL import Image as Pillow

    if picture is None:
        raise TypeError(
            "prepare_digit takes a picture, got None. cv2.imread returns None for a file that it cannot "
            "read: check the path, or write prepare_digit(path)."
        )
    if hasattr(picture, "getexif"):
        grey = _grey_of_image(picture)
    elif isinstance(picture, (str, os.PathLike)):
        grey = open_picture(os.fspath(picture), _grey_of_image)
    elif hasattr(picture, "read"):  # an open file
        grey = open_picture(BytesIO(picture.read()), _grey_of_image)
    else:
        grey = _grey_of_array(np.asarray(picture))
    grey = grey.astype(np.float32)
    if max(grey.shape) <= LARGEST:
        return grey
    return np.asarray(Pillow.fromarray(grey).reduce(_reduction(grey.shape)))


def _grey_of_image(image: Image) -> ndarray:
    from PIL import Image as Pillow
    from PIL import ImageOps

    image.draft(None, (2 * LARGEST, 2 * LARGEST))  # a huge JPEG is not even decoded in full
    if image.mode in ("P", "PA") or "transparency" in image.info:
        image = image.convert("RGBA")
    elif image.mode[0] == "I":  # 16 or 32 bits of grey
        image = Pillow.fromarray(_in_bytes(np.asarray(image)))
    elif image.mode not in REDUCIBLE:
        image = image.convert("L" if image.mode == "1" else "RGB")
    smaller = image.reduce(_reduction(image.size)) if max(image.size) > LARGEST else image
    upright = ImageOps.exif_transpose(smaller)
    if upright.mode != "F":
        upright = upright.convert("RGBA" if upright.mode in WITH_ALPHA else "L")
    return _grey_of_array(np.asarray(upright))


def _grey_of_array(pixels: ndarray) -> ndarray:
    if pixels.ndim == 2:
        pixels = pixels[..., np.newaxis]
    if pixels.ndim != 3 or pixels.shape[2] not in (1, 3, 4) or not pixels.size:
        raise ShapeError(
            "prepare_digit takes one picture of shape (height, width), or (height, width, 1, 3 or 4), "
            f"got {pixels.shape}. Convert several one by one: "
            "[prepare_digit(image) for image in images]."
        )
    numbers = _in_bytes(pixels)
    if not np.isfinite(numbers).all():
        raise ValueError(
            "prepare_digit takes a picture of finite numbers, got one with NaN or infinity."
        )
    grey = numbers[..., 0] if numbers.shape[2] == 1 else numbers[..., :3] @ LUMA
    if numbers.shape[2] < 4:
        return grey
    opaque = numbers[..., 3] / WHITE
    bright = (grey * opaque).sum() > WHITE / 2 * opaque.sum()
    background = 0 if bright else WHITE  # the one that it was drawn for
    return grey * opaque + background * (1 - opaque)


def _in_bytes(pixels: ndarray) -> ndarray:
    """Return the pixels as float32 from 0 to 255, for any value of white."""
    kind = pixels.dtype.kind
    if kind not in "biuf":
        raise ShapeError(f"prepare_digit takes a picture of numbers, got {pixels.dtype}.")
    highest = pixels.max(initial=0)
    if kind == "b" or (kind == "f" and highest <= OVERSHOOT) or highest <= 1:
        return pixels.astype(np.float32) * WHITE
    return pixels.astype(np.float32) / (257 if kind in "iu" and highest > WHITE else 1)


def _reduction(size: tuple[int, ...]) -> int:
    return -(-max(size) // LARGEST)
