"""3×3 convolution with stride 1 by Winograd's algorithm F(4×4, 3×3): a quarter of the products.

The output is cut into tiles of 4×4 cells. A tile depends on 6×6 cells of the input. Direct
convolution takes 4·4·3·3 = 144 products a tile (and channel and filter), Winograd's takes 6·6 = 36:

    forward    y  = Aᵗ [ (G w Gᵗ) ⊙ (Bᵗ x B) ] A
    backward   dw = Gᵗ [ Σ (Bᵗ x B) ⊙ (A dy Aᵗ) ] G
               dx = B  [ (G w Gᵗ) ⊙ (A dy Aᵗ) ] Bᵗ     added up where input tiles overlap

with small constant matrices Aᵗ (4×6), Bᵗ (6×6) and G (6×3). A matrix on the left works on the six
(or four, three) rows of a tile, on the right on its columns; both are sums of a few terms, done
for a vector of channels at once (`minicnn.ops.simd`). ⊙ is cell by cell, but summed over channels:
36 small matrix products, (tiles × channels) @ (channels × filters) (`minicnn.ops.matmul`).

Backward is the transpose of forward, step by step, so it needs no tiles of its own. The kernel's
transform is kept from forward. That of the input is made again, in cache: written to memory and
read back, at 2.25 times the size of the input, it would take longer.

Names: U = G w Gᵗ, V = Bᵗ x B, M = their products, W = A dy Aᵗ; the first axis of each, 36, is the cell
of the tile. Float32 only: the constants cost about two digits, 1e-5 of the largest value.

Reference: Lavin & Gray 2015, "Fast algorithms for convolutional neural networks", arXiv:1509.09308.
"""

from typing import Any, NamedTuple

import numpy as np
from numpy import ndarray

from minicnn.ops import parallel
from minicnn.ops.buffers import as_cells, plain, scratch
from minicnn.ops.jit import kernel as compiled
from minicnn.ops.jit import part
from minicnn.ops.matmul import multiply
from minicnn.ops.padded import cut_padding, pad_image
from minicnn.ops.reference.convolution import Conv2DCache, Pair, output_shape
from minicnn.ops.windows import padding_amounts
from minicnn.ops.winograd_tiles import (
    SPAN,
    TILE,
    add_input_gradient,
    gradient_tiles,
    input_tiles,
    kernel_gradient,
    output_tiles,
    transform_kernel,
)

CELLS = SPAN * SPAN

BLOCK_BYTES = 1 << 19  # of V and M together: half of a core's second-level cache
F32 = np.float32


class Tiling(NamedTuple):
    """How images are cut into tiles, and tiles gathered into blocks that stay in cache.

    Small images: a block is several whole images. Large ones: a block is some rows of tiles.
    """

    rows: int  # of tiles, an image
    columns: int
    group: int  # images that are worked on together
    groups: int
    part: int  # rows of tiles of a block; several parts only where group is 1
    top: int  # padding before the image
    left: int
    height: int  # of the image
    width: int
    out_height: int
    out_width: int

    @property
    def tiles(self) -> int:
        """Tiles of a full block."""
        return self.group * self.part * self.columns


class Saved(NamedTuple):
    """What forward keeps for backward."""

    kernel_tiles: ndarray  # U: (36, channels, filters)
    tiling: Tiling


def conv2d_forward(
    x: ndarray,
    kernel: ndarray,
    bias: ndarray | None = None,
    strides: Pair = (1, 1),
    padding: str = "valid",
    dilation_rate: Pair = (1, 1),
    groups: int = 1,
    activation: str = "linear",
) -> tuple[ndarray, Conv2DCache]:
    """Slide every filter over the images; see `minicnn.ops.reference.convolution.conv2d_forward`."""
    x, kernel = plain(x), plain(kernel)
    y = np.empty(output_shape(x.shape, kernel.shape, strides, padding, dilation_rate), x.dtype)
    tiling = tile(x.shape, y.shape, padding)
    channels, filters = kernel.shape[2:]
    kernel_tiles = np.empty((CELLS, channels, filters), F32)
    (half,) = scratch((3 * SPAN, filters))
    transform_kernel(kernel.reshape(-1, filters), kernel_tiles.reshape(-1, filters), half)
    added = np.zeros((1, filters), F32) if bias is None else bias.astype(F32).reshape(1, filters)
    relu = activation == "relu"

    def convolve(low: int, high: int) -> None:
        _forward(
            as_cells(x), kernel_tiles, added, relu, tuple(tiling), as_cells(y), low, high,
            *_room(tiling, channels, filters),
        )  # fmt: skip

    parallel.for_ranges(tiling.groups, convolve)
    passed = y if relu else None
    saved = Saved(kernel_tiles, tiling)
    return y, Conv2DCache(x, kernel, passed, strides, padding, dilation_rate, groups, saved)


