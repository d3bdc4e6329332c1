import json

import numpy as np
import pytest
from PIL import Image

from minicnn.cli import main
from minicnn.models import load_model
from minicnn.naming import clear_session


def run(typed, more=()):
    return main([*typed.split(), *more])


FILES = {"model.keras", "model.json", "history.png", "confusion_matrix.png", "explain.html"}
QUICK = "train --data digits --model mlp --epochs 1"


def lines_with(text, start):
    return [line for line in text.splitlines() if line.startswith(start)]


def test_leaves_model_and_pictures_and_says_where(here, capsys):
    assert run(QUICK, ["--epochs", "2", "--seed", "7"]) == 0
    text = capsys.readouterr().out
    assert {file.name for file in (here / "minicnn-output").iterdir()} == FILES
    for name in FILES - {"model.json"}:
        path = here / "minicnn-output" / name
        assert path.stat().st_size > 5_000
        assert any(line.endswith(f"minicnn-output/{name}") for line in text.splitlines())
    assert "Data: the built-in digits, 1,437 images of 8×8 pixels for training, 360 for" in text
    assert "Total params: 9,610" in text
    assert "Epoch 2/2" in text
    assert "Seed: 7 " in text
    assert "Classify pictures: minicnn predict picture.png" in text


def test_report_as_the_lecture_shows_it(here, capsys):
    assert run(QUICK) == 0
    text = capsys.readouterr().out
    rows = text[text.index("              precision    recall  f1-score   support") :].splitlines()
    assert [row.split()[0] for row in rows[2:12]] == list("0123456789")
    assert [row.split()[0] for row in rows[13:16]] == ["accuracy", "macro", "weighted"]
    (accuracy,) = lines_with(text, "Test accuracy: ")
    assert rows[13].split()[1] == f"{float(accuracy.split()[-1]):.2f}"
    assert rows[13].split()[2] == "360"
    # and the test at the end finds what the last validation found
    assert f"val_accuracy: {accuracy.split()[-1]}" in text


def test_same_seed_same_bits(here, capsys):
    for folder in ("a", "b"):
        clear_session()  # names of layers begin anew, as in a process of its own
        typed = "train --data digits --model convnet --epochs 1 --images 100 --seed 3 --output"
        assert run(typed, [folder]) == 0
    first, second = (load_model(here / folder / "model.keras") for folder in ("a", "b"))
    assert all(
        (one == other).all() for one, other in zip(first.weights, second.weights, strict=True)
    )
    assert (here / "a" / "model.keras").read_bytes() == (here / "b" / "model.keras").read_bytes()


def test_without_a_seed_every_training_is_the_same_and_says_how_to_get_another(here, capsys):
    typed = [*QUICK.split(), "--images", "64"]
    texts = []
    for seed in ([], ["--seed", "1"], ["--seed", "2"]):
        assert main([*typed, *seed]) == 0
        texts.append(capsys.readouterr().out)
    first, again, other = (lines_with(text, "Test loss") for text in texts)
    assert first == again != other
    assert "--seed 2" in texts[0]


@pytest.mark.usefixtures("offline")
def test_alone_without_mnist_it_says_so_and_takes_the_digits(here, capsys):
    assert run("train --model mlp --epochs 1") == 0
    output = capsys.readouterr()
    assert output.err == (
        "MNIST can be neither found on this machine nor downloaded.\n"
        "Training on the built-in digits instead.\n"
    )
    assert "Data: the built-in digits" in output.out
    assert json.loads((here / "minicnn-output" / "model.json").read_text())["data"] == "digits"


@pytest.mark.usefixtures("offline")
def test_mnist_by_name_without_mnist_is_an_error(here, capsys):
    assert run("train --data mnist --epochs 1") == 1
    output = capsys.readouterr()
    assert "error: MNIST can be neither found on this machine nor downloaded." in output.err
    assert "nowhere: unreachable" in output.err
    assert output.out == ""


@pytest.mark.mnist
def test_alone_takes_mnist(mnist_folder, here, capsys):
    assert run("train --model mlp --epochs 1 --images 3000 --seed 1") == 0
    output = capsys.readouterr()
    assert "Data: MNIST, 3,000 images of 28×28 pixels for training, 3,000 for" in output.out
    (accuracy,) = lines_with(output.out, "Test accuracy: ")
    assert float(accuracy.split()[-1]) > 0.75
    assert output.err == ""


def test_own_pictures(pets, capsys):
    assert run("train --data pets --model mlp --epochs 3 --seed 1 --output out") == 0
    text = capsys.readouterr().out
    assert "Data: pets, 12 images of 32×32 RGB pixels" in text
    assert "         cat       " in text
    assert "Classify pictures: minicnn predict out" in text
    assert json.loads((pets.parent / "out" / "model.json").read_text()) == {
        "data": str(pets.resolve()),
        "class_names": ["cat", "dog"],
    }


@pytest.mark.parametrize("folder", ["file", "file/deeper"])
def test_a_folder_that_cannot_be_written_is_noticed_before_training(here, capsys, folder):
    (here / "file").write_text("in the way")
    assert run(QUICK, ["--output", folder]) == 1
    output = capsys.readouterr()
    assert output.out == ""
    assert output.err.startswith("minicnn train: error: the results can't be written to ")
    assert "--output FOLDER" in output.err
    assert output.err.count("\n") == 1


def test_a_folder_in_the_model_s_place(here, capsys):
    (here / "out" / "model.keras").mkdir(parents=True)
    assert run(QUICK, ["--output", "out"]) == 1
    assert "model.keras in it is a folder" in capsys.readouterr().err


def test_a_damaged_picture_is_named(pets, capsys):
    (pets / "cat" / "0.png").write_text("no picture")
    assert run("train --data pets") == 1
    error = capsys.readouterr().err
    assert "0.png" in error
    assert error.count("\n") == 1


def test_photographs_of_mixed_sizes(here, capsys):
    """Red and blue pictures, with gradients so that nothing is constant; large enough for 64×64."""
    random = np.random.default_rng(0)
    for name, channel in (("red", 0), ("blue", 2)):
        (here / "photos" / name).mkdir(parents=True)
        for number in range(15):
            height, width = random.integers(70, 160, 2)
            pixels = random.integers(0, 90, (height, width, 3))
            pixels[..., channel] += 120
            Image.fromarray(pixels.astype(np.uint8)).save(here / "photos" / name / f"{number}.jpg")
    assert run("train --data photos --epochs 4 --seed 1") == 0
    text = capsys.readouterr().out
    assert "Data: photos, 24 images of 64×64 RGB pixels for training, 6 for testing." in text
    assert "random_flip" in text
    assert float(text.split("Test accuracy: ")[1].split()[0]) > 0.9
    assert run("predict photos/red/0.jpg photos/blue/3.jpg") == 0
    shown = capsys.readouterr().out
    assert shown.index(" red ") < shown.index(" blue ")
    assert run("evaluate") == 0
    assert run("explain") == 0
