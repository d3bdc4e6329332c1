from pathlib import Path

import pytest

import minicnn
from minicnn.cli.command import parse_options


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
    assert (options.command, options.data, options.model) == ("train", None, None)
    assert (options.epochs, options.batch_size) == (None, None)
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
        ("folder a.png", "folder", ["a.png"]),
        ("empty a.png", None, ["empty", "a.png"]),
    ],
)
def test_predict_separates_the_model_from_the_pictures(typed, model, pictures, here):
    (here / "folder").mkdir()
    (here / "folder" / "model.keras").touch()
    (here / "empty").mkdir()
    options = parse_options(["predict", *typed.split()])
    assert options.model == model
    assert options.pictures == pictures


@pytest.mark.parametrize(
    ("typed", "model"),
    [("", None), ("m.keras", "m.keras"), ("folder", "folder")],
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
        ("train --epochs 0", "--epochs: must be an integer >= 1, got '0'."),
        ("train --epochs 1.5", "must be an integer >= 1, got '1.5'."),
        ("train --epochs", "--epochs: expected one argument"),
        ("train --batch-size -1", "must be an integer >= 1, got '-1'."),
        ("train --seed 4294967296", "must be an integer from 0 to 4294967295"),
        ("train --images 0", "--images: must be an integer >= 1"),
        ("predict", "expected a picture: minicnn predict seven.png"),
        ("predict model.keras", "expected a picture"),
        ("predict --model c.keras b.png", "the model is an argument: minicnn predict model.keras"),
        ("evaluate --model b.keras", "the model is an argument: minicnn evaluate model.keras."),
        ("evaluate a.keras b.keras", "unknown option 'b.keras'"),
        ("evaluate --scale 0", "--scale: must be a number above 0 such as 1, or two such as -1,1"),
        ("predict a.png --scale 1,0", "got '1,0'"),
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


@pytest.mark.parametrize(
    ("typed", "said"),
    [
        ("train --nonsense", "오류: 알 수 없는 옵션 '--nonsense'. 혹시 이것인가요: '--seed'?"),
        ("train --modell x", "오류: 알 수 없는 옵션 '--modell'. 혹시 이것인가요: '--model'?"),
        ("train --epochs", "오류: --epochs: 값이 하나 필요합니다"),
        ("train --epochs x", "오류: --epochs: 정수여야 합니다(>= 1): 'x'."),
        (
            "train --model lenet",
            "오류: --model: 알 수 없는 모델 'lenet'. 혹시 이것인가요: 'lenet5'?",
        ),
        ("evaluate --model x", "오류: 모델은 옵션 없이 씁니다: minicnn evaluate model.keras."),
        ("foo", "오류: 알 수 없는 명령 'foo'. 쓸 수 있는 이름: 'evaluate',"),
    ],
)
def test_mistakes_are_korean_too(typed, said, capsys):
    error = refused(capsys, *typed.split(), "--language", "ko")
    assert said in error
    assert "error" not in error
    assert "argument" not in error
