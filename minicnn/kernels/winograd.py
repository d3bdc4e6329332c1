"""3×3 convolution with stride 1 by Winograd's algorithm F(4×4, 3×3): a quarter of the products.

The output is cut into tiles of 4×4 cells. A tile depends on 6×6 cells of the input. Direct
convolution takes 4·4·3·3 = 144 products a tile (and channel and filter), Winograd's takes 6·6 = 36:

    forward    y  = Aᵗ [ (G w Gᵗ) ⊙ (Bᵗ x B) ] A
    backward   dw = Gᵗ [ Σ (Bᵗ x B) ⊙ (A dy Aᵗ) ] G
               dx = B  [ (G w Gᵗ) ⊙ (A dy Aᵗ) ] Bᵗ     added up where input tiles overlap

with small constant matrices Aᵗ (4×6), Bᵗ (6×6) and G (6×3). A matrix on the left works on the six
(or four, three) rows of a tile, on the right on its columns; both are sums of a few terms, done
for a vector of channels at once (`primitives.simd`). ⊙ is cell by cell, but summed over channels:
36 small matrix products, (tiles × channels) @ (channels × filters) (`primitives.matmul`).

Backward is the transpose of forward, step by step, so it needs no tiles of its own. The input's
transform is made again, in cache: written to memory and read back, at 2.25 times the size of the
input, it would take longer.

Names: U = G w Gᵗ, V = Bᵗ x B, M = their products, W = A dy Aᵗ; the first axis of each, 36, is the cell
of the tile. Float32 only: the constants cost about two digits, 1e-5 of the largest value.

Reference: Lavin & Gray 2015, "Fast algorithms for convolutional neural networks", arXiv:1509.09308.
"""

from functools import lru_cache
from math import ceil
from typing import Any, NamedTuple

import numpy as np
from numpy import ndarray

from minicnn.kernels.primitives.chunks import add_up, pieces
from minicnn.kernels.primitives.copies import clear_run, fetch, outgrows_cache, put_run
from minicnn.kernels.primitives.matmul import distances, multiply
from minicnn.kernels.primitives.padding import cut_padding, pad_image
from minicnn.kernels.primitives.relu_mask import mark, marks_shape
from minicnn.kernels.primitives.winograd_tiles import (
    SPAN,
    TILE,
    add_input_gradient,
    gradient_tiles,
    input_tiles,
    kernel_gradient,
    output_tiles,
    transform_kernel,
    turn_kernel,
)
from minicnn.kernels.runtime import memory_pool as recycled
from minicnn.kernels.runtime import parallel
from minicnn.kernels.runtime.jit import kernel as compiled
from minicnn.kernels.runtime.jit import part
from minicnn.kernels.runtime.scratch import plain, rooms
from minicnn.kernels.runtime.task_slot import job, share
from minicnn.ops.convolution import Conv2DCache, Pair, output_shape
from minicnn.ops.windows import padding_amounts

CELLS = SPAN * SPAN
BLOCK_BYTES = 1 << 20  # of V and M together: about a core's second-level cache
F32, U16 = np.dtype(np.float32), np.dtype(np.uint16)

Shape = tuple[int, ...]


class Tiling(NamedTuple):
    """How images are cut into tiles, and tiles gathered into blocks that stay in cache."""

    rows: int  # of tiles, an image
    columns: int
    group: int  # images that are worked on together, at most
    groups: int  # of nearly equal size
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
        return self.group * self.part * self.columns | 1


