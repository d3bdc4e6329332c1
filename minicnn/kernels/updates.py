"""One step of each optimizer, fast: all weights in one pass, each number read and written once.

Same names, signatures and results as in `minicnn.ops.model_updates`.

A network has a few large weights and many small ones, whose number and shapes vary. The compiled
functions therefore take a table with a row for each weight: the addresses of its arrays, and its
place in the row of all numbers of all weights, of which threads take `PIECE` at a time.
"""

import math
from collections.abc import Callable, Sequence
from itertools import chain
from typing import Any

import numpy as np
from numpy import ndarray

from minicnn.kernels.primitives.copies import BYTES
from minicnn.kernels.primitives.simd import LANES, load_at, splat, square_root, store_at
from minicnn.kernels.runtime import parallel
from minicnn.kernels.runtime.array_objects import (
    PLAIN_FLOAT32,
    are_of_one_shape,
    count_numbers,
    data_address,
    is_plain,
)
from minicnn.kernels.runtime.jit import kernel as compiled
from minicnn.kernels.runtime.jit import part
from minicnn.kernels.runtime.task_slot import job, share
from minicnn.ops import reference

F32 = np.float32
PIECE = 4096  # numbers


def sgd_updates(
    weights: Sequence[ndarray], gradients: Sequence[ndarray], learning_rate: float
) -> None:
    """Step down the gradients; see `minicnn.ops.model_updates.sgd_updates`."""
    if not _run(_share_sgd, (weights, gradients), float(learning_rate)):
        reference.sgd_updates(weights, gradients, learning_rate)


def momentum_updates(
    weights: Sequence[ndarray],
    gradients: Sequence[ndarray],
    velocities: Sequence[ndarray],
    learning_rate: float,
    momentum: float,
    nesterov: bool = False,
) -> None:
    """Step with momentum; see `minicnn.ops.model_updates.momentum_updates`."""
    groups, numbers = (weights, gradients, velocities), (float(learning_rate), float(momentum))
    if not _run(_share_momentum, groups, *numbers, bool(nesterov)):
        reference.momentum_updates(*groups, learning_rate, momentum, nesterov)


def rmsprop_updates(
    weights: Sequence[ndarray],
    gradients: Sequence[ndarray],
    mean_squares: Sequence[ndarray],
    learning_rate: float,
    rho: float = 0.9,
    epsilon: float = 1e-7,
    means: Sequence[ndarray] | None = None,
    velocities: Sequence[ndarray] | None = None,
    momentum: float = 0.0,
) -> None:
    """Divide by the mean square's root; see `minicnn.ops.model_updates.rmsprop_updates`."""
    groups, numbers = (weights, gradients, mean_squares), (learning_rate, rho, epsilon)
    simple = means is None and velocities is None
    if not (simple and _run(_share_rmsprop, groups, *map(float, numbers))):
        reference.rmsprop_updates(*groups, *numbers, means, velocities, momentum)


def adam_updates(
    weights: Sequence[ndarray],
    gradients: Sequence[ndarray],
    ms: Sequence[ndarray],
    vs: Sequence[ndarray],
    step: int,
    learning_rate: float = 0.001,
    beta_1: float = 0.9,
    beta_2: float = 0.999,
    epsilon: float = 1e-7,
    v_maxs: Sequence[ndarray] | None = None,
) -> None:
    """Step by the running means; see `minicnn.ops.model_updates.adam_updates`."""
    groups, numbers = (weights, gradients, ms, vs), (learning_rate, beta_1, beta_2, epsilon)
    if v_maxs is not None or not _run(_share_adam, groups, *map(float, (step, *numbers))):
        reference.adam_updates(*groups, step, *numbers, v_maxs)


