"""Invariants of walks: a step's value is its sum, and its factors are elements of the arrays."""

import math

import numpy as np
from numpy import ndarray

LOOKED_AT = 20  # steps of a walk; of larger ones a random choice


def assert_steps(walk, arrays: dict[str, ndarray], random: np.random.Generator) -> None:
    """Check steps of a walk; `arrays` contains the sources of its factors by name."""
    places = list(walk.indices())
    assert len(places) == len(set(places)) == len(walk) == walk.output.size
    chosen = random.choice(len(places), min(len(places), LOOKED_AT), replace=False)
    for place in (places[number] for number in chosen):
        step = walk[place]
        assert step.index == place
        assert_sum(step)
        assert step.value == walk.output[place]
        for term in step.terms:
            assert_read(term, arrays)


def assert_sum(step) -> None:
    """A step's value is the sum of its products, and its bias."""
    products = [math.prod(factor.value for factor in term.factors) for term in step.terms]
    expected = math.fsum(products) + (step.bias or 0)
    size = max(1.0, math.fsum(map(abs, products)))
    assert math.isclose(step.value, expected, rel_tol=0, abs_tol=1e-12 * size), step


def assert_read(term, arrays: dict[str, ndarray]) -> None:
    """Each factor is the element at its index; outside of the array it is padding, and 0."""
    for factor in term.factors:
        array = arrays[factor.name]
        inside = all(0 <= one < size for one, size in zip(factor.index, array.shape, strict=True))
        assert factor.is_padding == (not inside), factor
        assert factor.value == (array[factor.index] if inside else 0), factor
