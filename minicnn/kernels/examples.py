"""A shuffled batch, cut fast: rows from all over the data, copied as bytes, on all cores.

Same name, signature and results as `minicnn.ops.examples`.

The data are larger than any cache, and where the next row lies the CPU cannot foresee. While a row is
copied, the next is therefore asked for.
"""

from typing import Any

import numpy as np
from llvmlite import ir
from numba import types
from numba.core import cgutils
from numba.extending import intrinsic
from numpy import ndarray

from minicnn.kernels.primitives.simd import LANES, load_at, store_at
from minicnn.kernels.runtime import memory_pool as recycled
from minicnn.kernels.runtime import parallel
from minicnn.kernels.runtime.array_objects import data_address
from minicnn.kernels.runtime.jit import kernel as compiled
from minicnn.kernels.runtime.jit import part
from minicnn.kernels.runtime.task_slot import job, share
from minicnn.ops import reference

I64 = np.dtype(np.int64)
LEAST = 1 << 17  # bytes; of less, NumPy has copied most by the time a kernel is called and shared
SHORTEST = 512  # bytes of an example, likewise
PIECE = 1 << 14  # bytes
VECTOR = 4 * LANES  # bytes


def take_examples(array: ndarray, order: ndarray) -> ndarray:
    """Copy the examples of these numbers; see `minicnn.ops.examples.take_examples`."""
    size = array.nbytes // max(len(array), 1)
    pays = size >= SHORTEST and size * len(order) >= LEAST
    if not (pays and _are_plain(array, order) and _are_within(order, len(array))):
        return reference.take_examples(array, order)
    taken = recycled.empty((len(order), *array.shape[1:]), array.dtype)
    rows = max(PIECE // size, 1)  # of a piece
    parallel.run(_share_take, -(-len(order) // rows), id(array), order, id(taken), size, rows)
    return taken


def _are_plain(array: ndarray, order: ndarray) -> bool:
    """Whether the examples are bytes side by side, and the numbers as the kernel takes them."""
    bytes_alone = array.flags.c_contiguous and not array.dtype.hasobject
    numbers_alone = order.dtype == I64 and order.ndim == 1 and order.flags.carray
    return type(array) is ndarray and bytes_alone and numbers_alone


@compiled
def _are_within(order, count):
    """Whether there is an example of each number."""
    within = True
    for number in order:
        within &= 0 <= number < count
    return within


@part
def _take(array, order, taken, size, rows, low, high, thread):
    """Copy the pieces `low` … `high`, of so many rows, by the addresses of both arrays."""
    source, target, last = data_address(array), data_address(taken), size - VECTOR
    for i in range(low * rows, min(high * rows, len(order))):
        row, to = source + order[i] * size, target + i * size
        following = source + order[min(i + 1, len(order) - 1)] * size
        for at in range(0, last, VECTOR):
            _prefetch(following + at)
            store_at(load_at(row + at, LANES), to + at, LANES)
        store_at(load_at(row + last, LANES), to + last, LANES)


@intrinsic
def _prefetch(typing: Any, address: Any) -> Any:
    """Ask for the line of the cache at an address, and go on."""

    def emit(context: Any, builder: Any, signature: Any, arguments: Any) -> Any:
        number, byte = ir.IntType(32), ir.IntType(8).as_pointer()
        kind = ir.FunctionType(ir.VoidType(), [byte, number, number, number])
        function = cgutils.get_or_insert_function(builder.module, kind, "llvm.prefetch.p0")
        to_read, nearest, of_data = (ir.Constant(number, value) for value in (0, 3, 1))
        place = builder.inttoptr(arguments[0], byte)
        builder.call(function, [place, to_read, nearest, of_data])
        return context.get_dummy_value()

    return types.void(types.intp), emit


@compiled
def _share_take(board, count, step, *arguments):
    share(board, count, step, *job(_take, arguments))
