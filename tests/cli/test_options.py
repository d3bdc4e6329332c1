from pathlib import Path

import pytest

import minicnn
from minicnn.cli.options import parse_options


def refused(capsys, *arguments):
    """Return the line that a mistyped command is answered with."""
    with pytest.raises(SystemExit) as stop:
        parse_options(arguments)
    assert stop.value.code == 2
    output = capsys.readouterr()
    assert output.out == ""
    assert output.err.count("\n") == 1
    return output.err


def test_train_alone_is_the_lectures():
    options = parse_options(["train"])
    assert (options.command, options.data, options.model) == ("train", None, "lecture")
    assert (options.epochs, options.batch_size) == (3, 32)
    assert (options.seed, options.images) == (1, None)
    assert options.output == Path("minicnn-output")


def test_train_with_everything(tmp_path):
    typed = (
        "train --data Fashion-MNIST --model LeNet5 --epochs 2 --batch-size 8 --seed 0 --images 9"
    )
    options = parse_options([*typed.split(), "--output", str(tmp_path)])
    assert (options.data, options.model) == ("fashion_mnist", "lenet5")
    assert (options.epochs, options.batch_size, options.seed, options.images) == (2, 8, 0, 9)
    assert options.output == tmp_path


def test_a_folder_is_data_too_but_a_name_comes_first(here):
    (here / "pets").mkdir()
    (here / "mnist").mkdir()
    assert parse_options(["train", "--data", "pets"]).data == "pets"
    assert parse_options(["train", "--data", "mnist"]).data == "mnist"
    assert parse_options(["train", "--data", "./mnist"]).data == "./mnist"


@pytest.mark.parametrize(
    ("typed", "model", "pictures"),
    [
        ("seven.png", None, ["seven.png"]),
        ("model.keras photo.jpg", "model.keras", ["photo.jpg"]),
        ("old.H5 a.png b.png", "old.H5", ["a.png", "b.png"]),
        ("a.png --model folder", "folder", ["a.png"]),
        ("--model m.keras a.png b.png", "m.keras", ["a.png", "b.png"]),
    ],
)
def test_predict_tells_the_model_from_the_pictures(typed, model, pictures):
    options = parse_options(["predict", *typed.split()])
    assert options.model == model
    assert options.pictures == pictures


@pytest.mark.parametrize(
    ("typed", "model"),
    [("", None), ("m.keras", "m.keras"), ("folder", "folder"), ("--model m.keras", "m.keras")],
)
def test_evaluate_takes_one_model(typed, model):
    assert parse_options(["evaluate", *typed.split()]).model == model


@pytest.mark.parametrize(
    ("typed", "answer"),
    [
        ("trian", "unknown command 'trian'. Did you mean 'train'?"),
        ("train --model lectur", "unknown model 'lectur'. Did you mean 'lecture'?"),
        ("train --data mnits", "unknown data set 'mnits'. Did you mean 'mnist'?"),
        ("train --epocs 3", "unknown option '--epocs'. Did you mean '--epochs'?"),
        ("train --epocs=3", "unknown option '--epocs'. Did you mean '--epochs'?"),
        (
            "train --epoch 2",
            "unknown option '--epoch'. Did you mean '--epochs'?",
        ),  # no abbreviations
        ("train mnist", "unknown option 'mnist'."),
        ("train --epochs 0", "--epochs: takes a whole number from 1 on, got '0'."),
        ("train --epochs 1.5", "takes a whole number from 1 on, got '1.5'."),
        ("train --epochs", "--epochs: expected one argument"),
        ("train --batch-size -1", "takes a whole number from 1 on, got '-1'."),
        ("train --seed 4294967296", "takes a whole number from 0 to 4294967295"),
        ("train --images 0", "--images: takes a whole number from 1 on"),
        ("predict", "expected a picture: minicnn predict seven.png"),
        ("predict model.keras", "expected a picture"),
        ("predict a.keras b.png --model c.keras", "got two models, c.keras and a.keras"),
        ("evaluate a.keras b.keras", "expected one model, got b.keras besides"),
        ("evaluate a.keras --model b.keras", "got two models"),
        ("--nonsense", "expected a command: train, evaluate, predict, "),
    ],
)
def test_what_is_mistyped_is_said_in_a_line(capsys, typed, answer):
    assert answer in refused(capsys, *typed.split())


def test_nothing_typed_shows_the_help(capsys):
    with pytest.raises(SystemExit) as stop:
        parse_options([])
    assert stop.value.code == 2
    assert "minicnn predict seven.png" in capsys.readouterr().out


def test_version(capsys):
    with pytest.raises(SystemExit) as stop:
        parse_options(["--version"])
    assert stop.value.code == 0
    assert capsys.readouterr().out == f"minicnn {minicnn.__version__}\n"


@pytest.mark.parametrize(
    "command", ["", "train", "evaluate", "predict", "explain", "steps", "gradcheck"]
)
def test_help_has_examples_and_fits_80_columns(capsys, monkeypatch, command):
    monkeypatch.setenv("COLUMNS", "80")
    with pytest.raises(SystemExit) as stop:
        parse_options([*command.split(), "--help"])
    assert stop.value.code == 0
    text = capsys.readouterr().out
    assert "examples:" in text
    assert max(map(len, text.splitlines())) <= 80
