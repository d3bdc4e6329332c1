"""Dropout, forward and backward, with random numbers that are a function of (seed, step, cell).

Reference: Srivastava et al. 2014, "Dropout: a simple way to prevent neural networks from
overfitting", JMLR 15; the scaling is that of "inverted" dropout, as in Keras.
"""

import numpy as np
from numpy import ndarray

GOLDEN = np.uint64(0x9E3779B97F4A7C15)  # 2⁶⁴ / golden ratio
MIX_1 = np.uint64(0xBF58476D1CE4E5B9)
MIX_2 = np.uint64(0x94D049BB133111EB)


def dropout_forward(
    x: ndarray, rate: float, seed: int, step: int, noise_shape: tuple[int, ...] | None = None
) -> tuple[ndarray, ndarray]:
    """Set a random share of the cells to zero and scale the others up: ``y = x·keep/(1 − rate)``.

    The same seed and step always drop the same cells.

    Parameters
    ----------
    x : array
    rate : float
        The share to drop, 0 ≤ rate < 1.
    seed, step : int
        Which stream of random numbers, and how far along it.
    noise_shape : tuple of int, optional
        Shape of the random choice where several cells share one, 1 on the axes they share.

    Returns
    -------
    y : array
        As `x`.
    mask : array
        0 or 1/(1 − rate), shaped `noise_shape`: the cache of `dropout_backward`.

    Examples
    --------
    >>> y, mask = dropout_forward(np.ones(8), rate=0.5, seed=1, step=0)
    >>> sorted({float(value) for value in y})
    [0.0, 2.0]
    """
    shape = x.shape if noise_shape is None else noise_shape
    keep = random_bits(shape, seed, step) >= np.uint64(rate * 2.0**64)
    mask = keep.astype(x.dtype) * x.dtype.type(1 / (1 - rate))
    return x * mask, mask


def dropout_backward(dy: ndarray, mask: ndarray) -> ndarray:
    """Pass the gradient where the cell was kept: ``dx = dy·keep/(1 − rate)``.

    Parameters
    ----------
    dy : array
        ∂loss/∂y.
    mask : array
        Of the forward pass.

    Returns
    -------
    dx : array
        As `dy`.

    Examples
    --------
    >>> dropout_backward(np.array([3.0, 3.0]), np.array([0.0, 2.0]))
    array([0., 6.])
    """
    return dy * mask


def random_bits(shape: tuple[int, ...], seed: int, step: int) -> ndarray:
    """Return 64 random bits a cell, a pure function of seed, step and the cell's place.

    SplitMix64 (Steele, Lea & Flood 2014, "Fast splittable pseudorandom number generators"): the
    cell's number, counted on from a start that seed and step fix, is mixed until its bits look
    random. There is no stream to advance, so any part can be computed alone.

    Examples
    --------
    >>> bool((random_bits((3,), 1, 0) == random_bits((3,), 1, 0)).all())
    True
    >>> bool((random_bits((3,), 1, 0) == random_bits((3,), 1, 1)).any())
    False
    """
    with np.errstate(over="ignore"):  # arithmetic modulo 2⁶⁴ is meant
        start = _mix(np.array([seed], np.uint64) * GOLDEN + np.uint64(step))
        cells = np.arange(1, np.prod(shape, dtype=int) + 1, dtype=np.uint64)
        return _mix(start + cells * GOLDEN).reshape(shape)


def _mix(z: ndarray) -> ndarray:
    """Spread every bit of `z` over all 64: the output function of SplitMix64."""
    z = (z ^ (z >> np.uint64(30))) * MIX_1
    z = (z ^ (z >> np.uint64(27))) * MIX_2
    return z ^ (z >> np.uint64(31))
