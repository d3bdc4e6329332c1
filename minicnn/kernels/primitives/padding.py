"""An image with its padding, as the compiled convolutions read it, and back.

Images are (height·width, channels) here: one row a cell. The cells of a line of the image lie side by
side, so that a line is copied in one run.
"""

from minicnn.kernels.primitives.copies import clear_run, copy_run, put_run
from minicnn.kernels.runtime.jit import part


@part
def pad_image(image, height, width, top, left, padded, padded_height, padded_width):
    """Return the image itself if it needs no padding, else a zero-padded copy in `padded`."""
    if height == padded_height and width == padded_width:
        return image
    channels = image.shape[1]
    rows, columns = min(height, padded_height - top), min(width, padded_width - left)
    line, right = padded_width * channels, left + columns
    clear_run(padded, 0, top * line)
    for r in range(rows):
        to = (top + r) * padded_width
        clear_run(padded, to, left * channels)
        copy_run(image, r * width, padded, to + left, columns * channels)
        clear_run(padded, to + right, (padded_width - right) * channels)
    clear_run(padded, (top + rows) * padded_width, (padded_height - top - rows) * line)
    return padded


@part
def cut_padding(padded, padded_height, padded_width, top, left, image, height, width, past):
    """Copy the image's part of `padded` to `image`; cells that it does not reach become 0."""
    channels = image.shape[1]
    columns = min(width, padded_width - left)
    for r in range(height):
        reached = columns if top + r < padded_height else 0
        at = (top + r) * padded_width + left
        put_run(padded, at, image, r * width, reached * channels, past)
        clear_run(image, r * width + reached, (width - reached) * channels)