def conv2d_backward(
    dy: ndarray, cache: Conv2DCache, input_gradient: bool = True
) -> tuple[Any, ndarray, ndarray]:
    """Gradients; see `minicnn.ops.reference.convolution.conv2d_backward`."""
    x, kernel, y = cache.x, cache.kernel, cache.y
    kernel_tiles, tiling = cache.saved
    dy = plain(dy)
    channels, filters = kernel.shape[2:]
    bounds = np.array(parallel.chunk_bounds(tiling.groups))
    chunks = len(bounds) - 1
    dx = np.empty(x.shape if input_gradient else (0, 1, 1, channels), x.dtype)
    dkernels = np.empty((chunks, 9 * channels, filters), F32)
    dbiases = np.zeros((chunks, 1, filters), F32)
    transposed = np.ascontiguousarray(kernel_tiles.transpose(0, 2, 1))
    relu, passed = y is not None, dy if y is None else plain(y)

    def carry_back(low: int, high: int) -> None:
        _backward(
            as_cells(dy), as_cells(passed), relu, as_cells(x), transposed, tuple(tiling), bounds,
            as_cells(dx), input_gradient, dkernels, dbiases, low, high,
            *_room(tiling, channels, filters, backward=True),
        )  # fmt: skip

    parallel.for_ranges(chunks, carry_back)
    dkernel = dkernels.sum(axis=0).reshape(kernel.shape)
    return (dx if input_gradient else None), dkernel, dbiases.sum(axis=(0, 1))


def _room(tiling: "Tiling", channels: int, filters: int, backward: bool = False) -> list[ndarray]:
    """Return the arrays that a kernel works in, of its thread."""
    height, width = tiling.rows * TILE + 2, tiling.columns * TILE + 2
    shapes = [
        (height * width, channels),  # padded image
        (SPAN * width, channels),  # lines of it
        (SPAN * tiling.columns * TILE, filters),  # lines of the output
        (CELLS * tiling.tiles, channels),  # V
        (CELLS * tiling.tiles, filters),  # M, or W
    ]
    if backward:
        shapes += [
            (height * width, channels),  # gradient of the padded image
            (CELLS * tiling.tiles, channels),  # dV
            (CELLS * channels, filters),  # dU
            (3 * SPAN, filters),  # half transformed dU
        ]
    arrays = scratch(*shapes)
    arrays[0][:] = 0
    return arrays


