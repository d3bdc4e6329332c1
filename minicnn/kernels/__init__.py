"""The optional fast backend: the operations of `minicnn.ops`, compiled by numba.

A kernel has the name and signature of the operation it computes, and is in the module of the same
name: ``minicnn.kernels.dense.dense_forward`` computes ``minicnn.ops.dense.dense_forward``. It trusts
its arguments, which `minicnn.ops` has checked.
"""

from collections.abc import Callable
from functools import cache
from importlib import import_module
from importlib.metadata import version
from importlib.util import find_spec
from typing import Any

from minicnn.errors import KernelError
from minicnn.ops import reference

TESTED_NUMBA = (0, 61), (0, 68)  # first and last: the kernels use private parts of numba


def find(name: str) -> Callable[..., Any] | None:
    """Return the kernel of an operation, checked against its definition; None if it has none.

    Raises
    ------
    KernelError
        If the kernels cannot be used on this machine.
    """
    definition = getattr(reference, name)
    module = definition.__module__.replace(reference.__package__, __name__)
    if find_spec(module) is None:
        return None
    check_numba()
    try:
        kernels = import_module(module)
        ahead = import_module("minicnn.kernels.runtime.ahead")
        self_check = import_module("minicnn.kernels.runtime.self_check")
    except Exception as error:
        raise KernelError(f"the kernels cannot be loaded ({_text(error)})") from error
    kernel = getattr(kernels, name, None)
    if kernel is not None and not name.startswith("conv2d"):  # which checks each algorithm
        operation, direction = name.rsplit("_", 1)
        if hasattr(kernels, "run_backward"):  # it takes long to compile
            if direction == "forward":
                ahead.begin(kernels, operation)
            else:
                ahead.finish(operation)
        self_check.check(name, kernel, getattr(kernels, f"{operation}_forward", None))
    return kernel


@cache
def check_numba() -> None:
    """Raise KernelError if numba is missing, broken, disabled or of an untested version."""
    try:
        from numba import config
    except Exception as error:
        raise KernelError(f"numba cannot be imported ({_text(error)})") from error
    if config.DISABLE_JIT:
        raise KernelError("numba's compiler is switched off (NUMBA_DISABLE_JIT)")
    found = version("numba")
    first, last = TESTED_NUMBA
    if not first <= tuple(map(int, found.split(".")[:2])) <= last:
        names = ["{}.{}".format(*pair) for pair in TESTED_NUMBA]
        raise KernelError(
            f"numba {found} is not among the tested versions, {names[0]} to {names[1]}"
        )


def _text(error: Exception) -> str:
    return f"{type(error).__name__}: {error}"
