"""The decorator that makes a parallel kernel of a function for a range of its work."""

from collections.abc import Callable
from types import FunctionType
from typing import Any

from minicnn.kernels.runtime import jit
from minicnn.kernels.runtime.task_slot import job, share


def parallel_kernel(function: Callable[..., Any]) -> Any:
    """Compile ``function(*arguments, start, stop, thread_id)``, and its entry for `parallel.run`.

    The range `start` … `stop` is a part of the kernel's chunks, the units in which threads take work.
    """
    entry = _named_as(function, _run_shared)
    entry.__globals__["_range"] = jit.part(function)
    return jit.kernel(entry)


def _run_shared(board, count, step, *arguments):
    share(board, count, step, *job(_range, arguments))


_range: Any = None  # replaced in the globals of each copy of `_run_shared`


def _named_as(function: Callable[..., Any], template: FunctionType) -> FunctionType:
    """Copy a function under another's name, module and line: numba's cache files are named by them."""
    code = template.__code__.replace(
        co_name=f"run_{function.__name__}",
        co_qualname=f"run_{function.__qualname__}",
        co_filename=function.__code__.co_filename,
        co_firstlineno=function.__code__.co_firstlineno,
    )
    names = template.__globals__ | {"__name__": function.__module__}
    return FunctionType(code, names, code.co_name)