class Plan(NamedTuple):
    """What follows from the shapes alone: found out once, for all steps."""

    tiling: tuple[int, ...]  # plain, which numba takes three times faster than a named one
    groups: int  # of images
    x: Shape  # (images, cells, channels), as of all images below
    y: Shape
    y_shape: Shape  # (images, rows, columns, filters)
    marks: Shape
    matrix: Shape  # the kernel's: (9·channels, filters)
    turned: Shape  # (9·filters, channels)
    U: Shape  # (36·channels, filters)
    Ut: Shape  # (36·filters, channels)
    V_distances: tuple[ndarray, ndarray]  # of rows and columns of a cell's V: (tiles, channels)
    W_distances: tuple[ndarray, ndarray]  # (tiles, filters)
    bounds: ndarray  # of the chunks of groups
    sums: Shape  # of each chunk: the kernel's gradient, and the bias' in a last row
    rooms: list[Shape]  # that forward works in
    backward_rooms: list[Shape]
    no_bias: ndarray  # (1, filters) zeros
    no_dx: ndarray  # of no images


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
    """Slide every filter over the images; see `minicnn.ops.convolution.conv2d_forward`."""
    x, kernel, relu = plain(x), plain(kernel), activation == "relu"
    plan = _plan(x.shape, kernel.shape, padding, relu)
    added = plan.no_bias if bias is None else plain(bias).reshape(1, -1)
    y, marks = recycled.empty(plan.y_shape), recycled.empty(plan.marks, U16)
    parallel.run(
        _share_forward, plan.groups, kernel.reshape(plan.matrix), recycled.empty(plan.U),
        *rooms(*plan.rooms), x.reshape(plan.x), added, relu, plan.tiling, *plan.V_distances,
        y.reshape(plan.y), outgrows_cache(y), marks,
    )  # fmt: skip
    saved = plan, marks
    return y, Conv2DCache(
        x, kernel, None, strides, padding, dilation_rate, groups, saved, "winograd"
    )


def conv2d_backward(
    dy: ndarray, cache: Conv2DCache, input_gradient: bool = True
) -> tuple[Any, ndarray, ndarray]:
    """Gradients; see `minicnn.ops.convolution.conv2d_backward`."""
    x, kernel, (plan, marks) = cache.x, cache.kernel, cache.saved
    dx = recycled.empty(plan.x) if input_gradient else plan.no_dx
    sums, total = recycled.empty(plan.sums), recycled.empty(plan.sums[1:])
    parallel.run(
        _share_backward, plan.sums[0], kernel.reshape(plan.matrix), recycled.empty(plan.turned),
        recycled.empty(plan.Ut), sums, total, input_gradient, *rooms(*plan.backward_rooms),
        plain(dy).reshape(plan.y), marks, x.reshape(plan.x), plan.tiling, *plan.V_distances,
        *plan.W_distances, plan.bounds, dx, outgrows_cache(dx),
    )  # fmt: skip
    dkernel = total[:-1].reshape(kernel.shape)
    return (dx.reshape(x.shape) if input_gradient else None), dkernel, total[-1]


@lru_cache(maxsize=256)
def _plan(x_shape: Shape, kernel_shape: Shape, padding: str, relu: bool) -> Plan:
    """Find out what follows from the shapes."""
    images, height, width, channels = x_shape
    filters = kernel_shape[3]
    y_shape = output_shape(x_shape, kernel_shape, (1, 1), padding, (1, 1))
    tiling = tile(x_shape, y_shape, padding)
    bounds = np.array(parallel.chunk_bounds(tiling.groups))
    padded_height, padded_width = tiling.rows * TILE + 2, tiling.columns * TILE + 2
    rooms = [
        (3 * SPAN, max(channels, filters)),  # a half transformed kernel or gradient of one
        (padded_height * padded_width, channels),  # padded image
        (SPAN * padded_width, channels),  # lines of it
        (SPAN * tiling.columns * TILE, filters),  # lines of the output
        (CELLS * tiling.tiles, channels),  # V, later dV
        (CELLS * tiling.tiles, filters),  # M, or W
    ]
    return Plan(
        tuple(tiling),
        groups=tiling.groups,
        x=(images, height * width, channels),
        y=(images, tiling.out_height * tiling.out_width, filters),
        y_shape=y_shape,
        marks=marks_shape(y_shape, relu),
        matrix=(9 * channels, filters),
        turned=(9 * filters, channels),
        U=(CELLS * channels, filters),
        Ut=(CELLS * filters, channels),
        V_distances=(distances(tiling.tiles, channels), distances(channels)),
        W_distances=(distances(tiling.tiles, filters), distances(filters)),
        bounds=bounds,
        sums=(len(bounds) - 1, 9 * channels + 1, filters),
        rooms=[*rooms, (TILE * tiling.out_width, filters)],  # the output
        backward_rooms=[*rooms, rooms[1], (CELLS * channels, filters)],  # dx with its padding, dU
        no_bias=np.zeros((1, filters), F32),
        no_dx=np.empty((0, 1, channels), F32),
    )


