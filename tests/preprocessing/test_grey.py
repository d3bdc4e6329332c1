import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from PIL import Image

from minicnn.errors import ShapeError
from minicnn.preprocessing.grey import LARGEST, grey_picture


@pytest.mark.parametrize(
    "mode", ["1", "L", "LA", "P", "PA", "RGB", "RGBA", "CMYK", "YCbCr", "I", "F"]
)
@pytest.mark.parametrize("white", [False, True])
def test_black_and_white_in_every_mode(mode, white):
    plain = Image.new("L", (7, 5), 255 * white)
    image = plain.convert("RGB").convert(mode) if mode in ("PA", "YCbCr") else plain.convert(mode)
    grey = grey_picture(image)
    assert grey.shape == (5, 7)
    assert grey.dtype == np.float32
    assert np.abs(grey - 255 * white).max() <= 1


@pytest.mark.parametrize("dtype", ["uint8", "uint16", "int32", "float32", "float64", "bool"])
def test_white_in_every_dtype(dtype):
    highest = {"uint8": 255, "uint16": 65535, "int32": 255, "bool": True}.get(dtype, 1.0)
    array = np.zeros((3, 4), dtype)
    array[1] = highest
    grey = grey_picture(array)
    assert (grey[1] == 255).all()
    assert (grey[[0, 2]] == 0).all()


def test_fractions_may_overshoot_a_little():
    assert grey_picture(np.array([[0.0, 1.05]])).tolist() == [[0.0, pytest.approx(267.75)]]
    assert grey_picture(np.array([[0.0, 250.5]])).tolist() == [[0.0, 250.5]]


@pytest.mark.parametrize("channels", [(), (1,), (3,), (4,)])
def test_arrays_of_every_shape(channels):
    assert (grey_picture(np.full((3, 2, *channels), 255, np.uint8)) == 255).all()


def test_grey_of_colours_is_pillows():
    colours = np.random.default_rng(0).integers(0, 256, (20, 20, 3), np.uint8)
    expected = np.asarray(Image.fromarray(colours).convert("L"), float)
    assert np.abs(grey_picture(colours) - expected).max() <= 1
    assert np.abs(grey_picture(Image.fromarray(colours)) - expected).max() <= 1


@pytest.mark.parametrize(("ink", "ground"), [(0, 255), (90, 255), (255, 0), (160, 0)])
@pytest.mark.parametrize("kind", ["array", "RGBA", "LA", "P"])
def test_what_is_transparent_is_what_the_ink_is_not(ink, ground, kind):
    pixels = np.zeros((10, 10, 4), np.uint8)
    pixels[3:7, 3:7] = (ink, ink, ink, 255)
    picture = pixels if kind == "array" else Image.fromarray(pixels).convert(kind)
    if kind == "P":
        picture = Image.new("P", (10, 10), 1)
        picture.putpalette([ink] * 3 + [0] * 3)
        picture.paste(0, (3, 3, 7, 7))
        picture.info["transparency"] = 1
    grey = grey_picture(picture)
    assert np.abs(grey[4, 4] - ink) <= 1
    assert grey[0, 0] == ground


def test_sixteen_bits_are_not_cut_off(tmp_path):
    values = np.arange(0, 65536, 256, dtype=np.uint16).reshape(16, 16)
    Image.fromarray(values).save(tmp_path / "deep.png")
    np.testing.assert_allclose(grey_picture(tmp_path / "deep.png"), values / 257, rtol=1e-5)


@given(height=st.integers(1, 2600), width=st.integers(1, 2600), colour=st.booleans())
def test_sizes_are_bounded_and_brightness_kept(height, width, colour):
    image = Image.new("RGB" if colour else "L", (width, height), (9, 9, 9) if colour else 9)
    for picture in (image, np.asarray(image)):
        grey = grey_picture(picture)
        assert max(grey.shape) <= LARGEST
        assert max(grey.shape) > LARGEST / 2.1 or grey.shape == (height, width)
        np.testing.assert_allclose(grey, 9, atol=1e-3)


def test_a_huge_photograph_is_not_even_decoded_in_full(tmp_path, monkeypatch):
    decoded = []
    reduce = Image.Image.reduce

    def remember(image, factor):
        decoded.append(image.size)
        return reduce(image, factor)

    monkeypatch.setattr(Image.Image, "reduce", remember)
    Image.new("L", (9000, 9000), 200).save(tmp_path / "huge.jpg")
    assert grey_picture(tmp_path / "huge.jpg").shape[0] <= LARGEST
    assert decoded == [(2250, 2250)]  # an eighth would do, were it large enough for the digit


@pytest.mark.parametrize(
    ("array", "answer"),
    [
        (np.zeros(28), r"got \(28,\)"),
        (np.zeros((2, 2, 5)), r"got \(2, 2, 5\)"),
        (np.zeros((0, 5)), r"got \(0, 5, 1\)"),
        (np.full((2, 2), "a"), "a picture of numbers"),
        (np.full((2, 2), np.nan), "finite"),
        (np.full((2, 2), np.inf), "finite"),
    ],
)
def test_what_is_no_picture(array, answer):
    with pytest.raises(ValueError, match=answer):
        grey_picture(array)


def test_a_wrong_shape_is_a_shape_error():
    with pytest.raises(ShapeError):
        grey_picture(np.zeros((4, 28, 28, 1)))
