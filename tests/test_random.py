"""One seed gives the same bits: initial weights, dropout, NumPy's and Python's generators."""

import random

import numpy as np
import pytest

from minicnn import layers
from minicnn.random import fresh_seed, generator, set_random_seed


def network():
    """Output in training and weights of a network that draws on the stream in every way."""
    parts = [layers.Conv2D(3, 3, kernel_initializer="he_normal"), layers.Dropout(0.5), layers.Flatten(),
             layers.Dense(4, bias_initializer="random_uniform"), layers.Dropout(0.3)]  # fmt: skip
    y = np.ones((2, 6, 6, 1), "float32")
    bits = []
    for layer in parts:
        y = layer(y, training=True)
        bits += [y.tobytes(), *(weight.tobytes() for weight in layer.weights)]
    return bits


def after(seed, draw):
    set_random_seed(seed)
    return draw()


@pytest.mark.parametrize(
    "draw",
    [network, lambda: generator().random(), fresh_seed, random.random, lambda: np.random.rand()],  # noqa: NPY002
    ids=["network", "generator", "fresh_seed", "random", "numpy.random"],
)
def test_the_same_seed_gives_the_same_bits(draw):
    first = after(1, draw)
    assert after(1, draw) == first
    assert after(2, draw) != first


def test_the_stream_goes_on():
    assert generator().random() != generator().random()
    assert fresh_seed() != fresh_seed()


def test_a_seed_of_its_own_leaves_the_stream_alone():
    def draw(also):
        set_random_seed(3)
        if also:
            generator(7).random()
        return generator().random()

    assert draw(also=True) == draw(also=False)
    assert generator(7).random() == generator(7).random()


@pytest.mark.parametrize("seed", [0, 2**32 - 1, np.int64(5)])
def test_seeds(seed):
    """The three generators have the state after this seed, and no other."""
    set_random_seed(seed)
    expected = np.random.default_rng(int(seed)).random(), random.Random(int(seed)).random()
    assert (generator().random(), random.random()) == expected
    assert np.random.rand() == np.random.RandomState(int(seed)).rand()  # noqa: NPY002


@pytest.mark.parametrize("seed", [-1, 2**32, 1.5, "1", None, True])
def test_wrong_seeds(seed):
    with pytest.raises(
        ValueError, match=f"seed must be an integer >= 0 and <= 4294967295, got {seed!r}"
    ):
        set_random_seed(seed)
