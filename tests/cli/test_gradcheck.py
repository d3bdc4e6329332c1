import numpy as np
import pytest

from minicnn import layers
from minicnn.cli import main
from minicnn.layers import contract
from minicnn.models import Sequential


def rows(text):
    """Return the table's rows as lists of cells."""
    lines = [line for line in text.splitlines() if line.startswith("│")]
    return [[cell.strip() for cell in line.strip("│").split("│")] for line in lines]


def save(here, *stack, shape=(6, 6, 1), name="model.keras"):
    model = Sequential([layers.Input(shape), *stack])
    model.save(here / name)
    return model


@pytest.fixture
def small(here):
    return save(
        here, layers.Conv2D(2, 3, activation="relu", name="conv"), layers.Flatten(),
        layers.Dense(3, activation="softmax", name="head"),
    )  # fmt: skip


@pytest.mark.parametrize("typed", [["model.keras"], ["."]])
def test_a_right_model(small, capsys, typed):
    assert main(["gradcheck", *typed]) == 0
    text = " ".join(capsys.readouterr().out.split())
    assert "Gradients of sparse_categorical_crossentropy, in float64, for 2 random inputs" in text
    assert "6 × 6 × 1 numbers from 0 to 1 with random labels" in text
    assert "Passed: backward matches finite differences to " in text


def test_the_table(small, capsys):
    assert main(["gradcheck", "model.keras"]) == 0
    table = rows(capsys.readouterr().out)
    assert [row[:3] for row in table] == [
        ['Conv2D "conv"', "kernel", "all 18"],
        ['Conv2D "conv"', "bias", "all 2"],
        ['Dense "head"', "kernel", "25 of 96"],
        ['Dense "head"', "bias", "all 3"],
        ["the model", "x", "25 of 72"],
    ]
    assert all(float(row[4]) < 1e-6 for row in table)
    assert {row[5] for row in table} == {"passed"}


def test_how_many(small, capsys):
    assert main(["gradcheck", "model.keras", "--entries", "4", "--examples", "3"]) == 0
    assert [row[2] for row in rows(capsys.readouterr().out)][-1] == "4 of 108"
    assert main(["gradcheck", "model.keras", "--all"]) == 0
    assert all(row[2].startswith("all ") for row in rows(capsys.readouterr().out))


def test_the_seed_decides(small, capsys):
    outputs = []
    for seed in ("1", "1", "2"):
        assert main(["gradcheck", "model.keras", "--seed", seed]) == 0
        outputs.append(capsys.readouterr().out)
    assert outputs[0] == outputs[1] != outputs[2]


def test_a_wrong_backward_is_named_and_the_exit_code_is_1(small, capsys, monkeypatch):
    right = layers.Dense.logits_backward

    def wrong(layer, dz, cache, input_gradient=True):
        dx, gradients = right(layer, dz, cache, input_gradient)
        return dx if dx is None else -dx, gradients

    monkeypatch.setattr(layers.Dense, "logits_backward", wrong)
    assert main(["gradcheck", "model.keras"]) == 1
    text = capsys.readouterr().out
    assert {tuple(row[1::4]) for row in rows(text)} >= {("x", "FAILED"), ("bias", "passed")}
    text = " ".join(text.split())
    assert 'dx of Dense "head" is wrong at [' in text
    assert "Likely the sign" in text
    assert "Passed:" not in text


def test_what_cannot_be_compared_is_one_line(small, capsys, monkeypatch):
    monkeypatch.setattr(layers.Conv2D, "backward", lambda layer, dy, cache: (dy, {}))
    monkeypatch.setattr(contract, "is_builtin", lambda kind: False)
    assert main(["gradcheck", "model.keras"]) == 1
    error = capsys.readouterr().err
    assert "backward of Conv2D" in error
    assert error.startswith("minicnn gradcheck: error: ")
    assert error.count("\n") == 1


@pytest.mark.parametrize(
    ("stack", "said"),
    [
        ([layers.Flatten(), layers.Dense(2, activation="sigmoid")], "of binary_crossentropy,"),
        ([layers.Flatten(), layers.Dense(2)], "of a random sum of the outputs,"),
        ([layers.Conv2D(2, 3, activation="softmax")], "of sparse_categorical_crossentropy,"),
        ([layers.Conv2D(2, 3, activation="sigmoid")], "of binary_crossentropy,"),
        ([layers.MaxPooling2D()], "of a random sum"),
        ([layers.Dropout(0.5), layers.BatchNormalization(), layers.Softmax()], "of sparse_"),
    ],
)
def test_models_of_every_kind(here, capsys, stack, said):
    save(here, *stack)
    assert main(["gradcheck", "model.keras"]) == 0
    assert said in capsys.readouterr().out


def test_images_of_any_size(here, capsys):
    stack = [layers.Conv2D(2, 3), layers.GlobalAveragePooling2D(), layers.Dense(2)]
    save(here, *stack, shape=(None, None, 1))
    assert main(["gradcheck", "model.keras"]) == 0
    assert "16 × 16 × 1" in capsys.readouterr().out


def test_the_range_is_that_of_the_training(here, capsys):
    model = Sequential([layers.Flatten(input_shape=(4, 4, 1)), layers.Dense(2)])
    model.compile("sgd", "mse")
    x = np.linspace(-3, 200, 64).reshape(4, 4, 4, 1)
    model.fit(x, np.zeros((4, 2)), verbose=0)
    model.save(here / "model.keras")
    assert main(["gradcheck", "model.keras"]) == 0
    assert "from -3 to 200" in capsys.readouterr().out


def test_kinks_are_counted(here, capsys):
    """A window of pixels that are all 0 in training's range from 0 to 0."""
    model = save(here, layers.MaxPooling2D(2))
    model.trained_range = (0.0, 0.0)
    model.save(here / "model.keras")
    assert main(["gradcheck", "model.keras"]) == 0
    text = capsys.readouterr().out
    assert rows(text)[0][3:] == ["25", "0.0e+00", "only kinks"]
    assert "dx of the model is not checked" in " ".join(text.split())
    assert "Passed:" not in text
