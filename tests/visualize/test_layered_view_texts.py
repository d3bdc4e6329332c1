"""The picture of a model, read pixel by pixel: legend, captions, fonts, files, wrong arguments."""

import os

import matplotlib
import numpy as np
import pytest
from matplotlib import font_manager
from PIL import Image, ImageFont

from minicnn import visualkeras
from minicnn.errors import DataWarning, NotReadyError, UnknownNameError
from minicnn.layers import (
    Conv2D,
    Dense,
    Dropout,
    Flatten,
    Layer,
)
from minicnn.models import Sequential
from minicnn.visualize.figure import korean_fonts

from .pictures import areas, is_colour, pixels, places_of_text
from .test_layered_view import (
    BLUE,
    GREEN,
    GREY,
    VERMILION,
    boxes,
)


def test_a_legend_has_every_kind_once_in_the_models_order(convnet):
    bare = visualkeras.layered_view(convnet)
    picture = visualkeras.layered_view(convnet, legend=True, show_dimension=False)
    below = picture.crop((0, bare.height, *picture.size))
    # before 3.11, matplotlib draws the edges of a taller figure a little lighter or darker
    edges = 0 if matplotlib.__version_info__ >= (3, 11) else 64
    np.testing.assert_allclose(pixels(picture)[: bare.height], pixels(bare), rtol=0, atol=edges)
    cubes = [areas(below, colour) for colour in (BLUE, VERMILION, "#CC79A7", GREY, GREEN)]
    names = ["Conv2D", "MaxPooling2D", "Dropout", "Flatten", "Dense"]
    texts = [places_of_text(below, name) for name in names]
    assert [len(one) for one in cubes] == [1] * 5
    assert [len(one) for one in texts] == [1] * 5
    entries = [(cube[1] // 20, cube[0]) for (cube,) in cubes]  # row by row, from left to right
    assert entries == sorted(entries)
    assert all(text[0] > cube[2] for (cube,), (text,) in zip(cubes, texts, strict=True))


def test_a_legend_is_wrapped_and_never_cut_off():
    model = Sequential([Dense(3, input_shape=(2,)), Dropout(0.1), Dense(2)])
    picture = visualkeras.layered_view(model, legend=True, show_dimension=False)
    (dense,) = places_of_text(picture, "Dense")
    (dropout,) = places_of_text(picture, "Dropout")
    assert dropout[1] > dense[1]
    assert dropout[0] == pytest.approx(dense[0], abs=2)


def test_distance_in_the_legend(lecture):
    def distance(**options):
        picture = visualkeras.layered_view(lecture, legend=True, **options)
        (first,) = places_of_text(picture, "Conv2D")
        (second,) = places_of_text(picture, "Flatten")
        return second[0] - first[0]

    assert distance(legend_text_spacing_offset=40) == pytest.approx(distance() + 25, abs=1)


def test_names_and_dimensions_stand_below_their_boxes(lecture):
    picture = visualkeras.layered_view(lecture, legend=True)
    first, second = boxes(picture, BLUE)
    (flatten,) = boxes(picture, GREY)
    for text, (left, _, right, bottom) in (
        ("conv2d", first),
        ("26×26×64", first),
        ("conv2d_1", second),
        ("24×24×32", second),
        ("flatten", flatten),
        ("18432", flatten),
    ):
        place = places_of_text(picture, text)[0]
        assert left - 20 <= place[0] < right
        assert place[1] > bottom
    assert places_of_text(visualkeras.layered_view(lecture), "18432") == []
    alone = visualkeras.layered_view(lecture, show_dimension=True)
    assert len(places_of_text(alone, "18432")) == 1
    assert places_of_text(alone, "Dense") == []


def test_many_captions_stand_upright(convnet):
    for _ in range(20):
        convnet.add(Dense(10))
    picture = visualkeras.layered_view(convnet, show_dimension=True)
    assert places_of_text(picture, "max_pooling2d_1") == []
    assert len(places_of_text(picture, "max_pooling2d_1", upright=True)) == 1
    assert picture.width < 1600


def test_own_texts_above_and_below(lecture):
    def text(index, layer):
        return f"{index} {layer.name}", index == 1

    picture = visualkeras.layered_view(lecture, text_callable=text, legend=True)
    (above,) = places_of_text(picture, "1 conv2d_1")
    (below,) = places_of_text(picture, "2 flatten")
    _, (_, top, _, bottom) = boxes(picture, BLUE)
    assert above[1] < top < bottom < below[1]
    assert places_of_text(picture, "18432") == []
    both = visualkeras.layered_view(lecture, text_callable=text, show_dimension=True)
    assert len(places_of_text(both, "18432")) == 1


def test_distance_of_lines(lecture):
    def distance(**options):
        picture = visualkeras.layered_view(lecture, show_dimension=True, **options)
        (name,) = places_of_text(picture, "flatten")
        (dimension,) = places_of_text(picture, "18432")
        return dimension[1] - name[1]

    assert distance(text_vspacing=11) == pytest.approx(distance(text_vspacing=4) + 7, abs=1)


def test_texts_that_are_none(lecture):
    with pytest.raises(TypeError, match=r"text_callable must return a text and .* got 'conv2d'"):
        visualkeras.layered_view(lecture, text_callable=lambda index, layer: layer.name)


def test_own_font_and_its_colour(lecture):
    path = font_manager.findfont("DejaVu Sans")
    large = ImageFont.truetype(path, 30)
    picture = visualkeras.layered_view(lecture, legend=True, font=large)
    assert len(places_of_text(picture, "Flatten", large)) == 1
    red = visualkeras.layered_view(lecture, legend=True, font_color="red")
    assert is_colour(red, "red").sum() > 100
    assert is_colour(visualkeras.layered_view(lecture, legend=True), "red").sum() == 0


@pytest.mark.parametrize("font", ["x.ttf", 13, object()])
def test_a_font_that_is_none(lecture, font):
    with pytest.raises(ValueError, match="font must be the path of a font file that exists"):
        visualkeras.layered_view(lecture, legend=True, font=font)


def test_fonts_by_path_and_built_in(lecture):
    usual = pixels(visualkeras.layered_view(lecture, legend=True))
    path = font_manager.findfont("DejaVu Sans")
    np.testing.assert_array_equal(
        pixels(visualkeras.layered_view(lecture, legend=True, font=path)), usual
    )
    visualkeras.layered_view(lecture, legend=True, font=ImageFont.load_default())


def test_names_with_korean_letters():
    if not korean_fonts():
        pytest.skip("needs a font with Korean letters")
    model = Sequential([Conv2D(8, 3, name="합성곱", input_shape=(9, 9, 1)), Flatten(name="펼침")])
    picture = visualkeras.layered_view(model, legend=True)
    for text in ("합성곱", "펼침", "7×7×8", "Flatten"):
        assert len(places_of_text(picture, text)) == 1


def test_no_font_with_the_letters(monkeypatch):
    monkeypatch.setattr("minicnn.visualize.figure.korean_fonts", list)
    model = Sequential([Dense(3, name="출력", input_shape=(2,))])
    with (
        pytest.warns(DataWarning, match="no font with the letters 력 출 is installed"),
        pytest.warns(UserWarning, match="missing from font"),  # matplotlib's own
    ):
        visualkeras.layered_view(model, legend=True)
    visualkeras.layered_view(model)  # nothing is written, so nothing is missing


# Files


def test_a_file(lecture, tmp_path):
    picture = visualkeras.layered_view(lecture, to_file=tmp_path / "new" / "a.png", legend=True)
    with Image.open(tmp_path / "new" / "a.png") as written:
        assert written.tobytes() == picture.tobytes()
    assert os.listdir(tmp_path / "new") == ["a.png"]


@pytest.mark.parametrize(
    ("name", "kind"), [("a.jpg", "JPEG"), ("a.GIF", "GIF"), ("a", "PNG"), ("a.webp", "WEBP")]
)
def test_the_ending_decides_the_format(lecture, tmp_path, name, kind):
    picture = visualkeras.layered_view(lecture, str(tmp_path / name), background_fill="#FFFFF0")
    with Image.open(tmp_path / name) as written:
        assert (written.format, written.size) == (kind, picture.size)
        assert is_colour(written, "#FFFFF0", tolerance=5)[0, 0]


def test_an_ending_that_no_format_has(lecture, tmp_path):
    with pytest.raises(
        UnknownNameError, match=r"unknown picture format '.pgn'. Did you mean '.png'"
    ):
        visualkeras.layered_view(lecture, tmp_path / "a.pgn")
    assert os.listdir(tmp_path) == []


# What it does not take


@pytest.mark.parametrize(
    ("name", "advice"),
    [
        ("sizing_mode", "scale_xy and scale_z set them"),
        ("dimension_caps", "Write max_xy and max_z"),
        ("styles", "Write color_map="),
        ("legned", "Did you mean 'legend'"),
    ],
)
def test_arguments_that_there_are_not(lecture, name, advice):
    with pytest.raises(UnknownNameError, match=f"argument.* '{name}'.*{advice}"):
        visualkeras.layered_view(lecture, **{name: 1})


def test_visualkeras_other_names():
    with pytest.raises(AttributeError, match=r"not 'graph_view'. minicnn.utils.plot_model draws"):
        _ = visualkeras.graph_view


@pytest.mark.parametrize(
    ("options", "message"),
    [
        ({"padding": -1}, "padding must be a number >= 0, got -1"),
        ({"shade_step": float("nan")}, "shade_step must be a number >= 0, got nan"),
        ({"scale_xy": 0}, "scale_xy must be a number > 0, got 0"),
        ({"min_z": 500}, "min_z=500 is larger than max_z=400"),
        ({"one_dim_orientation": "w"}, "unknown one_dim_orientation 'w'"),
    ],
)
def test_numbers_that_make_no_picture(lecture, options, message):
    with pytest.raises(ValueError, match=message):
        visualkeras.layered_view(lecture, **options)


def test_what_is_no_model_yet():
    with pytest.raises(NotReadyError, match=r"not known yet. Begin it with Input\(\(28, 28, 1\)\)"):
        visualkeras.layered_view(Sequential([Dense(3)]))
    with pytest.raises(ValueError, match="a model without layers"):
        visualkeras.layered_view(Sequential())
    with pytest.raises(TypeError, match=r"draws a model, got .*Write layered_view\(model\)"):
        visualkeras.layered_view(Sequential)
    with pytest.raises(TypeError, match=r"draws a model, got \[1, 2\]"):
        visualkeras.layered_view([1, 2])


def test_a_layer_of_ones_own_is_named_and_coloured():
    class Scale(Layer):
        def forward(self, x, training=False):
            return 2 * x, None

    model = Sequential([Dense(3, input_shape=(2,)), Scale()])
    picture = visualkeras.layered_view(model, legend=True)
    below = picture.crop((0, visualkeras.layered_view(model).height, *picture.size))
    assert len(places_of_text(below, "Scale")) == 1
    assert len(areas(picture, "#882255")) == 2  # its box, and the cube in the legend
