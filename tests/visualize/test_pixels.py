"""The pixels of rendered pictures, for models trained on every usual range."""

import numpy as np
import pytest

from minicnn import steps, visualize
from minicnn.layers import Conv2D, Dense, Flatten, Input
from minicnn.models import Sequential
from minicnn.visualize.figure import as_image

RANGES = [(0.0, 1.0), (0.0, 16.0), (0.0, 255.0), (-1.0, 1.0)]
PIXELS = np.array([[0, 255, 128], [64, 32, 255], [192, 16, 8]])  # of a picture file


def trained(black_white, channels=1):
    model = Sequential([Input((3, 3, channels)), Conv2D(2, 2), Flatten(), Dense(2, "softmax")])
    model.trained_range = black_white
    return model


def seen(figure, number, shape=(3, 3), within=0.5):
    """Return the colours, each from 0 to 255, at one point of each cell of a panel, as drawn."""
    picture = np.asarray(as_image(figure, 200).convert("RGB"), float)
    image = figure.axes[number].images[0]
    left, right, bottom, top = image.get_extent()
    x = left + (np.arange(shape[1]) + within) / shape[1] * (right - left)
    y = top + (np.arange(shape[0]) + within) / shape[0] * (bottom - top)
    corners = np.array([[(column, row) for column in x] for row in y])
    at = figure.axes[number].transData.transform(corners.reshape(-1, 2)).round().astype(int)
    return picture[len(picture) - 1 - at[:, 1], at[:, 0]].reshape(*shape, 3)


def in_range(pixels, black_white):
    black, white = black_white
    return (black + pixels / 255 * (white - black)).astype(np.float32)


PLOTS = {
    "feature_maps": lambda model, x: visualize.plot_feature_maps(model, x),
    "feature_maps of a layer": lambda model, x: visualize.plot_feature_maps(model, x, 0),
    "grad_cam": lambda model, x: visualize.plot_grad_cam(model, x),
    "occlusion": lambda model, x: visualize.plot_occlusion(model, x, size=1),
    "most_wrong": lambda model, x: visualize.plot_most_wrong(
        model, x[None], [1 - int(model.predict(x[None], verbose=0).argmax())]
    ),
}


@pytest.mark.parametrize("black_white", RANGES)
@pytest.mark.parametrize("name", PLOTS)
def test_the_image_is_as_bright_as_its_file(name, black_white):
    x = in_range(PIXELS, black_white)[..., np.newaxis]
    figure = PLOTS[name](trained(black_white), x)
    np.testing.assert_allclose(seen(figure, 0), np.repeat(PIXELS[..., None], 3, 2), atol=3)


@pytest.mark.parametrize("name", ["feature_maps", "occlusion", "most_wrong"])
@pytest.mark.parametrize("shape", [(9,), (3, 3)])
def test_inputs_without_channels_and_flat_ones_are_drawn(name, shape):
    model = Sequential([Input(shape), Flatten(), Dense(2, "softmax")])
    model.trained_range = (0.0, 1.0)
    figure = PLOTS[name](model, in_range(PIXELS, (0.0, 1.0)).reshape(shape))
    np.testing.assert_allclose(seen(figure, 0), np.repeat(PIXELS[..., None], 3, 2), atol=3)


def test_the_outputs_of_a_regression_are_numbers_not_probabilities():
    model = Sequential([Input((3, 3, 1)), Conv2D(2, 2), Flatten(), Dense(2)])
    model.layers[-1].set_weights([np.zeros((8, 2)), np.array([-4.5, 357.5])])
    model.compile("sgd", "mse")
    figure = visualize.plot_feature_maps(model, PIXELS, class_names=["height", "width"])
    (answer,) = [axes for axes in figure.axes if axes.get_title() == "outputs"]
    assert [text.get_text() for text in answer.texts] == ["-4.5", "357.5"]
    assert [label.get_text() for label in answer.get_yticklabels()] == ["height", "width"]


@pytest.mark.parametrize("black_white", RANGES)
def test_a_colour_image_has_its_colours(black_white):
    pixels = np.random.default_rng(0).integers(0, 256, (3, 3, 3))
    figure = visualize.plot_feature_maps(trained(black_white, 3), in_range(pixels, black_white))
    np.testing.assert_allclose(seen(figure, 0), pixels, atol=3)


def test_a_dark_image_stays_dark_in_the_range_of_training():
    """The range is the model's, not the image's: a black image is not stretched to white."""
    figure = visualize.plot_feature_maps(trained((0.0, 255.0)), np.full((3, 3), 16.0))
    np.testing.assert_allclose(seen(figure, 0), 16, atol=3)


def test_filters_are_blue_above_zero_red_below_and_white_at_zero():
    layer = Conv2D(1, (1, 3), use_bias=False, input_shape=(1, 3, 1))
    model = Sequential([layer])
    layer.set_weights([np.array([2, 0, -2]).reshape(1, 3, 1, 1)])
    ((positive, zero, negative),) = seen(visualize.plot_filters(model), 0, (1, 3), 0.15)
    assert positive[2] > positive[0] + 50
    assert negative[0] > negative[2] + 50
    assert zero.min() > 240


def test_the_curves_of_a_history_are_drawn():
    figure = visualize.plot_history({"loss": [1.0, 0.5], "val_loss": [2.0, 1.5]})
    picture = np.asarray(as_image(figure, 100).convert("RGB"), int)
    for colour in ((0, 114, 178), (213, 94, 0)):  # blue and vermilion
        assert (abs(picture - colour).max(axis=-1) < 30).sum() > 50


def test_a_step_shows_the_window_that_it_reads():
    figure = visualize.plot_step(steps.conv2d(np.eye(4, dtype=int), [[1, 2], [3, 4]]), (1, 1))
    picture = np.asarray(as_image(figure, 100).convert("RGB"), int)
    vermilion = abs(picture - (213, 94, 0)).max(axis=-1) < 20
    assert vermilion.sum() > 200  # frames of the window and of the result
    assert (picture.min(axis=-1) < 60).sum() > 300  # black letters


def test_a_confusion_matrix_is_darkest_where_most_are():
    figure = visualize.plot_confusion_matrix([0, 0, 0, 1], [0, 0, 0, 0])
    picture = np.asarray(as_image(figure, 200).convert("RGB"), float)
    axes = figure.axes[0]
    cells = [(-0.3, -0.3), (0.7, -0.3), (-0.3, 0.7), (0.7, 0.7)]  # beside the numbers
    at = axes.transData.transform(cells).round().astype(int)
    right, wrong_0, wrong_1, other = picture[len(picture) - 1 - at[:, 1], at[:, 0]].mean(axis=-1)
    assert right < wrong_1 < wrong_0 == other
