"""What arrays say of themselves, read in compiled code.

To ask an array for its address takes Python a microsecond, and to hand it to a compiled function a third
of one; an optimizer has dozens of arrays, most of them small. In CPython, for which alone numba
compiles, the `id` of an object is its address, and there an array begins with:

    reference count, type | numbers' address, axes, sizes, strides, base, dtype, flags

and a dtype, of which there may be several that are equal, with:

    reference count, type | scalar type, letters for kind and byte order, flags, number of the kind

(`PyArrayObject_fields` and `_PyArray_Descr` in NumPy's header ndarraytypes.h). Extensions read these
fields in place, which is why NumPy keeps them where they are. Whoever takes an `id` holds on to the
array while it is in use.
"""

from typing import Any

import numpy as np
from llvmlite import ir
from numba import types
from numba.extending import intrinsic
from numpy import ndarray

from minicnn.kernels.runtime.jit import part

HEAD = object.__basicsize__  # bytes of what every object begins with; the last word is its type
TYPE, DATA, AXES, SIZES, DTYPE, FLAGS = HEAD - 8, HEAD, HEAD + 8, HEAD + 16, HEAD + 40, HEAD + 48
KIND = HEAD + 8  # of a dtype: one word from the letters to the number
PLAIN = 0x0001 | 0x0100 | 0x0400  # NumPy's flags: rows side by side, aligned, writeable

PLAIN_FLOAT32 = id(ndarray), id(np.dtype(np.float32))
"""What `is_plain` asks for. It differs from process to process: an argument, never compiled in."""


def _reader(bits: int) -> Any:
    """Return the intrinsic that reads a whole number of so many bits at an address."""

    @intrinsic
    def read(typing: Any, address: Any) -> Any:
        def emit(context: Any, builder: Any, signature: Any, arguments: Any) -> Any:
            place = builder.inttoptr(arguments[0], ir.IntType(bits).as_pointer())
            return builder.sext(builder.load(place), ir.IntType(64))

        return types.intp(types.intp), emit

    return read


_word, _int = _reader(64), _reader(32)


@part
def is_plain(array, wanted):
    """Whether the object at this address is an array, of that type and dtype, in the plain layout."""
    array_type, dtype = wanted
    if _word(array + TYPE) != array_type:
        return False
    same_kind = _word(_word(array + DTYPE) + KIND) == _word(dtype + KIND)
    return same_kind and _int(array + FLAGS) & PLAIN == PLAIN


@part
def data_address(array):
    """Return where an array's first number is in memory."""
    return _word(array + DATA)


@part
def count_numbers(array):
    """Return how many numbers an array has."""
    sizes, count = _word(array + SIZES), 1
    for axis in range(_int(array + AXES)):
        count *= _word(sizes + axis * 8)
    return count


@part
def are_of_one_shape(array, other):
    """Whether two arrays have the same axes, of the same sizes."""
    axes = _int(array + AXES)
    if _int(other + AXES) != axes:
        return False
    sizes, others, same = _word(array + SIZES), _word(other + SIZES), True
    for axis in range(axes):
        same &= _word(sizes + axis * 8) == _word(others + axis * 8)
    return same
