"""Output sizes of layers that slide a window over images."""

from minicnn.errors import ShapeError
from minicnn.layers.arguments import Shape
from minicnn.layers.images import images_only
from minicnn.layers.layer import Layer
from minicnn.ops.windows import extent, output_size

Pair = tuple[int, int]


def positions(
    layer: Layer,
    part: str,
    input_shape: Shape,
    window: Pair,
    strides: Pair,
    padding: str,
    dilation_rate: Pair = (1, 1),
) -> tuple[int | None, int | None]:
    """Return how many positions a layer's window takes, down and across."""
    height, width, _ = images_only(layer, input_shape)
    counts = []
    for axis, size in ((0, height), (1, width)):
        count = size and output_size(
            size, window[axis], strides[axis], padding, dilation_rate[axis]
        )
        if count == 0:
            raise ShapeError(
                f"the {part} of {layer.describe()} covers {extent(window[axis], dilation_rate[axis])} "
                f"cells {('down', 'across')[axis]}, and its images have only {size}. Take a smaller "
                f'{part}_size, padding="same", or fewer layers before it that shrink the image.'
            )
        counts.append(count)
    return counts[0], counts[1]
