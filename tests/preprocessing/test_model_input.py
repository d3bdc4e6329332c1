"""A picture reaches a model in the shape and range of its training data, and is shown in that range."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from minicnn.errors import ShapeError
from minicnn.layers import Dense, Flatten, Input
from minicnn.models import Sequential
from minicnn.preprocessing.model_input import (
    from_bytes,
    picture_shape,
    pixel_range,
    to_brightness,
    to_model_input,
)


@pytest.mark.parametrize(
    ("seen", "expected"),
    [
        ((0, 255), (0, 255)), ((0, 100), (0, 255)), ((12, 254), (0, 255)),
        ((0, 1), (0, 1)), ((0, 0.9), (0, 1)), ((0, 16), (0, 16)), ((0, 15), (0, 16)),
        ((-1, 1), (-1, 1)), ((-0.9, 0.98), (-1, 1)), ((-0.42, 2.8), (-0.42, 2.8)),
        ((0, 40000), (0, 65535)), ((0, 40), (0, 40)), ((0, 0), (0, 1)), ((0, 0.01), (0, 0.01)),
    ],
)  # fmt: skip
def test_full_scales(seen, expected):
    assert pixel_range(seen) == expected


@given(st.floats(-300, 300), st.floats(0.01, 70000))
def test_no_range_is_shown_black(low, extent):
    """The brightest pixel of the training data has at least a quarter of full brightness."""
    black, white = pixel_range((low, low + extent))
    assert white > black
    if low + extent > 0.01:
        assert to_brightness(np.array([low + extent]), (black, white))[0] >= 0.25


@given(st.integers(0, 255), st.sampled_from([(0, 1), (0, 16), (0, 255), (-1, 1), (-0.4, 2.8)]))
def test_a_pixel_has_the_same_brightness_in_every_range(pixel, black_white):
    value = from_bytes(np.array([pixel], np.uint8), black_white)
    assert to_brightness(value, black_white)[0] == pytest.approx(pixel / 255, abs=1e-6)


@pytest.mark.parametrize(
    ("shape", "expected"),
    [
        ((28, 28, 1), (28, 28, 1)), ((28, 28), (28, 28, 1)), ((784,), (28, 28, 1)),
        ((64,), (8, 8, 1)), ((3072,), (32, 32, 3)), ((9, 5, 4), (9, 5, 4)),
    ],
)  # fmt: skip
def test_shapes_of_pictures(shape, expected):
    assert picture_shape((None, *shape)) == expected


@pytest.mark.parametrize("shape", [(4,), (10,), (28, 28, 2), (None, None, 3), (2, 2, 2, 1)])
def test_inputs_that_are_no_pictures(shape):
    with pytest.raises(ShapeError, match="no picture has that shape"):
        picture_shape((None, *shape))


@pytest.mark.parametrize("shape", [(8, 8, 1), (8, 8), (64,), (8, 8, 3), (192,)])
@pytest.mark.parametrize("white", [1.0, 16.0, 255.0])
def test_a_picture_as_the_model_was_trained(shape, white):
    model = Sequential([Input(shape), Flatten(), Dense(2)])
    model.trained_range = (0.0, white)
    pixels = np.random.default_rng(0).integers(0, 256, (8, 8), np.uint8)
    example = to_model_input(model, pixels)
    assert example.shape == shape
    channels = example.reshape(8, 8, -1)
    for channel in np.moveaxis(channels, -1, 0):
        np.testing.assert_allclose(channel, pixels * (white / 255), rtol=1e-6)


def test_a_large_colour_picture_is_averaged():
    model = Sequential([Input((4, 4, 1)), Flatten(), Dense(2)])
    stripes = np.zeros((40, 80, 3), np.uint8)
    stripes[:, ::2] = 200
    assert np.abs(to_model_input(model, stripes).astype(int) - 100).max() <= 5
