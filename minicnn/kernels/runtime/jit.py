"""How kernels are compiled and cached; the one place that uses private parts of numba.

`minicnn.kernels.TESTED_NUMBA` names the versions of numba this was tested with. If a part is missing,
the kernels fail to load, and `minicnn.ops` uses NumPy.

Compiling is the first thing a new user waits for, so kernels contain only loops, indices and
`primitives.simd`. An assignment of slices or a `reshape` inside a kernel would add seconds: arrays
arrive in the shapes that are needed, with scratch memory from the caller. No kernel allocates an
array, counts references, or returns an array other than an argument.
"""

import gc
import inspect
import pickle
import re
import sys
import warnings
from collections.abc import Callable
from functools import cache
from hashlib import sha256
from pathlib import Path
from typing import Any

import llvmlite
from llvmlite import binding
from numba import njit, types
from numba.core import cgutils, event
from numba.core.caching import FunctionCache, IndexDataCacheFile
from numba.core.compiler import Flags, compile_extra
from numba.extending import intrinsic

from minicnn.errors import KernelWarning

_OPTIONS: dict[str, Any] = {
    "nogil": True,  # threads run kernels concurrently
    "_nrt": False,  # no reference counts: nothing is allocated, and cores would compete for them
    "fastmath": {"contract", "nsz"},  # allows fused multiply-add
    "error_model": "numpy",
}
_INLINE_OPTIONS = _OPTIONS | {"no_cpython_wrapper": True, "no_cfunc_wrapper": True}

_SYMBOL = re.compile(rb"minicnn[.\w]+")
_SOURCES = sha256(
    b"".join(path.read_bytes() for path in sorted(Path(__file__).parent.parent.rglob("*.py")))
).hexdigest()
_MACHINE = (
    llvmlite.__version__,
    binding.get_host_cpu_name(),
    binding.get_host_cpu_features().flatten(),
)


def njit_kernel(function: Callable[..., Any]) -> Any:
    """Compile a function that Python calls."""
    return _cached(njit(**_OPTIONS)(function))


def njit_inline(function: Callable[..., Any]) -> Any:
    """Compile a function that only other kernels call."""
    return _cached(njit(**_INLINE_OPTIONS)(function))


def njit_for(signature: str) -> Callable[[Callable[..., Any]], Any]:
    """Compile a function for these types when the first kernel needs it, and only once.

    Kernels call its machine code by its symbol; they hold no copy, which would be optimized again.
    """

    def decorate(function: Callable[..., Any]) -> Any:
        compiled = njit_inline(function)
        symbol = f"{function.__module__}.{function.__name__}"

        @cache
        def link() -> Any:
            compiled.compile(signature)
            (result,) = compiled.overloads.values()
            address = result.library.get_pointer_to_function(result.fndesc.llvm_func_name)
            binding.add_symbol(symbol, address)
            return result.signature

        def define(typing: Any, *_: Any) -> Any:
            return link(), emit

        def emit(context: Any, builder: Any, typed: Any, arguments: Any) -> Any:
            kind = context.call_conv.get_function_type(typed.return_type, typed.args)
            callee = cgutils.get_or_insert_function(builder.module, kind, symbol)
            context.call_conv.call_function(builder, callee, types.void, typed.args, arguments)
            return context.get_dummy_value()

        _links[symbol.encode()] = link
        return intrinsic(with_parameters(define, function))

    return decorate


_links: dict[bytes, Callable[[], Any]] = {}  # define the symbols in machine code


def with_parameters(define: Any, function: Callable[..., Any], skipped: int = 0) -> Any:
    """Give the definition of an intrinsic the parameters of a function, which numba asks for."""
    names = ["typing", *list(inspect.signature(function).parameters)[skipped:]]
    parameters = [
        inspect.Parameter(name, inspect.Parameter.POSITIONAL_OR_KEYWORD) for name in names
    ]
    define.__signature__ = inspect.Signature(parameters)
    define.__name__, define.__doc__ = function.__name__, function.__doc__
    return define


def compile_into(context: Any, dispatcher: Any, types: Any) -> Any:
    """Compile a function into the library of the function that is being compiled."""
    flags = Flags()
    dispatcher.targetdescr.options.parse_as_flags(flags, dispatcher.targetoptions)
    flags.no_compile = flags.no_cpython_wrapper = flags.no_cfunc_wrapper = True
    return compile_extra(
        context.typing_context, context, dispatcher.py_func, types, None, flags, {},
        library=context.active_code_library,
    )  # fmt: skip


