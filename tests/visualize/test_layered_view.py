"""The picture of a model, read pixel by pixel: boxes, colours, order, texts."""

from collections import defaultdict

import numpy as np
import pytest

from minicnn import visualkeras
from minicnn.errors import UnknownNameError
from minicnn.layers import (
    Conv2D,
    Dense,
    Dropout,
    Flatten,
    GlobalAveragePooling2D,
    Input,
    MaxPooling2D,
)
from minicnn.models import Sequential

from .pictures import areas, is_colour, pixels, places_of_text

BLUE, GREEN, GREY, VERMILION = "#0072B2", "#009E73", "#999999", "#D55E00"
AS_VISUALKERAS = {"scale_z": 1.5, "scale_xy": 4}
FLAT = {"draw_volume": False, "draw_funnel": False}


def boxes(picture, colour):
    """Return the areas of a colour that are fronts of boxes, not cubes of the legend."""
    return [area for area in areas(picture, colour) if size(area)[1] > 14]


def size(area):
    left, top, right, bottom = area
    return right - left, bottom - top


# Boxes


def test_the_lectures_model_is_four_boxes_in_their_order(lecture):
    picture = visualkeras.layered_view(lecture)
    first, second = areas(picture, BLUE)
    (flatten,), (dense,) = areas(picture, GREY), areas(picture, GREEN)
    assert first[0] < second[0] < flatten[0] < dense[0]
    assert size(first)[1] > size(second)[1] > size(flatten)[1]
    assert size(first)[0] > size(second)[0]


def test_a_box_is_as_large_as_the_layers_output(lecture):
    picture = visualkeras.layered_view(lecture, **AS_VISUALKERAS, **FLAT)
    first, second = areas(picture, BLUE)
    (flatten,), (dense,) = areas(picture, GREY), areas(picture, GREEN)
    expected = [(96, 104), (48, 96), (400, 20), (20, 20)]  # 64·1.5, 26·4; at least 20, at most 400
    for area, pair in zip([first, second, flatten, dense], expected, strict=True):
        assert size(area) == pytest.approx(pair, abs=3)  # the outline
    assert picture.size == (96 + 48 + 400 + 20 + 3 * 10 + 21, 104 + 21)


def test_the_depth_is_a_third_of_the_columns():
    model = Sequential([Conv2D(10, 1, input_shape=(30, 60, 1))])
    options = {"scale_z": 10, "scale_xy": 2, "padding": 0}
    assert visualkeras.layered_view(model, **options).size == (
        141,
        101,
    )  # a last pixel for the line
    assert visualkeras.layered_view(model, **options, draw_volume=False).size == (101, 61)
    assert visualkeras.layered_view(model, **options, index_2D=[0]).size == (101, 61)


def test_limits_of_the_sizes(lecture):
    limits = {"min_z": 30, "max_z": 50, "min_xy": 40, "max_xy": 60}
    picture = visualkeras.layered_view(lecture, **AS_VISUALKERAS, **limits, **FLAT)
    blue, grey, green = (areas(picture, colour) for colour in (BLUE, GREY, GREEN))
    got = [size(area) for area in [*blue, *grey, *green]]
    np.testing.assert_allclose(got, [(50, 60), (48, 60), (50, 40), (30, 40)], atol=3)


@pytest.mark.parametrize(
    ("orientation", "expected"), [("x", (20, 20)), ("y", (20, 200)), ("z", (200, 20))]
)
def test_where_a_vector_goes(orientation, expected):
    model = Sequential([Dense(100, input_shape=(3,))])
    picture = visualkeras.layered_view(
        model, scale_xy=2, scale_z=2, one_dim_orientation=orientation
    )
    (front,) = areas(picture, GREEN)
    assert size(front) == pytest.approx(expected, abs=3)
    deep = 200 / 3 if orientation == "x" else 20 / 3
    assert picture.size == pytest.approx((expected[0] + deep + 21, expected[1] + deep + 21), abs=1)


