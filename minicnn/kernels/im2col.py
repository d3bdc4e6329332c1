"""2-D convolution by im2col, without the copy.

im2col turns convolution into a matrix product, with a row for each window and a column for each of its
elements. The NumPy version copies all windows to such a matrix: 42 MB for a batch of the lecture's
second convolution, written to memory and read back. But the elements are in the image already.
Element k of window p is

    image[window_offsets[p] + element_offsets[k]]

with the offsets of windows in the image, and of elements in a window. `primitives.matmul` takes such
tables to find its left operand, so it multiplies the windows in place, for any strides, dilation
and groups. Backward swaps the tables to get the transpose. Only an image that needs padding is copied
first, one at a time. If there are few filters, several windows are packed into one (`packed_windows`),
and several small groups (`packed_groups`).

Threads take images; a tile is as many windows as stay in cache together.

Chellapilla et al. 2006, "High performance convolutional neural networks for document processing".
"""

from functools import lru_cache
from typing import NamedTuple

import numpy as np
from numpy import ndarray

from minicnn.kernels.primitives.chunks import sum_chunk_count, sum_partials
from minicnn.kernels.primitives.copies import (
    BYTES,
    clear,
    crop_image,
    pad_image,
    prefetch,
    stream_copy,
    use_streaming_stores,
)
from minicnn.kernels.primitives.matmul import gemm, offsets
from minicnn.kernels.primitives.packed_groups import (
    MIN_CHANNELS,
    groups_per_pack,
    pack_groups,
    unpack_groups,
)
from minicnn.kernels.primitives.packed_windows import (
    Packing,
    pack,
    packing,
    unpack,
    windows_per_pack,
)
from minicnn.kernels.primitives.relu_mask import apply_relu_mask, relu_mask_shape, write_relu_mask
from minicnn.kernels.primitives.simd import LANES, address, load, load_at, store, store_at
from minicnn.kernels.primitives.transpose import transpose
from minicnn.kernels.runtime import memory_pool, parallel
from minicnn.kernels.runtime.jit import njit_inline, njit_kernel
from minicnn.kernels.runtime.scratch import scratch
from minicnn.kernels.runtime.task_slot import parallel_for, parallel_kernel, task
from minicnn.ops.convolution import Pair, output_shape
from minicnn.ops.windows import effective_size, padding_amounts

TILE_BYTES = 1 << 17  # of the gradients of a tile of windows: an eighth of a second-level cache
F32 = np.dtype(np.float32)

Shape = tuple[int, ...]


class Geometry(NamedTuple):
    """The sizes that the kernels need."""

    height: int  # of the image
    width: int
    top: int  # padding before
    left: int
    padded_height: int  # of the image with its padding
    padded_width: int
    tile: int  # windows that are processed together
    run: int  # elements of a window that are contiguous in memory
    groups: int


class Windows(NamedTuple):
    """Where windows and their elements are in a padded image."""

    geometry: tuple[int, ...]  # a `Geometry`; numba takes a plain tuple three times faster
    window_offsets: ndarray  # (windows,) int64, in bytes
    element_offsets: ndarray  # (elements of a window and group,)


class Plan(NamedTuple):
    """Values that depend on shapes only, computed once."""

    group_packing: tuple[int, int]  # groups, and how many are packed into one
    packing: Packing
    windows: Windows
    x: Shape  # (images, pixels, channels)
    y: Shape  # (images, windows, filters)
    y_shape: Shape  # (images, rows, columns, filters)
    mask: Shape
    matrix: Shape  # the kernel's: (elements of a window, filters)
    dy_offsets: tuple[ndarray, ndarray]  # of a tile's rows and columns
    bounds: ndarray  # of the chunks of images
    partials: Shape  # of each chunk: the kernel's gradient, and the bias' in a last row
    scratch: tuple[Shape, ...]
    backward_scratch: tuple[Shape, ...]
    no_bias: ndarray  # (filters,) zeros
    no_dx: ndarray  # of no images
    backward: "Plan | None" = None  # if it packs groups in another way


