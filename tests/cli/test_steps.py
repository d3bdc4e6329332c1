"""``minicnn steps``: the lecture's numbers, a saved model, and a real terminal."""

import os
import re

import numpy as np
import pytest
from PIL import Image

from minicnn.cli import main
from minicnn.layers import Conv2D, Dense, Flatten, MaxPooling2D
from minicnn.models import Sequential
from minicnn.training.batches import Batch
from minicnn.utils import set_random_seed

from ..steps.lecture import FILTER_1, IMAGE, MAP_1, MAP_2
from .test_command import started

TITLE = re.compile(r"^Step (\d+) of (\d+)$", re.MULTILINE)


def complaints(errors):
    """The lines of stderr, but for the word that something is compiled for the first time."""
    return [line for line in errors.splitlines() if "compiling operations" not in line]


def run(capsys, typed):
    """Return what the command prints; it must print no error."""
    assert main(["steps", *typed.split()]) == 0
    output = capsys.readouterr()
    assert output.err == ""
    return output.out


def results(text):
    """Return the result of each step in order: the number after the last equals sign."""
    pages = re.split(TITLE, text)[3::3]
    return [float(page.rpartition(" = ")[2].replace("−", "-")) for page in pages]


def mistyped(capsys, typed):
    with pytest.raises(SystemExit) as stop:
        main(["steps", *typed.split()])
    assert stop.value.code == 2
    output = capsys.readouterr()
    assert (output.out, output.err.count("\n")) == ("", 1)
    return output.err


def failed(capsys, typed):
    assert main(["steps", *typed.split()]) == 1
    error = capsys.readouterr().err
    assert error.startswith("minicnn steps: error: ")
    assert error.count("\n") == 1
    return error


@pytest.fixture
def model(here):
    """A small network with random weights in model.keras, and a picture for it."""
    set_random_seed(1)
    network = Sequential(
        [
            Conv2D(2, 3, activation="relu", input_shape=(8, 8, 1)),
            MaxPooling2D(2),
            Flatten(),
            Dense(3, activation="softmax"),
        ]
    )
    network.save(here / "model.keras")
    pixels = np.random.default_rng(1).integers(0, 10, (8, 8)).astype(np.uint8)
    Image.fromarray(pixels).save(here / "picture.png")
    return network, pixels[None, :, :, None]


ASKED = "model.keras --image picture.png"


