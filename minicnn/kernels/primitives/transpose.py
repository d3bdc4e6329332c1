"""A matrix turned over, as the second operand of a product must lie.

Number by number, reading or writing would go through memory in steps of a whole row. Here a block of
as many rows and columns as a vector has numbers is turned over in registers, and read and written in
rows.
"""

from typing import Any

from llvmlite import ir
from numba import types
from numba.extending import intrinsic

from minicnn.kernels.primitives.simd import INT, LANES, cell_address, masked_load, masked_store
from minicnn.kernels.runtime.jit import part_of


@intrinsic
def _transpose_block(
    typing: Any, a: Any, row: Any, column: Any, b: Any, i: Any, j: Any, rows: Any, columns: Any
) -> Any:
    """Transpose a block of at most LANES × LANES numbers from one 2-D array to another."""

    def emit(context: Any, builder: Any, signature: Any, arguments: Any) -> Any:
        source, row, column, target, i, j, rows, columns = arguments
        zero, numbers = row.type(0), [row.type(number) for number in range(LANES)]
        block = []
        for number in numbers:
            place = cell_address(context, builder, a, source, builder.add(row, number), column)
            count = builder.select(builder.icmp_signed("<", number, rows), columns, zero)
            block.append(masked_load(builder, place, count))
        for number, line in zip(numbers, _transposed(builder, block), strict=True):
            place = cell_address(context, builder, b, target, builder.add(i, number), j)
            count = builder.select(builder.icmp_signed("<", number, columns), rows, zero)
            masked_store(builder, line, place, count)
        return context.get_dummy_value()

    return types.void(a, types.intp, types.intp, b, *[types.intp] * 4), emit


def _transposed(builder: Any, block: list[Any]) -> list[Any]:
    """Emit the columns of the matrix whose rows are these vectors."""
    far = LANES // 2
    while far > 0:
        upper = [lane if lane & far == 0 else LANES + lane - far for lane in range(LANES)]
        lower = [lane + far if lane & far == 0 else LANES + lane for lane in range(LANES)]
        exchanged = list(block)
        for row in range(LANES):
            if row & far == 0:
                pair = block[row], block[row + far]
                for to, lanes in ((row, upper), (row + far, lower)):
                    order = ir.Constant(ir.VectorType(INT, LANES), lanes)
                    exchanged[to] = builder.shuffle_vector(*pair, order)
        block, far = exchanged, far // 2
    return block


@part_of("void(f4[:, :], f4[:, :])")
def transpose(source: Any, target: Any) -> None:
    """Write (rows, columns) numbers to (columns, rows); both have contiguous rows."""
    rows, columns = source.shape
    for i in range(0, rows, LANES):
        for j in range(0, columns, LANES):
            down, across = min(LANES, rows - i), min(LANES, columns - j)
            _transpose_block(source, i, j, target, j, i, down, across)
