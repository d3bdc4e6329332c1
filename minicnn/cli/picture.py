"""A picture file as a model takes it."""

import numpy as np
from numpy import ndarray

from minicnn.preprocessing.picture import read_picture

COLOUR_MODES = {1: "grayscale", 3: "rgb", 4: "rgba"}
"""By number of channels."""


def read_for_model(path: str, shape: tuple[int, int, int]) -> ndarray:
    """Read a picture in given size and colours, stretched where its proportions differ.

    Parameters
    ----------
    path : str
    shape : (int, int, int)
        Height, width and channels, 1, 3 or 4.

    Returns
    -------
    ndarray of uint8, shape as given
        0, black, to 255.

    Raises
    ------
    FileFormatError
        If the file is no whole picture.
    OSError
        If it cannot be read.
    """
    from PIL import Image

    height, width, channels = shape
    pixels = read_picture(path, COLOUR_MODES[channels])
    grey = channels == 1
    image = Image.fromarray(pixels[..., 0] if grey else pixels)
    # Pillow averages over all old pixels that a new one covers.
    resized = np.asarray(image.resize((width, height), Image.Resampling.BILINEAR))
    return resized.reshape(shape)
