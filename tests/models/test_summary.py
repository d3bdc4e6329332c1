"""The texts were printed by real Keras 3.15 into a file; they must match to the character."""

from types import SimpleNamespace

import numpy as np
import pytest

from minicnn.models.summary import readable_size, summary

LECTURE = """\
Model: "sequential"
┏━━━━━━━━━━━━━━━━━━━━━━━━━━━━━━━━━┳━━━━━━━━━━━━━━━━━━━━━━━━┳━━━━━━━━━━━━━━━┓
┃ Layer (type)                    ┃ Output Shape           ┃       Param # ┃
┡━━━━━━━━━━━━━━━━━━━━━━━━━━━━━━━━━╇━━━━━━━━━━━━━━━━━━━━━━━━╇━━━━━━━━━━━━━━━┩
│ conv2d (Conv2D)                 │ (None, 26, 26, 64)     │           640 │
├─────────────────────────────────┼────────────────────────┼───────────────┤
│ conv2d_1 (Conv2D)               │ (None, 24, 24, 32)     │        18,464 │
├─────────────────────────────────┼────────────────────────┼───────────────┤
│ flatten (Flatten)               │ (None, 18432)          │             0 │
├─────────────────────────────────┼────────────────────────┼───────────────┤
│ dense (Dense)                   │ (None, 10)             │       184,330 │
└─────────────────────────────────┴────────────────────────┴───────────────┘
 Total params: 203,434 (794.66 KB)
 Trainable params: 203,434 (794.66 KB)
 Non-trainable params: 0 (0.00 B)
"""

# After one training step with Adam.
LECTURE_TRAINED = LECTURE.replace(
    " Total params: 203,434 (794.66 KB)", " Total params: 610,304 (2.33 MB)"
) + (" Optimizer params: 406,870 (1.55 MB)\n")

LECTURE_50 = """\
Model: "sequential"
┏━━━━━━━━━━━━━━━━━━━━━┳━━━━━━━━━━━━━━━━┳━━━━━━━━━┓
┃ Layer (type)        ┃ Output Shape   ┃ Param # ┃
┡━━━━━━━━━━━━━━━━━━━━━╇━━━━━━━━━━━━━━━━╇━━━━━━━━━┩
│ conv2d (Conv2D)     │ (None, 26, 26, │     640 │
│                     │ 64)            │         │
├─────────────────────┼────────────────┼─────────┤
│ conv2d_1 (Conv2D)   │ (None, 24, 24, │  18,464 │
│                     │ 32)            │         │
├─────────────────────┼────────────────┼─────────┤
│ flatten (Flatten)   │ (None, 18432)  │       0 │
├─────────────────────┼────────────────┼─────────┤
│ dense (Dense)       │ (None, 10)     │ 184,330 │
└─────────────────────┴────────────────┴─────────┘
 Total params: 203,434 (794.66 KB)
 Trainable params: 203,434 (794.66 KB)
 Non-trainable params: 0 (0.00 B)
"""

UNBUILT = """\
Model: "sequential_1"
┏━━━━━━━━━━━━━━━━━━━━━━━━━━━━━━━━━┳━━━━━━━━━━━━━━━━━━━━━━━━┳━━━━━━━━━━━━━━━┓
┃ Layer (type)                    ┃ Output Shape           ┃       Param # ┃
┡━━━━━━━━━━━━━━━━━━━━━━━━━━━━━━━━━╇━━━━━━━━━━━━━━━━━━━━━━━━╇━━━━━━━━━━━━━━━┩
│ conv2d_2 (Conv2D)               │ ?                      │   0 (unbuilt) │
├─────────────────────────────────┼────────────────────────┼───────────────┤
│ flatten_1 (Flatten)             │ ?                      │   0 (unbuilt) │
└─────────────────────────────────┴────────────────────────┴───────────────┘
 Total params: 0 (0.00 B)
 Trainable params: 0 (0.00 B)
 Non-trainable params: 0 (0.00 B)
"""

# Long names, names that look like markup, frozen and never trainable weights.
UNUSUAL = """\
Model: "weird_[bold]"
┏━━━━━━━━━━━━━━━━━━━━━━━━━━━━━━━━━┳━━━━━━━━━━━━━━━━━━━━━━━━┳━━━━━━━━━━━━━━━┓
┃ Layer (type)                    ┃ Output Shape           ┃       Param # ┃
┡━━━━━━━━━━━━━━━━━━━━━━━━━━━━━━━━━╇━━━━━━━━━━━━━━━━━━━━━━━━╇━━━━━━━━━━━━━━━┩
│ a_[red]_very_long_name_for_a_l… │ (None, 26, 26, 4)      │            40 │
│ (Conv2D)                        │                        │               │
├─────────────────────────────────┼────────────────────────┼───────────────┤
│ batch_normalization             │ (None, 26, 26, 4)      │            16 │
│ (BatchNormalization)            │                        │               │
├─────────────────────────────────┼────────────────────────┼───────────────┤
│ dropout (Dropout)               │ (None, 26, 26, 4)      │             0 │
├─────────────────────────────────┼────────────────────────┼───────────────┤
│ flatten_2 (Flatten)             │ (None, 2704)           │             0 │
├─────────────────────────────────┼────────────────────────┼───────────────┤
│ dense_2 (Dense)                 │ (None, 2)              │         5,410 │
└─────────────────────────────────┴────────────────────────┴───────────────┘
 Total params: 5,466 (21.35 KB)
 Trainable params: 5,418 (21.16 KB)
 Non-trainable params: 48 (192.00 B)
"""


@pytest.fixture(autouse=True)
def _eighty_columns(monkeypatch):
    monkeypatch.setenv("COLUMNS", "80")


