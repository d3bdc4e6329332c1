"""An oracle for convolution and pooling: loops over single numbers, written from the definitions.

It shares nothing with the library; even the padding is searched for, not computed by a formula.
"""

from collections.abc import Iterator

import numpy as np
from numpy import ndarray

Pair = tuple[int, int]
Windows = Iterator[tuple[int, int, list[tuple[int, int, int, int]]]]


def positions(size: int, window: int, stride: int, padding: str, dilation: int) -> list[int]:
    """The first cell of each window along an axis; negative where it hangs over the border."""
    reach = (window - 1) * dilation
    if padding == "valid":
        return [first for first in range(0, size, stride) if first + reach < size]
    count = len(range(0, size, stride))
    added = 0  # as few cells as let every one of them find its place
    while (count - 1) * stride + reach >= size + added:
        added += 1
    return [number * stride - added // 2 for number in range(count)]


def windows(
    x: ndarray, window: Pair, strides: Pair, padding: str, dilation_rate: Pair = (1, 1)
) -> Windows:
    """Every window: its row and column, and its cells on the image as (i, j, row, column)."""
    height, width = x.shape[1:3]
    tops = positions(height, window[0], strides[0], padding, dilation_rate[0])
    lefts = positions(width, window[1], strides[1], padding, dilation_rate[1])
    for row, top in enumerate(tops):
        for column, left in enumerate(lefts):
            cells = [
                (i, j, top + i * dilation_rate[0], left + j * dilation_rate[1])
                for i in range(window[0])
                for j in range(window[1])
            ]
            inside = [cell for cell in cells if 0 <= cell[2] < height and 0 <= cell[3] < width]
            yield row, column, inside


def output_shape(
    x: ndarray, window: Pair, strides: Pair, padding: str, dilation_rate: Pair = (1, 1)
) -> Pair:
    """Rows and columns of the output."""
    rows, columns = (
        len(positions(x.shape[axis + 1], window[axis], strides[axis], padding, dilation_rate[axis]))
        for axis in (0, 1)
    )
    return rows, columns


def conv2d(
    x: ndarray,
    kernel: ndarray,
    bias: ndarray | None,
    strides: Pair,
    padding: str,
    dilation_rate: Pair,
    groups: int,
    activation: str,
) -> ndarray:
    """Convolve: for each filter and position, sum the products over the window."""
    group_channels, filters = kernel.shape[2:]
    where = (kernel.shape[:2], strides, padding, dilation_rate)
    y = np.zeros((len(x), *output_shape(x, *where), filters))
    for row, column, cells in windows(x, *where):
        for b in range(len(x)):
            for f in range(filters):
                first = f // (filters // groups) * group_channels  # of the filter's own channels
                total = 0.0 if bias is None else bias[f]
                for i, j, r, c in cells:
                    for k in range(group_channels):
                        total += x[b, r, c, first + k] * kernel[i, j, k, f]
                y[b, row, column, f] = max(total, 0.0) if activation == "relu" else total
    return y


def pool2d(x: ndarray, pool_size: Pair, strides: Pair, padding: str, kind: str) -> ndarray:
    """The largest ("max") or the mean ("average") of every window's cells on the image."""
    y = np.zeros((len(x), *output_shape(x, pool_size, strides, padding), x.shape[3]))
    for row, column, cells in windows(x, pool_size, strides, padding):
        for b in range(len(x)):
            for k in range(x.shape[3]):
                numbers = [x[b, r, c, k] for _, _, r, c in cells]
                y[b, row, column, k] = (
                    max(numbers) if kind == "max" else sum(numbers) / len(numbers)
                )
    return y


def max_pool2d_backward(
    dy: ndarray, x: ndarray, pool_size: Pair, strides: Pair, padding: str
) -> ndarray:
    """Add each window's gradient to its largest element, the first of equal ones, row by row."""
    dx = np.zeros(x.shape)
    for row, column, cells in windows(x, pool_size, strides, padding):
        for b in range(len(x)):
            for k in range(x.shape[3]):
                _, _, r, c = max(cells, key=lambda cell: x[b, cell[2], cell[3], k])
                dx[b, r, c, k] += dy[b, row, column, k]
    return dx