def tile(x_shape: tuple[int, ...], y_shape: tuple[int, ...], padding: str) -> Tiling:
    """Choose the tiles and the blocks.

    Examples
    --------
    The lecture's second convolution: one image a block, of 6×6 tiles.

    >>> tile((32, 26, 26, 64), (32, 24, 24, 32), "valid")[:5]
    (6, 6, 1, 32, 6)
    """
    rows, columns = -(-y_shape[1] // TILE), -(-y_shape[2] // TILE)
    tile_bytes = CELLS * (x_shape[3] + y_shape[3]) * F32(0).itemsize
    most = max(BLOCK_BYTES // tile_bytes, 1)
    group = max(min(round(most / (rows * columns)), x_shape[0]), 1)
    part = rows if group > 1 else max(min(round(most / columns), rows), 1)
    (top, _), (left, _) = (padding_amounts(size, 3, 1, padding) for size in x_shape[1:3])
    groups = -(-x_shape[0] // group)
    return Tiling(rows, columns, group, groups, part, top, left, *x_shape[1:3], *y_shape[1:3])


# Whole groups of images


@part
def _block(tiling, group, number, images):
    """Return the images and rows of tiles of a block: first image, end, first row, end."""
    rows, size, part_rows = tiling[0], tiling[2], tiling[4]
    first, row = group * size, number * part_rows
    return first, min(first + size, images), row, min(row + part_rows, rows)


@part
def _transform_block(x, tiling, block, padded, lines, V, tiles):
    """Fill V with the block's input tiles."""
    rows, columns, _, _, _, top, left, height, width, _, _ = tiling
    padded_height, padded_width = rows * TILE + 2, columns * TILE + 2
    t = 0
    for n in range(block[0], block[1]):
        image = pad_image(x[n], height, width, top, left, padded, padded_height, padded_width)
        for row in range(block[2], block[3]):
            input_tiles(image, padded_width, row, columns, lines, t, V, tiles)
            t += columns


@compiled
def _forward(x, U, bias, relu, tiling, y, low, high, padded, lines, out_lines, V, M):
    """Convolve the groups of images `low` … `high`."""
    rows, columns, size, _, part_rows, _, _, _, _, out_height, out_width = tiling
    tiles = size * part_rows * columns
    for group in range(low, high):
        for number in range(-(-rows // part_rows)):
            block = _block(tiling, group, number, len(x))
            _transform_block(x, tiling, block, padded, lines, V, tiles)
            count = (block[1] - block[0]) * (block[3] - block[2]) * columns
            for k in range(CELLS):
                at, end = k * tiles, k * tiles + count
                multiply(V[at:end], U[k], M[at:end], False)
            t = 0
            for n in range(block[0], block[1]):
                for row in range(block[2], block[3]):
                    output_tiles(
                        M,
                        bias,
                        relu,
                        y[n],
                        out_height,
                        out_width,
                        row,
                        columns,
                        out_lines,
                        t,
                        tiles,
                    )
                    t += columns


@compiled
def _backward(
    dy, y, relu, x, Ut, tiling, bounds, dx, input_gradient, dkernels, dbiases, low, high,
    padded, lines, out_lines, V, W, dpadded, dV, dU, half,
):  # fmt: skip
    """Gradients of the chunks `low` … `high` of groups; each chunk sums into arrays of its own."""
    rows, columns, size, _, part_rows, top, left, height, width, out_height, out_width = tiling
    channels, tiles = padded.shape[1], size * part_rows * columns
    padded_height, padded_width = rows * TILE + 2, columns * TILE + 2
    for chunk in range(low, high):
        if bounds[chunk] == bounds[chunk + 1]:  # an empty batch
            _clear(dU, CELLS * channels)
        for group in range(bounds[chunk], bounds[chunk + 1]):
            for number in range(-(-rows // part_rows)):
                block = _block(tiling, group, number, len(x))
                _transform_block(x, tiling, block, padded, lines, V, tiles)
                count = 0
                for n in range(block[0], block[1]):
                    for row in range(block[2], block[3]):
                        gradient_tiles(
                            dy[n], y[n], relu, out_height, out_width, row, columns, out_lines,
                            count, W, tiles, dbiases[chunk],
                        )  # fmt: skip
                        count += columns
                add = group > bounds[chunk] or number > 0
                for k in range(CELLS):
                    at, end, to = k * tiles, k * tiles + count, k * channels
                    multiply(V[at:end].T, W[at:end], dU[to : to + channels], add)
                    if input_gradient:
                        multiply(W[at:end], Ut[k], dV[at:end], False)
                if not input_gradient:
                    continue
                t = 0
                for n in range(block[0], block[1]):
                    if block[2] == 0:  # all further rows are written before they are added to
                        _clear(dpadded, 2 * padded_width)
                    for row in range(block[2], block[3]):
                        add_input_gradient(dV, padded_width, row, columns, lines, t, tiles, dpadded)
                        t += columns
                    if block[3] == rows:
                        cut_padding(
                            dpadded, padded_height, padded_width, top, left, dx[n], height, width
                        )
        kernel_gradient(dU, dkernels[chunk], half)


@part
def _clear(array, rows):
    """Set the first rows to zero."""
    for row in range(rows):
        for column in range(array.shape[1]):
            array[row, column] = 0