def forward(
    plan: Plan, x: ndarray, kernel: ndarray, bias: ndarray, relu: bool, y: ndarray, mask: ndarray
) -> None:
    """Compute y and the ReLU mask."""
    if plan.group_packing[1] > 1:
        kernel = pack_groups(kernel, *plan.group_packing)
    if plan.packing.windows > 1:
        kernel, bias = pack(kernel, bias, plan.packing)
    matrix = kernel.reshape(plan.matrix)
    parallel.parallel_for(
        _forward, len(x), x, matrix, bias.reshape(1, -1), relu, *plan.windows, y,
        use_streaming_stores(y), mask, *scratch(*plan.scratch),
    )  # fmt: skip


def backward(
    plan: Plan, dy: ndarray, x: ndarray, kernel: ndarray, mask: ndarray, dx: ndarray
) -> tuple[ndarray, ndarray]:
    """Compute dx, if it has images, and return dkernel and dbias."""
    plan = plan.backward or plan
    total = _backward_pass(plan, dy, x, kernel, mask, dx, plan.partials)
    dkernel, dbias = total[:-1], total[-1]
    if plan.packing.windows > 1:
        dkernel, dbias = unpack(dkernel, dbias, plan.packing)
    groups, packed = plan.group_packing
    if packed > 1:
        dkernel = unpack_groups(dkernel, kernel.shape, groups, packed)
    return dkernel, dbias


def input_gradient(plan: Plan, dy: ndarray, kernel: ndarray, dx: ndarray) -> None:
    """Compute only dx, of a convolution without ReLU."""
    chunks, _, filters = plan.partials
    mask = memory_pool.empty(plan.mask, np.dtype(np.uint16))
    _backward_pass(plan, dy, dx, kernel, mask, dx, (chunks, 1, filters))  # x is not read


def _backward_pass(
    plan: Plan,
    dy: ndarray,
    x: ndarray,
    kernel: ndarray,
    mask: ndarray,
    dx: ndarray,
    partials_shape: Shape,
) -> ndarray:
    """Compute dx, and return dkernel and dbias, in a last row, of packed windows."""
    if plan.group_packing[1] > 1:
        kernel = pack_groups(kernel, *plan.group_packing)
    if plan.packing.windows > 1:
        kernel, _ = pack(kernel, plan.no_bias, plan.packing)
    partials, total = memory_pool.empty(partials_shape), memory_pool.empty(partials_shape[1:])
    parallel.parallel_for(
        run_backward, len(partials), kernel.reshape(plan.matrix),
        memory_pool.empty(plan.matrix[::-1]), partials, total, dy, mask, x, *plan.windows,
        *plan.dy_offsets, plan.bounds, dx, use_streaming_stores(dx), *scratch(*plan.backward_scratch),
    )  # fmt: skip
    return total


@lru_cache(maxsize=256)
def make_plan(
    x_shape: Shape,
    kernel_shape: Shape,
    strides: Pair,
    padding: str,
    dilation_rate: Pair,
    groups: int,
    relu: bool,
) -> Plan:
    """Compute what depends on shapes only."""
    options = x_shape, kernel_shape, strides, padding, dilation_rate, groups, relu
    pixels = x_shape[0] * x_shape[1] * x_shape[2]
    packed, packed_backward = (
        groups_per_pack(kernel_shape, groups, pixels, least) for least in (1, MIN_CHANNELS)
    )
    plan = _plan(packed, *options)
    return (
        plan
        if packed == packed_backward
        else plan._replace(backward=_plan(packed_backward, *options))
    )


