"""Batch normalisation's arithmetic, by hand; its gradients are tested with its layer's."""

import numpy as np
import pytest

from minicnn import ops


def normalized(x, training, **options):
    zeros, ones = np.zeros(x.shape[-1]), np.ones(x.shape[-1])
    options = {"gamma": None, "beta": None, "moving_mean": zeros, "moving_variance": ones} | options
    return ops.batch_normalization_forward(x, training=training, **options)


def test_training_brings_every_channel_to_mean_0_and_variance_1():
    x = np.random.default_rng(0).normal(3, 5, size=(4, 3, 2, 6))
    y, cache = normalized(x, training=True, epsilon=1e-12)
    np.testing.assert_allclose(y.mean(axis=(0, 1, 2)), 0, atol=1e-12)
    np.testing.assert_allclose(y.var(axis=(0, 1, 2)), 1, atol=1e-12)
    np.testing.assert_allclose(cache.mean, x.mean(axis=(0, 1, 2)))
    squares = ((x - cache.mean) ** 2).sum(axis=(0, 1, 2))
    np.testing.assert_allclose(cache.variance, squares / 24)  # n, not n − 1


def test_inference_takes_the_moving_averages():
    y, _ = normalized(
        np.array([[7.0]]), training=False, epsilon=0.5, gamma=np.array([10.0]), beta=np.array([1.0]),
        moving_mean=np.array([4.0]), moving_variance=np.array([3.5]),
    )  # fmt: skip
    assert y.item() == pytest.approx(10 * (7 - 4) / (3.5 + 0.5) ** 0.5 + 1)


def test_epsilon_is_added_to_the_variance():
    y, _ = normalized(np.array([[-1.0], [1.0]]), training=True, epsilon=3.0)
    np.testing.assert_allclose(y.ravel(), [-0.5, 0.5])
