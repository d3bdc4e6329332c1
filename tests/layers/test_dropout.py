"""The state of dropout: seed and step decide which elements are dropped."""

import numpy as np
import pytest

from minicnn.layers import Dropout
from minicnn.random import set_random_seed

ONES = np.ones((40, 50), "float32")


def test_nothing_is_dropped_in_inference():
    assert (Dropout(0.5)(ONES) == 1).all()
    assert (Dropout(0.0)(ONES, training=True) == 1).all()


@pytest.mark.parametrize("rate", [0.1, 0.5, 0.8])
def test_the_mean_is_kept(rate):
    y = Dropout(rate, seed=1)(ONES, training=True)
    assert set(np.unique(y)) == {0, np.float32(1 / (1 - rate))}
    assert y.mean() == pytest.approx(1, abs=4 * (rate / (1 - rate) / ONES.size) ** 0.5)


def test_steps_differ_and_repeat():
    def three_steps():
        layer = Dropout(0.5, seed=9)
        for _ in range(3):
            y, cache = layer.forward(ONES, training=True)
            layer.update_state(cache)
            yield y.tobytes()

    first = list(three_steps())
    assert len(set(first)) == 3
    assert first == list(three_steps())


def test_state_is_seed_and_step():
    layer = Dropout(0.5, seed=9)
    assert layer.seed_state.tolist() == [9, 0]
    layer.update_state(None)
    assert layer.seed_state.tolist() == [9, 1]
    assert layer.weights == []
    assert Dropout(0.5, seed=3 * 2**32 + 5).seed_state.tolist() == [5, 0]


def test_without_a_seed_the_library_generator_is_used():
    def first_output():
        set_random_seed(4)
        return [Dropout(0.5)(ONES, training=True) for _ in range(2)]

    (one, two), (again, _) = first_output(), first_output()
    assert (one != two).any()
    assert (one == again).all()


def test_channels_are_dropped_together():
    y = Dropout(0.5, noise_shape=(None, 1, 1, None), seed=2)(np.ones((6, 4, 4, 8)), training=True)
    assert (y == y[:, :1, :1]).all()
    assert len(np.unique(y[:, 0, 0])) == 2


def test_backward_uses_the_mask_of_forward():
    layer = Dropout(0.25, seed=3)
    y, mask = layer.forward(ONES, training=True)
    dx, _ = layer.backward(ONES, mask)
    np.testing.assert_array_equal(dx, y)