def _plan(
    packed_groups: int,
    x_shape: Shape,
    kernel_shape: Shape,
    strides: Pair,
    padding: str,
    dilation_rate: Pair,
    groups: int,
    relu: bool,
) -> Plan:
    """Compute a plan that packs so many groups into one."""
    images, height, width, channels = x_shape
    group_packing = groups, packed_groups
    groups //= packed_groups
    kernel_shape = (*kernel_shape[:2], channels // groups, kernel_shape[3])
    y_shape = output_shape(x_shape, kernel_shape, strides, padding, dilation_rate)
    before = tuple(
        padding_amounts(size, window, stride, padding, dilation)[0]
        for size, window, stride, dilation in zip(
            (height, width), kernel_shape[:2], strides, dilation_rate, strict=True
        )
    )
    can_pack = groups == dilation_rate[1] == 1
    packed = (
        windows_per_pack(kernel_shape[3], y_shape[2], kernel_shape[1], strides[1])
        if can_pack
        else 1
    )
    pack_shapes = packing(packed, kernel_shape, strides[1])
    filters = packed * kernel_shape[3]
    windows = _find_windows(
        x_shape[1:], before, (y_shape[1], y_shape[2] // packed),
        (kernel_shape[0], pack_shapes.width, kernel_shape[2], filters),
        (strides[0], packed * strides[1]), dilation_rate, groups,
    )  # fmt: skip
    geometry, elements = Geometry(*windows.geometry), len(windows.element_offsets)
    is_padded = geometry[:2] != geometry[4:6]
    padded = (geometry.padded_height * geometry.padded_width if is_padded else 0, channels)
    bounds, tile = np.array(parallel.partial_bounds(images)), (geometry.tile, filters)
    return Plan(
        group_packing,
        pack_shapes,
        windows,
        x=(images, height * width, channels),
        y=(images, len(windows.window_offsets), filters),
        y_shape=y_shape,
        mask=relu_mask_shape((images, y_shape[1], y_shape[2] // packed, filters), relu),
        matrix=(elements, filters),
        dy_offsets=(offsets(geometry.tile, filters), offsets(filters // groups)),
        bounds=bounds,
        partials=(len(bounds) - 1, elements + 1, filters),
        scratch=(padded, tile),
        backward_scratch=(padded, tile, padded, (geometry.tile, elements)),
        no_bias=np.zeros(kernel_shape[3], F32),
        no_dx=np.empty((0, 1, channels), F32),
    )


def _find_windows(
    image_shape: Shape,
    before: Shape,
    counts: Pair,
    kernel_shape: Shape,
    strides: Pair,
    dilation_rate: Pair,
    groups: int,
) -> Windows:
    """Find the windows of an image (height, width, channels)."""
    height, width, channels = image_shape
    padded = [
        max((count - 1) * stride + effective_size(window, dilation), margin + size)
        for size, margin, count, window, stride, dilation in zip(
            (height, width), before, counts, kernel_shape[:2], strides, dilation_rate, strict=True
        )
    ]
    line, pixel = padded[1] * channels * BYTES, channels * BYTES
    window_offsets = _outer_sum(
        np.arange(counts[0]) * strides[0] * line, np.arange(counts[1]) * strides[1] * pixel
    )
    element_offsets = _outer_sum(
        np.arange(kernel_shape[0]) * dilation_rate[0] * line,
        np.arange(kernel_shape[1]) * dilation_rate[1] * pixel,
        offsets(kernel_shape[2]),
    )
    contiguous_pixels = kernel_shape[1] if dilation_rate[1] == groups == 1 else 1
    geometry = Geometry(
        height, width, before[0], before[1], padded[0], padded[1],
        max(TILE_BYTES // (BYTES * max(len(element_offsets), kernel_shape[3])), 1),
        contiguous_pixels * kernel_shape[2], groups,
    )  # fmt: skip
    return Windows(tuple(geometry), window_offsets, element_offsets)


def _outer_sum(*axes: ndarray) -> ndarray:
    """Return all sums of one element of each axis, the last axis varying fastest."""
    total = np.zeros(1, np.int64)
    for axis in axes:
        total = np.add.outer(total, axis).reshape(-1)
    return total


@njit_inline
def _add_windows(dwindows, window_offsets, element_offsets, run, dimage):
    """Add the gradients of windows to the pixels they cover."""
    for p in range(len(window_offsets)):
        first = address(dimage) + window_offsets[p]
        for k in range(0, len(element_offsets), run):
            for c in range(0, run, LANES):
                n, at = min(LANES, run - c), first + element_offsets[k] + c * BYTES
                store_at(load_at(at, n) + load(dwindows, p, k + c, n), at, n)


@njit_inline
def _mask_gradient(dy, mask, first, masked, dbias):
    """Copy the gradient of a tile that starts at window `first`, masked by ReLU; accumulate dbias."""
    for f in range(0, dy.shape[1], LANES):
        n = min(LANES, dy.shape[1] - f)
        total = load(dbias, 0, f, n)
        for p in range(len(dy)):
            grad = apply_relu_mask(mask, first + p, f, load(dy, p, f, n))
            store(grad, masked, p, f, n)
            total = total + grad
        store(total, dbias, 0, f, n)


@parallel_kernel
def _forward(
    x, kernel, bias, relu, geometry, window_offsets, element_offsets, y, streaming, mask,
    all_padded, all_results, start, stop, thread_id,
):  # fmt: skip
    """Convolve the images `start` … `stop`."""
    height, width, top, left, padded_height, padded_width, tile, _, groups = geometry
    padded, result = all_padded[thread_id], all_results[thread_id]
    channels, filters = x.shape[2] // groups, kernel.shape[1] // groups  # of a group
    for n in range(start, stop):
        image = pad_image(x[n], height, width, top, left, padded, padded_height, padded_width)
        for first in range(0, len(window_offsets), tile):
            end = min(first + tile, len(window_offsets))
            out = result if streaming else y[n][first:]
            for group in range(groups):
                c, f = group * channels, group * filters
                gemm(
                    image[:, c : c + channels], window_offsets[first:end], element_offsets,
                    kernel[:, f : f + filters], bias[:, f : f + filters], True, relu,
                    out[: end - first, f : f + filters],
                )  # fmt: skip
            write_relu_mask(out, end - first if relu else 0, mask[n], first)
            if streaming:
                stream_copy(result, 0, y[n], first, (end - first) * y.shape[2], True)


@njit_inline
def _backward(
    transposed, partials, dy, mask, x, geometry, window_offsets, element_offsets,
    dy_row_offsets, dy_column_offsets, bounds, dx, streaming,
    all_padded, all_dy, all_dpadded, all_dwindows, start, stop, thread_id,
):  # fmt: skip
    """Compute the gradients of the chunks `start` … `stop` of images, with partial sums for each."""
    height, width, top, left, padded_height, padded_width, tile, run, groups = geometry
    padded, dpadded = all_padded[thread_id], all_dpadded[thread_id]
    masked_dy, dwindows = all_dy[thread_id], all_dwindows[thread_id]
    channels, filters = x.shape[2] // groups, len(transposed) // groups  # of a group
    rows, input_gradient = partials.shape[1] - 1, len(dx) > 0  # no rows: only dx
    for chunk in range(start, stop):
        dkernel, dbias = partials[chunk, :rows], partials[chunk, rows:]
        clear(partials[chunk], 0, partials[chunk].size)
        for n in range(bounds[chunk], bounds[chunk + 1]):
            image = padded
            if rows > 0:
                image = pad_image(
                    x[n], height, width, top, left, padded, padded_height, padded_width
                )
            dimage = dpadded if len(dpadded) > 0 else dx[n if input_gradient else 0]
            clear(dimage, 0, dimage.size if input_gradient else 0)
            for first in range(0, len(window_offsets), tile):
                end = min(first + tile, len(window_offsets))
                count, tile_offsets = end - first, window_offsets[first:end]
                prefetch(dy[n], first, end, masked_dy)
                _mask_gradient(dy[n][first:end], mask[n], first, masked_dy, dbias)
                for group in range(groups):
                    c, f = group * channels, group * filters
                    group_dy = masked_dy[:count, f : f + filters]
                    if rows > 0:  # the transpose of the windows times dy
                        total = dkernel[:, f : f + filters]
                        gemm(
                            image[:, c : c + channels], element_offsets, tile_offsets, group_dy,
                            total, True, False, total,
                        )  # fmt: skip
                    if input_gradient:
                        gemm(
                            group_dy, dy_row_offsets[:count], dy_column_offsets,
                            transposed[f : f + filters], dwindows, False, False, dwindows[:count],
                        )  # fmt: skip
                        dgroup = dimage[:, c : c + channels]
                        _add_windows(dwindows, tile_offsets, element_offsets, run, dgroup)
            if input_gradient and len(dpadded) > 0:
                crop_image(
                    dpadded, padded_height, padded_width, top, left, dx[n], height, width, streaming
                )


@njit_kernel
def run_backward(slot, count, divisor, kernel, transposed, partials, total, *arguments):
    """Compute the gradients on all threads."""
    transpose(kernel, transposed)
    parallel_for(slot, count, divisor, *task(_backward, (transposed, partials, *arguments)))
    parallel_for(slot, sum_chunk_count(total), divisor, *task(sum_partials, (partials, total)))