class FakeLayer:
    """Stands in for a layer in `summary`."""

    def __init__(self, name, output_shape=None, trainable=(), fixed=()):
        self.name = name
        self.built = output_shape is not None
        self.output_shape = output_shape
        self.trainable_weights = [np.zeros(shape, "float32") for shape in trainable]
        self.non_trainable_weights = [np.zeros(shape, "float32") for shape in fixed]

    def count_params(self):
        return sum(w.size for w in self.trainable_weights + self.non_trainable_weights)


def layer(kind, *args, **kwargs):
    return type(kind, (FakeLayer,), {})(*args, **kwargs)


def lecture(optimizer=None):
    layers = [
        layer("Conv2D", "conv2d", (None, 26, 26, 64), [(3, 3, 1, 64), (64,)]),
        layer("Conv2D", "conv2d_1", (None, 24, 24, 32), [(3, 3, 64, 32), (32,)]),
        layer("Flatten", "flatten", (None, 18432)),
        layer("Dense", "dense", (None, 10), [(18432, 10), (10,)]),
    ]
    return SimpleNamespace(name="sequential", layers=layers, optimizer=optimizer)


def adam_of(model):
    weights = [weight for layer in model.layers for weight in layer.trainable_weights]
    moments = [np.zeros_like(weight) for weight in weights for _ in "mv"]
    return SimpleNamespace(built=True, variables=[np.int64(1), np.float32(1e-3), *moments])


def test_the_lectures_model_as_keras_prints_it(capsys):
    summary(lecture())
    assert capsys.readouterr().out == LECTURE


def test_print_fn_gets_the_whole_text_once(capsys):
    texts = []
    summary(lecture(), print_fn=texts.append)
    assert texts == [LECTURE]
    assert capsys.readouterr().out == ""


def test_print_fn_gets_no_escape_codes_in_a_terminal(monkeypatch):
    monkeypatch.setenv("FORCE_COLOR", "1")
    texts = []
    summary(lecture(), print_fn=texts.append)
    assert texts == [LECTURE]


def test_a_trained_models_optimizer_is_counted(capsys):
    model = lecture()
    model.optimizer = adam_of(model)
    summary(model)
    assert capsys.readouterr().out == LECTURE_TRAINED


def test_an_optimizer_that_never_stepped_is_not_counted(capsys):
    summary(lecture(SimpleNamespace(built=False, variables=[np.int64(0)])))
    assert capsys.readouterr().out == LECTURE


def test_a_short_line_length(capsys):
    summary(lecture(), line_length=50)
    assert capsys.readouterr().out == LECTURE_50


def test_layers_without_an_input_shape(capsys):
    layers = [layer("Conv2D", "conv2d_2"), layer("Flatten", "flatten_1")]
    summary(SimpleNamespace(name="sequential_1", layers=layers))
    assert capsys.readouterr().out == UNBUILT


def test_long_names_markup_and_fixed_weights(capsys):
    first, shape = "a_[red]_very_long_name_for_a_layer_indeed", (None, 26, 26, 4)
    layers = [
        layer("Conv2D", first, shape, fixed=[(3, 3, 1, 4), (4,)]),
        layer("BatchNormalization", "batch_normalization", shape, [(4,), (4,)], [(4,), (4,)]),
        layer("Dropout", "dropout", shape),
        layer("Flatten", "flatten_2", (None, 2704)),
        layer("Dense", "dense_2", (None, 2), [(2704, 2), (2,)]),
    ]
    summary(SimpleNamespace(name="weird_[bold]", layers=layers))
    assert capsys.readouterr().out == UNUSUAL


def test_a_long_line_length_cuts_no_column_off(capsys):
    summary(lecture(), line_length=120)  # Keras shows two columns only in a screen of 80
    lines = capsys.readouterr().out.splitlines()
    assert {len(line) for line in lines[1:-3]} == {120}
    assert " ".join(lines[4].split()) == "│ conv2d (Conv2D) │ (None, 26, 26, 64) │ 640 │"


def test_the_line_fits_a_narrow_terminal(capsys, monkeypatch):
    monkeypatch.setenv("COLUMNS", "50")
    summary(lecture())
    assert max(map(len, capsys.readouterr().out.splitlines())) == 46


def test_weights_that_two_layers_share_count_once(capsys):
    model = lecture()
    twin = layer("Dense", "twin", (None, 10))
    twin.trainable_weights = model.layers[-1].trainable_weights
    model.layers.append(twin)
    summary(model)
    assert " Total params: 203,434 (794.66 KB)" in capsys.readouterr().out


def test_float64_weights_take_twice_the_memory(capsys):
    model = lecture()
    for each in model.layers:
        each.trainable_weights = [weight.astype("float64") for weight in each.trainable_weights]
    summary(model)
    assert " Total params: 203,434 (1.55 MB)" in capsys.readouterr().out


@pytest.mark.parametrize("line_length", [-5, 0, 15])
def test_a_line_too_short_for_the_columns(line_length):
    with pytest.raises(ValueError, match=f"line_length must be >= 16, got {line_length}"):
        summary(lecture(), line_length=line_length)


@pytest.mark.parametrize("line_length", [16, 17, 18, 19, 20])
def test_the_shortest_lines_still_work(line_length, capsys):
    summary(lecture(), line_length=line_length)
    assert max(map(len, capsys.readouterr().out.splitlines()[1:-3])) == line_length


def test_sizes_in_units_of_1024():
    sizes = [0, 1023, 1024, 1024**2, 1024**3, 1024**4, 1024**5]
    assert [readable_size(size) for size in sizes] == [
        "0.00 B",
        "1023.00 B",
        "1.00 KB",
        "1.00 MB",
        "1.00 GB",
        "1.00 TB",
        "1.00 PB",
    ]
