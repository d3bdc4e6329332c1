from pathlib import Path

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from minicnn.errors import UnknownNameError
from minicnn.preprocessing.resize import INTERPOLATIONS, crop_to_size, pad_to_size, resize

KERAS = np.load(Path(__file__).with_name("keras_values.npz"))


@pytest.mark.parametrize("interpolation", ["nearest", "bilinear", "bicubic"])
@pytest.mark.parametrize("size", [(3, 4), (9, 10)])
def test_as_keras(interpolation, size):
    resized = resize(KERAS["image"], size, interpolation)
    # TensorFlow looks its cubic kernel up in a table of 1024 steps.
    near = 0.2 if interpolation == "bicubic" else 1e-3
    np.testing.assert_allclose(
        resized, KERAS[f"resize_{interpolation}_{size[0]}"], rtol=0, atol=near
    )


@pytest.mark.parametrize("size", [(4, 9), (9, 4)])
def test_aspect_as_keras(size):
    image = KERAS["image"]
    near = {"rtol": 0, "atol": 1e-3}
    np.testing.assert_allclose(
        crop_to_size(image, size, "bilinear"), KERAS[f"crop_{size[0]}"], **near
    )
    np.testing.assert_allclose(
        pad_to_size(image, size, "bilinear"), KERAS[f"pad_{size[0]}"], **near
    )


sides = st.integers(1, 9)


@given(sides, sides, sides, sides, st.sampled_from(INTERPOLATIONS), st.integers(0, 255))
def test_an_even_picture_stays_even(height, width, new_height, new_width, interpolation, grey):
    resized = resize(np.full((height, width, 2), grey), (new_height, new_width), interpolation)
    assert resized.dtype == np.float32
    assert resized.shape == (new_height, new_width, 2)
    np.testing.assert_allclose(resized, grey, atol=1e-3)


@given(sides, sides, st.sampled_from(INTERPOLATIONS))
def test_the_same_size_is_the_same_picture(height, width, interpolation):
    image = np.random.default_rng(0).integers(0, 256, (height, width, 1))
    np.testing.assert_allclose(resize(image, (height, width), interpolation), image, atol=1e-3)


@given(sides, sides, sides, sides)
def test_any_size_can_be_cropped_and_padded(height, width, new_height, new_width):
    image = np.full((height, width, 1), 255)
    cropped = crop_to_size(image, (new_height, new_width), "nearest")
    padded = pad_to_size(image, (new_height, new_width), "nearest")
    assert cropped.shape == padded.shape == (new_height, new_width, 1)
    assert (cropped == 255).all()
    inside = padded == 255
    assert (inside | (padded == 0)).all()
    assert inside.any(axis=0).all() or inside.any(axis=1).all()  # it touches two opposite edges


def test_an_unknown_interpolation():
    with pytest.raises(UnknownNameError, match="Did you mean 'bilinear'"):
        resize(np.zeros((2, 2, 1)), (1, 1), "bilinaer")
