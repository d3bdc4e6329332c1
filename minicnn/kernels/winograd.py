"""3×3 convolution with stride 1 by Winograd's algorithm F(4×4, 3×3): a quarter of the products.

The output is split into tiles of 4×4 pixels. A tile depends on 6×6 pixels of the input. Direct
convolution takes 4·4·3·3 = 144 products per tile (and channel and filter), Winograd's takes 6·6 = 36:

    forward    y  = Aᵗ [ (G w Gᵗ) ⊙ (Bᵗ x B) ] A
    backward   dw = Gᵗ [ Σ (Bᵗ x B) ⊙ (A dy Aᵗ) ] G
               dx = B  [ (G w Gᵗ) ⊙ (A dy Aᵗ) ] Bᵗ     added up where input tiles overlap

with small constant matrices Aᵗ (4×6), Bᵗ (6×6) and G (6×3). A matrix on the left combines the six (or
four, three) rows of a tile, one on the right its columns; both are sums of a few terms, computed for a
vector of channels at once (`primitives.winograd_tiles`). ⊙ is elementwise, but summed over channels: 36
small matrix products, (tiles × channels) @ (channels × filters) (`primitives.matmul`).

Backward is the transpose of forward, step by step, so it uses the same tiles. It transforms the input
again, because storing the transform, 2.25 times the size of the input, would take longer.

Names: U = G w Gᵗ, V = Bᵗ x B, M = their products, W = A dy Aᵗ; the first axis of each, 36, is the
element of the tile. Float32 only: the constants cost about two digits, 1e-5 of the largest value.

Tiles are processed in blocks that stay in cache: a few images, or some rows of tiles of one. Chunks, the
unit in which threads take work, are image groups forward, and fixed ranges of groups backward.

Reference: Lavin & Gray 2015, "Fast algorithms for convolutional neural networks", arXiv:1509.09308.
"""

from functools import lru_cache
from math import ceil
from typing import Any, NamedTuple

import numpy as np
from numpy import ndarray

from minicnn.kernels.primitives.chunks import sum_chunk_count, sum_partials
from minicnn.kernels.primitives.copies import (
    clear,
    crop_image,
    pad_image,
    prefetch,
    stream_copy,
    use_streaming_stores,
)
from minicnn.kernels.primitives.matmul import gemm, offsets
from minicnn.kernels.primitives.relu_mask import relu_mask_shape, write_relu_mask
from minicnn.kernels.primitives.winograd_tiles import (
    SPAN,
    TILE,
    add_input_gradient,
    gradient_tiles,
    input_tiles,
    kernel_gradient,
    output_tiles,
    transform_kernel,
    transpose_kernel,
)
from minicnn.kernels.runtime import memory_pool, parallel
from minicnn.kernels.runtime.jit import njit_inline, njit_kernel
from minicnn.kernels.runtime.scratch import scratch
from minicnn.kernels.runtime.task_slot import parallel_for, task
from minicnn.ops.convolution import output_shape
from minicnn.ops.windows import padding_amounts

ELEMENTS = SPAN * SPAN  # of a transformed tile
BLOCK_BYTES = 1 << 20  # of V and M together: about a core's second-level cache
F32 = np.dtype(np.float32)

Shape = tuple[int, ...]


class Tiling(NamedTuple):
    """How images are split into tiles, and tiles grouped into blocks that stay in cache."""

    rows: int  # of tiles, in an image
    columns: int
    group_images: int  # at most
    groups: int  # of nearly equal size
    block_rows: int  # rows of tiles in a block; less than `rows` only if group_images is 1
    top: int  # padding before the image
    left: int
    height: int  # of the image
    width: int
    out_height: int
    out_width: int

    @property
    def tiles(self) -> int:
        """Tiles of a full block, made odd: strides of large powers of two compete for cache lines."""
        return self.group_images * self.block_rows * self.columns | 1


