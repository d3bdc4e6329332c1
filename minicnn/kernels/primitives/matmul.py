"""Products of small float32 matrices, called from inside kernels, on one core.

A tile of the result stays in registers while it is summed: six rows of two vectors or, if few columns
are left, nine rows of one. Each step loads a row of `b` and multiplies it by one element of each row
of `a`. This is the inner kernel of every fast BLAS (Goto & van de Geijn 2008, "Anatomy of
high-performance matrix multiplication"). The copying to cache-sized blocks that BLAS adds is not
needed, because the operands are such blocks already. A call of BLAS for a matrix of 36 × 64 would
cost about as much as the product, and its speed depends on how BLAS was built.

Two tables of byte offsets tell where the elements of `a` are: a[i, k] is at row_offsets[i] +
column_offsets[k]. So `a` can be a matrix, its transpose (swap the tables), or all windows of an image,
which overlap and need not be copied (`minicnn.kernels.im2col`).
"""

from functools import lru_cache
from typing import Any

import numpy as np
from numba import types
from numba.core import cgutils
from numpy import ndarray

from minicnn.kernels.primitives import simd
from minicnn.kernels.primitives.simd import LANES, Array, address
from minicnn.kernels.runtime.jit import njit_for

F32 = np.float32
MATRIX, TABLE = "f4[:, :]", "i8[::1]"


@lru_cache(maxsize=1024)
def offsets(count: int, elements: int = 1) -> ndarray:
    """Return the byte offsets of `count` rows or columns that are so many elements apart."""
    return np.arange(count, dtype=np.int64) * (elements * F32(0).itemsize)


def _register_tile(rows: int, vectors: int) -> Any:
    """Return the instructions for a tile of the result, of at most `rows` × `vectors` registers."""

    def emit(
        builder, a, row_offsets, column_offsets, b, init, init_step, accumulate, low, out, i, j
    ):
        integer = i.type
        height, width, depth = (
            _shape(builder, out, 0),
            _shape(builder, out, 1),
            _shape(builder, b, 0),
        )
        last_row = builder.sub(height, integer(1))
        tile_rows = [_min(builder, builder.add(i, integer(n)), last_row) for n in range(rows)]
        a_rows = [builder.add(a, _element(builder, row_offsets, row)) for row in tile_rows]
        columns = [builder.add(j, integer(n * LANES)) for n in range(vectors)]
        counts = [builder.sub(width, column) for column in columns]

        sums = [
            [cgutils.alloca_once_value(builder, simd.ZEROS) for _ in columns] for _ in tile_rows
        ]
        with builder.if_then(accumulate):
            for row, row_sums in zip(tile_rows, sums, strict=True):
                for column, count, total in zip(columns, counts, row_sums, strict=True):
                    pointer = init.vector_pointer(builder, builder.mul(row, init_step), column)
                    builder.store(simd.masked_load(builder, pointer, count), total)

        with cgutils.for_range(builder, depth) as loop:
            offset = _element(builder, column_offsets, loop.index)
            b_row = [
                simd.masked_load(builder, b.vector_pointer(builder, loop.index, column), count)
                for column, count in zip(columns, counts, strict=True)
            ]
            for a_row, row_sums in zip(a_rows, sums, strict=True):
                pointer = builder.inttoptr(builder.add(a_row, offset), simd.F32.as_pointer())
                factor = simd.repeat(builder, builder.load(pointer, align=4))
                for factors, total in zip(b_row, row_sums, strict=True):
                    arguments = [factor, factors, builder.load(total)]
                    builder.store(simd.call(builder, f"fma.v{LANES}f32", arguments), total)

        lower_bound = simd.repeat(builder, low)

        def store(n: int, within: Any) -> None:
            for column, count, total in zip(columns, counts, sums[n], strict=True):
                value = simd.emit_maximum(builder, builder.load(total), lower_bound)
                pointer = out.vector_pointer(builder, tile_rows[n], column)
                simd.masked_store(builder, value, pointer, within(count))

        is_whole = builder.icmp_signed("<=", builder.add(i, integer(rows - 1)), last_row)
        with builder.if_else(is_whole) as (whole, partial):
            with whole:
                for n in range(rows):
                    store(n, lambda count: count)
            with partial:  # rows beyond the last store nothing
                for n in range(rows):
                    exists = builder.icmp_signed("<=", builder.add(i, integer(n)), last_row)
                    store(n, lambda count, e=exists: builder.select(e, count, integer(0)))

    operands = [
        types.intp, Array, Array, Array, Array, types.intp, types.boolean, types.float32, Array,
        types.intp, types.intp,
    ]  # fmt: skip
    return simd.instruction(types.void, *operands)(emit)


def _shape(builder: Any, array: Array, axis: int) -> Any:
    """Emit a size of an array."""
    view = array.context.make_array(array.type)(array.context, builder, array.value)
    return builder.extract_value(view.shape, axis)


def _element(builder: Any, table: Array, index: Any) -> Any:
    """Emit an element of a table."""
    return builder.load(table.pointer(builder, index))


def _min(builder: Any, a: Any, b: Any) -> Any:
    """Emit the smaller of two integers."""
    return builder.select(builder.icmp_signed("<", a, b), a, b)


# 6 × 2 sums, 2 vectors of b and 1 of a fill 15 of the 16 (AVX2) or 32 (AVX-512) registers; 9 × 1 sums
# are as many as leave an address register for each row
_tile_6x2, _tile_9x1 = _register_tile(6, 2), _register_tile(9, 1)


@njit_for(f"void({MATRIX}, {TABLE}, {TABLE}, {MATRIX}, {MATRIX}, b1, b1, {MATRIX})")
def gemm(a, row_offsets, column_offsets, b, init, accumulate, relu, out):
    """Set out = init + a @ b, clamped to ≥ 0 if `relu`; without `init` unless `accumulate`.

    `init` has the rows of `out`, which it may be, or a single one for all.
    """
    at, init_step = address(a), 1 if len(init) > 1 else 0
    low = F32(0) if relu else F32(-np.inf)
    for j in range(0, out.shape[1], 2 * LANES):
        if out.shape[1] - j > LANES:
            for i in range(0, out.shape[0], 6):
                _tile_6x2(
                    at, row_offsets, column_offsets, b, init, init_step, accumulate, low, out, i, j
                )
        else:
            for i in range(0, out.shape[0], 9):
                _tile_9x1(
                    at, row_offsets, column_offsets, b, init, init_step, accumulate, low, out, i, j
                )