class TestTheLecturesExample:
    @pytest.mark.parametrize(("number", "feature_map"), [(1, MAP_1), (2, MAP_2)])
    def test_all_steps_come_to_the_feature_map(self, capsys, number, feature_map):
        text = run(capsys, f"--filter {number}")
        assert "Rows and columns: (6 − 3)/1 + 1 = 4." in text
        assert results(text) == np.ravel(feature_map).tolist()

    def test_the_first_step_to_the_letter(self, capsys):
        assert run(capsys, "--cell 0,0").splitlines() == [
            "Step 1 of 16",
            "",
            "  input                output",
            "  [1][0][0] 0  0  1     [3]  ·   ·   ·",
            "  [0][1][0] 0  1  0      ·   ·   ·   ·",
            "  [0][0][1] 1  0  0  →   ·   ·   ·   ·",
            "   1  0  0  0  1  0      ·   ·   ·   ·",
            "   0  1  0  0  1  0",
            "   0  0  1  0  1  0",
            "",
            "output[0, 0]: rows 0 to 2, columns 0 to 2",
            "",
            "  window   filter     products",
            "  1 0 0     1 −1 −1   1 0 0",
            "  0 1 0  × −1  1 −1 = 0 1 0",
            "  0 0 1    −1 −1  1   0 0 1",
            "",
            "1·1 + 0·(−1) + 0·(−1) + 0·(−1) + 1·1 + 0·(−1) + 0·(−1) + 0·(−1) + 1·1 = 3",
        ]

    def test_what_has_been_computed_stays(self, capsys):
        text = run(capsys, "--cell 1,0")
        assert "   0 [0][1] 1" not in text
        assert "   3  −1  −3  −1\n" in text
        assert " [−3]  ·   ·   ·\n" in text

    def test_stride(self, capsys):
        text = run(capsys, "--stride 2")
        assert "⌊(6 − 3)/2⌋ + 1 = 2" in text
        assert results(text) == [3, -3, -3, 0]

    def test_padding_is_seen_under_the_window_and_beside_it(self, capsys):
        text = run(capsys, "--padding same --cell 0,0")
        assert "  [0][0][0](0)(0)(0)(0)(0)" in text
        assert "  [0][1][0] 0  0  0  1 (0)" in text
        assert "  (0) 1  0  × −1  1 −1 = 0 1 0\n" in text
        assert results(text) == [2]

    def test_max_pooling_names_the_winner(self, capsys):
        text = run(capsys, "--pooling max --cell 0,1")
        assert "won by input[1, 2]" in text
        assert "max(−3, −1, 0, −3) = 0" in text

    def test_average_pooling(self, capsys):
        assert results(run(capsys, "--pooling average --padding valid")) == [
            0,
            -1.75,
            -1.25,
            -0.5,
        ]

    def test_backward_for_a_weight_is_the_sum_of_the_pixels_it_met(self, capsys):
        text = run(capsys, "--backward weight")
        sums = [
            sum(IMAGE[row + i][column + j] for row in range(4) for column in range(4))
            for i in range(3)
            for j in range(3)
        ]
        assert results(text) == sums
        assert "dy is 1 everywhere" in text

    def test_backward_for_a_pixel_is_the_sum_of_the_weights_it_met(self, capsys):
        text = run(capsys, "--backward pixel --cell 0,1")
        assert results(text) == [FILTER_1[0][0] + FILTER_1[0][1]]

    def test_backward_through_pooling_only_winners_get_something(self, capsys):
        found = results(run(capsys, "--pooling max --backward pixel"))
        assert found == [1, 0, 0, 0, 0, 0, 1, 0, 0, 0, 0, 1, 1, 0, 0, 0]

    @pytest.mark.parametrize("backward", ["", "--backward weight", "--backward pixel"])
    @pytest.mark.parametrize("typed", ["", "--padding same", "--stride 3", "--filter 2 --stride 5"])
    def test_everything_fits_80_columns(self, capsys, typed, backward):
        text = run(capsys, f"{typed} {backward}")
        assert max(map(len, text.splitlines())) <= 80
        first = TITLE.findall(text)[0]
        assert len(TITLE.findall(text)) == int(first[1])


class TestAModel:
    def test_without_a_layer_an_overview(self, model, capsys):
        text = run(capsys, ASKED)
        for name in ("conv2d", "max_pooling2d", "flatten", "dense"):
            assert f"\n  {name} " in text
        assert "--layer conv2d" in text

    @pytest.mark.parametrize("layer", range(4))
    def test_every_layer_comes_to_what_it_computes(self, model, capsys, layer):
        network, x = model
        for one in network.layers[: layer + 1]:
            x = one(x)
        text = run(capsys, f"{ASKED} --layer {layer}")
        computed = x[0] if x.ndim == 2 else np.moveaxis(x[0], -1, 0)
        assert results(text) == pytest.approx(computed.ravel().tolist(), rel=1e-3, abs=1e-6)

    def test_one_cell(self, model, capsys):
        network, x = model
        text = run(capsys, f"{ASKED} --layer conv2d --cell 2,3,1")
        assert results(text) == pytest.approx([float(network.layers[0](x)[0, 2, 3, 1])], rel=1e-3)
        assert " → max(" in text

    def test_the_label_is_the_models_answer_unless_another_is_given(self, model, capsys):
        network, x = model
        answer = int(network.predict(x, verbose=0).argmax())
        assert f"Label: class {answer}" in run(capsys, ASKED)
        other = (answer + 1) % 3
        assert f"Label: class {other}" in run(capsys, f"{ASKED} --label {other}")

    @pytest.mark.parametrize(("typed", "name"), [("weight", "kernel"), ("bias", "bias")])
    def test_gradients_are_those_of_training(self, model, capsys, typed, name):
        network, x = model
        network.compile("sgd", "sparse_categorical_crossentropy")
        gradient = network.gradients(Batch(x.astype(np.float32), np.array([2])))[0][name]
        text = run(capsys, f"{ASKED} --layer conv2d --label 2 --backward {typed}")
        assert results(text) == pytest.approx(gradient.ravel().tolist(), rel=1e-3, abs=1e-6)

    def test_what_minicnn_train_left_is_taken_by_default(self, trained, digit, here, capsys):
        digit("five.png", 5)
        (here / "minicnn-output").symlink_to(trained)
        assert "Most probable: class" in run(capsys, "--image five.png")


