"""Cards and arrows as they are drawn: in the figure, in SVG text, in the PNG's pixels."""

import os
import warnings
from itertools import pairwise
from xml.etree import ElementTree

import numpy as np
import pytest
from matplotlib.backends.backend_agg import FigureCanvasAgg
from matplotlib.patches import FancyArrowPatch, Rectangle
from PIL import Image

from minicnn.errors import NotReadyError, UnknownNameError
from minicnn.layers import Add, Conv2D, Dense, Flatten, Input, Layer, MaxPooling2D
from minicnn.models import Model, Sequential
from minicnn.utils import plot_model
from minicnn.visualize.figure import korean_fonts

from .pictures import is_colour

ALL = {
    "show_shapes": True,
    "show_dtype": True,
    "show_layer_names": True,
    "show_layer_activations": True,
    "show_trainable": True,
}
DIRECTIONS = ["TB", "BT", "LR", "RL"]


@pytest.fixture
def lecture():
    return Sequential(
        [
            Input((28, 28, 1), name="image"),
            Conv2D(64, kernel_size=3, activation="relu"),
            Conv2D(32, kernel_size=3, activation="relu"),
            Flatten(),
            Dense(10, activation="softmax"),
        ]
    )


def texts(figure):
    return [text.get_text() for text in figure.texts]


def rectangles(figure):
    """Return the cards, and the titles' strips in them, in the order of the model's layers."""
    drawn = [
        one
        for one in figure.get_children()
        if isinstance(one, Rectangle) and one is not figure.patch
    ]
    return drawn[0::2], drawn[1::2]


def arrows(figure):
    return [one for one in figure.get_children() if isinstance(one, FancyArrowPatch)]


def extents(figure, artist):
    """Return left, bottom, right, top in pixels."""
    return artist.get_window_extent(FigureCanvasAgg(figure).get_renderer()).extents


def test_a_card_for_the_input_and_every_layer(lecture, tmp_path):
    figure = plot_model(lecture, tmp_path / "model.png")
    assert texts(figure) == ["InputLayer", "Conv2D", "Conv2D", "Flatten", "Dense"]
    cards, titles = rectangles(figure)
    assert (len(cards), len(titles), len(arrows(figure))) == (5, 5, 4)


def test_all_that_can_be_shown(lecture):
    lecture.layers[1].trainable = False
    shown = texts(plot_model(lecture, None, **ALL))
    places = [place for place, text in enumerate(shown) if text.endswith(")") and text[0] != "("]
    cards = [shown[start:end] for start, end in zip(places, [*places[1:], None], strict=True)]
    rows = [(card[0], dict(zip(card[1::2], card[2::2], strict=True))) for card in cards]
    float32 = {"Output dtype": "float32"}
    assert rows == [
        ("image (InputLayer)", {"Output shape": "(None, 28, 28, 1)", **float32}),
        (
            "conv2d (Conv2D)",
            {"Activation": "relu", "Input shape": "(None, 28, 28, 1)",
             "Output shape": "(None, 26, 26, 64)", **float32, "Trainable": "yes"},
        ),
        (
            "conv2d_1 (Conv2D)",
            {"Activation": "relu", "Input shape": "(None, 26, 26, 64)",
             "Output shape": "(None, 24, 24, 32)", **float32, "Trainable": "no"},
        ),
        (
            "flatten (Flatten)",
            {"Input shape": "(None, 24, 24, 32)", "Output shape": "(None, 18432)", **float32,
             "Trainable": "yes"},
        ),
        (
            "dense (Dense)",
            {"Activation": "softmax", "Input shape": "(None, 18432)",
             "Output shape": "(None, 10)", **float32, "Trainable": "yes"},
        ),
    ]  # fmt: skip


@pytest.mark.parametrize("option", ALL)
def test_each_option_shows_its_own(lecture, option):
    plain, more = (
        texts(plot_model(lecture, None)),
        texts(plot_model(lecture, None, **{option: True})),
    )
    label = {
        "show_shapes": "Output shape",
        "show_dtype": "Output dtype",
        "show_layer_names": "image (InputLayer)",
        "show_layer_activations": "Activation",
        "show_trainable": "Trainable",
    }[option]
    assert label in more
    assert label not in plain


