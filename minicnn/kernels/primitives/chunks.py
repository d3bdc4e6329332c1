"""Sums of a gradient's chunks, in their fixed order; see `minicnn.kernels.runtime.parallel`.

A kernel shares this out as a second job, behind the one that makes the chunks.
"""

import numpy as np

from minicnn.kernels.primitives.simd import LANES, load, splat, store
from minicnn.kernels.runtime.jit import part

F32 = np.float32
PIECE = 2048  # numbers of the sum: a few microseconds' work


@part
def pieces(total):
    """Return how many pieces of work `add_up` makes of a sum."""
    return -(-total.size // PIECE)


@part
def add_up(chunks, total, low, high, thread):
    """Add up the pieces `low` … `high`: (chunks, cells, filters) to (cells, filters)."""
    end = min(high * PIECE, total.size)
    for k in range(low * PIECE, end, LANES):
        n = min(LANES, end - k)
        vector = splat(F32(0))
        for chunk in range(len(chunks)):
            vector = vector + load(chunks[chunk], 0, k, n)
        store(vector, total, 0, k, n)
