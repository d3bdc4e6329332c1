"""Update steps of the optimizers, fused: one pass over all weights, each read and written once.

Same names, signatures and results as `minicnn.ops.updates`.

A model has a few large weights and many small ones. The kernels see them as one long vector, cut into
chunks of `CHUNK` elements. They take a table with a row for each weight: where it starts and stops in
that vector, then the addresses of its arrays.
"""

import math
from collections.abc import Sequence
from ctypes import addressof, c_char
from itertools import chain
from operator import attrgetter
from typing import Any

import numpy as np
from numpy import ndarray

from minicnn.kernels.primitives.copies import BYTES
from minicnn.kernels.primitives.simd import (
    LANES,
    fabs,
    load_at,
    select_greater,
    splat,
    sqrt,
    store_at,
)
from minicnn.kernels.runtime import parallel
from minicnn.kernels.runtime.jit import njit_inline, njit_kernel
from minicnn.kernels.runtime.task_slot import parallel_kernel
from minicnn.ops import reference

F32 = np.dtype(np.float32)
F32_SCALAR = np.float32
CHUNK = 4096  # elements
# Of a running mean: without gradients it would decay to denormal numbers, which are slow
LEAST = F32_SCALAR(1e-36)

_as_bytes = c_char.from_buffer
_dtype, _size = attrgetter("dtype"), attrgetter("size")

Arrays = Sequence[ndarray]


def sgd_update(weights: Arrays, gradients: Arrays, learning_rate: float) -> None:
    """Step down the gradients; see `minicnn.ops.updates.sgd_update`."""
    if not _run(_sgd, (weights, gradients), learning_rate):
        reference.sgd_update(weights, gradients, learning_rate)


def momentum_update(
    weights: Arrays,
    gradients: Arrays,
    velocities: Arrays,
    learning_rate: float,
    momentum: float,
    nesterov: bool = False,
) -> None:
    """Step with momentum; see `minicnn.ops.updates.momentum_update`."""
    groups = weights, gradients, velocities
    if not _run(_momentum, groups, learning_rate, momentum, nesterov):
        reference.momentum_update(*groups, learning_rate, momentum, nesterov)


def rmsprop_update(
    weights: Arrays,
    gradients: Arrays,
    mean_squares: Arrays,
    learning_rate: float,
    rho: float = 0.9,
    epsilon: float = 1e-7,
    means: Arrays | None = None,
    velocities: Arrays | None = None,
    momentum: float = 0.0,
) -> None:
    """Divide by the mean square's root; see `minicnn.ops.updates.rmsprop_update`."""
    groups, simple = (weights, gradients, mean_squares), means is None and velocities is None
    if not (simple and _run(_rmsprop, groups, learning_rate, rho, 1 - rho, epsilon)):
        reference.rmsprop_update(*groups, learning_rate, rho, epsilon, means, velocities, momentum)


def adam_update(
    weights: Arrays,
    gradients: Arrays,
    ms: Arrays,
    vs: Arrays,
    step: int,
    learning_rate: float = 0.001,
    beta_1: float = 0.9,
    beta_2: float = 0.999,
    epsilon: float = 1e-7,
    v_maxs: Arrays | None = None,
) -> None:
    """Step by the running means; see `minicnn.ops.updates.adam_update`."""
    groups = weights, gradients, ms, vs
    corrected = _corrected(float(learning_rate), float(beta_1), float(beta_2), float(step))
    if v_maxs is not None or not _run(_adam, groups, corrected, 1 - beta_1, 1 - beta_2, epsilon):
        reference.adam_update(*groups, step, learning_rate, beta_1, beta_2, epsilon, v_maxs)


@njit_kernel
def _corrected(rate, beta_1, beta_2, step):
    """Return the rate with Adam's bias correction; float32 powers, as in the definition and in Keras."""
    correction_1 = F32_SCALAR(1) - F32_SCALAR(beta_1) ** F32_SCALAR(step)
    correction_2 = F32_SCALAR(1) - F32_SCALAR(beta_2) ** F32_SCALAR(step)
    return F32_SCALAR(rate) * F32_SCALAR(math.sqrt(correction_2)) / correction_1


