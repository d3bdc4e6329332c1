"""Picture files as a saved model takes them: in the shape and the range of its training data."""

from typing import TYPE_CHECKING, NamedTuple

import numpy as np
from numpy import ndarray

from minicnn.cli.saved import Trained
from minicnn.errors import ShapeError
from minicnn.preprocessing.digit import SIZE, prepare_digit, prepare_small_digit
from minicnn.preprocessing.model_input import (
    BYTE,
    PIL_MODES,
    Range,
    from_bytes,
    picture_shape,
    pixel_range,
    resize_to,
)
from minicnn.preprocessing.pictures import open_picture, to_mode

if TYPE_CHECKING:
    from PIL.Image import Image

BRIGHT = 127.5  # mean of a picture that probably shows something dark on light
COLOURFUL = 12.0  # mean distance of the channels of a photograph in colour
SMALL = 8  # rows and columns of scikit-learn's digits
PREPARED = {SIZE: prepare_digit, SMALL: prepare_small_digit}


class Read(NamedTuple):
    """A picture for a model."""

    example: ndarray  # as the model takes it
    pixels: ndarray  # 0 to 255
    prepared: bool  # whether the digit in it was scaled and centred


class Reader:
    """Reads picture files for a model: in its shape and range, digits like those that it has seen."""

    def __init__(
        self,
        trained: Trained,
        invert: bool = False,
        as_is: bool = False,
        scale: Range | None = None,
    ) -> None:
        self.model, self.invert = trained.model, invert
        try:
            self.shape = picture_shape(trained.model.input_shape)
        except ShapeError as error:
            raise ShapeError(f"{trained.path}: {error}") from None
        seen = trained.model.trained_range
        self.range = scale or ((0.0, BYTE) if seen is None else pixel_range(seen))
        self.as_digits = not as_is and _knows_digits(trained, self.shape)

    def read(self, path: str) -> Read:
        """Read a picture file."""
        pixels, prepared = self._pixels(path)
        return Read(self.convert(pixels), pixels, prepared)

    def convert(self, pixels: ndarray) -> ndarray:
        """Return one or several images of 0 to 255 in the shape and range that the model takes."""
        batch = pixels.shape[: pixels.ndim - 3]
        return from_bytes(pixels, self.range).reshape(*batch, *self.model.input_shape[1:])

    def _pixels(self, path: str) -> tuple[ndarray, bool]:
        if self.as_digits:
            size = self.shape[0]
            ready = read_pixels(path, None)
            if ready.shape[:2] != (size, size) or ready.mean() > BRIGHT:
                dark_on_light = True if self.invert else None
                return PREPARED[size](path, dark_on_light)[..., np.newaxis], True
        pixels = read_pixels(path, self.shape)
        return (255 - pixels if self.invert else pixels), False


def read_pixels(path: str, shape: tuple[int, int, int] | None) -> ndarray:
    """Read a picture, upright, in a given shape, or grey in its own size; values are 0 to 255."""
    mode = "L" if shape is None else PIL_MODES[shape[2]]
    pixels = open_picture(path, lambda image: np.asarray(_upright(image, mode, shape)))
    return pixels[..., np.newaxis] if shape is None else resize_to(pixels, shape)


def side_and_colour(path: str) -> tuple[int, bool]:
    """Return the shorter side of a picture, and whether it is in colour, not grey in 3 channels."""
    side = open_picture(path, lambda image: np.array(min(image.size)))
    small = read_pixels(path, (64, 64, 3)).astype(float)
    return int(side), float(np.ptp(small, axis=2).mean()) > COLOURFUL


def _upright(image: "Image", mode: str, shape: tuple[int, int, int] | None) -> "Image":
    """Return a picture in a mode of Pillow, turned as its camera noted."""
    from PIL import ImageOps

    if shape is not None:
        image.draft(None, (4 * shape[1], 4 * shape[0]))  # decode a large JPEG at a part of its size
    return to_mode(ImageOps.exif_transpose(image), mode)


def _knows_digits(trained: Trained, shape: tuple[int, int, int]) -> bool:
    """Whether a model was trained on digits, or may have been for all that is known."""
    sizes = ((SIZE, SIZE, 1), (SMALL, SMALL, 1))
    known = trained.origin is None or trained.origin.data in ("mnist", "digits")
    return known and shape in sizes and trained.model.output_shape == (None, 10)
