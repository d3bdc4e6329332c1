"""Convert between pictures and model inputs: shape, channels and the range of the training data.

A model trained on pixels of 0 to 1, 0 to 16 or -1 to 1 must get a picture file in that range, and
its inputs must be shown in that range. Commands, pictures and the page all convert with these
functions.
"""

import math
from collections.abc import Sequence
from typing import TYPE_CHECKING

import numpy as np
from numpy import ndarray

from minicnn.errors import ShapeError

if TYPE_CHECKING:
    from minicnn.models import Model

Range = tuple[float, float]

BYTE = 255.0  # white in picture files
FULL_SCALES = (1.0, 16.0, 255.0, 65535.0)  # normalized, scikit-learn's digits, 8 and 16 bits
USED = 0.25  # part of a full scale that data of that scale reach, if they are not all dark
PIL_MODES = {1: "L", 3: "RGB", 4: "RGBA"}


def pixel_range(seen: Range) -> Range:
    """Return the values of black and white for data with this smallest and largest value.

    That is the full scale (1, 16, 255 or 65535) that the data use, or for data with negative values
    the range itself.

    >>> pixel_range((0, 254)), pixel_range((0, 0.99)), pixel_range((-1, 0.98))
    ((0.0, 255.0), (0.0, 1.0), (-1.0, 1.0))
    """
    low, high = float(seen[0]), float(seen[1])
    if low < 0:
        full = -1 <= low < -USED and USED < high <= 1
        return (-1.0, 1.0) if full else (low, max(high, low + 1e-6))
    fitting = (full for full in FULL_SCALES if USED * full <= high <= full)
    return 0.0, next(fitting, high or 1.0)


def to_brightness(images: ndarray, black_white: Range | None = None) -> ndarray:
    """Return images for display, 0 for black to 1 for white; by default of the images' own range.

    >>> to_brightness(np.array([0, 4, 16])).tolist()
    [0.0, 0.25, 1.0]
    """
    values = np.asarray(images, np.float64)
    black, white = black_white or pixel_range((values.min(initial=0), values.max(initial=0)))
    return np.clip((values - black) / (white - black), 0, 1)


def from_bytes(pixels: ndarray, black_white: Range) -> ndarray:
    """Return pixels of 0 to 255 in another range; unchanged if it is the same.

    >>> from_bytes(np.array([0, 255], np.uint8), (-1, 1)).tolist()
    [-1.0, 1.0]
    """
    black, white = black_white
    if (black, white) == (0, BYTE):
        return pixels
    return (black + pixels.astype(np.float32) * ((white - black) / BYTE)).astype(np.float32)


def picture_shape(input_shape: Sequence[int | None]) -> tuple[int, int, int]:
    """Return height, width and channels of the pictures that fit a model's input.

    These are (batch, height, width, channels), (batch, height, width), or (batch, pixels) of square
    pictures; other shapes are errors.

    >>> picture_shape((None, 784)), picture_shape((None, 32, 32, 3))
    ((28, 28, 1), (32, 32, 3))
    """
    if any(isinstance(size, (tuple, list)) for size in input_shape):
        raise ShapeError(f"the model takes {len(input_shape)} inputs, and a picture is one.")
    match tuple(input_shape)[1:]:
        case (int(height), int(width), int(channels)) if channels in PIL_MODES:
            return height, width, channels
        case (int(height), int(width)):
            return height, width, 1
        case (int(size),):
            for channels in (1, 3):
                side = math.isqrt(size // channels)
                if side > 2 and side * side * channels == size:
                    return side, side, channels
    raise ShapeError(
        f"the model takes inputs of shape {tuple(input_shape)[1:]}, and no picture has that shape: "
        "pictures are (height, width, 1, 3 or 4 channels), (height, width) or (height*width,)."
    )


def to_model_input(model: "Model", pixels: ndarray, black_white: Range | None = None) -> ndarray:
    """Return a picture of 0 to 255 as one example for a model: in its shape, and the given range.

    By default that is the range of the training data, if `fit` recorded it.

    >>> from minicnn import Sequential, layers
    >>> model = Sequential([layers.Dense(10, input_shape=(784,))])
    >>> to_model_input(model, np.full((100, 50, 3), 255, np.uint8), (0, 1)).max().item()
    1.0
    """
    if black_white is None:
        seen = model.trained_range
        black_white = (0.0, BYTE) if seen is None else pixel_range(seen)
    resized = resize_to(pixels, picture_shape(model.input_shape))
    return from_bytes(resized, black_white).reshape(model.input_shape[1:])


def resize_to(pixels: ndarray, shape: tuple[int, int, int]) -> ndarray:
    """Return a picture of 0 to 255 in another size and number of channels, stretched if necessary."""
    from PIL import Image

    height, width, channels = shape
    pixels = np.asarray(pixels)
    pixels = pixels[..., 0] if pixels.ndim == 3 and pixels.shape[2] == 1 else pixels
    image = Image.fromarray(pixels.astype(np.uint8)).convert(PIL_MODES[channels])
    # Pillow averages over all old pixels that a new one covers.
    resized = np.asarray(image.resize((width, height), Image.Resampling.BILINEAR))
    return resized.reshape(shape)
