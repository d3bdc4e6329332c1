"""Transpose a matrix in register-sized blocks.

Element by element, either the reads or the writes would be a whole row apart. A block of as many rows
and columns as a vector has lanes is transposed in registers instead, and read and written in rows.
"""

from typing import Any

from llvmlite import ir
from numba import types

from minicnn.kernels.primitives.simd import (
    I32,
    LANES,
    Array,
    instruction,
    masked_load,
    masked_store,
)
from minicnn.kernels.runtime.jit import njit_for


@instruction(types.void, Array, types.intp, types.intp, Array, types.intp, types.intp)
def _transpose_block(builder, source, row, column, target, rows, columns):
    """Write at most LANES × LANES elements from (row, column) on of `source` to `target`."""
    zero, numbers = row.type(0), [row.type(number) for number in range(LANES)]
    block = []
    for number in numbers:
        pointer = source.vector_pointer(builder, builder.add(row, number), column)
        count = builder.select(builder.icmp_signed("<", number, rows), columns, zero)
        block.append(masked_load(builder, pointer, count))
    for number, line in zip(numbers, _transposed(builder, block), strict=True):
        pointer = target.vector_pointer(builder, builder.add(column, number), row)
        count = builder.select(builder.icmp_signed("<", number, columns), rows, zero)
        masked_store(builder, line, pointer, count)


def _transposed(builder: Any, block: list[Any]) -> list[Any]:
    """Emit the columns of the matrix whose rows are these vectors."""
    distance = LANES // 2
    while distance > 0:
        upper = [lane if lane & distance == 0 else LANES + lane - distance for lane in range(LANES)]
        lower = [lane + distance if lane & distance == 0 else LANES + lane for lane in range(LANES)]
        exchanged = list(block)
        for row in range(LANES):
            if row & distance == 0:
                pair = block[row], block[row + distance]
                for to, lanes in ((row, upper), (row + distance, lower)):
                    order = ir.Constant(ir.VectorType(I32, LANES), lanes)
                    exchanged[to] = builder.shuffle_vector(*pair, order)
        block, distance = exchanged, distance // 2
    return block


@njit_for("void(f4[:, :], f4[:, :])")
def transpose(source: Any, target: Any) -> None:
    """Write (rows, columns) elements to (columns, rows); both have contiguous rows."""
    rows, columns = source.shape
    for i in range(0, rows, LANES):
        for j in range(0, columns, LANES):
            _transpose_block(source, i, j, target, min(LANES, rows - i), min(LANES, columns - j))
