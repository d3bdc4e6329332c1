"""Models with any head, input shape and range classify pictures correctly."""

import numpy as np
import pytest
from PIL import Image

from minicnn import layers, losses
from minicnn.cli import main
from minicnn.models import Sequential

PIXELS = np.random.default_rng(5).integers(0, 256, (6, 6)).astype(np.uint8)


@pytest.fixture
def picture(here):
    Image.fromarray(PIXELS).save(here / "picture.png")


def save(last, loss=None, shape=(6, 6, 1), trained_range=(0.0, 255.0), weight=None):
    model = Sequential([layers.Input(shape), layers.Flatten(), last])
    if weight is not None:
        model.set_weights(weight)
    if loss is not None:
        model.compile("sgd", loss)
    model.trained_range = trained_range
    model.save("model.keras")
    return model


def rows(text):
    """Return the table's rows as lists of cells."""
    lines = [line for line in text.splitlines() if line.startswith("│")]
    return [[cell.strip() for cell in line.strip("│").split("│")] for line in lines]


def answer(capsys, typed="predict model.keras picture.png"):
    assert main(typed.split()) == 0
    (row,) = rows(capsys.readouterr().out)
    return row[1:]


@pytest.fixture
def bias(picture):
    """Weights of a head that ignores its input: the outputs are these numbers."""
    return lambda *numbers: [np.zeros((36, len(numbers))), np.array(numbers, float)]


@pytest.mark.parametrize(
    ("last", "loss", "numbers", "shown"),
    [
        ("softmax", None, (0.0, 9.0), ["1", "> 99.9 %", "0 (< 0.1 %)"]),
        (None, losses.SparseCategoricalCrossentropy(from_logits=True), (0.0, np.log(3)),
         ["1", "75.0 %", "0 (25.0 %)"]),
        ("sigmoid", "binary_crossentropy", (np.log(3),), ["1", "75.0 %", "0 (25.0 %)"]),
        ("sigmoid", "binary_crossentropy", (-np.log(3),), ["0", "75.0 %", "1 (25.0 %)"]),
        (None, losses.BinaryCrossentropy(from_logits=True), (np.log(3),),
         ["1", "75.0 %", "0 (25.0 %)"]),
        (None, "mse", (357.5,), ["357.5"]),
        (None, "mse", (-4.0, 2.5), ["-4, 2.5"]),
        ("sigmoid", "binary_crossentropy", (0.0, np.log(3), -np.log(3)),
         ["1", "0 (50.0 %), 1 (75.0 %), 2 (25.0 %)"]),
    ],
)  # fmt: skip
def test_heads(bias, capsys, last, loss, numbers, shown):
    save(layers.Dense(len(numbers), last), loss, weight=bias(*numbers))
    assert answer(capsys) == shown


@pytest.mark.parametrize("shape", [(6, 6, 1), (6, 6), (36,), (6, 6, 3)])
@pytest.mark.parametrize("black_white", [(0.0, 1.0), (0.0, 16.0), (0.0, 255.0), (-1.0, 1.0)])
def test_inputs_in_the_shape_and_range_of_the_training_data(picture, capsys, shape, black_white):
    """A head that returns one pixel shows the model's input."""
    weight = np.zeros((int(np.prod(shape)), 1))
    weight[7 * (shape[-1] if len(shape) == 3 else 1)] = 1
    save(layers.Dense(1), "mse", shape, black_white, [weight, np.zeros(1)])
    black, white = black_white
    expected = black + PIXELS[1, 1] / 255 * (white - black)
    assert float(answer(capsys)[0]) == pytest.approx(expected, abs=1e-3)


def test_scale_of_a_model_that_does_not_record_its_range(picture, capsys):
    weight = np.eye(36)[:, 7:8]
    save(layers.Dense(1), "mse", trained_range=None, weight=[weight, np.zeros(1)])
    assert main(["predict", "model.keras", "picture.png"]) == 0
    assert "Pixels: 0 to 255, since model.keras does not record" in capsys.readouterr().out
    for scale, expected in (("1", PIXELS[1, 1] / 255), ("-1,1", PIXELS[1, 1] / 127.5 - 1)):
        shown = answer(capsys, f"predict model.keras picture.png --scale {scale}")
        assert float(shown[0]) == pytest.approx(expected, abs=1e-3)


@pytest.mark.parametrize("shape", [(8, 8, 1), (8, 8), (64,)])
@pytest.mark.parametrize("white", [1.0, 16.0, 255.0])
@pytest.mark.parametrize("logits", [False, True])
def test_evaluate(here, capsys, shape, white, logits):
    from sklearn.datasets import load_digits
    from sklearn.linear_model import LogisticRegression

    x, y = load_digits(return_X_y=True)
    fitted = LogisticRegression(C=0.01, max_iter=500).fit(x[:1437], y[:1437])
    model = Sequential(
        [layers.Input(shape), layers.Flatten(), layers.Dense(10, None if logits else "softmax")]
    )
    model.set_weights([fitted.coef_.T * 16 / white, fitted.intercept_])
    loss = losses.SparseCategoricalCrossentropy(from_logits=logits)
    model.compile("sgd", loss)
    model.trained_range = (0.0, white)
    model.save("model.keras")
    assert main(["evaluate", "model.keras", "--data", "digits"]) == 0
    text = capsys.readouterr().out
    assert float(text.split("Test accuracy: ")[1].split()[0]) > 0.85
    assert float(text.split("Test loss: ")[1].split()[0]) < 1


def test_evaluate_a_regression(here, capsys):
    model = Sequential([layers.Input((8, 8, 1)), layers.Flatten(), layers.Dense(1)])
    model.set_weights([np.zeros((64, 1)), np.array([4.0])])
    model.compile("sgd", "mse")
    model.save("model.keras")
    assert main(["evaluate", "model.keras", "--images", "10"]) == 0
    text = capsys.readouterr().out
    assert "The labels are taken as numbers" in text
    assert "Mean absolute error: " in text


@pytest.mark.parametrize("command", ["predict model.keras", "steps model.keras --image",
                                     "explain model.keras --image"])  # fmt: skip
@pytest.mark.parametrize(
    ("last", "loss"),
    [
        (layers.Dense(3, "softmax"), "categorical_crossentropy"),
        (layers.Dense(3), losses.SparseCategoricalCrossentropy(from_logits=True)),
        (layers.Dense(1, "sigmoid"), "binary_crossentropy"),
    ],
)
@pytest.mark.parametrize("shape", [(6, 6, 1), (6, 6), (36,)])
def test_every_command_takes_every_classifier(picture, capsys, command, last, loss, shape):
    save(type(last).from_config(last.get_config()), loss, shape, (0.0, 1.0))
    assert main([*command.split(), "picture.png"]) == 0
    assert capsys.readouterr().err == ""
