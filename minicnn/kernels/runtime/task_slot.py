"""Sharing a kernel's work among threads, without going back to Python for it.

Python's own thread pools hand over work in tens of microseconds, as much as a small operation takes.
Here a helper's thread stays in compiled code, looks at a board, and takes its part within a few:

    @part
    def _forward(x, y, low, high, thread):      # the kernel: pieces low … high of the work
        ...

    @kernel
    def _share_forward(board, count, step, *arguments):
        share(board, count, step, *job(_forward, arguments))

Whoever shares takes the board, writes the job on it and opens it. Then all, the sharer as thread 0, take
`step` pieces at a time until none is left. The sharer closes the board, waits for those who are still at
it, and gives it back. It never waits for a helper that has not come: one that sleeps costs nothing. Nor
does it wait for the board: who finds it taken works alone. `parallel` is the side of Python.
"""

from typing import Any

from llvmlite import ir
from numba import types
from numba.core import cgutils
from numba.core.compiler import Flags, compile_extra
from numba.extending import intrinsic

from minicnn.kernels.runtime import atomic
from minicnn.kernels.runtime.jit import kernel, part_of

# Places on the board, each in a line of the cache of its own
OPEN, ACTIVE, NEXT, TAKEN, JOB = range(0, 40, 8)
# is there work; how many helpers are at it; the next piece; has a sharer the board; what the job is
WORDS = 40

_WORD = ir.IntType(64)
_ENTRY = ir.FunctionType(ir.VoidType(), [_WORD] * 4)


@intrinsic
def job(typing: Any, function: Any, arguments: Any) -> Any:
    """Return a job: the address of an entry to `function`, and that of its arguments."""
    kinds = (*arguments.types, types.intp, types.intp, types.intp)
    pair = types.UniTuple(types.intp, 2)

    def emit(context: Any, builder: Any, signature: Any, values: Any) -> Any:
        compiled = _compile_here(context, function.dispatcher, kinds)
        stored = cgutils.alloca_once_value(builder, values[1])
        name = f"entry.{compiled.fndesc.mangled_name}"
        entry = ir.Function(builder.module, _ENTRY, name)
        entry.linkage = "internal"
        inside = ir.IRBuilder(entry.append_basic_block())
        address, *varying = entry.args
        packed = inside.load(inside.inttoptr(address, stored.type))
        given = [*cgutils.unpack_tuple(inside, packed), *varying]
        callee = context.declare_function(inside.module, compiled.fndesc)
        result = compiled.signature.return_type
        context.call_conv.call_function(inside, callee, result, kinds, given)
        inside.ret_void()
        both = [builder.ptrtoint(entry, _WORD), builder.ptrtoint(stored, _WORD)]
        return context.make_tuple(builder, pair, both)

    return pair(function, arguments), emit


def _compile_here(context: Any, dispatcher: Any, kinds: Any) -> Any:
    """Compile a function into the library of the one that is being compiled."""
    flags = Flags()
    dispatcher.targetdescr.options.parse_as_flags(flags, dispatcher.targetoptions)
    flags.no_compile = flags.no_cpython_wrapper = flags.no_cfunc_wrapper = True
    return compile_extra(
        context.typing_context, context, dispatcher.py_func, kinds, None, flags, {},
        library=context.active_code_library,
    )  # fmt: skip


@intrinsic
def _enter(typing: Any, entry: Any, arguments: Any, low: Any, high: Any, thread: Any) -> Any:
    """Call a job's entry."""

    def emit(context: Any, builder: Any, signature: Any, values: Any) -> Any:
        builder.call(builder.inttoptr(values[0], _ENTRY.as_pointer()), values[1:])
        return context.get_dummy_value()

    return types.void(*[types.intp] * 5), emit


@part_of("void(i8[::1], i8)")
def _take_part(board, thread):
    """Do pieces of the job on the board until none is left."""
    count, step, entry, arguments = board[JOB], board[JOB + 1], board[JOB + 2], board[JOB + 3]
    low = atomic.add(board, NEXT, step)
    while low < count:
        _enter(entry, arguments, low, min(low + step, count), thread)
        low = atomic.add(board, NEXT, step)


@part_of("void(i8[::1], i8, i8, i8, i8)")
def share(board, count, step, entry, arguments):
    """Do a job of `count` pieces together with the helpers that are awake."""
    if count <= step or not atomic.replace(board, TAKEN, 0, 1):
        if count > 0:
            _enter(entry, arguments, 0, count, 0)
        return
    board[JOB], board[JOB + 1], board[JOB + 2], board[JOB + 3] = count, step, entry, arguments
    atomic.write(board, NEXT, 0)
    atomic.write(board, OPEN, 1)
    _take_part(board, 0)
    atomic.write(board, OPEN, 0)
    while atomic.read(board, ACTIVE) > 0:  # they hold on to the arguments
        atomic.pause()
    atomic.write(board, TAKEN, 0)


@kernel
def attend(board, thread, patience):
    """Help with what comes, as `thread`; return after `patience` pauses without work."""
    left = patience
    while left > 0:
        if atomic.read(board, OPEN) == 0:
            atomic.pause()
            left -= 1
            continue
        # First be counted, then look again: either the board is still open, and the sharer will wait,
        # or it was closed meanwhile, and the job must not be touched.
        atomic.add(board, ACTIVE, 1)
        if atomic.read(board, OPEN) > 0:
            _take_part(board, thread)
        atomic.add(board, ACTIVE, -1)
        left = patience
