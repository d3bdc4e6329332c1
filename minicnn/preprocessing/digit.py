"""Convert a photograph or drawing of a digit into the form of MNIST's images.

In the words of MNIST's authors: "The original black and white (bilevel) images from NIST were size
normalized to fit in a 20x20 pixel box while preserving their aspect ratio. The resulting images contain
grey levels as a result of the anti-aliasing technique used by the normalization algorithm. The images
were centered in a 28x28 image by computing the center of mass of the pixels, and translating the image
so as to position this point at the center of the 28x28 field."

Source: Y. LeCun, C. Cortes, C. Burges, "The MNIST database of handwritten digits",
http://yann.lecun.com/exdb/mnist/
"""

import os
from typing import Any, NamedTuple

import numpy as np
from numpy import ndarray

from minicnn.errors import warn
from minicnn.preprocessing.grey import grey_picture
from minicnn.preprocessing.ink import ink_on_paper
from minicnn.preprocessing.paper import find_sheet, grid_tilt, rotated, without_grid
from minicnn.preprocessing.strokes import Digit, boxes_of, find_digit

SIZE = 28
BOX = 20
CENTRE = 14
"""Row and column of the centre of mass: in all MNIST images it is rounded to this pixel."""

THIN, PEN = 0.06, 0.1  # of the digit: width below which a stroke is widened, and its width then
DOT = 0.35  # ink that makes a dot of a bitmap
SMALL, BLOCK, DOTS, WIDEST = 8, 4, 32, 20
"""Of scikit-learn's digits: rows, dots in a row of a block, rows of dots, dots across at most."""


class Preparation(NamedTuple):
    """The stages of a conversion."""

    grey: ndarray
    dark_on_light: bool
    found: Digit
    image: ndarray


def prepare_digit(picture: Any, dark_on_light: bool | None = None) -> ndarray:
    """Convert a photograph or drawing of a digit into the form of MNIST's images.

    The uneven light on the paper is removed, as are the desk around a sheet, the sheet's angle and the
    lines of squared paper. The digit is found, the strokes of a thin pen are widened, and it is scaled
    to fit a box of 20×20 pixels and placed in 28×28 pixels with its centre of mass in the middle, light
    on dark.

    Parameters
    ----------
    picture : str, PathLike, binary file, PIL.Image.Image or array_like
        A BMP, GIF, JPEG, PNG or WebP file; a picture; or an array (height, width) or (height, width,
        1, 3 or 4 channels).
    dark_on_light : bool, optional
        Whether the digit is darker than its paper; detected by default.

    Returns
    -------
    ndarray of uint8, shape (28, 28)
        For `predict` add the axes of batch and channels: ``digit[np.newaxis, :, :, np.newaxis]``.

    Raises
    ------
    ValueError
        If no digit is found.
    FileFormatError
        If the file is not a complete picture.
    ShapeError
        If the array does not have the shape of a picture.
    OSError
        If the file cannot be read.

    Warns
    -----
    DataWarning
        If there seem to be several digits; the largest is used.

    Examples
    --------
    >>> paper = np.full((200, 300), 230, np.uint8)
    >>> paper[50:150, 100:110] = 40  # a one, in ink
    >>> digit = prepare_digit(paper)
    >>> rows, columns = np.nonzero(digit)
    >>> digit.shape, int(rows.min()), int(rows.max()), int(columns.min()), int(columns.max())
    ((28, 28), 4, 23, 14, 15)
    """
    return prepare_in_stages(picture, dark_on_light).image


def prepare_in_stages(picture: Any, dark_on_light: bool | None = None) -> Preparation:
    """Return the result of `prepare_digit` with the stages of the conversion."""
    where = f" in {picture}" if isinstance(picture, (str, os.PathLike)) else ""
    grey = grey_picture(picture)
    options = (True, False) if dark_on_light is None else (dark_on_light,)
    digit, dark = None, True
    if True in options:
        grey, digit = _on_a_sheet(grey)
    if digit is None:
        found = {option: find_digit(*_ink(grey, option)) for option in options}
        dark, digit = max(found.items(), key=lambda item: _likeness(grey, item[1]))
    if digit is None:
        raise ValueError(
            f"no digit was found{where}: nothing stands out from the paper like a stroke. "
            "Move the camera closer, use more light or a thicker pen."
        )
    if digit.others:
        warn(
            f"there seem to be {digit.others + 1} digits{where}: the largest is used. "
            "Crop the picture to one of them to be sure."
        )
    return Preparation(grey, dark, digit, _centred(_scaled(digit)))


