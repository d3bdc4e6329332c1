"""Dropout's arithmetic and its random numbers."""

import numpy as np
import pytest
from scipy.stats import chi2

from minicnn import ops
from minicnn.ops.dropout import random_bits


@pytest.mark.parametrize("rate", [0.1, 0.5, 0.9])
@pytest.mark.parametrize("dtype", ["float32", "float64"])
def test_share_and_scale(rate, dtype):
    x = np.full(100_000, 3, dtype)
    y, mask = ops.dropout_forward(x, rate, seed=5, step=2)
    assert y.dtype == mask.dtype == dtype
    assert set(mask) == {0, np.dtype(dtype).type(1 / (1 - rate))}
    np.testing.assert_array_equal(y, 3 * mask)
    deviation = (rate * (1 - rate) / x.size) ** 0.5
    assert abs((y == 0).mean() - rate) < 4 * deviation


def test_backward_passes_where_forward_did():
    x = np.ones((4, 50))
    y, mask = ops.dropout_forward(x, 0.3, seed=1, step=0)
    dx = ops.dropout_backward(np.full(x.shape, 2.0), mask)
    np.testing.assert_array_equal(dx, 2 * y)


def test_shared_choices():
    y, _ = ops.dropout_forward(np.ones((20, 30, 4)), 0.5, seed=1, step=0, noise_shape=(20, 1, 4))
    assert (y == y[:, :1]).all()
    assert set(np.unique(y[:, 0])) == {0.0, 2.0}


def test_seed_step_and_nothing_else_decide():
    bits = random_bits((500,), seed=3, step=4)
    assert (bits == random_bits((500,), seed=3, step=4)).all()
    assert (bits[:100] == random_bits((100,), seed=3, step=4)).all()
    for seed, step in ((4, 4), (3, 5), (4, 3)):
        assert not (bits == random_bits((500,), seed=seed, step=step)).any()


def test_bits_are_even_and_independent():
    """Bytes of one stream, and of neighbouring steps and seeds xor-ed, against chi squared."""
    stream = random_bits((20_000,), seed=0, step=0)
    for bits in (
        stream,
        stream ^ random_bits((20_000,), 0, 1),
        stream ^ random_bits((20_000,), 1, 0),
    ):
        counts = np.bincount(bits.view(np.uint8), minlength=256)
        expected = counts.sum() / 256
        assert ((counts - expected) ** 2 / expected).sum() < chi2.ppf(1 - 1e-6, 255)


def test_the_numbers_of_a_seed_stay_the_same():
    """A model that is trained again with the same seed gets the same masks in every version."""
    expected = [0x64684C4F0FD784B4, 0x15AFA6CC98416E0C, 0xD79B1B9DBD70E170]
    assert random_bits((3,), seed=1, step=2).tolist() == expected