@pytest.mark.parametrize("direction", DIRECTIONS)
@pytest.mark.parametrize("options", [{}, ALL], ids=["titles", "all"])
def test_cards_go_their_way_and_do_not_touch(lecture, direction, options):
    figure = plot_model(lecture, None, rankdir=direction, **options)
    cards = [extents(figure, card) for card in rectangles(figure)[0]]
    width, height = figure.get_size_inches() * figure.dpi
    for left, bottom, right, top in cards:
        assert 0 < left < right < width
        assert 0 < bottom < top < height
    for before, after in pairwise(cards):
        assert {
            "TB": after[3] < before[1] - 10,
            "BT": after[1] > before[3] + 10,
            "LR": after[0] > before[2] + 10,
            "RL": after[2] < before[0] - 10,
        }[direction]


@pytest.mark.parametrize("direction", DIRECTIONS)
def test_arrows_point_from_a_layer_to_the_next(lecture, direction):
    figure = plot_model(lecture, None, rankdir=direction)
    titles = {text.get_text(): text.get_position() for text in figure.texts}
    way = np.subtract(titles["Flatten"], titles["InputLayer"])
    for arrow in arrows(figure):
        (start, end) = arrow._posA_posB
        assert np.subtract(end, start) @ way > 0


@pytest.mark.parametrize("direction", DIRECTIONS)
def test_every_text_is_inside_its_card(direction):
    model = Sequential([Conv2D(8, 3, input_shape=(28, 28, 1), name="a_long_name_" * 4), Flatten()])
    figure = plot_model(model, None, rankdir=direction, **ALL)
    cards = [extents(figure, card) for card in rectangles(figure)[0]]
    for text in figure.texts:
        left, bottom, right, top = extents(figure, text)
        assert any(
            one[0] < left and one[1] < bottom and right < one[2] and top < one[3] for one in cards
        ), text.get_text()


def test_titles_have_their_kinds_colours(lecture, tmp_path):
    plot_model(lecture, tmp_path / "model.png")
    with Image.open(tmp_path / "model.png") as picture:
        rows = [
            np.flatnonzero(is_colour(picture, colour).sum(axis=1) > 100)
            for colour in ("#0072B2", "#999999", "#009E73")
        ]
    assert all(len(one) > 20 for one in rows)
    assert rows[0].max() < rows[1].min() < rows[1].max() < rows[2].min()


def svg_texts(path):
    root = ElementTree.parse(path).getroot()
    return [
        "".join(one.itertext()).strip() for one in root.iter("{http://www.w3.org/2000/svg}text")
    ]


def test_text_in_svg_can_be_searched(lecture, tmp_path):
    plot_model(lecture, tmp_path / "model.svg", show_shapes=True, show_layer_names=True)
    root = ElementTree.parse(tmp_path / "model.svg").getroot()
    found = [
        "".join(one.itertext()).strip() for one in root.iter("{http://www.w3.org/2000/svg}text")
    ]
    assert found == [
        "image (InputLayer)", "Output shape", "(None, 28, 28, 1)",
        "conv2d (Conv2D)", "Input shape", "(None, 28, 28, 1)", "Output shape", "(None, 26, 26, 64)",
        "conv2d_1 (Conv2D)", "Input shape", "(None, 26, 26, 64)", "Output shape", "(None, 24, 24, 32)",
        "flatten (Flatten)", "Input shape", "(None, 24, 24, 32)", "Output shape", "(None, 18432)",
        "dense (Dense)", "Input shape", "(None, 18432)", "Output shape", "(None, 10)",
    ]  # fmt: skip


def size_of(path):
    with Image.open(path) as picture:
        return picture.size


