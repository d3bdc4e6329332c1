"""An image with its padding, as the compiled convolutions read it, and back.

Images are (height·width, channels) here: one row a cell.
"""

from minicnn.ops.jit import part


@part
def pad_image(image, height, width, top, left, padded, padded_height, padded_width):
    """Return the image itself where it needs no padding, else a copy inside the zeros of `padded`.

    Cells of the image beyond `padded`, which no window covers, are left out.
    """
    if height == padded_height and width == padded_width:
        return image
    for r in range(min(height, padded_height - top)):
        for c in range(min(width, padded_width - left)):
            at, to = r * width + c, (top + r) * padded_width + left + c
            for k in range(image.shape[1]):
                padded[to, k] = image[at, k]
    return padded


@part
def cut_padding(padded, padded_height, padded_width, top, left, image, height, width):
    """Copy the image's part of `padded` to `image`; cells that it does not reach become 0."""
    for r in range(height):
        for c in range(width):
            reached = top + r < padded_height and left + c < padded_width
            at, to = (top + r) * padded_width + left + c, r * width + c
            for k in range(image.shape[1]):
                image[to, k] = padded[at, k] if reached else 0