def tile(x_shape: Shape, y_shape: Shape, padding: str) -> Tiling:
    """Choose the tiles and the blocks."""
    rows, columns = -(-y_shape[1] // TILE), -(-y_shape[2] // TILE)
    tile_bytes = CELLS * (x_shape[3] + y_shape[3]) * F32.itemsize
    most = max(BLOCK_BYTES // tile_bytes, 1)
    images = x_shape[0]
    parts = max(round(images * rows * columns / most / parallel.CHUNKS), 1)  # groups of a chunk
    groups = min(parts * parallel.CHUNKS, images)
    group = ceil(images / max(groups, 1))
    part = rows if group > 1 else max(min(round(most / columns), rows), 1)
    (top, _), (left, _) = (padding_amounts(size, 3, 1, padding) for size in x_shape[1:3])
    return Tiling(rows, columns, group, groups, part, top, left, *x_shape[1:3], *y_shape[1:3])


# Whole groups of images


@part
def _block(tiling, group, number, images):
    """Return the images and rows of tiles of a block: first image, end, first row, end."""
    rows, groups, part_rows = tiling[0], tiling[3], tiling[4]
    first, end, row = group * images // groups, (group + 1) * images // groups, number * part_rows
    return first, end, row, min(row + part_rows, rows)


@part
def _transform_block(x, tiling, block, padded, lines, V, tiles):
    """Fill V with the block's input tiles."""
    rows, columns, _, _, _, top, left, height, width, _, _ = tiling
    padded_height, padded_width = rows * TILE + 2, columns * TILE + 2
    t = 0
    for n in range(block[0], block[1]):
        whole = height == padded_height and width == padded_width
        if whole:  # else it is copied, which reads it in order too
            fetch(x[n], block[2] * TILE * width, (block[3] * TILE + 2) * width, lines)
        image = pad_image(x[n], height, width, top, left, padded, padded_height, padded_width)
        for row in range(block[2], block[3]):
            input_tiles(image, padded_width, row, columns, lines, t, V, tiles)
            t += columns


@part
def _forward(
    U, paddeds, all_lines, all_out_lines, Vs, Ms, results,
    x, bias, relu, tiling, by_tile, by_channel, y, past, marks, low, high, thread,
):  # fmt: skip
    """Convolve the groups of images `low` … `high`."""
    rows, columns, size, _, part_rows, _, _, _, _, out_height, out_width = tiling
    lines, out_lines, V, M = all_lines[thread], all_out_lines[thread], Vs[thread], Ms[thread]
    result, channels, tiles = results[thread], x.shape[2], (size * part_rows * columns) | 1
    for group in range(low, high):
        for number in range(-(-rows // part_rows)):
            block = _block(tiling, group, number, len(x))
            _transform_block(x, tiling, block, paddeds[thread], lines, V, tiles)
            count = (block[1] - block[0]) * (block[3] - block[2]) * columns
            for k in range(CELLS):
                at, end, c = k * tiles, k * tiles + count, k * channels
                multiply(
                    V[at:end], by_tile[:count], by_channel, U[c : c + channels], M[at:end], False
                )
            t = 0
            for n in range(block[0], block[1]):
                for row in range(block[2], block[3]):
                    down = min(TILE, out_height - row * TILE)  # lines of the output
                    first, cells = row * TILE * out_width, down * out_width
                    output_tiles(
                        M, bias, relu, result, down, out_width, columns, out_lines, t, tiles
                    )
                    mark(result, cells if relu else 0, marks[n], first)
                    put_run(result, 0, y[n], first, cells * y.shape[2], past)
                    t += columns


@part
def _backward(
    Ut, sums, input_gradient, halves, paddeds, all_lines, all_out_lines, Vs, Ws, dpaddeds, dUs,
    dy, marks, x, tiling, by_tile, by_channel, W_by_tile, W_by_filter, bounds, dx, past,
    low, high, thread,
):  # fmt: skip
    """Gradients of the chunks `low` … `high` of groups; each chunk sums into an array of its own."""
    rows, columns, size, _, part_rows, top, left, height, width, out_height, out_width = tiling
    lines, out_lines, V, W = all_lines[thread], all_out_lines[thread], Vs[thread], Ws[thread]
    dpadded, dU, channels, filters = dpaddeds[thread], dUs[thread], x.shape[2], dy.shape[2]
    tiles = (size * part_rows * columns) | 1
    padded_height, padded_width = rows * TILE + 2, columns * TILE + 2
    for chunk in range(low, high):
        dkernel, dbias = sums[chunk, : 9 * channels], sums[chunk, 9 * channels :]
        clear_run(dbias, 0, filters)
        if bounds[chunk] == bounds[chunk + 1]:  # an empty batch
            clear_run(dU, 0, dU.size)
        for group in range(bounds[chunk], bounds[chunk + 1]):
            for number in range(-(-rows // part_rows)):
                block = _block(tiling, group, number, len(x))
                _transform_block(x, tiling, block, paddeds[thread], lines, V, tiles)
                count = 0
                for n in range(block[0], block[1]):
                    first, end = block[2] * TILE * out_width, block[3] * TILE * out_width
                    fetch(dy[n], first, end, out_lines)
                    for row in range(block[2], block[3]):
                        gradient_tiles(
                            dy[n], marks[n], out_height, out_width, row, columns, out_lines, count,
                            W, tiles, dbias,
                        )  # fmt: skip
                        count += columns
                add = group > bounds[chunk] or number > 0
                for k in range(CELLS):
                    at, end, c, f = k * tiles, k * tiles + count, k * channels, k * filters
                    multiply(  # tables exchanged: the transpose of V
                        V[at:end], by_channel, by_tile[:count], W[at:end], dU[c : c + channels], add
                    )
                    if input_gradient:  # dV, where V is no longer needed
                        multiply(
                            W[at:end], W_by_tile[:count], W_by_filter, Ut[f : f + filters],
                            V[at:end], False,
                        )  # fmt: skip
                if not input_gradient:
                    continue
                t = 0
                for n in range(block[0], block[1]):
                    if block[2] == 0:  # all further rows are written before they are added to
                        clear_run(dpadded, 0, 2 * padded_width * channels)
                    for row in range(block[2], block[3]):
                        add_input_gradient(V, padded_width, row, columns, lines, t, tiles, dpadded)
                        t += columns
                    if block[3] == rows:
                        cut_padding(
                            dpadded, padded_height, padded_width, top, left, dx[n], height, width, past
                        )  # fmt: skip
        kernel_gradient(dU, dkernel, halves[thread])


# Whole passes, shared out


@compiled
def _share_forward(board, count, step, kernel, U, halves, *arguments):
    share(board, len(kernel) // 9, 1, *job(transform_kernel, (kernel, U, halves)))
    share(board, count, step, *job(_forward, (U, *arguments)))


@compiled
def _share_backward(
    board, count, step, kernel, turned, Ut, sums, total, input_gradient, halves, *arguments
):  # fmt: skip
    if input_gradient:
        turn_kernel(kernel, turned)
        share(board, len(turned) // 9, 1, *job(transform_kernel, (turned, Ut, halves)))
    given = Ut, sums, input_gradient, halves, *arguments
    share(board, count, step, *job(_backward, given))
    share(board, pieces(total), 1, *job(add_up, (sums, total)))