def test_the_file(lecture, tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    figure = plot_model(lecture)
    assert os.listdir(tmp_path) == ["model.png"]
    expected = figure.get_size_inches() * 200
    assert size_of("model.png") == pytest.approx(expected, abs=1)
    plot_model(lecture, "new/large.png", dpi=300)
    assert size_of("new/large.png") == pytest.approx(expected * 1.5, abs=1)
    plot_model(lecture, "model.pdf")
    assert (tmp_path / "model.pdf").read_bytes().startswith(b"%PDF")


def test_no_file(lecture, tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    figure = plot_model(lecture, to_file=None)
    assert os.listdir(tmp_path) == []
    assert figure._repr_png_().startswith(b"\x89PNG")


def test_names_with_korean_letters(tmp_path):
    if not korean_fonts():
        pytest.skip("needs a font with Korean letters")
    model = Sequential([MaxPooling2D(2, name="풀링", input_shape=(4, 4, 1))])
    with warnings.catch_warnings():
        warnings.simplefilter("error")  # of letters that are missing
        for ending in ("png", "svg", "pdf"):
            plot_model(model, tmp_path / f"model.{ending}", show_layer_names=True)
    assert "풀링 (MaxPooling2D)" in svg_texts(tmp_path / "model.svg")


def test_names_that_look_like_formulas(tmp_path):
    model = Sequential([Flatten(name="costs $2 and $3 <b>", input_shape=(2,))])
    plot_model(model, tmp_path / "model.svg", show_layer_names=True)
    assert svg_texts(tmp_path / "model.svg")[1] == "costs $2 and $3 <b> (Flatten)"


def test_functions_and_layers_of_ones_own():
    def swirl(x):
        return x

    class Twice(Layer):
        def forward(self, x, training=False):
            return 2 * x, None

    model = Sequential([Dense(3, activation=swirl, input_shape=(2,)), Twice()])
    shown = texts(plot_model(model, None, show_layer_activations=True))
    assert shown == ["InputLayer", "Dense", "Activation", "swirl", "Twice"]


def test_nested_models_there_are_none(lecture):
    assert texts(plot_model(lecture, None, expand_nested=True)) == texts(plot_model(lecture, None))


@pytest.mark.parametrize(
    ("options", "message"),
    [
        ({"layer_range": ["a", "b"]}, r"no argument 'layer_range'. Draw a part of the model"),
        ({"splines": "ortho"}, "no argument 'splines'. The arrows are straight"),
        ({"show_shape": True}, "argument of plot_model 'show_shape'. Did you mean 'show_shapes'"),
        ({"rankdir": "UD"}, "unknown rankdir 'UD'"),
    ],
)
def test_what_it_does_not_take(lecture, tmp_path, options, message):
    with pytest.raises(UnknownNameError, match=message):
        plot_model(lecture, tmp_path / "model.png", **options)
    assert os.listdir(tmp_path) == []


def test_the_part_of_a_model_that_the_advice_names(lecture):
    part = Sequential([Input(lecture.input_shape[1:]), *lecture.layers[:3]])
    assert texts(plot_model(part, None)) == ["InputLayer", "Conv2D", "Conv2D", "Flatten"]


@pytest.mark.parametrize("dpi", [0, -5, float("nan"), None, "high"])
def test_dots_that_make_no_picture(lecture, dpi):
    with pytest.raises(ValueError, match="dpi must be a number of dots per inch > 0"):
        plot_model(lecture, None, dpi=dpi)


def test_what_is_no_model_yet():
    with pytest.raises(NotReadyError, match="plot_model draws shapes"):
        plot_model(Sequential([Dense(3)]), None)
    with pytest.raises(ValueError, match="plot_model got a model without layers"):
        plot_model(Sequential(), None)
    with pytest.raises(TypeError, match=r"plot_model draws a model, got 'model\.keras'"):
        plot_model("model.keras", None)


@pytest.mark.parametrize("direction", DIRECTIONS)
def test_branches_are_joined_as_they_are_connected(direction, tmp_path):
    """Two ways around a layer: arrows lead where the arrays go, and pass no card."""
    image = Input((8, 8, 1))
    first = Conv2D(4, 3, padding="same", name="first")(image)
    second = Conv2D(4, 3, padding="same", name="second")(first)
    total = Add(name="sum")([first, second])
    model = Model(image, Dense(2, name="head")(Flatten(name="flat")(total)))
    figure = plot_model(model, tmp_path / "graph.png", rankdir=direction, show_layer_names=True)
    cards = [extents(figure, card) for card in rectangles(figure)[0]]
    names = [text.split()[0] for text in texts(figure)]
    boxes = dict(zip(names, cards, strict=True))
    ends = [arrow._posA_posB for arrow in arrows(figure)]

    def at(point):
        """The card at whose edge a line ends, or None between cards."""
        x, y = np.multiply(point, figure.dpi)
        return next(
            (name for name, (left, bottom, right, top) in boxes.items()
             if left - 2 <= x <= right + 2 and bottom - 2 <= y <= top + 2),
            None,
        )  # fmt: skip

    joined = {(at(start), at(end)) for start, end in ends}
    assert joined == {
        (image.name, "first"), ("first", "second"), ("first", None), (None, None), (None, "sum"),
        ("second", "sum"), ("sum", "flat"), ("flat", "head"),
    }  # fmt: skip
    assert len(ends) == 8
