"""Running a kernel's work on several threads, without returning to Python.

The thread pools of Python hand over work in tens of microseconds, as much as a small operation takes.
Here a helper thread stays in compiled code and watches a *task slot*, an array of int64. The caller
claims the slot, publishes the task and marks it ready. All threads, the caller as thread 0, then take
ranges of the remaining chunks, shorter towards the end, until none are left. The caller marks the slot
empty, waits for the helpers that still work on a range, and releases the slot.

The caller never waits for a helper that has not started, and if another caller holds the slot, it runs
the task alone. So a sleeping helper costs nothing. `parallel` is the Python side.
"""

from collections.abc import Callable
from types import FunctionType
from typing import Any

from llvmlite import ir
from numba import types
from numba.core import cgutils
from numba.extending import intrinsic

from minicnn.kernels.runtime import atomic
from minicnn.kernels.runtime.jit import compile_into, njit_for, njit_inline, njit_kernel

# Indices of the slot, each on a cache line of its own
READY, ACTIVE, NEXT, CLAIMED, TASK = range(0, 40, 8)
# is there a task; helpers at work; next chunk; is there a caller; the task
WORDS = 40

SPINS = 2000  # pauses, some 60 µs, before a caller that waits for a helper sleeps

_WORD = ir.IntType(64)
_ENTRY = ir.FunctionType(ir.VoidType(), [_WORD] * 4)


@intrinsic
def task(typing: Any, function: Any, arguments: Any) -> Any:
    """Return a task: the address of an entry to `function`, and the address of its arguments."""
    kinds = (*arguments.types, types.intp, types.intp, types.intp)
    pair = types.UniTuple(types.intp, 2)

    def emit(context: Any, builder: Any, signature: Any, values: Any) -> Any:
        compiled = compile_into(context, function.dispatcher, kinds)
        stored = cgutils.alloca_once_value(builder, values[1])
        entry = ir.Function(builder.module, _ENTRY, f"entry.{compiled.fndesc.mangled_name}")
        entry.linkage = "internal"
        inside = ir.IRBuilder(entry.append_basic_block())
        address, *varying = entry.args
        packed = inside.load(inside.inttoptr(address, stored.type))
        call_arguments = [*cgutils.unpack_tuple(inside, packed), *varying]
        callee = context.declare_function(inside.module, compiled.fndesc)
        result = compiled.signature.return_type
        context.call_conv.call_function(inside, callee, result, kinds, call_arguments)
        inside.ret_void()
        both = [builder.ptrtoint(entry, _WORD), builder.ptrtoint(stored, _WORD)]
        return context.make_tuple(builder, pair, both)

    return pair(function, arguments), emit


@intrinsic
def _call(typing: Any, entry: Any, arguments: Any, start: Any, stop: Any, thread_id: Any) -> Any:
    """Call the entry of a task."""

    def emit(context: Any, builder: Any, signature: Any, values: Any) -> Any:
        builder.call(builder.inttoptr(values[0], _ENTRY.as_pointer()), values[1:])
        return context.get_dummy_value()

    return types.void(*[types.intp] * 5), emit


@njit_for("void(i8[::1], i8)")
def _run_task(slot, thread_id):
    """Run ranges of the task's chunks until none are left."""
    count, divisor = slot[TASK], slot[TASK + 1]
    entry, arguments = slot[TASK + 2], slot[TASK + 3]
    start = atomic.read(slot, NEXT)
    while start < count:
        stop = start + max((count - start) // divisor, 1)
        if atomic.compare_exchange(slot, NEXT, start, stop):
            _call(entry, arguments, start, stop, thread_id)
        start = atomic.read(slot, NEXT)


@njit_for("void(i8[::1], i8, i8, i8, i8)")
def parallel_for(slot, count, divisor, entry, arguments):
    """Run a task of `count` chunks, each time one `divisor`-th of what is left; alone if that is 0."""
    if count < 2 or divisor == 0 or not atomic.compare_exchange(slot, CLAIMED, 0, 1):
        if count > 0:
            _call(entry, arguments, 0, count, 0)
        return
    slot[TASK], slot[TASK + 1], slot[TASK + 2], slot[TASK + 3] = count, divisor, entry, arguments
    atomic.write(slot, NEXT, 0)
    atomic.write(slot, READY, 1)
    _run_task(slot, 0)
    atomic.write(slot, READY, 0)
    spins = 0
    while atomic.read(slot, ACTIVE) > 0:  # helpers still use the arguments
        if spins < SPINS:
            atomic.pause()
            spins += 1
        else:  # the helper has lost its core: leave it this one
            atomic.sleep()
    atomic.write(slot, CLAIMED, 0)


@njit_kernel
def worker_loop(slot, thread_id, spin_limit):
    """Help with tasks as `thread_id`; return after `spin_limit` pauses without one."""
    left = spin_limit
    while left > 0:
        if atomic.read(slot, READY) == 0:
            atomic.pause()
            left -= 1
            continue
        # Register first, then look again: either the slot is still ready, and the caller will wait, or
        # it has been emptied meanwhile, and the task must not be touched.
        atomic.add(slot, ACTIVE, 1)
        if atomic.read(slot, READY) > 0:
            _run_task(slot, thread_id)
        atomic.add(slot, ACTIVE, -1)
        left = spin_limit


def parallel_kernel(function: Callable[..., Any]) -> Any:
    """Compile ``function(*arguments, start, stop, thread_id)``, to be run by `parallel.parallel_for`.

    The function processes the chunks `start` … `stop`, the units in which threads take work.
    """
    return njit_kernel(specialized(_run, function, _range=njit_inline(function)))


def _run(slot, count, divisor, *arguments):
    parallel_for(slot, count, divisor, *task(_range, arguments))


_range: Any = None  # set in each copy of `_run`


def specialized(
    template: Callable[..., Any], function: Callable[..., Any], **names: Any
) -> FunctionType:
    """Copy a template with some of its global names set, as if it were written instead of `function`.

    numba names its cache files by the name, file and line of a function.
    """
    code = template.__code__.replace(
        co_name=f"{template.__name__}_{function.__name__}",
        co_qualname=f"{template.__name__}_{function.__qualname__}",
        co_filename=function.__code__.co_filename,
        co_firstlineno=function.__code__.co_firstlineno,
    )
    names = template.__globals__ | names | {"__name__": function.__module__}
    return FunctionType(code, names, code.co_name)