@pytest.mark.parametrize("blocks", [1, 4, 9])
def test_the_default_scale_keeps_every_model_on_a_page(blocks):
    model = Sequential([Input((224, 224, 3))])
    for block in range(blocks):
        model.add(Conv2D(2**block, 3, strides=2, padding="same"))
        model.add(Dropout(0.1))
    model.add(GlobalAveragePooling2D())
    picture = visualkeras.layered_view(model)
    assert 150 < picture.height < 300
    assert picture.width < 1500


def test_layers_of_any_shape_have_a_box():
    model = Sequential([Input((None, None, 3)), Conv2D(4, 3), GlobalAveragePooling2D()])
    picture = visualkeras.layered_view(model, legend=True)
    assert len(places_of_text(picture, "?×?×4")) == 1


# What is left out


def test_kinds_and_places_to_leave_out(convnet):
    def counts(**options):
        picture = visualkeras.layered_view(convnet, **FLAT, **options)
        return [len(areas(picture, colour)) for colour in (BLUE, VERMILION, GREY, GREEN)]

    assert counts() == [2, 2, 1, 1]
    assert counts(type_ignore=[MaxPooling2D, Dropout, Flatten]) == [2, 0, 0, 1]
    assert counts(index_ignore=[0, 6]) == [1, 2, 1, 0]
    assert counts(type_ignore=[Flatten], index_ignore=[1]) == [2, 1, 0, 1]


def test_nothing_left_and_places_that_are_not_there(lecture):
    with pytest.raises(ValueError, match="leave no layer to draw"):
        visualkeras.layered_view(lecture, type_ignore=[Conv2D, Flatten, Dense])
    with pytest.raises(
        ValueError, match="index_ignore must list indices of layers, 0 to 3 here, got 4"
    ):
        visualkeras.layered_view(lecture, index_ignore=[4])
    with pytest.raises(
        ValueError, match="index_2D must list indices of layers, 0 to 3 here, got -1"
    ):
        visualkeras.layered_view(lecture, index_2D=[-1])
    with pytest.raises(TypeError, match=r"classes, such as \[Dropout, Flatten\], got 'Flatten'"):
        visualkeras.layered_view(lecture, type_ignore=["Flatten"])


@pytest.mark.parametrize(
    ("options", "message"),
    [
        ({"index_ignore": 0}, r"index_ignore must be a list of indices of layers.*, got 0"),
        ({"index_2D": 0}, r"index_2D must be a list of indices of layers.*, got 0"),
        ({"type_ignore": Flatten}, r"type_ignore must be a list of classes.*, got <class"),
        ({"type_ignore": "Flatten"}, r"type_ignore must be a list of classes.*, got 'Flatten'"),
    ],
)
def test_a_single_one_that_is_not_in_a_list(lecture, options, message):
    with pytest.raises(TypeError, match=message):
        visualkeras.layered_view(lecture, **options)


# Colours


def test_own_colours(lecture):
    color_map = defaultdict(dict)
    color_map[Conv2D]["fill"] = "orange"
    color_map[Flatten]["outline"] = "red"
    color_map[Dropout]["fill"] = "pink"  # not in this model
    picture = visualkeras.layered_view(lecture, color_map=color_map, **FLAT)
    assert [len(areas(picture, colour)) for colour in ("orange", BLUE, GREY)] == [2, 0, 1]
    assert is_colour(picture, "red").sum() > 400
    assert dict(color_map) == {  # which is the caller's
        Conv2D: {"fill": "orange"},
        Flatten: {"outline": "red"},
        Dropout: {"fill": "pink"},
    }


def test_lit_from_above(lecture):
    def upper_and_side(**options):
        picture = visualkeras.layered_view(lecture, index_ignore=[1, 2, 3], **options)
        column = pixels(picture)[:, 60].sum(axis=-1)
        row = pixels(picture)[120].sum(axis=-1)
        return column[40], row[50], row[130]  # upper face, front, side

    upper, front, side = upper_and_side()
    assert upper > front > side
    brighter, _, darker = upper_and_side(shade_step=30)
    assert brighter > upper > side > darker
    assert len(set(upper_and_side(shade_step=0))) == 1