class Plan(NamedTuple):
    """Values that depend on shapes only, computed once."""

    tiling: tuple[int, ...]  # a `Tiling`; numba takes a plain tuple three times faster
    x: Shape  # (images, pixels, channels)
    y: Shape  # (images, pixels, filters)
    y_shape: Shape  # (images, rows, columns, filters)
    mask: Shape
    matrix: Shape  # the kernel's: (9·channels, filters)
    transposed: Shape  # (9·filters, channels)
    U: Shape  # (36·channels, filters)
    Ut: Shape  # (36·filters, channels)
    V_offsets: tuple[ndarray, ndarray]  # of the rows and columns of V: (tiles, channels)
    W_offsets: tuple[ndarray, ndarray]  # (tiles, filters)
    bounds: ndarray  # of the chunks of groups
    partials: Shape  # of each chunk: the kernel's gradient, and the bias' in a last row
    scratch: list[Shape]
    backward_scratch: list[Shape]
    no_bias: ndarray  # (filters,) zeros
    no_dx: ndarray  # of no images


def forward(
    plan: Plan, x: ndarray, kernel: ndarray, bias: ndarray, relu: bool, y: ndarray, mask: ndarray
) -> None:
    """Compute y and the ReLU mask."""
    matrix, tiling = kernel.reshape(plan.matrix), Tiling(*plan.tiling)
    parallel.parallel_for(
        _run_forward, tiling.groups, matrix, memory_pool.empty(plan.U), *scratch(*plan.scratch), x,
        bias.reshape(1, -1), relu, plan.tiling, *plan.V_offsets, y, use_streaming_stores(y), mask,
    )  # fmt: skip


def backward(
    plan: Plan, dy: ndarray, x: ndarray, kernel: ndarray, mask: ndarray, dx: ndarray
) -> tuple[ndarray, ndarray]:
    """Compute dx, if it has images, and return dkernel and dbias."""
    partials, total = memory_pool.empty(plan.partials), memory_pool.empty(plan.partials[1:])
    parallel.parallel_for(
        run_backward, len(partials), kernel.reshape(plan.matrix), memory_pool.empty(plan.transposed),
        memory_pool.empty(plan.Ut), partials, total, dx, *scratch(*plan.backward_scratch), dy, mask, x,
        plan.tiling, *plan.V_offsets, *plan.W_offsets, plan.bounds, use_streaming_stores(dx),
    )  # fmt: skip
    return total[:-1], total[-1]


@lru_cache(maxsize=256)
def make_plan(
    x_shape: Shape, kernel_shape: Shape, _strides: Any, padding: str, _: Any, __: Any, relu: bool
) -> Plan:
    """Compute what depends on shapes only; strides, dilation rate and groups are 1."""
    images, height, width, channels = x_shape
    filters = kernel_shape[3]
    y_shape = output_shape(x_shape, kernel_shape, (1, 1), padding, (1, 1))
    tiling = choose_tiling(x_shape, y_shape, padding)
    bounds = np.array(parallel.partial_bounds(tiling.groups))
    padded_height, padded_width = tiling.rows * TILE + 2, tiling.columns * TILE + 2
    common_scratch = [
        (3 * SPAN, max(channels, filters)),  # half of the transform of a kernel or its gradient
        (padded_height * padded_width, channels),  # padded image
        (SPAN * padded_width, channels),  # lines of it
        (SPAN * tiling.columns * TILE, filters),  # lines of the output
        (ELEMENTS * tiling.tiles, channels),  # V, later dV
        (ELEMENTS * tiling.tiles, filters),  # M, or W
    ]
    padded, output = common_scratch[1], (TILE * tiling.out_width, filters)
    return Plan(
        tuple(tiling),
        x=(images, height * width, channels),
        y=(images, tiling.out_height * tiling.out_width, filters),
        y_shape=y_shape,
        mask=relu_mask_shape(y_shape, relu),
        matrix=(9 * channels, filters),
        transposed=(9 * filters, channels),
        U=(ELEMENTS * channels, filters),
        Ut=(ELEMENTS * filters, channels),
        V_offsets=(offsets(tiling.tiles, channels), offsets(channels)),
        W_offsets=(offsets(tiling.tiles, filters), offsets(filters)),
        bounds=bounds,
        partials=(len(bounds) - 1, 9 * channels + 1, filters),
        scratch=[*common_scratch, output],
        backward_scratch=[*common_scratch, padded, (ELEMENTS * channels, filters)],  # dx, dU
        no_bias=np.zeros(filters, F32),
        no_dx=np.empty((0, 1, channels), F32),
    )


