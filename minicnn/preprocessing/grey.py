"""A picture of any kind as light and dark: one number a pixel, of at most 800 × 800 pixels."""

from __future__ import annotations

import os
from typing import TYPE_CHECKING, Any

import numpy as np
from numpy import ndarray

from minicnn.errors import ShapeError
from minicnn.preprocessing.pictures import open_picture

if TYPE_CHECKING:
    from PIL.Image import Image

LARGEST = 800
"""Pixels along the longer side: what is larger is averaged down, to bound time and memory."""

WHITE = 255.0
LUMA = np.array([0.299, 0.587, 0.114], np.float32)
"""How bright red, green and blue look (ITU-R BT.601), as Pillow weighs them."""
OVERSHOT = 2.0  # fractions from 0 to 1 may be a little more, when a picture was resized
WITH_ALPHA = ("LA", "RGBA")
AVERAGED = ("L", "RGB", "F", *WITH_ALPHA)  # modes that Pillow can make smaller as they are


def grey_picture(picture: Any) -> ndarray:
    """Return how bright each pixel of a picture is."""
    if isinstance(picture, (str, os.PathLike)):
        return _bounded(open_picture(os.fspath(picture), _grey_of_image))
    if hasattr(picture, "getexif"):
        return _bounded(_grey_of_image(picture))
    return _bounded(_grey_of_array(np.asarray(picture)))


def _grey_of_image(image: Image) -> ndarray:
    from PIL import Image as Pillow
    from PIL import ImageOps

    image.draft(None, (2 * LARGEST, 2 * LARGEST))  # a huge JPEG is not even decoded in full
    if image.mode in ("P", "PA") or "transparency" in image.info:
        image = image.convert("RGBA")
    elif image.mode[0] == "I":  # 16 or 32 bits of grey
        image = Pillow.fromarray(_in_bytes(np.asarray(image)))
    elif image.mode not in AVERAGED:
        image = image.convert("L" if image.mode == "1" else "RGB")
    smaller = image.reduce(_times_too_large(image.size)) if max(image.size) > LARGEST else image
    upright = ImageOps.exif_transpose(smaller)
    pixels = np.asarray(upright if upright.mode == "F" else upright.convert(_eight_bits(upright)))
    return _grey_of_array(pixels)


def _eight_bits(image: Image) -> str:
    return "RGBA" if image.mode in WITH_ALPHA else "L"


def _grey_of_array(pixels: ndarray) -> ndarray:
    if pixels.ndim == 2:
        pixels = pixels[..., np.newaxis]
    if pixels.ndim != 3 or pixels.shape[2] not in (1, 3, 4) or not pixels.size:
        raise ShapeError(
            "prepare_digit takes one picture of shape (height, width), or (height, width, 1, 3 or 4), "
            f"got {pixels.shape}. Of several it takes one after the other: "
            "[prepare_digit(image) for image in images]."
        )
    numbers = _in_bytes(pixels)
    if not np.isfinite(numbers).all():
        raise ValueError(
            "prepare_digit takes finite numbers, and the picture holds NaN or infinity."
        )
    grey = numbers[..., 0] if numbers.shape[2] == 1 else numbers[..., :3] @ LUMA
    if numbers.shape[2] < 4:
        return grey
    opaque = numbers[..., 3] / WHITE
    bright = (grey * opaque).sum() > WHITE / 2 * opaque.sum()  # then it was drawn for a dark ground
    return grey * opaque + (0 if bright else WHITE) * (1 - opaque)


def _in_bytes(pixels: ndarray) -> ndarray:
    """Return the numbers as float32 from 0 to 255, whatever stood for white."""
    kind = pixels.dtype.kind
    if kind not in "biuf":
        raise ShapeError(f"prepare_digit takes a picture of numbers, got {pixels.dtype}.")
    highest = pixels.max(initial=0)
    if kind == "b" or (kind == "f" and highest <= OVERSHOT):
        return pixels.astype(np.float32) * WHITE
    return pixels.astype(np.float32) / (257 if kind in "iu" and highest > WHITE else 1)


def _bounded(grey: ndarray) -> ndarray:
    from PIL import Image as Pillow

    grey = grey.astype(np.float32)
    if max(grey.shape) <= LARGEST:
        return grey
    return np.asarray(Pillow.fromarray(grey).reduce(_times_too_large(grey.shape)))


def _times_too_large(size: tuple[int, ...]) -> int:
    return -(-max(size) // LARGEST)
