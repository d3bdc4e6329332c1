"""A model that knows MNIST is shown photographs made like MNIST's images; others are not."""

import json

import numpy as np
import pytest
from PIL import Image

from minicnn.cli import main
from minicnn.cli.pictures import Reader
from minicnn.cli.saved import load_trained
from minicnn.layers import Conv2D, Dense, Flatten
from minicnn.models import Sequential
from minicnn.preprocessing import prepare_digit


@pytest.fixture
def photo(here):
    """Write a dark one on light paper, and return the expected image."""
    page = np.full((300, 200), 220, np.uint8)
    page[100:200, 60:75] = 40
    Image.fromarray(page).save(here / "photo.png")
    return prepare_digit(page)[..., np.newaxis]


@pytest.fixture
def seen(monkeypatch):
    """Record the inputs of the model, batch by batch."""
    batches = []
    predict = Sequential.predict

    def remember(model, x, **options):
        batches.append(x)
        return predict(model, x, **options)

    monkeypatch.setattr(Sequential, "predict", remember)
    return batches


def save_model(here, classes=10, size=28, data=None):
    layers = [Conv2D(2, 3, input_shape=(size, size, 1)), Flatten(), Dense(classes, "softmax")]
    Sequential(layers).save(here / "model.keras")
    if data is not None:
        names = [str(number) for number in range(classes)]
        (here / "model.json").write_text(json.dumps({"data": data, "class_names": names}))


@pytest.mark.parametrize("typed", [["model.keras", "photo.png"], [".", "photo.png"]])
@pytest.mark.parametrize("data", [None, "mnist"])
def test_a_photograph_is_prepared(here, photo, seen, capsys, typed, data):
    save_model(here, data=data)
    assert main(["predict", *typed]) == 0
    np.testing.assert_array_equal(seen[0][0], photo)
    text = " ".join(capsys.readouterr().out.split())
    assert "Note: photo.png: made like the training images" in text
    assert "--as-is" in text


@pytest.mark.parametrize(
    ("model", "typed"),
    [
        ({}, ["--as-is"]),
        ({"data": "fashion_mnist"}, []),
        ({"data": "/some/folder"}, []),
        ({"classes": 3}, []),
        ({"size": 20}, []),
    ],
    ids=["asked not to", "clothes", "a learner's own", "three classes", "other sizes"],
)
def test_what_is_not_prepared(here, photo, seen, capsys, model, typed):
    save_model(here, **model)
    assert main(["predict", "model.keras", "photo.png", *typed]) == 0
    assert "made like" not in capsys.readouterr().out
    size = model.get("size", 28)
    with Image.open("photo.png") as image:
        plain = np.asarray(image.resize((size, size), Image.Resampling.BILINEAR))
    np.testing.assert_array_equal(seen[0][0, :, :, 0], plain)


def test_an_image_of_mnists_is_taken_as_it_is(here, photo, seen, capsys):
    save_model(here)
    Image.fromarray(photo[..., 0]).save(here / "small.png")
    assert main(["predict", "model.keras", "small.png"]) == 0
    np.testing.assert_array_equal(seen[0][0], photo)
    assert "Note" not in capsys.readouterr().out
    assert main(["predict", "model.keras", "small.png", "--invert"]) == 0
    np.testing.assert_array_equal(seen[1][0], 255 - photo)


def test_one_of_the_size_but_dark_on_light_is_prepared(here, photo):
    Image.fromarray(255 - photo[..., 0]).save(here / "small.png")
    save_model(here)
    read = Reader(load_trained("model.keras")).read("small.png")
    assert read.prepared
    assert np.abs(read.pixels.astype(int) - photo).mean() < 3


def test_invert_says_which_is_the_ink(here, seen):
    """In a white ring on black both are a zero: the ring, or the dark inside."""
    save_model(here)
    across, down = np.mgrid[-50:51, -50:51]
    distance = np.hypot(across, down)
    Image.fromarray(((distance > 8) & (distance < 25)).astype(np.uint8) * 255).save("ring.png")
    assert main(["predict", "model.keras", "ring.png"]) == 0
    assert main(["predict", "model.keras", "ring.png", "--invert"]) == 0
    assert seen[0][0, 14, 14, 0] == 0
    assert seen[1][0, 14, 14, 0] == 255


def test_blank_paper_is_an_error_of_its_own(here, photo, capsys):
    save_model(here)
    Image.new("L", (300, 300), 255).save(here / "blank.png")
    assert main(["predict", "model.keras", "blank.png", "photo.png"]) == 1
    output = capsys.readouterr()
    assert "photo.png" in output.out
    assert output.err.startswith("minicnn predict: error: no digit was found in blank.png")


def test_several_digits_are_a_warning_in_a_line(here, capsys):
    save_model(here)
    page = np.zeros((100, 200), np.uint8)
    page[10:90, 40:52] = page[10:85, 140:152] = 255
    Image.fromarray(page).save(here / "eleven.png")
    assert main(["predict", "model.keras", "eleven.png"]) == 0
    error = capsys.readouterr().err
    assert error.startswith("minicnn: warning: there seem to be 2 digits in eleven.png")
    assert error.count("\n") == 1
