"""An image with its padding, as the compiled convolutions read it, and back.

Images are (height·width, channels) here: one row a cell. The cells of a line of the image lie side by
side, so that a line is copied in one run.
"""

import numpy as np

from minicnn.ops.jit import part, part_of
from minicnn.ops.simd import LANES, load, splat, store

F32 = np.float32


@part_of("void(f4[:, :], i8, f4[:, :], i8, i8)")
def copy_run(source, at, target, to, count):
    """Copy `count` numbers that lie side by side, from cell `at` of one array to `to` of another."""
    for k in range(0, count, LANES):
        n = min(LANES, count - k)
        store(load(source, at, k, n), target, to, k, n)


@part_of("void(f4[:, :], i8, i8)")
def clear_run(target, to, count):
    """Set `count` numbers that lie side by side to 0, from cell `to` on."""
    nothing = splat(F32(0))
    for k in range(0, count, LANES):
        store(nothing, target, to, k, min(LANES, count - k))


@part
def pad_image(image, height, width, top, left, padded, padded_height, padded_width):
    """Return the image itself where it needs no padding, else a copy inside the zeros of `padded`.

    Cells of the image beyond `padded`, which no window covers, are left out.
    """
    if height == padded_height and width == padded_width:
        return image
    rows, columns = min(height, padded_height - top), min(width, padded_width - left)
    for r in range(rows):
        to = (top + r) * padded_width + left
        copy_run(image, r * width, padded, to, columns * image.shape[1])
    return padded


@part
def cut_padding(padded, padded_height, padded_width, top, left, image, height, width):
    """Copy the image's part of `padded` to `image`; cells that it does not reach become 0."""
    channels = image.shape[1]
    columns = min(width, padded_width - left)
    for r in range(height):
        reached = columns if top + r < padded_height else 0
        copy_run(padded, (top + r) * padded_width + left, image, r * width, reached * channels)
        clear_run(image, r * width + reached, (width - reached) * channels)