def _run(kernel: Any, groups: Sequence[Arrays], *params: float) -> bool:
    """Update all weights, or return False if the kernel cannot take these arrays."""
    arrays, rows = [*chain.from_iterable(groups)], len(groups[0])
    if not len(arrays) == [*map(_dtype, arrays)].count(F32) == rows * len(groups):
        return False
    try:  # fails for arrays that are not contiguous, not writeable or empty
        addresses = [*map(addressof, map(_as_bytes, arrays))]  # type: ignore[arg-type]
    except (TypeError, ValueError):
        return False
    table = np.empty((rows, 2 + len(groups)), np.int64)
    count = _fill_table(table, np.array([*addresses, *map(_size, groups[0])], np.int64))
    if count >= 0:
        parallel.parallel_for(kernel, -(-count // CHUNK), table, *map(F32.type, params))
    return count >= 0


@njit_kernel
def _fill_table(table, numbers):
    """Return the elements of all weights; −1 if arrays are unaligned, or overlap: threads would race.

    The numbers are the addresses of the arrays, group by group, and the sizes of the weights.
    """
    rows, start = len(table), 0
    addresses, sizes = numbers[:-rows], numbers[-rows:]
    for i in range(len(addresses)):
        at, end = addresses[i], addresses[i] + BYTES * sizes[i % rows]
        if at % BYTES != 0:
            return -1
        for first in range(0, i, rows):
            for j in range(first, min(first + rows, i)):
                if at < addresses[j] + BYTES * sizes[j - first] and addresses[j] < end:
                    return -1
        table[i % rows, 2 + i // rows] = at
    for row in range(rows):
        table[row, 0], table[row, 1] = start, start + sizes[row]
        start += sizes[row]
    return start


@njit_inline
def _byte_range(table, row, start, stop):
    """Return the range of bytes of a row's arrays that is in the chunks `start` … `stop`."""
    first, end = max(start * CHUNK, table[row, 0]), min(stop * CHUNK, table[row, 1])
    return (first - table[row, 0]) * BYTES, (end - table[row, 0]) * BYTES


@njit_inline
def _flushed(mean):
    """Return a running mean, 0 where it is too small to move a weight."""
    return select_greater(splat(LEAST), fabs(mean), splat(F32_SCALAR(0)), mean)


@parallel_kernel
def _sgd(table, rate, start, stop, thread_id):
    for row in range(len(table)):
        weight, gradient = table[row, 2], table[row, 3]
        first, end = _byte_range(table, row, start, stop)
        for at in range(first, end, LANES * BYTES):
            n = min(LANES, (end - at) // BYTES)
            store_at(load_at(weight + at, n) - rate * load_at(gradient + at, n), weight + at, n)


@parallel_kernel
def _momentum(table, rate, momentum, nesterov, start, stop, thread_id):
    for row in range(len(table)):
        weight, gradient, velocity = table[row, 2], table[row, 3], table[row, 4]
        first, end = _byte_range(table, row, start, stop)
        for at in range(first, end, LANES * BYTES):
            n = min(LANES, (end - at) // BYTES)
            step = rate * load_at(gradient + at, n)
            v = _flushed(momentum * load_at(velocity + at, n) - step)
            store_at(v, velocity + at, n)
            change = momentum * v - step if nesterov != 0 else v
            store_at(load_at(weight + at, n) + change, weight + at, n)


@parallel_kernel
def _rmsprop(table, rate, rho, one_minus_rho, epsilon, start, stop, thread_id):
    for row in range(len(table)):
        weight, gradient, mean_square = table[row, 2], table[row, 3], table[row, 4]
        first, end = _byte_range(table, row, start, stop)
        for at in range(first, end, LANES * BYTES):
            n = min(LANES, (end - at) // BYTES)
            g = load_at(gradient + at, n)
            square = rho * load_at(mean_square + at, n) + one_minus_rho * (g * g)
            store_at(square, mean_square + at, n)
            step = rate * g / sqrt(square + splat(epsilon))
            store_at(load_at(weight + at, n) - step, weight + at, n)


@parallel_kernel
def _adam(table, rate, one_minus_beta_1, one_minus_beta_2, epsilon, start, stop, thread_id):
    for row in range(len(table)):
        weight, gradient, m, v = table[row, 2], table[row, 3], table[row, 4], table[row, 5]
        first, end = _byte_range(table, row, start, stop)
        for at in range(first, end, LANES * BYTES):
            n = min(LANES, (end - at) // BYTES)
            g, mean, square = load_at(gradient + at, n), load_at(m + at, n), load_at(v + at, n)
            mean = _flushed(mean + one_minus_beta_1 * (g - mean))
            square = square + one_minus_beta_2 * (g * g - square)
            store_at(mean, m + at, n)
            store_at(square, v + at, n)
            step = rate * mean / (sqrt(square) + splat(epsilon))
            store_at(load_at(weight + at, n) - step, weight + at, n)
