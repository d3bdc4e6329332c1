"""How the kernels are compiled.

They are written so that compiling stays short, for it is the first thing a new user waits for: loops,
indices and `primitives.simd` only. An assignment of slices or a `reshape` inside a kernel would add
seconds; arrays come in the shapes that are needed, and room to work in comes from the caller. So no
kernel makes an array, none counts references to one, and none returns one but an argument.
"""

import gc
import sys
from collections.abc import Callable
from hashlib import sha256
from pathlib import Path
from typing import Any

from numba import njit
from numba.core import event

_OPTIONS: dict[str, Any] = {
    "nogil": True,  # so that threads run kernels at once
    "_nrt": False,  # arrays are not counted: nothing is allocated, and cores would fight for counters
    "fastmath": {"contract", "nsz"},  # a product and a sum may be one instruction
    "error_model": "numpy",
}
_PART_OPTIONS = _OPTIONS | {"no_cpython_wrapper": True, "no_cfunc_wrapper": True}

_SOURCES = sha256(
    b"".join(path.read_bytes() for path in sorted(Path(__file__).parent.parent.rglob("*.py")))
)


def kernel(function: Callable[..., Any]) -> Any:
    """Compile what Python calls."""
    return _kept(njit(**_OPTIONS)(function))


def part(function: Callable[..., Any]) -> Any:
    """Compile what only other kernels call."""
    return _kept(njit(**_PART_OPTIONS)(function))


def part_of(signature: str) -> Callable[[Callable[..., Any]], Any]:
    """Compile what many kernels call: once, for these types, and not for each caller's."""

    def compile_now(function: Callable[..., Any]) -> Any:
        compiled = part(function)
        compiled.compile(signature)
        compiled.disable_compile()
        return compiled

    return compile_now


def _kept(compiled: Any) -> Any:
    """Let numba keep the machine code on disk, for the next process."""
    try:
        compiled.enable_caching()
    except RuntimeError:  # no folder to keep it in
        return compiled
    compiled._cache._cache_file._source_stamp = _SOURCES.hexdigest()
    return compiled


class _Notice(event.Listener):
    """Says, once a process, what is waited for; and clears up behind the compiler."""

    said = False
    depth = 0  # functions whose compiling has begun and not ended: one is compiled within another
    froze = False

    def on_start(self, happening: Any) -> None:
        """Look at what begins to be compiled; what comes from the cache is not."""
        self.depth += 1
        if not _is_ours(happening):
            return
        if (
            self.depth == 1 and gc.get_freeze_count() == 0
        ):  # else the program itself has frozen some
            gc.freeze()  # what is there already need not be looked through each time
            self.froze = True
        if not self.said:
            self.said = True
            print(
                "minicnn: compiling operations for this CPU. This takes some seconds the first time "
                "each is used; later starts find them in the cache.",
                file=sys.stderr,
            )

    def on_end(self, happening: Any) -> None:
        """Give back what the compiler has left: megabytes of objects that refer to one another."""
        self.depth -= 1
        if self.depth == 0 and _is_ours(happening):
            gc.collect()
            if self.froze:
                gc.unfreeze()
                self.froze = False


def _is_ours(happening: Any) -> bool:
    """Whether a function of this package is compiled, not one of the program's own."""
    return str(happening.data["dispatcher"].py_func.__module__).startswith("minicnn.kernels")


notice = _Notice()
event.register("numba:compile", notice)
