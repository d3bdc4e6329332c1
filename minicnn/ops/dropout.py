"""Dropout, forward and backward, with random bits that are a function of (seed, step, position).

Reference: Srivastava et al. 2014, "Dropout: a simple way to prevent neural networks from
overfitting", JMLR 15; the scaling is that of "inverted" dropout, as in Keras.
"""

import numpy as np
from numpy import ndarray

__all__ = ["dropout_backward", "dropout_forward"]

GOLDEN = np.uint64(0x9E3779B97F4A7C15)  # 2⁶⁴ / golden ratio
MIX_1 = np.uint64(0xBF58476D1CE4E5B9)
MIX_2 = np.uint64(0x94D049BB133111EB)


def dropout_forward(
    x: ndarray,
    rate: float,
    seed: int,
    step: int,
    noise_shape: tuple[int, ...] | None = None,
    start: int = 0,
) -> tuple[ndarray, ndarray]:
    """Set a random fraction of the elements to 0 and scale up the rest: ``y = x·keep/(1 − rate)``.

    The same seed and step always drop the same elements.

    Parameters
    ----------
    x : array
    rate : float
        Fraction to drop, 0 ≤ rate < 1.
    seed, step : int
        Stream of random bits, and the position in it.
    noise_shape : tuple of int, optional
        Shape of the mask; it is broadcast along axes of size 1.
    start : int
        Position of the mask's first element among the random bits: that of a part of a batch.

    Returns
    -------
    y : array
        Shape and dtype of `x`.
    mask : array
        0 or 1/(1 − rate), of shape `noise_shape`: the cache of `dropout_backward`.

    Raises
    ------
    ValueError
        If `rate` is not in [0, 1), or `noise_shape` does not broadcast to the shape of `x`.

    Examples
    --------
    >>> y, mask = dropout_forward(np.ones(8), rate=0.5, seed=1, step=0)
    >>> sorted({float(value) for value in y})
    [0.0, 2.0]
    """
    shape = x.shape if noise_shape is None else noise_shape
    keep = random_bits(shape, seed, step, start) >= np.uint64(rate * 2.0**64)
    mask = keep.astype(x.dtype) * x.dtype.type(1 / (1 - rate))
    return x * mask, mask


def dropout_backward(dy: ndarray, mask: ndarray) -> ndarray:
    """Pass the gradient of the elements that were kept: ``dx = dy·keep/(1 − rate)``.

    Parameters
    ----------
    dy : array
        ∂loss/∂y.
    mask : array
        From `dropout_forward`.

    Returns
    -------
    dx : array
        Shape of `dy`.

    Examples
    --------
    >>> dropout_backward(np.array([3.0, 3.0]), np.array([0.0, 2.0]))
    array([0., 6.])
    """
    return dy * mask


def random_bits(shape: tuple[int, ...], seed: int, step: int, start: int = 0) -> ndarray:
    """Return 64 random bits for each element, a pure function of seed, step and position.

    SplitMix64 (Steele, Lea & Flood 2014, "Fast splittable pseudorandom number generators"): a
    counter that starts at a hash of seed and step is mixed until its bits look random. There is no
    state, so any part can be computed alone.

    Examples
    --------
    >>> bool((random_bits((3,), 1, 0) == random_bits((3,), 1, 0)).all())
    True
    >>> bool((random_bits((3,), 1, 0) == random_bits((3,), 1, 1)).any())
    False
    """
    with np.errstate(over="ignore"):  # arithmetic modulo 2⁶⁴ is intended
        origin = _mix(np.array([seed], np.uint64) * GOLDEN + np.uint64(step))
        counter = np.arange(start + 1, start + np.prod(shape, dtype=int) + 1, dtype=np.uint64)
        return _mix(origin + counter * GOLDEN).reshape(shape)


def _mix(z: ndarray) -> ndarray:
    """Spread every bit of `z` over all 64: the output function of SplitMix64."""
    z = (z ^ (z >> np.uint64(30))) * MIX_1
    z = (z ^ (z >> np.uint64(27))) * MIX_2
    return z ^ (z >> np.uint64(31))
