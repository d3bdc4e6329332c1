"""Arithmetic on arrays: every operation of the library, forward and backward.

``ops.<name>`` is the checked entry to an operation. It checks the arguments, then runs the compiled
kernel of that name if there is one, else the definition in plain NumPy. Both give the same result to
rounding, and the same errors. Arrays of at most `SMALL` elements, such as the 6×6 image of a lecture,
take NumPy, which need not be compiled; until something is trained, so do single examples of at most
`SMALL_EXAMPLE`, such as a digit and its maps by eight filters. ``minicnn.ops.reference.<name>`` is the
definition itself, unchecked.

The environment variable ``MINICNN_OPS=numpy`` selects NumPy alone. If the kernels cannot be used on a
machine, one `minicnn.errors.KernelWarning` says why, and NumPy takes over.

Images are ``(batch, height, width, channels)``; kernels are
``(kernel_height, kernel_width, channels, filters)``.

>>> import numpy as np
>>> from minicnn import ops
>>> image = np.arange(16.0).reshape(1, 4, 4, 1)
>>> y, cache = ops.max_pool2d_forward(image, (2, 2), (2, 2))
>>> y[0, :, :, 0]
array([[ 5.,  7.],
       [13., 15.]])
"""

import logging  # noqa: F401 - a fork takes its lock after ours: numba is imported while we hold ours
import os
import sys
import warnings
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from contextvars import ContextVar
from functools import wraps
from importlib import import_module
from operator import attrgetter
from threading import RLock
from typing import TYPE_CHECKING, Any

from numpy import ndarray

from minicnn.errors import KernelError, KernelWarning, call_error, unknown_name
from minicnn.ops import arguments, reference

if TYPE_CHECKING:
    from minicnn.ops.reference import *  # noqa: F403

__all__ = [
    *reference.__all__,
    "expect_backward",
    "release_memory",
    "use_kernels",
    "without_kernels",
]

SMALL = 256
"""Elements of a first argument that NumPy computes at once, where a kernel would be compiled first."""
SMALL_EXAMPLE = 8192
"""As `SMALL`, for a batch of one, in a process that has trained nothing."""

_size = attrgetter("size")
_versions: dict[str, Callable[..., Any]] = {}  # of operations that have been used: what runs
_without_kernels: ContextVar[bool] = ContextVar("without kernels", default=False)
_failure: list[str] = []  # why the kernels are not used, if so
choosing = RLock()  # held while kernels are imported
_NO_OPTIONS: dict[str, Any] = {}
backward_expected = False


def use_kernels() -> bool:
    """Return whether operations with a compiled kernel run it.

    Returns
    -------
    bool
        False if ``MINICNN_OPS=numpy``, or after the kernels have turned out to be unusable.

    Raises
    ------
    UnknownNameError
        If ``MINICNN_OPS`` is neither "fast", "numpy" nor empty.

    Examples
    --------
    >>> isinstance(use_kernels(), bool)
    True
    """
    choice = os.environ.get("MINICNN_OPS", "") or "fast"
    if choice not in ("fast", "numpy"):
        raise unknown_name(
            "value of the environment variable MINICNN_OPS", choice, ("fast", "numpy")
        )
    return choice == "fast" and not _failure


def expect_backward() -> None:
    """Say that backward passes will follow, as `fit` does.

    Where kernels must be compiled first, those of the backward passes are compiled on the other cores
    while the forward pass is compiled here. Single examples take the kernels, too, from now on.

    Examples
    --------
    >>> expect_backward()
    """
    global backward_expected
    backward_expected = True


def release_memory() -> None:
    """Return the memory that the kernels keep for their next results to the system.

    It is also returned after a second without work.

    Examples
    --------
    >>> release_memory()
    """
    if pool := sys.modules.get("minicnn.kernels.runtime.memory_pool"):
        pool.release()


@contextmanager
def without_kernels() -> Iterator[None]:
    """Compute with NumPy, whatever the sizes: what is computed once is not worth compiling.

    Examples
    --------
    >>> import numpy as np
    >>> from minicnn import ops
    >>> with ops.without_kernels():
    ...     ops.softmax_forward(np.zeros((1, 2)))
    array([[0.5, 0.5]])
    """
    token = _without_kernels.set(True)
    try:
        yield
    finally:
        _without_kernels.reset(token)


def __getattr__(name: str) -> Any:
    """Make the entry of an operation when it is first asked for."""
    if name not in reference.__all__:
        raise AttributeError(f"module 'minicnn.ops' has no operation {name!r}")
    operation = _entry(name)
    globals()[name] = operation
    return operation


def _entry(name: str) -> Callable[..., Any]:
    """Return the function that checks an operation's arguments and runs its fastest version."""
    definition = getattr(reference, name)
    check, keeps_options = arguments.find(name)
    is_backward = name.endswith("_backward")

    @wraps(definition)
    def operation(*args: Any, **options: Any) -> Any:
        try:
            if not options:  # the usual case: Python copies even empty ones
                args = check(*args)
            else:
                args = check(*args, **options)
                options = options if keeps_options else _NO_OPTIONS
        except TypeError:
            if error := call_error(name, definition, args, options):
                raise error from None
            raise
        first = args[0]
        if is_backward and type(args[1]) is not ndarray and type(args[1][0]) is ndarray:
            first = args[1][0]  # of the cache: backward takes the form of its forward pass
        if type(first) is ndarray:
            size = first.size
            small = size <= SMALL or (
                not backward_expected and size <= SMALL_EXAMPLE and len(first) == 1
            )
        else:
            small = sum(map(_size, first)) <= SMALL
        if small or _without_kernels.get():
            return definition(*args, **options)
        try:
            version = _versions.get(name) or _choose(name)
            return version(*args, **options) if options else version(*args)
        except KernelError as error:
            _give_up(error)
            return definition(*args, **options)

    return operation


def _choose(name: str) -> Callable[..., Any]:
    """Return what runs for an operation: a kernel that has passed its check, else the definition."""
    with choosing:
        if name not in _versions:
            _versions[name] = getattr(reference, name)
            if use_kernels():
                try:
                    kernels = import_module("minicnn.kernels")
                    _versions[name] = kernels.find(name) or _versions[name]
                except KernelError as error:
                    _give_up(error)
        return _versions[name]


def _give_up(error: KernelError) -> None:
    """Use NumPy from now on, and say why."""
    for name in _versions:
        _versions[name] = getattr(reference, name)
    if not _failure:
        _failure.append(str(error))
        warnings.warn(
            f"minicnn computes with NumPy, which is slower, because {error}. "
            "MINICNN_OPS=numpy selects this without a warning.",
            KernelWarning,
            stacklevel=4,
        )


def _before_fork() -> None:
    """Wait until no other thread imports or compiles kernels; a child would wait for it for ever."""
    choosing.acquire()
    for module, name in _COMPILER_LOCKS:
        with suppress(KeyError, AttributeError):  # not imported, or only in part
            lock = attrgetter(name)(sys.modules[module])
            lock.acquire()
            _held.append(lock)


def _after_fork() -> None:
    while _held:
        _held.pop().release()
    choosing.release()


_COMPILER_LOCKS = (  # in the order in which a thread that compiles takes them
    ("numba.core.compiler_lock", "global_compiler_lock"),
    ("llvmlite.binding.ffi", "lib._lock._lock"),
)
_held: list[Any] = []  # during a fork
if hasattr(os, "register_at_fork"):
    os.register_at_fork(
        before=_before_fork, after_in_parent=_after_fork, after_in_child=_after_fork
    )
