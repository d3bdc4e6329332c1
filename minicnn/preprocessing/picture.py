"""One picture file as an array."""

from __future__ import annotations

from collections.abc import Callable
from io import BytesIO
from pathlib import Path
from typing import TYPE_CHECKING

import numpy as np

from minicnn.errors import FileFormatError, unknown_name

if TYPE_CHECKING:
    from PIL.Image import Image

ENDINGS = (".bmp", ".gif", ".jpeg", ".jpg", ".png")
FORMATS = ("BMP", "GIF", "JPEG", "PNG")
MODES = {"grayscale": "L", "rgb": "RGB", "rgba": "RGBA"}
"""What Pillow calls each of Keras' colour modes."""


def read_picture(path: str | Path, color_mode: str = "rgb") -> np.ndarray:
    """Read a BMP, GIF (its first frame), JPEG or PNG file."""
    if color_mode not in MODES:
        raise unknown_name("color_mode", color_mode, MODES)
    pixels = open_picture(path, lambda image: np.asarray(_to_mode(image, MODES[color_mode])))
    return pixels.reshape(*pixels.shape[:2], -1)


def open_picture(path: str | Path, pixels_of: Callable[[Image], np.ndarray]) -> np.ndarray:
    """Open a picture file, and return what a function makes of it."""
    from PIL import Image, UnidentifiedImageError

    content = Path(path).read_bytes()
    try:
        with Image.open(BytesIO(content), formats=FORMATS) as image:
            return pixels_of(image)
    except (Image.DecompressionBombError, Image.DecompressionBombWarning) as error:
        raise FileFormatError(
            f"{path} has too many pixels to be opened safely: {error} "
            "Make it smaller, or leave it out."
        ) from error
    except UnidentifiedImageError as error:
        raise FileFormatError(
            f"{path} is not a whole BMP, GIF, JPEG or PNG picture: it begins like none of them. "
            "Save it anew from a picture program, or leave it out."
        ) from error
    except Exception as error:  # on damaged files Pillow raises nearly anything
        raise FileFormatError(
            f"{path} is not a whole BMP, GIF, JPEG or PNG picture: {error}. "
            "Save it anew from a picture program, or leave it out."
        ) from error


def _to_mode(image: Image, mode: str) -> Image:
    """Convert a picture to 8 bits a channel, in the given mode."""
    from PIL import Image

    if image.mode.startswith("I"):  # 16 bits of grey, of which Pillow would cut the upper ones off
        image = Image.fromarray((np.asarray(image) >> 8).astype(np.uint8))
    elif image.mode == "P" and "transparency" in image.info:
        image = image.convert("RGBA")  # else Pillow warns
    return image.convert(mode)
