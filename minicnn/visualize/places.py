"""Where on the image the cells of a feature map lie."""

from collections.abc import Sequence

from minicnn.layers import Conv2D, Layer, ZeroPadding2D
from minicnn.layers.pooling import Pooling2D
from minicnn.ops.windows import effective_size, padding_amounts


def map_corners(layers: Sequence[Layer]) -> tuple[float, float, float, float]:
    """Return which part of the image the last layer's feature maps show."""
    top, bottom = _ends(layers, axis=0)
    left, right = _ends(layers, axis=1)
    return left, right, bottom, top


def _ends(layers: Sequence[Layer], axis: int) -> tuple[float, float]:
    """Return where the maps begin and end along an axis."""
    middle, width = 0.0, 1.0  # of the first cell, in pixels of the image
    for layer in layers:
        size, cells = layer.input_shape[1 + axis], layer.output_shape[1 + axis]
        shift, step = _shift_and_step(layer, axis, size or 1, cells or 1)
        middle += shift * width
        width *= step
    return middle - width / 2, middle + (cells or 1) * width - width / 2


def _shift_and_step(layer: Layer, axis: int, size: int, cells: int) -> tuple[float, float]:
    """Return, in cells of the input, where the output's first cell looks at, and how far the next is."""
    if isinstance(layer, Conv2D):
        window, dilation = layer.kernel_size[axis], layer.dilation_rate[axis]
    elif isinstance(layer, Pooling2D):
        window, dilation = layer.pool_size[axis], 1
    elif isinstance(layer, ZeroPadding2D):
        return -layer.padding[axis][0], 1
    else:  # all cells are kept; or they are spread evenly, for all that is known
        return (size / cells - 1) / 2, size / cells
    stride = layer.strides[axis]
    before, _ = padding_amounts(size, window, stride, layer.padding, dilation)
    return (effective_size(window, dilation) - 1) / 2 - before, stride
