"""Gradients against the slopes of the forward pass: central differences, in float64.

For a random upstream gradient dy the loss is ``Σ dy·y``: with ones in its place a transposed or
shuffled gradient could pass. Every array is compared twice: along a random direction, which all of
its entries take part in, and in some entries one by one, so that the wrong one can be named.
"""

from collections.abc import Callable, Iterator

import numpy as np
from numpy import ndarray

from minicnn.layers import Layer
from minicnn.testing import check_gradients
from minicnn.testing.numerical import distinct_numbers as distinct

__all__ = ["assert_gradients", "assert_slope", "distinct", "randomize"]

STEP = 1e-6
TOLERANCE = 1e-6  # relative to the array's largest slope; central differences reach about 1e-8
ENTRIES = 12  # looked at one by one; of larger arrays a random choice


def randomize(layer: Layer, random: np.random.Generator) -> None:
    """Give a layer weights of which none is special, such as a bias of 0; variances positive."""
    layer.set_weights(
        [
            random.uniform(0.5, 1.5, weight.shape)
            if name.endswith("variance")
            else random.normal(size=weight.shape)
            for name, weight in zip(layer.weight_names, layer.weights, strict=True)
        ]
    )


def assert_gradients(
    layer: Layer, x: ndarray, random: np.random.Generator, training: bool = False
) -> None:
    """Let the public tool check a built layer, here without the excuse of a kink."""
    seed = int(random.integers(2**32))
    report = check_gradients(layer, x, training=training, entries=ENTRIES, seed=seed)
    assert not report.kinks, report


def assert_slope(
    loss: Callable[[], float],
    array: ndarray,
    gradient: ndarray,
    name: str,
    random: np.random.Generator,
) -> None:
    """Compare `gradient` with finite differences of ``loss()``, changing its input `array` in place."""
    assert gradient.shape == array.shape, f"d{name} has shape {gradient.shape}, not {array.shape}"
    assert gradient.dtype == array.dtype == np.float64, f"d{name} is of {gradient.dtype}"
    largest = max(1.0, float(np.abs(gradient).max(initial=0)))
    direction = random.choice([-1.0, 1.0], size=array.shape)
    for place in (*_some_places(array.shape, random), None):
        change = direction
        if place is not None:
            change = np.zeros(array.shape)
            change[place] = 1.0
        expected, got = _slope(loss, array, change), float((gradient * change).sum())
        allowed = TOLERANCE * largest * (1 if place else array.size**0.5)
        where = "along a random direction" if place is None else f"at {_plain(place)}"
        assert abs(got - expected) <= allowed, (
            f"d{name} {where} is {got:.9g}, but the forward pass has slope {expected:.9g}"
        )


def _slope(loss: Callable[[], float], array: ndarray, change: ndarray) -> float:
    """Return the derivative of ``loss()`` along `change`; the array is restored."""
    before = array.copy()
    array += STEP * change
    above = loss()
    array[...] = before - STEP * change
    below = loss()
    array[...] = before
    return (above - below) / (2 * STEP)


def _some_places(
    shape: tuple[int, ...], random: np.random.Generator
) -> Iterator[tuple[np.intp, ...]]:
    """Return all indices of a small array, a random sample of those of a large one."""
    size = int(np.prod(shape))
    chosen = random.choice(size, size=min(size, ENTRIES), replace=False)
    return zip(*np.unravel_index(np.sort(chosen), shape), strict=True)


def _plain(place: tuple[np.intp, ...]) -> tuple[int, ...]:
    return tuple(int(index) for index in place)
