"""Numbers in memory that several threads read and write at once, for compiled code.

A *board* is a one-dimensional array of int64. Ordinary reading and writing may be put off, reordered
or left out by compiler and CPU, who think of one thread only; these may not (in LLVM's terms they are
sequentially consistent).
"""

import platform
from typing import Any

from llvmlite import ir
from numba import types
from numba.core import cgutils
from numba.extending import intrinsic

ORDER, ALIGNMENT = "seq_cst", 8  # bytes

PAUSES = {"x86_64": "llvm.x86.sse2.pause", "AMD64": "llvm.x86.sse2.pause"}
"""The instruction that tells a CPU that it waits for another, by the machine's name."""


def _place(context: Any, builder: Any, array_type: Any, array: Any, index: Any) -> Any:
    """Emit the address of ``board[index]``."""
    view = context.make_array(array_type)(context, builder, array)
    return builder.gep(view.data, [index])


@intrinsic
def read(typing: Any, board: Any, index: Any) -> Any:
    """Return ``board[index]`` as it is now."""

    def emit(context: Any, builder: Any, signature: Any, arguments: Any) -> Any:
        return builder.load_atomic(_place(context, builder, board, *arguments), ORDER, ALIGNMENT)

    return types.intp(board, types.intp), emit


@intrinsic
def write(typing: Any, board: Any, index: Any, value: Any) -> Any:
    """Set ``board[index]``, visible to all at once."""

    def emit(context: Any, builder: Any, signature: Any, arguments: Any) -> Any:
        place = _place(context, builder, board, *arguments[:2])
        builder.store_atomic(arguments[2], place, ORDER, ALIGNMENT)
        return context.get_dummy_value()

    return types.void(board, types.intp, types.intp), emit


@intrinsic
def add(typing: Any, board: Any, index: Any, value: Any) -> Any:
    """Add to ``board[index]`` in one step, and return what it was before."""

    def emit(context: Any, builder: Any, signature: Any, arguments: Any) -> Any:
        place = _place(context, builder, board, *arguments[:2])
        return builder.atomic_rmw("add", place, arguments[2], ORDER)

    return types.intp(board, types.intp, types.intp), emit


@intrinsic
def replace(typing: Any, board: Any, index: Any, old: Any, new: Any) -> Any:
    """Set ``board[index]`` to `new` if it is `old`, in one step, and return whether it was."""

    def emit(context: Any, builder: Any, signature: Any, arguments: Any) -> Any:
        place = _place(context, builder, board, *arguments[:2])
        before = builder.cmpxchg(place, *arguments[2:], ORDER, ORDER)
        return builder.extract_value(before, 1)

    return types.boolean(board, types.intp, types.intp, types.intp), emit


@intrinsic
def pause(typing: Any) -> Any:
    """Wait for a moment (some 30 ns), without giving up the core."""

    def emit(context: Any, builder: Any, signature: Any, arguments: Any) -> Any:
        if name := PAUSES.get(platform.machine()):
            kind = ir.FunctionType(ir.VoidType(), [])
            builder.call(cgutils.get_or_insert_function(builder.module, kind, name), [])
        return context.get_dummy_value()

    return types.void(), emit
