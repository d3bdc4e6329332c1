"""Decorators that make kernels of functions, so that only what is special to one is written."""

from collections.abc import Callable
from types import FunctionType
from typing import Any

from minicnn.kernels.runtime import jit
from minicnn.kernels.runtime.task_slot import job, share


def parallel_kernel(function: Callable[..., Any]) -> Any:
    """Compile ``function(*arguments, start, stop, thread_id)``, and its entry for `parallel.run`.

    The range `start` … `stop` is a part of the kernel's chunks, the units in which threads take work.
    """
    return jit.kernel(specialized(_run, function, _range=jit.part(function)))


def _run(slot, count, step, *arguments):
    share(slot, count, step, *job(_range, arguments))


def specialized(template: FunctionType, function: Callable[..., Any], **names: Any) -> FunctionType:
    """Copy a template with some of its global names set, as if it was written in place of `function`.

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


_range: Any = None  # set in each copy of `_run`