class TestMistakes:
    @pytest.mark.parametrize(
        ("typed", "answer"),
        [
            ("--filter 3", "--filter: must be an integer from 1 to 2, got '3'."),
            ("--stride 0", "--stride: must be an integer >= 1, got '0'."),
            ("--padding smae", "unknown padding 'smae'. Did you mean 'same'?"),
            ("--pooling sum", "unknown pooling 'sum'. There are: 'average', 'max'."),
            ("--cell 1;2", "must be integers >= 0 with commas, such as 0,2"),
            ("--cell 0,0 --all", "use one of the two"),
            ("--layer conv2d", "--layer is for a model, with a picture: --image seven.png."),
            ("--as-is", "--as-is is for a model"),
            ("model.keras", "expected a picture for the model: --image seven.png"),
            ("--image a.png --stride 1", "--stride is for the lecture's example"),
            ("--image a.png --cell 0,0", "--cell is for one layer: --layer conv2d."),
            ("--bakward weight", "unknown option '--bakward'. Did you mean '--backward'?"),
        ],
    )
    def test_mistyped(self, capsys, typed, answer):
        assert answer in mistyped(capsys, typed)

    @pytest.mark.parametrize(
        ("typed", "answer"),
        [
            ("--cell 4,0", "there is no cell 4,0: they go from 0,0 to 3,3."),
            ("--cell 1", "there is no cell 1: they go from 0,0 to 3,3."),
            ("--backward wieght", "unknown gradient 'wieght'. Did you mean 'weight'?"),
            ("--pooling max --backward weight", "There are: 'pixel'."),
            ("--stride 4 --pooling max", "covers 2 rows, and its images have only 1"),
            ("--image nowhere.png", "there is no model"),
        ],
    )
    def test_what_cannot_be(self, here, capsys, typed, answer):
        assert answer in failed(capsys, typed)

    @pytest.mark.parametrize(
        ("typed", "answer"),
        [
            ("--layer conv3d", "unknown layer 'conv3d'. Did you mean 'conv2d'?"),
            ("--layer 4", "unknown layer '4'"),
            ("--label 3", "unknown class '3'"),
            ("--layer dense --cell 3", "there is no cell 3: they go from 0 to 2."),
            ("--layer flatten --backward weight", "There are: 'pixel'."),
        ],
    )
    def test_of_a_model(self, model, capsys, typed, answer):
        assert answer in failed(capsys, f"{ASKED} {typed}")

    def test_a_file_that_is_no_picture(self, model, here, capsys):
        (here / "picture.png").write_text("no picture")
        assert "picture.png is not a whole" in failed(capsys, ASKED)


def test_a_pipe_gets_everything(here):
    process = started(here, "steps")
    text, errors = process.communicate(timeout=60)
    assert (process.returncode, errors) == (0, "")
    assert len(TITLE.findall(text)) == 16
    assert "\x1b" not in text
    assert "Enter" not in text


@pytest.mark.skipif(os.name == "nt", reason="Windows has no broken pipes")
def test_a_reader_that_has_seen_enough(model, here):
    process = started(here, f"steps {ASKED} --layer conv2d --backward pixel")
    process.stdout.readline()
    process.stdout.close()
    errors = process.stderr.read()
    process.stderr.close()
    assert process.wait(timeout=60) in (0, 1)  # 0 if it was faster than we
    assert complaints(errors) == []