def test_backs_to_the_left(lecture):
    options = {"index_ignore": [1, 2, 3]}
    usual = visualkeras.layered_view(lecture, **options)
    turned = visualkeras.layered_view(lecture, **options, draw_reversed=True)
    (right,), (left,) = areas(usual, BLUE), areas(turned, BLUE)
    assert right[0] < 15
    assert left[2] > turned.width - 15
    np.testing.assert_array_equal(  # one is the other in a mirror, but for the edges
        is_colour(usual, BLUE)[75:200, 15:100], is_colour(turned, BLUE)[75:200, -100:-15]
    )


def test_backs_to_the_left_hide_no_front():
    model = Sequential([Conv2D(60, 1, input_shape=(40, 40, 1)), Conv2D(60, 1), Conv2D(60, 1)])
    for turned in (False, True):
        picture = visualkeras.layered_view(model, draw_reversed=turned, draw_funnel=False)
        fronts = areas(picture, BLUE)
        assert len(fronts) == 3
        width, height = size(fronts[0])
        assert is_colour(picture, BLUE).sum() == pytest.approx(3 * width * height, rel=0.01)


def test_background(lecture):
    assert visualkeras.layered_view(lecture).getpixel((0, 0)) == (255, 255, 255, 255)
    picture = visualkeras.layered_view(lecture, background_fill="#102030", legend=True)
    assert picture.getpixel((0, 0)) == (16, 32, 48, 255)
    assert picture.getpixel((0, picture.height - 1)) == (16, 32, 48, 255)
    clear = visualkeras.layered_view(lecture, background_fill=(0, 0, 0, 0), legend=True)
    assert clear.getpixel((0, 0))[3] == clear.getpixel((0, clear.height - 1))[3] == 0


@pytest.mark.parametrize("name", ["background_fill", "font_color", "connector_fill"])
@pytest.mark.parametrize("wrong", ["blau", (1, 2), (0, 0, 300), None])
def test_what_is_no_colour(lecture, name, wrong):
    with pytest.raises(ValueError, match=rf"{name} must be a name such as 'orange'"):
        visualkeras.layered_view(lecture, **{name: wrong})


def test_a_color_map_that_does_not_fit(lecture):
    with pytest.raises(TypeError, match=r"must be classes of layers, \{Conv2D: .*, got 'Conv2D'"):
        visualkeras.layered_view(lecture, color_map={"Conv2D": {"fill": "red"}})
    with pytest.raises(UnknownNameError, match=r"color_map\[Conv2D\] 'fil'. Did you mean 'fill'"):
        visualkeras.layered_view(lecture, color_map={Conv2D: {"fil": "red"}})
    with pytest.raises(ValueError, match=r"color_map\[Conv2D\]\['fill'\] must be a name"):
        visualkeras.layered_view(lecture, color_map={Conv2D: {"fill": "blau"}})


# Lines and distances


def test_lines_join_the_boxes(lecture):
    def lines(**options):
        picture = visualkeras.layered_view(lecture, connector_fill="magenta", **options)
        return is_colour(picture, "magenta", tolerance=60).sum()

    assert lines(draw_funnel=False) == 0
    assert lines(connector_width=3) > 2 * lines(connector_width=1) > 100


@pytest.mark.parametrize("padding", [0, 25])
@pytest.mark.parametrize("spacing", [0, 33])
def test_distances(padding, spacing):
    model = Sequential([Conv2D(40, 1, input_shape=(30, 30, 1)), MaxPooling2D(1)])
    picture = visualkeras.layered_view(
        model, scale_z=1, scale_xy=2, spacing=spacing, padding=padding, **FLAT
    )
    assert picture.size == (2 * 40 + spacing + 2 * padding + 1, 60 + 2 * padding + 1)
    (conv,), (pool,) = areas(picture, BLUE), areas(picture, VERMILION)
    assert conv[0] == pytest.approx(padding, abs=2)
    assert pool[0] - conv[2] == pytest.approx(spacing, abs=3)
