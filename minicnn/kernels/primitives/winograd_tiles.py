"""Winograd transforms: kernels and images to tiles, tiles to images, and their transposes.

`minicnn.kernels.winograd` defines U, V, M and W and combines the transforms. They process one vector of
channels, or filters, at a time; a row of an array is a pixel, or an element of a tile.

Reference: Lavin & Gray 2015, "Fast algorithms for convolutional neural networks", arXiv:1509.09308,
section 4.2.
"""

import numpy as np

from minicnn.kernels.primitives.relu_mask import apply_relu_mask
from minicnn.kernels.primitives.simd import LANES, load, maximum, splat, store
from minicnn.kernels.primitives.transpose import transpose
from minicnn.kernels.runtime.jit import njit_for, njit_inline

TILE = 4  # height and width of the output of a tile
SPAN = 6  # height and width of its input
F32 = np.float32
PIXELS, MASK = "f4[:, ::1]", "u2[:, ::1]"  # numba's types of arrays

# Products with the constant matrices, written as sums


@njit_inline
def _times_bt(d0, d1, d2, d3, d4, d5):
    """Bᵗ d: six input pixels to six elements of V."""
    even, odd = d4 - F32(4) * d2, d3 - F32(4) * d1
    near, far = d4 - d2, F32(2) * (d3 - d1)
    first = F32(4) * d0 - F32(5) * d2 + d4
    last = F32(4) * d1 - F32(5) * d3 + d5
    return first, even + odd, even - odd, near + far, near - far, last


@njit_inline
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


@njit_inline
def _times_at(m0, m1, m2, m3, m4, m5):
    """Aᵗ m: six elements of M to four output pixels."""
    sum12, diff12, sum34, diff34 = m1 + m2, m1 - m2, m3 + m4, m3 - m4
    return (
        m0 + sum12 + sum34,
        diff12 + F32(2) * diff34,
        sum12 + F32(4) * sum34,
        diff12 + F32(8) * diff34 + m5,
    )


@njit_inline
def _times_a(y0, y1, y2, y3):
    """A y: the transpose of `_times_at`, for the gradient."""
    even, odd = y0 + y2, y1 + y3
    even2, odd2 = y0 + F32(4) * y2, F32(2) * y1 + F32(8) * y3
    return y0, even + odd, even - odd, even2 + odd2, even2 - odd2, y3


@njit_inline
def _times_g(w0, w1, w2):
    """G w: three kernel taps to six elements of U."""
    even, odd = F32(-1 / 6) * (w0 + w2), F32(-1 / 6) * w1
    even2, odd2 = F32(1 / 24) * w0 + F32(1 / 6) * w2, F32(1 / 12) * w1
    return F32(1 / 4) * w0, even + odd, even - odd, even2 + odd2, even2 - odd2, w2


@njit_inline
def _times_gt(u0, u1, u2, u3, u4, u5):
    """Gᵗ u: the transpose of `_times_g`, for the gradient."""
    sum12, sum34 = F32(1 / 6) * (u1 + u2), u3 + u4
    return (
        F32(1 / 4) * u0 - sum12 + F32(1 / 24) * sum34,
        F32(1 / 6) * (u2 - u1) + F32(1 / 12) * (u3 - u4),
        F32(1 / 6) * sum34 - sum12 + u5,
    )


# Load and store six rows of an array, `step` apart


@njit_inline
def _six(array, row, step, c, count):
    return (
        load(array, row, c, count),
        load(array, row + step, c, count),
        load(array, row + 2 * step, c, count),
        load(array, row + 3 * step, c, count),
        load(array, row + 4 * step, c, count),
        load(array, row + 5 * step, c, count),
    )


@njit_inline
def _store_six(vectors, array, row, step, c, count):
    v0, v1, v2, v3, v4, v5 = vectors
    store(v0, array, row, c, count)
    store(v1, array, row + step, c, count)
    store(v2, array, row + 2 * step, c, count)
    store(v3, array, row + 3 * step, c, count)
    store(v4, array, row + 4 * step, c, count)
    store(v5, array, row + 5 * step, c, count)


# Kernels to tiles and back; `kernel` is (9·channels, filters), U is (36·channels, filters)


@njit_inline
def transpose_kernel(kernel, transposed):
    """Swap channels and filters: `transposed` is (9·filters, channels)."""
    channels, filters = len(kernel) // 9, kernel.shape[1]
    for tap in range(9):
        c, f = tap * channels, tap * filters
        transpose(kernel[c : c + channels], transposed[f : f + filters])


@njit_inline
def transform_kernel(kernel, U, scratch, start, stop, thread_id):
    """U = G w Gᵗ for channels `start` … `stop`; `scratch` holds G w, (threads, 18, filters)."""
    channels, filters, half = len(kernel) // 9, kernel.shape[1], scratch[thread_id]
    for c in range(start, stop):
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


@njit_for(f"void({PIXELS}, {PIXELS}, {PIXELS})")
def kernel_gradient(dU, dkernel, half):
    """Dw = Gᵗ dU G, for every channel and filter; `half` is scratch for Gᵗ dU, (18, filters)."""
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


# Images to tiles and back, one row of tiles at a time. `lines` is scratch for six lines of pixels: the
# product with the first of the two matrices.