def _run(shared: Callable[..., None], groups: Sequence[Sequence[ndarray]], *numbers: Any) -> bool:
    """Make the table, and share out the pieces; return False where this cannot be done."""
    arrays = list(chain.from_iterable(zip(*groups, strict=True)))  # each weight's, then the next's
    table = np.empty((len(groups[0]), 2 + len(groups)), np.int64)
    end = _fill(table, np.fromiter(map(id, arrays), np.int64, len(arrays)), PLAIN_FLOAT32)
    if end >= 0:
        parallel.run(shared, -(-end // PIECE), table, *numbers)
    return end >= 0


@compiled
def _fill(table, arrays, wanted):
    """Write the table; return how many numbers there are, or −1 where an array is not as wanted."""
    groups, begin = table.shape[1] - 2, 0
    for row in range(len(table)):
        weight = arrays[row * groups]
        for place in range(groups):
            array = arrays[row * groups + place]
            if not is_plain(array, wanted) or not are_of_one_shape(array, weight):
                return -1
            table[row, 2 + place] = data_address(array)
        end = begin + count_numbers(weight)
        table[row, 0], table[row, 1] = begin, end
        begin = end
    return begin


@part
def _bounds(table, row, low, high):
    """Return which bytes of the row's weight are in the pieces `low` … `high`: first, end."""
    begin, end = table[row, 0], table[row, 1]
    first, last = max(low * PIECE, begin), min(high * PIECE, end)
    return (first - begin) * BYTES, (last - begin) * BYTES


@part
def _sgd(table, rate, low, high, thread):
    """Change the numbers of the pieces `low` … `high`."""
    for row in range(len(table)):
        weight, gradient = table[row, 2], table[row, 3]
        first, end = _bounds(table, row, low, high)
        for at in range(first, end, LANES * BYTES):
            n = min(LANES, (end - at) // BYTES)
            store_at(load_at(weight + at, n) - rate * load_at(gradient + at, n), weight + at, n)


@part
def _momentum(table, rate, momentum, nesterov, low, high, thread):
    """Change the numbers of the pieces `low` … `high`, and their velocities."""
    for row in range(len(table)):
        weight, gradient, velocity = table[row, 2], table[row, 3], table[row, 4]
        first, end = _bounds(table, row, low, high)
        for at in range(first, end, LANES * BYTES):
            n = min(LANES, (end - at) // BYTES)
            step = rate * load_at(gradient + at, n)
            speed = momentum * load_at(velocity + at, n) - step
            store_at(speed, velocity + at, n)
            moved = momentum * speed - step if nesterov else speed
            store_at(load_at(weight + at, n) + moved, weight + at, n)


@part
def _rmsprop(table, rate, kept, added, epsilon, low, high, thread):
    """Change the numbers of the pieces `low` … `high`, and their mean squares."""
    for row in range(len(table)):
        weight, gradient, mean_square = table[row, 2], table[row, 3], table[row, 4]
        first, end = _bounds(table, row, low, high)
        for at in range(first, end, LANES * BYTES):
            n = min(LANES, (end - at) // BYTES)
            g = load_at(gradient + at, n)
            square = kept * load_at(mean_square + at, n) + added * (g * g)
            store_at(square, mean_square + at, n)
            step = rate * g / square_root(square + splat(epsilon))
            store_at(load_at(weight + at, n) - step, weight + at, n)


@part
def _adam(table, rate, share_1, share_2, epsilon, low, high, thread):
    """Change the numbers of the pieces `low` … `high`, and their running means."""
    for row in range(len(table)):
        weight, gradient, m, v = table[row, 2], table[row, 3], table[row, 4], table[row, 5]
        first, end = _bounds(table, row, low, high)
        for at in range(first, end, LANES * BYTES):
            n = min(LANES, (end - at) // BYTES)
            g, mean, square = load_at(gradient + at, n), load_at(m + at, n), load_at(v + at, n)
            mean = mean + share_1 * (g - mean)
            square = square + share_2 * (g * g - square)
            store_at(mean, m + at, n)
            store_at(square, v + at, n)
            step = rate * mean / (square_root(square) + splat(epsilon))
            store_at(load_at(weight + at, n) - step, weight + at, n)


@compiled
def _share_sgd(board, count, step, table, rate):
    share(board, count, step, *job(_sgd, (table, F32(rate))))


@compiled
def _share_momentum(board, count, step, table, rate, momentum, nesterov):
    share(board, count, step, *job(_momentum, (table, F32(rate), F32(momentum), nesterov)))


@compiled
def _share_rmsprop(board, count, step, table, rate, rho, epsilon):
    numbers = F32(rate), F32(rho), F32(1 - rho), F32(epsilon)
    share(board, count, step, *job(_rmsprop, (table, *numbers)))


@compiled
def _share_adam(board, count, step, table, time, rate, beta_1, beta_2, epsilon):
    """Take over the numbers; the powers are taken in float32, as the reference and Keras do."""
    correction_1 = F32(1) - F32(beta_1) ** F32(time)
    correction_2 = F32(1) - F32(beta_2) ** F32(time)
    corrected = F32(rate) * F32(math.sqrt(correction_2)) / correction_1
    numbers = corrected, F32(1 - beta_1), F32(1 - beta_2), F32(epsilon)
    share(board, count, step, *job(_adam, (table, *numbers)))
