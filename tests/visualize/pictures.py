"""Read pictures: areas of a color, and positions of texts."""

import numpy as np
from PIL import ImageColor

from minicnn.visualize.figure import as_image
from minicnn.visualize.layered_arguments import text_look


def pixels(picture):
    """Return red, green and blue as rows of pixels."""
    return np.asarray(picture.convert("RGB")).astype(int)


def is_colour(picture, colour, tolerance=2):
    """Return where a picture has a colour."""
    goal = np.array(ImageColor.getrgb(colour) if isinstance(colour, str) else colour)
    return (abs(pixels(picture) - goal[:3]) <= tolerance).all(axis=-1)


def areas(picture, colour):
    """Return the areas of a colour, from left to right, as (left, top, right, bottom)."""
    from scipy import ndimage

    labels, _ = ndimage.label(is_colour(picture, colour))
    found = [
        (columns.start, rows.start, columns.stop, rows.stop)
        for rows, columns in ndimage.find_objects(labels)
        if (rows.stop - rows.start) * (columns.stop - columns.start) > 30  # not a speck of an edge
    ]
    return sorted(found)


def written(text, font=None, upright=False):
    """Return a picture of a text, as `layered_view` writes it."""
    from matplotlib.figure import Figure

    figure = Figure(figsize=(6, 6), dpi=100)
    look = text_look(font, "black", text)
    figure.text(0.5, 0.5, text, rotation=90 if upright else 0, parse_math=False, **look)
    return as_image(figure, 100).convert("L")


def places_of_text(picture, text, font=None, upright=False):
    """Return where a text is, black on white, as (left, top) of its ink, from left to right.

    Blurred, since matplotlib positions letters on fractions of pixels.
    """
    from scipy import ndimage, signal

    ink = 255 - np.asarray(written(text, font, upright), float)
    rows, columns = np.nonzero(ink.any(axis=1))[0], np.nonzero(ink.any(axis=0))[0]
    template = ndimage.gaussian_filter(ink, 1.2)[
        rows[0] : rows[-1] + 1, columns[0] : columns[-1] + 1
    ]
    template -= template.mean()
    page = ndimage.gaussian_filter(255 - np.asarray(picture.convert("L"), float), 1.2)
    window = np.ones(template.shape) / template.size
    mean, square = (signal.correlate(one, window, "valid") for one in (page, page**2))
    deviation = np.sqrt(np.maximum(square - mean**2, 1)) * template.std() * template.size
    likeness = signal.correlate(page, template, "valid") / deviation
    peaks = (likeness == ndimage.maximum_filter(likeness, 5)) & (likeness > 0.92)
    return sorted((column, row) for row, column in np.argwhere(peaks).tolist())
