"""Sequentially consistent reads and writes of memory that threads share, for compiled code.

`words` is a one-dimensional array of int64. The compiler may not move, merge or drop these accesses.
"""

import os
import platform
from typing import Any

from llvmlite import ir
from numba import types
from numba.core import cgutils
from numba.extending import intrinsic

ORDER, ALIGNMENT = "seq_cst", 8  # bytes

PAUSES = {"x86_64": "llvm.x86.sse2.pause", "AMD64": "llvm.x86.sse2.pause"}
"""The instruction of a spin-wait loop, by machine."""


def _address(context: Any, builder: Any, array_type: Any, array: Any, index: Any) -> Any:
    """Emit the address of ``words[index]``."""
    view = context.make_array(array_type)(context, builder, array)
    return builder.gep(view.data, [index])


@intrinsic
def read(typing: Any, words: Any, index: Any) -> Any:
    """Return the current value of ``words[index]``."""

    def emit(context: Any, builder: Any, signature: Any, arguments: Any) -> Any:
        return builder.load_atomic(_address(context, builder, words, *arguments), ORDER, ALIGNMENT)

    return types.intp(words, types.intp), emit


@intrinsic
def write(typing: Any, words: Any, index: Any, value: Any) -> Any:
    """Set ``words[index]``, visible to all threads at once."""

    def emit(context: Any, builder: Any, signature: Any, arguments: Any) -> Any:
        address = _address(context, builder, words, *arguments[:2])
        builder.store_atomic(arguments[2], address, ORDER, ALIGNMENT)
        return context.get_dummy_value()

    return types.void(words, types.intp, types.intp), emit


@intrinsic
def add(typing: Any, words: Any, index: Any, value: Any) -> Any:
    """Add to ``words[index]`` and return the value before."""

    def emit(context: Any, builder: Any, signature: Any, arguments: Any) -> Any:
        address = _address(context, builder, words, *arguments[:2])
        return builder.atomic_rmw("add", address, arguments[2], ORDER)

    return types.intp(words, types.intp, types.intp), emit


@intrinsic
def compare_exchange(typing: Any, words: Any, index: Any, old: Any, new: Any) -> Any:
    """Set ``words[index]`` to `new` if it is `old`, and return whether it was."""

    def emit(context: Any, builder: Any, signature: Any, arguments: Any) -> Any:
        address = _address(context, builder, words, *arguments[:2])
        before = builder.cmpxchg(address, *arguments[2:], ORDER, ORDER)
        return builder.extract_value(before, 1)

    return types.boolean(words, types.intp, types.intp, types.intp), emit


@intrinsic
def pause(typing: Any) -> Any:
    """Wait for some 30 ns without giving up the core."""

    def emit(context: Any, builder: Any, signature: Any, arguments: Any) -> Any:
        if name := PAUSES.get(platform.machine()):
            kind = ir.FunctionType(ir.VoidType(), [])
            builder.call(cgutils.get_or_insert_function(builder.module, kind, name), [])
        return context.get_dummy_value()

    return types.void(), emit


@intrinsic
def sleep(typing: Any) -> Any:
    """Give up the core for some 60 µs, where the system's C library has `usleep`."""

    def emit(context: Any, builder: Any, signature: Any, arguments: Any) -> Any:
        if os.name == "posix":
            number = ir.IntType(32)
            kind = ir.FunctionType(number, [number])
            function = cgutils.get_or_insert_function(builder.module, kind, "usleep")
            builder.call(function, [ir.Constant(number, 10)])
        return context.get_dummy_value()

    return types.void(), emit
