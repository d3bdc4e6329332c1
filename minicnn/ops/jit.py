"""How the kernels are compiled.

They are written so that compiling stays short, for it is the first thing a new user waits for: loops,
indices and `minicnn.ops.simd` only. An assignment of slices or a `reshape` inside a kernel would add
seconds; arrays come in the shapes that are needed, and room to work in comes from the caller.
"""

from typing import Any

from numba import njit

_OPTIONS: dict[str, Any] = {
    "nogil": True,  # so that threads run kernels at once
    "cache": True,  # on disk, for the next process
    "fastmath": {"contract", "nsz"},  # a product and a sum may be one instruction
    "error_model": "numpy",
}

kernel = njit(**_OPTIONS)
"""For what Python calls."""

part = njit(**_OPTIONS, no_cpython_wrapper=True, no_cfunc_wrapper=True)
"""For what only other kernels call."""
