"""Reading pictures: areas of a colour, and where a text stands."""

import numpy as np
from PIL import Image, ImageColor, ImageDraw


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


def places_of_text(picture, text, font, upright=False):
    """Return where a text stands, black on white, as (left, top) of its ink, from left to right."""
    drawn = Image.new("L", (600, 60), 255)
    ImageDraw.Draw(drawn).text((5, 5), text, font=font, fill=0)
    if upright:
        drawn = drawn.transpose(Image.Transpose.ROTATE_90)
    ink = np.argwhere(np.asarray(drawn) < 255)
    (top, left), (bottom, right) = ink.min(axis=0), ink.max(axis=0) + 1
    template = np.asarray(drawn)[top:bottom, left:right]
    grey = np.asarray(picture.convert("L"))
    windows = np.lib.stride_tricks.sliding_window_view(grey, template.shape)
    # Columns first, for most places differ in the first one.
    found = np.argwhere((windows[:, :, :, 0] == template[:, 0]).all(axis=-1))
    return sorted((c, r) for r, c in found.tolist() if (windows[r, c] == template).all())
