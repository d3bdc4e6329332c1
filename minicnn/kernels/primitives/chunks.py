"""Add up the partial sums of a gradient, one per chunk, in a fixed order.

Kernels that sum over the batch run this as a second parallel task; see
`minicnn.kernels.runtime.parallel`.
"""

import numpy as np

from minicnn.kernels.primitives.simd import LANES, load, splat, store
from minicnn.kernels.runtime.jit import njit_inline

F32 = np.float32
CHUNK = 2048  # elements of the sum: a few microseconds of work


@njit_inline
def sum_chunk_count(total):
    """Return the number of chunks that `sum_partials` splits a sum into."""
    return -(-total.size // CHUNK)


@njit_inline
def sum_partials(partials, total, start, stop, thread_id):
    """Sum the chunks `start` … `stop` of (partial sums, rows, columns) to (rows, columns)."""
    end = min(stop * CHUNK, total.size)
    for k in range(start * CHUNK, end, LANES):
        n = min(LANES, end - k)
        accumulator = splat(F32(0))
        for i in range(len(partials)):
            accumulator = accumulator + load(partials[i], 0, k, n)
        store(accumulator, total, 0, k, n)
