"""The moving averages of batch normalization, which training changes."""

import numpy as np
import pytest

from minicnn.layers import BatchNormalization

BATCH = np.array([[1.0, 10.0], [3.0, 30.0], [5.0, 20.0]])
MEAN, VARIANCE = [3, 20], [8 / 3, 200 / 3]  # divided by n


@pytest.fixture
def layer():
    made = BatchNormalization(momentum=0.9, dtype="float64")
    made.build((None, 2))
    return made


def test_a_step_moves_the_averages(layer):
    layer.update_state(layer.forward(BATCH, training=True)[1])
    np.testing.assert_allclose(layer.moving_mean, 0.1 * np.array(MEAN))
    np.testing.assert_allclose(layer.moving_variance, 0.9 + 0.1 * np.array(VARIANCE))


def test_the_arrays_stay_the_same_objects(layer):
    mean, variance = layer.moving_mean, layer.moving_variance
    layer.update_state(layer.forward(BATCH, training=True)[1])
    assert layer.moving_mean is mean
    assert layer.moving_variance is variance


def test_the_averages_converge_to_the_batch(layer):
    for _ in range(400):
        layer.update_state(layer.forward(BATCH, training=True)[1])
    np.testing.assert_allclose(layer.moving_mean, MEAN)
    np.testing.assert_allclose(layer.moving_variance, VARIANCE)
    np.testing.assert_allclose(layer(BATCH), layer(BATCH, training=True), atol=1e-9)


@pytest.mark.parametrize("frozen", [True, False])
def test_inference_and_frozen_layers_change_no_averages(layer, frozen):
    layer.trainable = not frozen
    layer.update_state(layer.forward(BATCH, training=frozen)[1])
    assert layer.moving_mean.tolist() == [0, 0]
    assert layer.moving_variance.tolist() == [1, 1]


def test_a_frozen_layer_normalises_with_the_averages(layer):
    layer.trainable = False
    np.testing.assert_allclose(layer(BATCH, training=True), BATCH / np.sqrt(1 + layer.epsilon))


def test_statistics_include_all_images_rows_and_columns():
    layer = BatchNormalization(momentum=0.0, dtype="float64")
    x = np.arange(24.0).reshape(2, 2, 3, 2)
    layer.build((None, 2, 3, 2))
    layer.update_state(layer.forward(x, training=True)[1])
    np.testing.assert_allclose(layer.moving_mean, [11, 12])
    np.testing.assert_allclose(layer.moving_variance, x[..., 0].var())