class _Cache(FunctionCache):
    """numba's cache of machine code on disk; if it cannot be read or written, code is compiled."""

    def __init__(self, function: Any) -> None:
        super().__init__(function)
        self._cache_file = _CheckedFile(self._cache_path, self._impl.filename_base, _SOURCES)

    def load_overload(self, sig: Any, target_context: Any) -> Any:
        try:
            return super().load_overload(sig, target_context)
        except Exception:
            return None

    def save_overload(self, sig: Any, data: Any) -> None:
        try:
            super().save_overload(sig, data)
        except Exception as error:
            _warn_uncached(f"{self._cache_path} cannot be written ({error})")

    def _index_key(self, sig: Any, codegen: Any) -> Any:
        # numba's key has the target, which NUMBA_CPU_NAME=generic makes equal for all machines; but
        # kernels are written for the vectors of the machine itself
        return *super()._index_key(sig, codegen), _MACHINE


def is_cached(compiled: Any) -> bool:
    """Return whether the cache on disk has machine code of a kernel, for whatever types."""
    return not isinstance(compiled._cache, _Cache) or bool(
        compiled._cache._cache_file._load_index()
    )


class _CheckedFile(IndexDataCacheFile):
    """Cache files with checksums: damaged code must not run."""

    def _dump(self, obj: Any) -> bytes:
        data = super()._dump(obj)
        return sha256(data).digest() + data

    def _load_index(self) -> Any:
        try:
            with open(self._index_path, "rb") as file:
                version = pickle.load(file)
                stamp, overloads = _load(file.read())
        except Exception:  # missing, empty, cut or damaged: written again after compiling
            return {}
        return overloads if (version, stamp) == (self._version, self._source_stamp) else {}

    def _load_data(self, name: str) -> Any:
        data = Path(self._data_path(name)).read_bytes()
        for symbol in _SYMBOL.findall(data):  # LLVM ends the process if one is not defined
            if symbol in _links:
                _links[symbol]()
        return _load(data)


def _load(data: bytes) -> Any:
    if sha256(data[32:]).digest() != data[:32]:
        raise ValueError("wrong checksum")
    return pickle.loads(data[32:])


def _cached(compiled: Any) -> Any:
    """Let numba keep the machine code on disk for the next process."""
    try:
        compiled._cache = _Cache(compiled.py_func)
    except Exception as error:  # no writable folder
        _warn_uncached(str(error))
    return compiled


def _warn_uncached(reason: str) -> None:
    """Say once per process why kernels are compiled again at each start."""
    if not _uncached:
        _uncached.append(reason)
        warnings.warn(
            f"minicnn compiles its kernels at every start, because {reason}. Set NUMBA_CACHE_DIR to a "
            "folder that can be written.",
            KernelWarning,
            stacklevel=2,
        )


_uncached: list[str] = []


class _Notice(event.Listener):
    """Announces compiling once per process, and collects the compiler's garbage."""

    announced = False
    depth = 0  # of compilations within compilations
    froze = False

    def on_start(self, happening: Any) -> None:
        """Announce the first compilation; code from the cache does not get here."""
        self.depth += 1
        if not _is_ours(happening):
            return
        if self.depth == 1 and gc.get_freeze_count() == 0:  # otherwise the program uses it itself
            gc.freeze()  # spares the collector the objects that exist already
            self.froze = True
        if not self.announced:
            self.announced = True
            print(
                "minicnn: compiling operations for this CPU. This takes some seconds the first time "
                "each is used; later starts find them in the cache.",
                file=sys.stderr,
            )

    def on_end(self, happening: Any) -> None:
        """Free what the compiler leaves behind: megabytes in reference cycles."""
        self.depth -= 1
        if self.depth == 0 and _is_ours(happening):
            gc.collect()
            if self.froze:
                gc.unfreeze()
                self.froze = False


def _is_ours(happening: Any) -> bool:
    """Return whether a function of this package is compiled, not one of the program."""
    return str(happening.data["dispatcher"].py_func.__module__).startswith("minicnn.kernels")


notice = _Notice()
event.register("numba:compile", notice)