@njit_for(f"void({PIXELS}, i8, i8, i8, {PIXELS}, i8, {PIXELS}, i8)")
def input_tiles(image, width, row, columns, lines, first, V, tiles):
    """V = Bᵗ x B for one row of tiles, which has the indices from `first` on in a block of `tiles`."""
    channels = image.shape[1]
    for c in range(0, channels, LANES):
        n = min(LANES, channels - c)
        for j in range(width):  # Bᵗ x
            rows = _six(image, row * TILE * width + j, width, c, n)
            _store_six(_times_bt(*rows), lines, j, width, c, n)
        for i in range(SPAN):  # (Bᵗ x) B
            for column in range(columns):
                rows = _six(lines, i * width + column * TILE, 1, c, n)
                _store_six(_times_bt(*rows), V, i * SPAN * tiles + first + column, tiles, c, n)


@njit_for(f"void({PIXELS}, {PIXELS}, b1, {PIXELS}, i8, i8, i8, {PIXELS}, i8, i8)")
def output_tiles(M, bias, relu, y, height, width, columns, lines, first, tiles):
    """Y = Aᵗ M A + bias, with ReLU if `relu`, for one row of tiles: `height` lines of pixels."""
    filters, line = y.shape[1], columns * TILE
    low = splat(F32(0) if relu else F32(-np.inf))
    for f in range(0, filters, LANES):
        n = min(LANES, filters - f)
        added = load(bias, 0, f, n)
        for i in range(SPAN):  # M A
            for column in range(columns):
                rows = _six(M, i * SPAN * tiles + first + column, tiles, f, n)
                m0, m1, m2, m3 = _times_at(*rows)
                to = i * line + column * TILE
                store(m0, lines, to, f, n)
                store(m1, lines, to + 1, f, n)
                store(m2, lines, to + 2, f, n)
                store(m3, lines, to + 3, f, n)
        for j in range(width):  # Aᵗ (M A)
            y0, y1, y2, y3 = _times_at(*_six(lines, j, line, f, n))
            store(maximum(y0 + added, low), y, j, f, n)
            store(maximum(y1 + added, low), y, j + width, f, n if height > 1 else 0)
            store(maximum(y2 + added, low), y, j + 2 * width, f, n if height > 2 else 0)
            store(maximum(y3 + added, low), y, j + 3 * width, f, n if height > 3 else 0)


@njit_inline
def _masked_gradient(dy, mask, pixel, f, count):
    """Return the gradient of a pixel before ReLU; 0 for a pixel outside, whose `count` is 0."""
    return apply_relu_mask(mask, pixel if count > 0 else 0, f, load(dy, pixel, f, count))


@njit_for(f"void({PIXELS}, {MASK}, i8, i8, i8, i8, {PIXELS}, i8, {PIXELS}, i8, {PIXELS})")
def gradient_tiles(dy, mask, height, width, row, columns, lines, first, W, tiles, dbias):
    """W = A dy Aᵗ for one row of tiles, with dy masked by ReLU; also accumulates dbias."""
    filters, line = dy.shape[1], columns * TILE
    for f in range(0, filters, LANES):
        n = min(LANES, filters - f)
        total = load(dbias, 0, f, n)
        for j in range(line):  # A dy; pixels outside the image are 0
            inside, pixel = n if j < width else 0, row * TILE * width + j
            bottom = height - row * TILE
            d0 = _masked_gradient(dy, mask, pixel, f, inside)
            d1 = _masked_gradient(dy, mask, pixel + width, f, inside if bottom > 1 else 0)
            d2 = _masked_gradient(dy, mask, pixel + 2 * width, f, inside if bottom > 2 else 0)
            d3 = _masked_gradient(dy, mask, pixel + 3 * width, f, inside if bottom > 3 else 0)
            total = total + ((d0 + d1) + (d2 + d3))
            _store_six(_times_a(d0, d1, d2, d3), lines, j, line, f, n)
        store(total, dbias, 0, f, n)
        for i in range(SPAN):  # (A dy) Aᵗ
            for column in range(columns):
                at = i * line + column * TILE
                rows = _times_a(
                    load(lines, at, f, n), load(lines, at + 1, f, n),
                    load(lines, at + 2, f, n), load(lines, at + 3, f, n),
                )  # fmt: skip
                _store_six(rows, W, i * SPAN * tiles + first + column, tiles, f, n)


@njit_inline
def _add_and_store(vectors, array, row, step, c, count):
    """Add the first two of six vectors, which overlap the previous tile; store the others."""
    v0, v1, v2, v3, v4, v5 = vectors
    v0 = v0 + load(array, row, c, count)
    v1 = v1 + load(array, row + step, c, count)
    _store_six((v0, v1, v2, v3, v4, v5), array, row, step, c, count)


@njit_for(f"void({PIXELS}, i8, i8, i8, {PIXELS}, i8, i8, {PIXELS})")
def add_input_gradient(dV, width, row, columns, lines, first, tiles, dimage):
    """Add B dV Bᵗ for one row of tiles to the image's gradient; tiles overlap by two pixels."""
    channels = dimage.shape[1]
    for c in range(0, channels, LANES):
        n = min(LANES, channels - c)
        zeros = splat(F32(0))
        for i in range(SPAN):  # dV Bᵗ
            store(zeros, lines, i * width, c, n)
            store(zeros, lines, i * width + 1, c, n)
            for column in range(columns):
                rows = _six(dV, i * SPAN * tiles + first + column, tiles, c, n)
                _add_and_store(_times_b(*rows), lines, i * width + column * TILE, 1, c, n)
        for j in range(width):  # B (dV Bᵗ)
            rows = _six(lines, j, width, c, n)
            _add_and_store(_times_b(*rows), dimage, row * TILE * width + j, width, c, n)
