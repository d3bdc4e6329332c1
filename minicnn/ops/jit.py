"""How the kernels are compiled.

They are written so that compiling stays short, for it is the first thing a new user waits for: loops,
indices and `minicnn.ops.simd` only. An assignment of slices or a `reshape` inside a kernel would add
seconds; arrays come in the shapes that are needed, and room to work in comes from the caller.
"""

import sys
from typing import Any

from numba import njit
from numba.core import event

_OPTIONS: dict[str, Any] = {
    "nogil": True,  # so that threads run kernels at once
    "cache": True,  # on disk, for the next process
    "fastmath": {"contract", "nsz"},  # a product and a sum may be one instruction
    "error_model": "numpy",
}

kernel = njit(**_OPTIONS)
"""For what Python calls."""

_PART_OPTIONS = _OPTIONS | {"no_cpython_wrapper": True, "no_cfunc_wrapper": True}

part = njit(**_PART_OPTIONS)
"""For what only other kernels call."""


def part_of(signature: str) -> Any:
    """For what many kernels call: compiled once, for these types, and not for each caller's."""
    return njit(signature, **_PART_OPTIONS)


class _Notice(event.Listener):
    """Says, once a process, what is waited for."""

    said = False

    def on_start(self, happening: Any) -> None:
        """Look at what begins to be compiled; what comes from the cache is not."""
        function = happening.data["dispatcher"].py_func
        if not self.said and function.__module__.startswith("minicnn.ops"):
            self.said = True
            print(
                "minicnn: compiling operations for this CPU. This takes some seconds the first time "
                "each is used; later starts find them in the cache.",
                file=sys.stderr,
            )

    def on_end(self, happening: Any) -> None:
        """Nothing to say."""


notice = _Notice()
event.register("numba:compile", notice)