def choose_tiling(x_shape: Shape, y_shape: Shape, padding: str) -> Tiling:
    """Choose the tiles and the blocks."""
    rows, columns = -(-y_shape[1] // TILE), -(-y_shape[2] // TILE)
    tile_bytes = ELEMENTS * (x_shape[3] + y_shape[3]) * F32.itemsize
    block_tiles = max(BLOCK_BYTES // tile_bytes, 1)
    images = x_shape[0]
    groups = max(
        round(images * rows * columns / block_tiles / parallel.PARTIAL_SUMS), 1
    )  # in a chunk
    groups = min(groups * parallel.PARTIAL_SUMS, images)
    group_images = ceil(images / max(groups, 1))
    block_rows = rows if group_images > 1 else max(min(round(block_tiles / columns), rows), 1)
    (top, _), (left, _) = (padding_amounts(size, 3, 1, padding) for size in x_shape[1:3])
    return Tiling(
        rows, columns, group_images, groups, block_rows, top, left, *x_shape[1:3], *y_shape[1:3]
    )


@njit_inline
def _block(tiling, group, index, images):
    """Return the images and the rows of tiles of a block: first image, end, first row, end."""
    rows, groups, block_rows = tiling[0], tiling[3], tiling[4]
    first, end, row = group * images // groups, (group + 1) * images // groups, index * block_rows
    return first, end, row, min(row + block_rows, rows)


@njit_inline
def _transform_block(x, tiling, block, padded, lines, V, tiles):
    """Fill V with the input tiles of a block."""
    rows, columns, _, _, _, top, left, height, width, _, _ = tiling
    padded_height, padded_width = rows * TILE + 2, columns * TILE + 2
    t = 0
    for n in range(block[0], block[1]):
        unpadded = height == padded_height and width == padded_width
        if unpadded:  # otherwise `pad_image` reads it in order
            prefetch(x[n], block[2] * TILE * width, (block[3] * TILE + 2) * width, lines)
        image = pad_image(x[n], height, width, top, left, padded, padded_height, padded_width)
        for row in range(block[2], block[3]):
            input_tiles(image, padded_width, row, columns, lines, t, V, tiles)
            t += columns


@njit_inline
def _forward(
    U, all_padded, all_lines, all_out_lines, all_V, all_M, all_results,
    x, bias, relu, tiling, by_tile, by_channel, y, streaming, mask, start, stop, thread_id,
):  # fmt: skip
    """Convolve the groups of images `start` … `stop`."""
    rows, columns, group_images, _, block_rows, _, _, _, _, out_height, out_width = tiling
    padded, lines, out_lines = all_padded[thread_id], all_lines[thread_id], all_out_lines[thread_id]
    V, M, result = all_V[thread_id], all_M[thread_id], all_results[thread_id]
    channels, tiles = x.shape[2], (group_images * block_rows * columns) | 1
    for group in range(start, stop):
        for index in range(-(-rows // block_rows)):
            block = _block(tiling, group, index, len(x))
            _transform_block(x, tiling, block, padded, lines, V, tiles)
            count = (block[1] - block[0]) * (block[3] - block[2]) * columns
            for k in range(ELEMENTS):
                at, end, c = k * tiles, k * tiles + count, k * channels
                gemm(
                    V[at:end], by_tile[:count], by_channel, U[c : c + channels], M, False, False,
                    M[at:end],
                )  # fmt: skip
            t = 0
            for n in range(block[0], block[1]):
                for row in range(block[2], block[3]):
                    height = min(TILE, out_height - row * TILE)  # lines of the output
                    first, pixels = row * TILE * out_width, height * out_width
                    out = result if streaming else y[n][first:]
                    output_tiles(
                        M, bias, relu, out, height, out_width, columns, out_lines, t, tiles
                    )
                    write_relu_mask(out, pixels if relu else 0, mask[n], first)
                    if streaming:
                        stream_copy(result, 0, y[n], first, pixels * y.shape[2], True)
                    t += columns


@njit_inline
def _gradient_block(dy, mask, tiling, block, lines, W, tiles, dbias):
    """Fill W with the tiles of dy of a block; return how many there are."""
    columns, out_height, out_width, t = tiling[1], tiling[9], tiling[10], 0
    for n in range(block[0], block[1]):
        prefetch(dy[n], block[2] * TILE * out_width, block[3] * TILE * out_width, lines)
        for row in range(block[2], block[3]):
            gradient_tiles(
                dy[n], mask[n], out_height, out_width, row, columns, lines, t, W, tiles, dbias
            )
            t += columns
    return t


@njit_inline
def _add_input_gradients(dV, tiling, block, lines, tiles, dpadded, dx, streaming):
    """Add the gradient of a block's input tiles to the padded image, and write complete images."""
    rows, columns, _, _, _, top, left, height, width, _, _ = tiling
    padded_height, padded_width = rows * TILE + 2, columns * TILE + 2
    t = 0
    for n in range(block[0], block[1]):
        if block[2] == 0:  # all further lines are written before they are added to
            clear(dpadded, 0, 2 * padded_width * dx.shape[2])
        for row in range(block[2], block[3]):
            add_input_gradient(dV, padded_width, row, columns, lines, t, tiles, dpadded)
            t += columns
        if block[3] == rows:
            crop_image(
                dpadded, padded_height, padded_width, top, left, dx[n], height, width, streaming
            )


@njit_inline
def _backward(
    Ut, partials, dx, halves, all_padded, all_lines, all_out_lines, all_V, all_W, all_dpadded, all_dU,
    dy, mask, x, tiling, by_tile, by_channel, W_by_tile, W_by_filter, bounds, streaming,
    start, stop, thread_id,
):  # fmt: skip
    """Compute the gradients of the chunks `start` … `stop` of groups, with partial sums for each."""
    rows, columns, group_images, _, block_rows, _, _, _, _, _, _ = tiling
    padded, lines, out_lines = all_padded[thread_id], all_lines[thread_id], all_out_lines[thread_id]
    V, W, dpadded, dU = (
        all_V[thread_id],
        all_W[thread_id],
        all_dpadded[thread_id],
        all_dU[thread_id],
    )
    channels, filters = x.shape[2], dy.shape[2]
    tiles = (group_images * block_rows * columns) | 1
    for chunk in range(start, stop):
        dkernel, dbias = partials[chunk, : 9 * channels], partials[chunk, 9 * channels :]
        clear(dbias, 0, filters)
        if bounds[chunk] == bounds[chunk + 1]:  # an empty batch
            clear(dU, 0, dU.size)
        for group in range(bounds[chunk], bounds[chunk + 1]):
            for index in range(-(-rows // block_rows)):
                block = _block(tiling, group, index, len(x))
                _transform_block(x, tiling, block, padded, lines, V, tiles)
                count = _gradient_block(dy, mask, tiling, block, out_lines, W, tiles, dbias)
                accumulate = group > bounds[chunk] or index > 0
                for k in range(ELEMENTS):
                    at, end, c, f = k * tiles, k * tiles + count, k * channels, k * filters
                    total = dU[c : c + channels]
                    gemm(  # tables swapped: the transpose of V
                        V[at:end], by_channel, by_tile[:count], W[at:end], total, accumulate, False,
                        total,
                    )  # fmt: skip
                    if len(dx) > 0:  # dV replaces V, which is no longer needed
                        gemm(
                            W[at:end], W_by_tile[:count], W_by_filter, Ut[f : f + filters], V, False,
                            False, V[at:end],
                        )  # fmt: skip
                if len(dx) > 0:
                    _add_input_gradients(V, tiling, block, lines, tiles, dpadded, dx, streaming)
        kernel_gradient(dU, dkernel, halves[thread_id])


@njit_kernel
def _run_forward(slot, count, divisor, kernel, U, halves, *arguments):
    parallel_for(slot, len(kernel) // 9, divisor, *task(transform_kernel, (kernel, U, halves)))
    parallel_for(slot, count, divisor, *task(_forward, (U, *arguments)))


@njit_kernel
def run_backward(
    slot, count, divisor, kernel, transposed, Ut, partials, total, dx, halves, *arguments
):
    """Compute the gradients on all threads."""
    if len(dx) > 0:
        transpose_kernel(kernel, transposed)
        parallel_for(
            slot, len(transposed) // 9, divisor, *task(transform_kernel, (transposed, Ut, halves))
        )
    parallel_for(slot, count, divisor, *task(_backward, (Ut, partials, dx, halves, *arguments)))
    parallel_for(slot, sum_chunk_count(total), divisor, *task(sum_partials, (partials, total)))
