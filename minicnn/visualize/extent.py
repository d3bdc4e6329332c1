"""The part of the image that the cells of a feature map look at."""

from collections.abc import Sequence
from math import prod
from typing import Any

import numpy as np

from minicnn.graph import Graph
from minicnn.layers import Layer
from minicnn.ops.windows import effective_size, padding_amounts


def layers_to(graph: Graph, node: int) -> list[Layer]:
    """Return the layers from the input of a graph to a node, by the first input of each."""
    path = []
    value = graph.inputs + node
    while value >= graph.inputs:
        layer, inputs = graph.nodes[value - graph.inputs]
        path.append(layer)
        value = inputs[0]
    return path[::-1]


def map_extent(layers: Sequence[Layer]) -> tuple[float, float, float, float]:
    """Return left, right, bottom and top of the last layer's feature maps, in pixels of the image."""
    top, bottom = _ends(layers, axis=0)
    left, right = _ends(layers, axis=1)
    return left, right, bottom, top


def _ends(layers: Sequence[Layer], axis: int) -> tuple[float, float]:
    """Return the two ends of the maps along an axis."""
    middle, width, cells = 0.0, 1.0, 1  # of the first cell, in pixels of the image
    for layer in layers:
        if len(layer.output_shape) != 4 or len(layer.input_shape) != 4:
            continue
        size, cells = layer.input_shape[1 + axis] or 1, layer.output_shape[1 + axis] or 1
        shift, step = _shift_and_step(layer, axis, size, cells)
        middle += shift * width
        width *= step
    return middle - width / 2, middle + cells * width - width / 2


def _shift_and_step(layer: Layer, axis: int, size: int, cells: int) -> tuple[float, float]:
    """Return the middle of what the first output cell sees, and the distance to the next, in cells."""
    if layer.family == "convolution":
        filters: Any = layer.convolution()
        window = effective_size(filters.kernel.shape[axis], filters.dilation_rate[axis])
        stride = filters.strides[axis]
        before, _ = padding_amounts(size, window, stride, filters.padding, 1)
        return (window - 1) / 2 - before, stride
    if layer.family in ("index_map", "maximum") and None not in layer.input_shape[1:]:
        sources = layer.index_map(layer.input_shape).sources
        count = prod(size or 1 for size in layer.output_shape[1:3])
        if len(sources) == count and (cells < size or sources.min() < 0):
            return _measured(layer, sources, axis, size / cells)
    return (size / cells - 1) / 2, size / cells  # the cells are spread evenly


def _measured(layer: Layer, sources: np.ndarray, axis: int, even: float) -> tuple[float, float]:
    """Return shift and step by the sources of the output cells that see no padding."""
    columns = layer.input_shape[2]
    cells = np.divmod(np.arange(len(sources)), layer.output_shape[2] or 1)  # rows, columns
    inside = (sources >= 0).all(axis=1)
    seen = sources[inside] // columns if axis == 0 else sources[inside] % columns
    middles, numbers = seen.mean(axis=1), cells[axis][inside]
    first, last = numbers.argmin(), numbers.argmax()
    count = numbers[last] - numbers[first]
    step = (middles[last] - middles[first]) / count if count else even
    return middles[first] - step * numbers[first], step