def _on_a_sheet(grey: ndarray) -> tuple[ndarray, Digit | None]:
    """Return the picture and the digit, upright, if it is on a sheet whose edges are seen."""
    sheet = find_sheet(grey)
    if sheet is None:
        return grey, None
    mask, angle = sheet
    mask = rotated(mask.astype(np.float32), angle) > 0.5
    ((top, left, bottom, right),) = boxes_of(mask)
    upright = rotated(grey, angle)[top:bottom, left:right]
    amount, noise = _ink(upright, True)
    digit = find_digit(np.where(mask[top:bottom, left:right], amount, 0), noise)
    return (grey, None) if digit is None else (upright, digit)


def _ink(grey: ndarray, dark_on_light: bool) -> tuple[ndarray, float]:
    """Return the ink without the lines of squared paper, and the level of its noise."""
    ink, noise = ink_on_paper(grey, dark_on_light)
    tilt = grid_tilt(ink)
    if tilt is not None:
        ink = rotated(without_grid(rotated(ink, tilt)), -tilt)
    return ink, noise


def _likeness(grey: ndarray, digit: Digit | None) -> float:
    """Return a score of how much a region looks like a digit."""
    if digit is None:
        return 0.0
    box = digit.box
    side = max(box.height, box.width)
    margin = side // 4 + 1
    rows = slice(max(box.top - margin, 0), box.bottom + margin)
    columns = slice(max(box.left - margin, 0), box.right + margin)
    ink, around = digit.ink[rows, columns], grey[rows, columns]
    contrast = abs(np.median(around[ink > 0.5]) - np.median(around[ink == 0]))
    empty = 1 - (ink > 0.5).sum() / side**2  # at least half of the area, even for bold digits
    return float(contrast**3 * box.height * box.width * min(empty, 0.5) ** 4)


def _scaled(digit: Digit) -> ndarray:
    """Scale the digit to fit the box of 20×20 pixels, (height, width), 0 to 255."""
    from PIL import Image

    ink = _strokes(digit)
    scale = BOX / max(ink.shape)
    height, width = (max(1, round(side * scale)) for side in ink.shape)
    # Pillow averages over all old pixels that a new one covers, which makes the edges grey.
    resized = Image.fromarray(ink).resize((width, height), Image.Resampling.BICUBIC)
    grey = np.clip(np.asarray(resized), 0, 1)  # cubic curves overshoot a little
    return grey * (255 / grey.max())


def _strokes(digit: Digit) -> ndarray:
    """Return the digit's ink; strokes of a thin pen are widened, or scaled down they would be faint."""
    from scipy.ndimage import binary_erosion, maximum_filter

    top, left, bottom, right = digit.box
    ink = digit.ink[top:bottom, left:right]
    strokes = np.pad(ink, 1) > 0.5
    outline = strokes & ~binary_erosion(strokes)
    width = 2 * strokes.sum() / max(outline.sum(), 1)
    if width >= THIN * max(ink.shape):
        return ink
    radius = max(round((PEN * max(ink.shape) - width) / 2), 1)
    disk = np.hypot(*np.ogrid[-radius : radius + 1, -radius : radius + 1]) <= radius
    return maximum_filter(np.pad(ink, radius), footprint=disk)


def _centred(digit: ndarray) -> ndarray:
    """Return an image of 28×28 pixels with the digit's centre of mass in the middle."""
    from scipy.ndimage import center_of_mass

    image = np.zeros((SIZE, SIZE), np.uint8)
    height, width = digit.shape
    row, column = center_of_mass(digit)
    top = int(np.clip(round(CENTRE - row), 0, SIZE - height))
    left = int(np.clip(round(CENTRE - column), 0, SIZE - width))
    image[top : top + height, left : left + width] = digit.round()
    return image


def prepare_small_digit(picture: Any, dark_on_light: bool | None = None) -> ndarray:
    """Return a photograph or drawing of a digit in the form of scikit-learn's digits, (8, 8) uint8.

    Each pixel is the amount of ink, 0 to 255, in 4×4 dots of a bitmap of 32×32, which the digit
    fills from top to bottom. The published digits go from 0 to 16.

    Source: M. Garris et al. 1994, "NIST Form-Based Handprint Recognition System", NISTIR 5469.
    """
    from PIL import Image

    ink = Image.fromarray(_strokes(prepare_in_stages(picture, dark_on_light).found))
    width = round(ink.width * DOTS / ink.height)
    scaled = ink.resize((min(max(width, 1), WIDEST), DOTS), Image.Resampling.BOX)
    dots = np.asarray(scaled) > DOT
    margin = (DOTS - dots.shape[1]) // 2
    bitmap = np.pad(dots, [(0, 0), (margin, DOTS - dots.shape[1] - margin)])
    counts = bitmap.reshape(SMALL, BLOCK, SMALL, BLOCK).sum(axis=(1, 3))
    return (counts * 255 // BLOCK**2).astype(np.uint8)
