"""One step of each optimizer, fast: all weights in one pass, each number read and written once.

Same names, signatures and results as in `minicnn.ops.reference.model_updates`.

A network has a few large weights and many small ones, whose number and shapes vary. The compiled
functions therefore take a table with a row for each weight: the addresses of its arrays, and its
place in the row of all numbers of all weights, of which threads take `PIECE` at a time.
"""

from collections.abc import Callable, Sequence
from typing import Any

import numpy as np
from numpy import ndarray

from minicnn.ops import parallel, reference
from minicnn.ops.jit import kernel as compiled
from minicnn.ops.jit import part
from minicnn.ops.simd import LANES, load_at, splat, square_root, store_at
from minicnn.ops.team import job, share

F32 = np.float32
PIECE = 4096  # numbers
BYTES = 4  # of a number


def sgd_updates(
    weights: Sequence[ndarray], gradients: Sequence[ndarray], learning_rate: float
) -> None:
    """Step down the gradients; see `minicnn.ops.reference.model_updates.sgd_updates`."""
    if not _are_plain(weights, gradients):
        reference.sgd_updates(weights, gradients, learning_rate)
        return
    _run(_share_sgd, (weights, gradients), F32(learning_rate))


def momentum_updates(
    weights: Sequence[ndarray],
    gradients: Sequence[ndarray],
    velocities: Sequence[ndarray],
    learning_rate: float,
    momentum: float,
    nesterov: bool = False,
) -> None:
    """Step with momentum; see `minicnn.ops.reference.model_updates.momentum_updates`."""
    if not _are_plain(weights, gradients, velocities):
        reference.momentum_updates(
            weights, gradients, velocities, learning_rate, momentum, nesterov
        )
        return
    numbers = F32(learning_rate), F32(momentum)
    _run(_share_momentum, (weights, gradients, velocities), *numbers, nesterov)


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
    """Divide by the mean square's root; see `minicnn.ops.reference.model_updates.rmsprop_updates`."""
    simple = means is None and velocities is None
    if not (simple and _are_plain(weights, gradients, mean_squares)):
        reference.rmsprop_updates(
            weights, gradients, mean_squares, learning_rate, rho, epsilon, means, velocities,
            momentum,
        )  # fmt: skip
        return
    numbers = F32(learning_rate), F32(rho), F32(1 - rho), F32(epsilon)
    _run(_share_rmsprop, (weights, gradients, mean_squares), *numbers)


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
    """Step by the running means; see `minicnn.ops.reference.model_updates.adam_updates`."""
    if v_maxs is not None or not _are_plain(weights, gradients, ms, vs):
        reference.adam_updates(
            weights, gradients, ms, vs, step, learning_rate, beta_1, beta_2, epsilon, v_maxs
        )
        return
    correction_1, correction_2 = 1 - F32(beta_1) ** F32(step), 1 - F32(beta_2) ** F32(step)
    rate = F32(learning_rate * np.sqrt(correction_2) / correction_1)
    numbers = rate, F32(1 - beta_1), F32(1 - beta_2), F32(epsilon)
    _run(_share_adam, (weights, gradients, ms, vs), *numbers)


def _are_plain(*groups: Sequence[ndarray]) -> bool:
    """Whether all arrays can be changed by their addresses."""
    return all(array.dtype == F32 and array.flags.carray for group in groups for array in group)


def _run(shared: Callable[..., None], groups: Sequence[Sequence[ndarray]], *numbers: Any) -> None:
    """Make the table, and share out the pieces."""
    table, end = np.empty((len(groups[0]), 2 + len(groups)), np.int64), 0
    for row, arrays in enumerate(zip(*groups, strict=True)):
        _enter(table, row, end, *[array.ravel() for array in arrays])
        end += arrays[0].size
    parallel.run(shared, -(-end // PIECE), table, *numbers)


@compiled
def _enter(table, row, begin, *arrays):
    """Write a row of the table; here, because Python needs five times as long for an address."""
    table[row, 0], table[row, 1] = begin, begin + arrays[0].size
    for place in range(len(arrays)):
        table[row, 2 + place] = arrays[place].ctypes.data


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
def _share_sgd(board, count, step, *arguments):
    share(board, count, step, *job(_sgd, arguments))


@compiled
def _share_momentum(board, count, step, *arguments):
    share(board, count, step, *job(_momentum, arguments))


@compiled
def _share_rmsprop(board, count, step, *arguments):
    share(board, count, step, *job(_rmsprop, arguments))


@compiled
def _share_adam(board, count, step, *arguments):
    share(board, count, step, *job(_adam, arguments))
