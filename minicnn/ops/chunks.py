"""Sums of a gradient's chunks, in their fixed order; see `minicnn.ops.parallel`."""

import numpy as np
from numpy import ndarray

from minicnn.ops import parallel, recycled
from minicnn.ops.jit import kernel as compiled
from minicnn.ops.jit import part
from minicnn.ops.simd import LANES, load, splat, store
from minicnn.ops.team import job, share

F32 = np.float32
PIECE = 2048  # numbers of the sum: a few microseconds' work


def add_up(chunks: ndarray) -> ndarray:
    """Return the sum over the first axis, on all cores.

    Parameters
    ----------
    chunks : (chunks, ...) float32

    Returns
    -------
    array of the shape of a chunk

    Examples
    --------
    >>> add_up(np.array([[1, 2, 3], [10, 20, 30]], "float32"))
    array([11., 22., 33.], dtype=float32)
    """
    total = recycled.empty(chunks.shape[1:])
    rows, sums = chunks.reshape(len(chunks), total.size), total.reshape(1, total.size)
    parallel.run(_share_sums, -(-total.size // PIECE), rows, sums)
    return total


@part
def _sums(chunks, total, low, high, thread):
    """Add up the pieces `low` … `high`."""
    end = min(high * PIECE, total.shape[1])
    for k in range(low * PIECE, end, LANES):
        n = min(LANES, end - k)
        vector = splat(F32(0))
        for chunk in range(len(chunks)):
            vector = vector + load(chunks, chunk, k, n)
        store(vector, total, 0, k, n)


@compiled
def _share_sums(board, count, step, *arguments):
    share(board, count, step, *job(_sums, arguments))
