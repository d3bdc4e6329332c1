"""Layers that draw random numbers; their arithmetic is compared with Keras' in tests/parity."""

import numpy as np
import pytest

from minicnn import layers
from minicnn.errors import ShapeError, UnknownNameError
from minicnn.layers.shard import SHARD, Shard

IMAGES = np.random.default_rng(0).uniform(0, 255, (40, 6, 5, 2)).astype(np.float32)
RANDOM = [
    layers.GaussianNoise(1.0, seed=1),
    layers.GaussianDropout(0.5, seed=1),
    layers.SpatialDropout2D(0.5, seed=1),
    layers.RandomFlip(seed=1),
    layers.RandomRotation(0.2, seed=1),
    layers.RandomZoom(0.3, seed=1),
    layers.RandomTranslation(0.3, 0.2, seed=1),
    layers.RandomContrast(0.3, seed=1),
]
every_layer = pytest.mark.parametrize("layer", RANDOM, ids=lambda layer: type(layer).__name__)


@every_layer
def test_inference_changes_nothing(layer):
    np.testing.assert_array_equal(layer(IMAGES), IMAGES)


@every_layer
def test_each_step_is_different_and_can_be_repeated(layer):
    layer = type(layer).from_config(layer.get_config())
    first, cache = layer.forward(IMAGES, training=True)
    np.testing.assert_array_equal(layer.forward(IMAGES, training=True)[0], first)
    layer.update_state(cache)
    assert not np.array_equal(layer.forward(IMAGES, training=True)[0], first)


@every_layer
def test_each_image_is_changed_separately(layer):
    same = np.repeat(IMAGES[:1], 40, axis=0)
    y = layer(same, training=True)
    assert len(np.unique(y.reshape(40, -1), axis=0)) > 2


def test_each_part_of_a_batch_has_noise_of_its_own():
    layer, zeros = layers.GaussianNoise(1.0, seed=1), np.zeros((2, 3))
    noise = []
    for start in (0, 2, 4):  # positions in the batch that several processes share
        token = SHARD.set(Shard(start))
        noise.append(layer.forward(zeros, training=True)[0])
        SHARD.reset(token)
    np.testing.assert_array_equal(noise[0], np.random.default_rng([1, 0]).normal(size=(2, 3)))
    assert len({one.tobytes() for one in noise}) == 3


def test_the_standard_deviation_of_noise():
    zeros = np.zeros((100, 100), np.float32)
    assert np.isclose(layers.GaussianNoise(2.0, seed=1)(zeros, training=True).std(), 2, rtol=0.05)
    noise = layers.GaussianDropout(0.2, seed=1)(zeros + 1, training=True)
    assert np.isclose(noise.std(), 0.5, rtol=0.05)
    assert np.isclose(noise.mean(), 1, atol=0.02)


def test_a_flip_is_a_mirror_image():
    y = layers.RandomFlip(seed=1)(IMAGES, training=True)
    variants = [IMAGES, IMAGES[:, ::-1], IMAGES[:, :, ::-1], IMAGES[:, ::-1, ::-1]]
    found = [{k for k, v in enumerate(variants) if np.array_equal(v[i], y[i])} for i in range(40)]
    assert all(len(kinds) == 1 for kinds in found)
    assert set.union(*found) == {0, 1, 2, 3}


def test_limits():
    positive = layers.RandomTranslation(0, (0.2, 0.2), "constant")(IMAGES, training=True)
    np.testing.assert_allclose(positive[:, :, 1:], IMAGES[:, :, :-1], rtol=1e-5)
    darker = layers.RandomContrast((0.9, 0.0), seed=1)(IMAGES, training=True)
    assert (darker.std(axis=(1, 2)) < IMAGES.std(axis=(1, 2)) + 1e-3).all()


@pytest.mark.parametrize(
    ("make", "error", "message"),
    [
        (
            lambda: layers.GaussianNoise(-1),
            ValueError,
            "GaussianNoise: stddev must be a number >= 0",
        ),
        (lambda: layers.SpatialDropout2D(1.0), ValueError, "SpatialDropout2D: rate must be"),
        (lambda: layers.RandomFlip("both"), UnknownNameError, "mode of RandomFlip"),
        (lambda: layers.RandomRotation((0.1,)), ValueError, "factor must be a number or a pair"),
        (
            lambda: layers.RandomRotation(1.5),
            ValueError,
            "RandomRotation: factor must be .*1, got 1.5",
        ),
        (lambda: layers.RandomRotation((0.1, 1.5)), ValueError, "factor must be .*1, got 1.5"),
        (lambda: layers.RandomTranslation(0.1, (-1.5, 0)), ValueError, "width_factor must be"),
        (lambda: layers.RandomContrast((-0.1, 0.5)), ValueError, "RandomContrast: factor must be"),
        (
            lambda: layers.RandomZoom("0.1"),
            ValueError,
            "RandomZoom: height_factor must be a number",
        ),
        (
            lambda: layers.RandomRotation(0.1, "mirror"),
            UnknownNameError,
            "fill_mode of RandomRotation",
        ),
        (lambda: layers.Resizing(0, 3), ValueError, "Resizing: height must be an integer >= 1"),
        (
            lambda: layers.Resizing(2, 2, crop_to_aspect_ratio=True, pad_to_aspect_ratio=True),
            ValueError,
            "not both",
        ),
        (lambda: layers.Normalization(mean=1.0), ValueError, "both mean and variance"),
        (lambda: layers.Normalization(axis=3)(IMAGES[0]), ShapeError, "axis=3.*3 axes"),
        (lambda: layers.SpatialDropout1D(0.5)(IMAGES), ShapeError, "3 axes, including the batch"),
        (lambda: layers.RandomFlip()(IMAGES[0]), ShapeError, "images of shape"),
        (lambda: layers.PReLU(shared_axes=[0]), ValueError, "shared_axes must be an integer >= 1"),
    ],
)
def test_mistakes(make, error, message):
    with pytest.raises(error, match=message):
        make()


def test_adapting_to_batches():
    layer, data = layers.Normalization(), IMAGES.reshape(40, -1)
    layer.adapt([data[:10], data[10:]])
    y = layer(data)
    np.testing.assert_allclose(y.mean(axis=0), 0, atol=1e-5)
    np.testing.assert_allclose(y.std(axis=0), 1, rtol=1e-4)
    other = layers.Normalization()
    other.adapt(data)
    np.testing.assert_allclose(other(data), y, atol=1e-4)
    with pytest.raises(ValueError, match="at least one example"):
        layers.Normalization().adapt([])
