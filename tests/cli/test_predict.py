import json
import shutil

import numpy as np
import pytest
from PIL import Image

from minicnn.cli import main
from minicnn.cli.pictures import read_pixels
from minicnn.layers import Conv2D, Dense, Flatten
from minicnn.models import Sequential


def run(typed, more=()):
    return main([*typed.split(), *more])


def rows(text):
    """Return the table's rows as lists of cells."""
    lines = [line for line in text.splitlines() if line.startswith("│")]
    return [[cell.strip() for cell in line.strip("│").split("│")] for line in lines]


def test_right_after_training(trained, digit, here, capsys):
    shutil.copytree(trained, here / "minicnn-output")
    answer = digit("digit.png", 5)
    assert main(["predict", "digit.png"]) == 0
    output = capsys.readouterr()
    ((picture, told, probability, others),) = rows(output.out)
    assert (picture, told) == ("digit.png", answer)
    assert 50 < float(probability.strip("<>% ")) <= 100
    assert others.count("(") == 2
    assert "Note" not in output.out
    assert output.err == ""


def test_the_model_may_stand_first(trained, digit, capsys):
    answers = [digit("a.png", 1), digit("b.bmp", 2)]
    assert main(["predict", str(trained / "model.keras"), "a.png", "b.bmp"]) == 0
    assert [row[1] for row in rows(capsys.readouterr().out)] == answers


def test_a_misspelt_model_is_named(trained, digit, capsys):
    digit("a.png", 1)
    assert main(["predict", str(trained / "model.kers"), "a.png"]) == 1
    assert "model.kers. Is the name right?" in capsys.readouterr().err


def test_dark_on_light_is_noted_and_swapped_only_on_request(trained, digit, capsys):
    answer = digit("paper.png", 5, invert=True)
    model = str(trained)
    assert main(["predict", model, "paper.png", "--as-is"]) == 0
    text = capsys.readouterr().out
    assert "Note: paper.png: apparently dark on light" in text
    assert "--invert" in text
    assert main(["predict", "--invert", "--as-is", model, "paper.png"]) == 0
    text = capsys.readouterr().out
    assert rows(text)[0][1] == answer
    assert "Note" not in text


def test_classes_by_their_names(pets, capsys):
    train = "train --data pets --model mlp --epochs 20 --batch-size 4 --seed 1 --output out"
    assert run(train) == 0
    capsys.readouterr()
    assert run("predict out pets/cat/0.png pets/dog/0.png") == 0
    text = capsys.readouterr().out
    assert [row[1] for row in rows(text)] == ["cat", "dog"]
    assert "Note" not in text  # dogs are bright, and were so in training


def test_names_of_another_model_are_not_used(trained, digit, here, capsys):
    shutil.copytree(trained, here / "out")
    (here / "out" / "model.json").write_text(json.dumps({"data": "mnist", "class_names": ["only"]}))
    answer = digit("digit.png", 5)
    assert run("predict out digit.png") == 0
    output = capsys.readouterr()
    assert rows(output.out)[0][1] == answer
    assert output.err.startswith("minicnn: warning: ")
    assert output.err.count("\n") == 1


def test_what_is_no_picture_does_not_keep_the_others_from_being_answered(
    trained, digit, here, capsys
):
    digit("good.png", 0)
    (here / "notes.png").write_text("no picture")
    (here / "folder.png").mkdir()
    typed = [str(trained), "good.png", "notes.png", "nowhere.png", "folder.png"]
    assert main(["predict", *typed]) == 1
    output = capsys.readouterr()
    assert [row[0] for row in rows(output.out)] == ["good.png"]
    errors = output.err.splitlines()
    assert len(errors) == 3
    assert all(error.startswith("minicnn predict: error: ") for error in errors)
    assert "notes.png is not a whole" in errors[0]
    assert "nowhere.png: No such file" in errors[1]
    assert "folder.png" in errors[2]


def test_names_are_shown_as_they_are(trained, digit, capsys):
    for name in ("[bold]x.png", ":smile:.png", "숫자.png"):
        digit(name, 0)
        assert main(["predict", str(trained), name]) == 0
        assert rows(capsys.readouterr().out)[0][0] == name


def test_patterns_are_expanded_where_the_shell_leaves_them(trained, digit, capsys):
    digit("b.png", 1)
    digit("a.png", 0)
    assert main(["predict", str(trained), "*.png"]) == 0
    assert [row[0] for row in rows(capsys.readouterr().out)] == ["a.png", "b.png"]


@pytest.mark.parametrize(
    ("layers", "answer"),
    [
        ([Dense(10, input_shape=(7,))], "takes inputs of shape (7,)"),
        (
            [Conv2D(2, 3, input_shape=(8, 8, 2)), Flatten(), Dense(3)],
            "takes inputs of shape (8, 8, 2)",
        ),
    ],
)
def test_models_that_cannot_answer(here, digit, capsys, layers, answer):
    digit("digit.png", 0)
    Sequential(layers).save(here / "model.keras")
    assert run("predict model.keras digit.png") == 1
    error = capsys.readouterr().err
    assert answer in error
    assert error.count("\n") == 1


@pytest.mark.parametrize("mode", ["1", "L", "LA", "P", "RGB", "RGBA", "I;16"])
@pytest.mark.parametrize("shape", [(8, 8, 1), (5, 9, 3), (28, 28, 4)])
def test_pictures_of_every_kind_become_the_models(here, mode, shape):
    image = (
        Image.fromarray(np.full((20, 30), 60000, np.uint16))
        if mode == "I;16"
        else Image.new(mode, (30, 20))
    )
    image.save(here / "picture.png")
    pixels = read_pixels("picture.png", shape)
    assert pixels.shape == shape
    assert pixels.dtype == np.uint8


def test_a_large_picture_is_averaged(here):
    stripes = np.zeros((280, 280), np.uint8)
    stripes[:, ::2] = 200
    Image.fromarray(stripes).save(here / "stripes.png")
    pixels = read_pixels("stripes.png", (28, 28, 1))
    assert np.abs(pixels.astype(int) - 100).max() <= 5


def test_a_picture_of_the_right_size_is_taken_as_it_is(here):
    pixels = np.random.default_rng(1).integers(0, 256, (28, 28), np.uint8)
    Image.fromarray(pixels).save(here / "same.png")
    assert (read_pixels("same.png", (28, 28, 1))[..., 0] == pixels).all()
