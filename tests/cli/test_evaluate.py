import shutil

import numpy as np
import pytest

from minicnn.cli import main
from minicnn.datasets import digits
from minicnn.layers import Dense, Flatten
from minicnn.models import Sequential


def run(typed, more=()):
    return main([*typed.split(), *more])


def refused(capsys, typed):
    assert run("evaluate", typed.split()) == 1
    output = capsys.readouterr()
    assert output.err.startswith("minicnn evaluate: error: ")
    assert output.err.count("\n") == 1
    assert "Test loss" not in output.out
    return output.err


def test_on_what_it_was_trained_on(trained, capsys):
    assert main(["evaluate", str(trained / "model.keras")]) == 0
    text = capsys.readouterr().out
    assert "Data: the built-in digits, 360 test images of 8×8 pixels." in text
    accuracy = float(text.split("Test accuracy: ")[1].split()[0])
    assert accuracy > 0.8
    assert f"accuracy                           {accuracy:.2f}       360" in text


def test_without_a_name_it_takes_what_was_trained_last(trained, here, capsys):
    shutil.copytree(trained, here / "minicnn-output")
    assert main(["evaluate", "--images", "36"]) == 0
    text = capsys.readouterr().out
    assert "Model: minicnn-output" in text
    assert "36 test images" in text


def test_a_folder_stands_for_the_model_in_it(trained, capsys):
    assert main(["evaluate", str(trained)]) == 0
    assert f"Model: {trained / 'model.keras'}" in capsys.readouterr().out


def test_the_loss_of_a_confident_mistake_is_exact(here, capsys):
    model = Sequential([Flatten(input_shape=(8, 8, 1)), Dense(10, activation="softmax")])
    model.compile("sgd", "sparse_categorical_crossentropy")
    model.set_weights([np.zeros((64, 10)), np.where(np.arange(10) == 0, 0, -30)])
    model.save(here / "mine.keras")
    assert main(["evaluate", "mine.keras"]) == 0
    _, (_, labels) = digits.load_data()
    assert f"Test loss: {30 * np.mean(labels != 0):.4f}" in capsys.readouterr().out


def test_a_model_from_elsewhere_compiled_for_one_hot_labels(here, capsys):
    model = Sequential([Flatten(input_shape=(8, 8, 1)), Dense(10, activation="softmax")])
    model.compile("sgd", "categorical_crossentropy")
    model.set_weights([np.zeros((64, 10)), np.zeros(10)])
    model.save(here / "mine.keras")
    assert main(["evaluate", "mine.keras"]) == 0
    text = capsys.readouterr().out
    assert f"Test loss: {np.log(10):.4f}" in text
    assert "Test accuracy: 0.0972" in text  # 35 of 360 are a zero


def test_own_pictures_are_found_again_from_elsewhere(pets, here, capsys, monkeypatch):
    assert run("train --data pets --model mlp --epochs 1 --output out") == 0
    trained_accuracy = capsys.readouterr().out.split("Test accuracy: ")[1].split()[0]
    (here / "elsewhere").mkdir()
    monkeypatch.chdir(here / "elsewhere")
    assert main(["evaluate", "../out"]) == 0
    assert f"Test accuracy: {trained_accuracy}" in capsys.readouterr().out


@pytest.mark.mnist
def test_other_data_than_it_takes(mnist_folder, trained, capsys):
    error = refused(capsys, f"{trained} --data mnist")
    assert "takes images of shape (8, 8, 1), but those of MNIST have (28, 28, 1)" in error


def test_another_number_of_classes(here, capsys):
    Sequential([Flatten(input_shape=(8, 8, 1)), Dense(3, "softmax")]).save(here / "three.keras")
    error = refused(capsys, "three.keras --data digits")
    assert "three.keras has 3 outputs, but the built-in digits has 10 classes" in error


def test_a_model_that_is_not_there(here, capsys):
    assert "no model nowhere.keras" in refused(capsys, "nowhere.keras")
    assert "Train a model first: minicnn train." in refused(capsys, "")


def test_a_file_that_is_no_model(here, capsys):
    (here / "bad.keras").write_text("no model")
    assert "bad.keras" in refused(capsys, "bad.keras")
