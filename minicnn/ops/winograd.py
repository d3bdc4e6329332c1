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
transform is kept from forward. That of the input is made again: it takes a fifth of the time in
which its 2.25-fold size is written to memory and read back (`docs/performance.md`).

Names: U = G w Gᵗ, V = Bᵗ x B, M = their products, W = A dy Aᵗ; the first axis of each, 36, is the cell
of the tile. Float32 only: the constants cost about two digits, 1e-5 of the largest value.

Reference: Lavin & Gray 2015, "Fast algorithms for convolutional neural networks", arXiv:1509.09308.
"""

from typing import Any, NamedTuple

import numpy as np
from numpy import ndarray

from minicnn.ops import parallel
from minicnn.ops.buffers import scratch
from minicnn.ops.jit import kernel as compiled
from minicnn.ops.jit import part
from minicnn.ops.matmul import multiply
from minicnn.ops.padded import cut_padding, pad_image
from minicnn.ops.reference.convolution import Conv2DCache, Pair, output_shape
from minicnn.ops.simd import LANES, larger, load, splat, store, where_positive
from minicnn.ops.windows import padding_amounts

TILE = 4  # output cells of a tile, each way
SPAN = 6  # input cells of a tile, each way
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
    training: bool = True,
) -> tuple[ndarray, Conv2DCache]:
    """Slide every filter over the images; see `minicnn.ops.reference.convolution.conv2d_forward`."""
    x, kernel = np.ascontiguousarray(x), np.ascontiguousarray(kernel, x.dtype)
    y = np.empty(output_shape(x.shape, kernel.shape, strides, padding, dilation_rate), x.dtype)
    tiling = tile(x.shape, y.shape, padding)
    channels, filters = kernel.shape[2:]
    kernel_tiles = np.empty((CELLS, channels, filters), F32)
    (half,) = scratch((3 * SPAN, filters))
    _transform_kernel(kernel.reshape(-1, filters), kernel_tiles.reshape(-1, filters), half)
    added = np.zeros((1, filters), F32) if bias is None else bias.astype(F32).reshape(1, filters)
    relu = activation == "relu"

    def convolve(low: int, high: int) -> None:
        _forward(
            _cells(x), kernel_tiles, added, relu, tuple(tiling), _cells(y), low, high,
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
    x, kernel, y, *_, (kernel_tiles, tiling) = cache
    dy = np.ascontiguousarray(dy, x.dtype)
    channels, filters = kernel.shape[2:]
    bounds = np.array(parallel.chunk_bounds(tiling.groups))
    chunks = len(bounds) - 1
    dx = np.empty(x.shape if input_gradient else (0, 1, 1, channels), x.dtype)
    dkernels = np.empty((chunks, 9 * channels, filters), F32)
    dbiases = np.zeros((chunks, 1, filters), F32)
    transposed = np.ascontiguousarray(kernel_tiles.transpose(0, 2, 1))
    relu, passed = y is not None, dy if y is None else y

    def carry_back(low: int, high: int) -> None:
        _backward(
            _cells(dy), _cells(passed), relu, _cells(x), transposed, tuple(tiling), bounds,
            _cells(dx), input_gradient, dkernels, dbiases, low, high,
            *_room(tiling, channels, filters, backward=True),
        )  # fmt: skip

    parallel.for_ranges(chunks, carry_back)
    dkernel = dkernels.sum(axis=0).reshape(kernel.shape)
    return (dx if input_gradient else None), dkernel, dbiases.sum(axis=(0, 1))


def _cells(images: ndarray) -> ndarray:
    """Return images as (images, cells, channels), which the compiled functions take."""
    return images.reshape(len(images), images.shape[1] * images.shape[2], images.shape[3])


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


# The constant matrices, each as sums on the rows (or columns) of a tile; of numbers or of vectors


@part
def _times_bt(d0, d1, d2, d3, d4, d5):
    """Bᵗ d: six cells of the input to six cells of V."""
    even, odd = d4 - F32(4) * d2, d3 - F32(4) * d1
    near, far = d4 - d2, F32(2) * (d3 - d1)
    first = F32(4) * d0 - F32(5) * d2 + d4
    last = F32(4) * d1 - F32(5) * d3 + d5
    return first, even + odd, even - odd, near + far, near - far, last


@part
def _times_b(v0, v1, v2, v3, v4, v5):
    """B v: the transpose of `_times_bt`, for the gradient."""
    sum12, sum34, diff12, diff34 = v1 + v2, v3 + v4, v1 - v2, v3 - v4
    return (
        F32(4) * v0,
        F32(4) * (v5 - diff12) - F32(2) * diff34,
        F32(-5) * v0 - F32(4) * sum12 - sum34,
        diff12 + F32(2) * diff34 - F32(5) * v5,
        v0 + sum12 + sum34,
        v5,
    )


@part
def _times_at(m0, m1, m2, m3, m4, m5):
    """Aᵗ m: six cells of M to four cells of the output."""
    sum12, diff12, sum34, diff34 = m1 + m2, m1 - m2, m3 + m4, m3 - m4
    return (
        m0 + sum12 + sum34,
        diff12 + F32(2) * diff34,
        sum12 + F32(4) * sum34,
        diff12 + F32(8) * diff34 + m5,
    )


@part
def _times_a(y0, y1, y2, y3):
    """A y: the transpose of `_times_at`, for the gradient."""
    even, odd = y0 + y2, y1 + y3
    even2, odd2 = y0 + F32(4) * y2, F32(2) * y1 + F32(8) * y3
    return y0, even + odd, even - odd, even2 + odd2, even2 - odd2, y3


@part
def _times_g(w0, w1, w2):
    """G w: three cells of the kernel to six cells of U."""
    even, odd = F32(-1 / 6) * (w0 + w2), F32(-1 / 6) * w1
    even2, odd2 = F32(1 / 24) * w0 + F32(1 / 6) * w2, F32(1 / 12) * w1
    return F32(1 / 4) * w0, even + odd, even - odd, even2 + odd2, even2 - odd2, w2


@part
def _times_gt(u0, u1, u2, u3, u4, u5):
    """Gᵗ u: the transpose of `_times_g`, for the gradient."""
    sum12, sum34 = F32(1 / 6) * (u1 + u2), u3 + u4
    return (
        F32(1 / 4) * u0 - sum12 + F32(1 / 24) * sum34,
        F32(1 / 6) * (u2 - u1) + F32(1 / 12) * (u3 - u4),
        F32(1 / 6) * sum34 - sum12 + u5,
    )


# Six, four or three rows of an array, `step` apart, as vectors; and back


@part
def _six(array, row, step, c, count):
    return (
        load(array, row, c, count),
        load(array, row + step, c, count),
        load(array, row + 2 * step, c, count),
        load(array, row + 3 * step, c, count),
        load(array, row + 4 * step, c, count),
        load(array, row + 5 * step, c, count),
    )


@part
def _store_six(vectors, array, row, step, c, count):
    v0, v1, v2, v3, v4, v5 = vectors
    store(v0, array, row, c, count)
    store(v1, array, row + step, c, count)
    store(v2, array, row + 2 * step, c, count)
    store(v3, array, row + 3 * step, c, count)
    store(v4, array, row + 4 * step, c, count)
    store(v5, array, row + 5 * step, c, count)


# Kernels to tiles and back. Cells are rows: `kernel` is (9·channels, filters), U (36·channels, filters).


@compiled
def _transform_kernel(kernel, U, half):
    """U = G w Gᵗ, for every channel and filter; `half` is room for G w, (18, filters)."""
    channels, filters = len(kernel) // 9, kernel.shape[1]
    for c in range(channels):
        for f in range(0, filters, LANES):
            n = min(LANES, filters - f)
            for j in range(3):
                w = j * channels + c
                column = _times_g(
                    load(kernel, w, f, n),
                    load(kernel, w + 3 * channels, f, n),
                    load(kernel, w + 6 * channels, f, n),
                )
                _store_six(column, half, j, 3, f, n)
            for i in range(SPAN):
                row = _times_g(
                    load(half, 3 * i, f, n),
                    load(half, 3 * i + 1, f, n),
                    load(half, 3 * i + 2, f, n),
                )
                _store_six(row, U, i * SPAN * channels + c, channels, f, n)


@part
def _kernel_gradient(dU, dkernel, half):
    """Compute dw = Gᵗ dU G, for every channel and filter; `half` is room for Gᵗ dU, (18, filters)."""
    channels, filters = len(dkernel) // 9, dkernel.shape[1]
    for c in range(channels):
        for f in range(0, filters, LANES):
            n = min(LANES, filters - f)
            for j in range(SPAN):
                column = _six(dU, j * channels + c, SPAN * channels, f, n)
                h0, h1, h2 = _times_gt(*column)
                store(h0, half, j, f, n)
                store(h1, half, SPAN + j, f, n)
                store(h2, half, 2 * SPAN + j, f, n)
            for i in range(3):
                w = 3 * i * channels + c
                w0, w1, w2 = _times_gt(*_six(half, i * SPAN, 1, f, n))
                store(w0, dkernel, w, f, n)
                store(w1, dkernel, w + channels, f, n)
                store(w2, dkernel, w + 2 * channels, f, n)


# Images to tiles and back, one row of tiles at a time. Cells are rows of the arrays, channels their
# columns. `lines` has room for six rows of cells: what a matrix on the left, or on the right, has done.


@part
def _input_tiles(image, width, row, columns, lines, first, V, tiles):
    """V = Bᵗ x B for one row of tiles, numbered from `first` in the block of `tiles`."""
    channels = image.shape[1]
    for c in range(0, channels, LANES):
        n = min(LANES, channels - c)
        for j in range(width):  # Bᵗ x
            cells = _six(image, row * TILE * width + j, width, c, n)
            _store_six(_times_bt(*cells), lines, j, width, c, n)
        for i in range(SPAN):  # (Bᵗ x) B
            for column in range(columns):
                cells = _six(lines, i * width + column * TILE, 1, c, n)
                _store_six(_times_bt(*cells), V, i * SPAN * tiles + first + column, tiles, c, n)


@part
def _output_tiles(M, bias, relu, y, height, width, row, columns, lines, first, tiles):
    """Y = Aᵗ M A + bias for one row of tiles, rectified where wanted."""
    filters, across = y.shape[1], columns * TILE
    bottom = min(TILE, height - row * TILE)
    least = splat(F32(0) if relu else F32(-np.inf))
    for f in range(0, filters, LANES):
        n = min(LANES, filters - f)
        added = load(bias, 0, f, n)
        for i in range(SPAN):  # M A
            for column in range(columns):
                cells = _six(M, i * SPAN * tiles + first + column, tiles, f, n)
                m0, m1, m2, m3 = _times_at(*cells)
                to = i * across + column * TILE
                store(m0, lines, to, f, n)
                store(m1, lines, to + 1, f, n)
                store(m2, lines, to + 2, f, n)
                store(m3, lines, to + 3, f, n)
        for j in range(width):  # Aᵗ (M A)
            y0, y1, y2, y3 = _times_at(*_six(lines, j, across, f, n))
            to = row * TILE * width + j
            store(larger(y0 + added, least), y, to, f, n)
            store(larger(y1 + added, least), y, to + width, f, n if bottom > 1 else 0)
            store(larger(y2 + added, least), y, to + 2 * width, f, n if bottom > 2 else 0)
            store(larger(y3 + added, least), y, to + 3 * width, f, n if bottom > 3 else 0)


@part
def _passed(dy, y, relu, cell, f, count):
    """Return the gradient where ReLU let its cell pass, without ReLU all of it."""
    choice = load(y, cell, f, count if relu else 0) + splat(F32(0) if relu else F32(1))
    return where_positive(choice, load(dy, cell, f, count))


@part
def _gradient_tiles(dy, y, relu, height, width, row, columns, lines, first, W, tiles, dbias):
    """W = A dy Aᵗ for one row of tiles, of dy where ReLU let it pass; adds up dbias on the way."""
    filters, across = dy.shape[1], columns * TILE
    for f in range(0, filters, LANES):
        n = min(LANES, filters - f)
        total = load(dbias, 0, f, n)
        for j in range(across):  # A dy; cells outside of the image are zeros
            inside, cell = n if j < width else 0, row * TILE * width + j
            bottom = height - row * TILE
            d0 = _passed(dy, y, relu, cell, f, inside)
            d1 = _passed(dy, y, relu, cell + width, f, inside if bottom > 1 else 0)
            d2 = _passed(dy, y, relu, cell + 2 * width, f, inside if bottom > 2 else 0)
            d3 = _passed(dy, y, relu, cell + 3 * width, f, inside if bottom > 3 else 0)
            total = total + ((d0 + d1) + (d2 + d3))
            _store_six(_times_a(d0, d1, d2, d3), lines, j, across, f, n)
        store(total, dbias, 0, f, n)
        for i in range(SPAN):  # (A dy) Aᵗ
            for column in range(columns):
                at = i * across + column * TILE
                cells = _times_a(
                    load(lines, at, f, n), load(lines, at + 1, f, n),
                    load(lines, at + 2, f, n), load(lines, at + 3, f, n),
                )  # fmt: skip
                _store_six(cells, W, i * SPAN * tiles + first + column, tiles, f, n)


@part
def _add_and_store(vectors, array, row, step, c, count):
    """Add the first two of six vectors to rows that have the tile before, store the others."""
    v0, v1, v2, v3, v4, v5 = vectors
    v0 = v0 + load(array, row, c, count)
    v1 = v1 + load(array, row + step, c, count)
    _store_six((v0, v1, v2, v3, v4, v5), array, row, step, c, count)


@part
def _input_gradient(dV, width, row, columns, lines, first, tiles, dimage):
    """Add B dV Bᵗ for one row of tiles to the image's gradient; tiles overlap by two cells."""
    channels = dimage.shape[1]
    for c in range(0, channels, LANES):
        n = min(LANES, channels - c)
        nothing = splat(F32(0))
        for i in range(SPAN):  # dV Bᵗ
            store(nothing, lines, i * width, c, n)
            store(nothing, lines, i * width + 1, c, n)
            for column in range(columns):
                cells = _six(dV, i * SPAN * tiles + first + column, tiles, c, n)
                _add_and_store(_times_b(*cells), lines, i * width + column * TILE, 1, c, n)
        for j in range(width):  # B (dV Bᵗ)
            cells = _six(lines, j, width, c, n)
            _add_and_store(_times_b(*cells), dimage, row * TILE * width + j, width, c, n)


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
            _input_tiles(image, padded_width, row, columns, lines, t, V, tiles)
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
                    _output_tiles(
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
                        _gradient_tiles(
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
                        _input_gradient(dV, padded_width, row, columns, lines, t, tiles, dpadded)
                        t += columns
                    if block[3] == rows:
                        cut_padding(
                            dpadded, padded_height, padded_width, top, left, dx[n], height, width
                        )
        _kernel_gradient(dU, dkernels[chunk], half)


@part
def _clear(array, rows):
    """Set the first rows to zero."""
    for row in range(rows):
        for column in range(array.shape[1]):
            array[row, column] = 0
