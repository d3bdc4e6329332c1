"""A picture file as a model takes it."""

import numpy as np
from numpy import ndarray

from minicnn.preprocessing.digit import SIZE, prepare_digit
from minicnn.preprocessing.pictures import open_picture, read_picture

COLOUR_MODES = {1: "grayscale", 3: "rgb", 4: "rgba"}
"""By number of channels."""

BRIGHT = 127.5
"""Half of white: a picture that is brighter on average shows something dark on light."""


def read_for_model(path: str, shape: tuple[int, int, int]) -> ndarray:
    """Read a picture in given size and colours, stretched where its proportions differ."""
    from PIL import Image

    height, width, channels = shape
    pixels = read_picture(path, COLOUR_MODES[channels])
    grey = channels == 1
    image = Image.fromarray(pixels[..., 0] if grey else pixels)
    # Pillow averages over all old pixels that a new one covers.
    resized = np.asarray(image.resize((width, height), Image.Resampling.BILINEAR))
    return resized.reshape(shape)


def read_digit(path: str, dark_on_light: bool | None = None) -> tuple[ndarray, bool]:
    """Read a picture of a digit as one of MNIST's images."""
    if (open_picture(path, lambda image: np.array(image.size)) == SIZE).all():
        pixels = read_picture(path, "grayscale")
        if pixels.mean() <= BRIGHT:
            return pixels, False
    return prepare_digit(path, dark_on_light)[..., np.newaxis], True
