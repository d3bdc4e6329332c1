import numpy as np
import pytest
from matplotlib.colors import to_rgb

from minicnn.errors import NotReadyError
from minicnn.layers import Conv2D, Dense, Flatten
from minicnn.models import Sequential
from minicnn.visualize import plot_filters

LECTURE = np.stack([
    [[1, -1, -1], [-1, 1, -1], [-1, -1, 1]],
    [[-1, 1, -1], [-1, 1, -1], [-1, 1, -1]],
], axis=-1)[:, :, np.newaxis]  # fmt: skip


def convolution(kernel):
    layer = Conv2D(kernel.shape[3], kernel.shape[:2], use_bias=False)
    layer.build((None, 9, 9, kernel.shape[2]))
    layer.set_weights([kernel])
    return layer


def drawn(figure):
    """Return the cells of every tile, from left to right and from above to below."""
    images = sorted(
        figure.axes[0].images, key=lambda one: (one.get_extent()[3], one.get_extent()[0])
    )
    return [np.asarray(image.get_array()) for image in images]


def texts(figure):
    return [text.get_text() for text in figure.axes[0].texts if text.get_text()]


def test_the_lectures_filters():
    figure = plot_filters(convolution(LECTURE))
    first, second = drawn(figure)
    np.testing.assert_array_equal(first, LECTURE[:, :, 0, 0])
    np.testing.assert_array_equal(second, LECTURE[:, :, 0, 1])
    numbers = [text.replace("−", "-") for text in texts(figure)]
    assert numbers == [
        "0",
        *map("{:g}".format, first.ravel()),
        "1",
        *map("{:g}".format, second.ravel()),
    ]
    assert figure.axes[0].get_title() == "conv2d: 2 filters, 3×3"
    assert figure.axes[1].get_ylabel() == "weight"


def test_blue_adds_and_red_subtracts_and_all_share_one_scale():
    kernel = np.zeros((1, 2, 1, 2))
    kernel[0, :, 0, 0] = 2, -2
    kernel[0, :, 0, 1] = 0, 1
    images = plot_filters(convolution(kernel)).axes[0].images
    assert {image.get_clim() for image in images} == {(-2, 2)}
    shade = images[0].cmap
    (red, _, blue), (red_less, _, blue_less) = to_rgb(shade(1.0)), to_rgb(shade(0.0))
    assert blue > red
    assert red_less > blue_less
    np.testing.assert_allclose(to_rgb(shade(0.5)), 1, atol=0.05)


def test_a_filter_of_colours_is_a_strip():
    kernel = np.random.default_rng(0).normal(size=(2, 3, 3, 5))
    figure = plot_filters(convolution(kernel))
    tiles = drawn(figure)
    for number, channel in np.ndindex(5, 3):
        np.testing.assert_allclose(
            tiles[3 * number + channel], kernel[:, :, channel, number], rtol=1e-6
        )
    assert (
        figure.axes[0].get_title()
        == "conv2d: 5 filters, 2×3\nleft: filter · top: channel (3 channels)"
    )


def test_of_many_the_first():
    kernel = np.arange(40 * 70.0).reshape(1, 1, 40, 70)
    figure = plot_filters(convolution(kernel))
    np.testing.assert_array_equal(np.ravel(drawn(figure)), kernel[0, 0, :16, :16].T.ravel())
    assert "16 of 70 filters" in figure.axes[0].get_title()
    assert "(16 of 40 channels)" in figure.axes[0].get_title()
    alone = plot_filters(convolution(kernel), channels=[7])
    np.testing.assert_array_equal(np.ravel(drawn(alone)), kernel[0, 0, 7, :64])
    assert alone.axes[0].get_title() == "conv2d_1: 64 of 70 filters, 1×1, channel 7 of 40"


def test_chosen_ones():
    kernel = np.arange(12.0).reshape(1, 1, 3, 4)
    figure = plot_filters(convolution(kernel), filters=[3, 0], channels=[2, 1])
    np.testing.assert_array_equal(np.ravel(drawn(figure)), [11, 7, 8, 4])
    assert [text for text in texts(figure) if len(text) == 1][:2] == ["2", "3"]


def test_a_models_layers():
    first, second = convolution(np.ones((3, 3, 1, 2))), Conv2D(1, 3)
    model = Sequential([first, second, Flatten(), Dense(2)])
    model.build((None, 9, 9, 1))
    np.testing.assert_array_equal(drawn(plot_filters(model))[0], np.ones((3, 3)))
    for layer in (second, second.name, 1):
        np.testing.assert_array_equal(
            drawn(plot_filters(model, layer))[0], second.kernel[:, :, 0, 0]
        )


def test_a_file(tmp_path):
    plot_filters(convolution(LECTURE), path=tmp_path / "filters.png")
    assert (tmp_path / "filters.png").stat().st_size > 1000


def test_what_has_no_filters():
    model = Sequential([Flatten(input_shape=(2, 2)), Dense(1)])
    with pytest.raises(
        ValueError, match='a model with a Conv2D, or a Conv2D, got Flatten "flatten"'
    ):
        plot_filters(model)
    with pytest.raises(ValueError, match='got Dense "dense"'):
        plot_filters(model, layer="dense")
    with pytest.raises(ValueError, match="got an empty model"):
        plot_filters(Sequential())
    with pytest.raises(ValueError, match="got 3"):
        plot_filters(3)
    with pytest.raises(NotReadyError, match="has no weights yet"):
        plot_filters(Conv2D(2, 3))
    with pytest.raises(ValueError, match="layer= selects a layer of a model"):
        plot_filters(convolution(LECTURE), layer=0)


def test_numbers_that_are_none():
    with pytest.raises(ValueError, match="filters must be indices from 0 to 1, got 2"):
        plot_filters(convolution(LECTURE), filters=[0, 2])
    with pytest.raises(ValueError, match="channels must be indices from 0 to 0, got none"):
        plot_filters(convolution(LECTURE), channels=[])
    with pytest.raises(
        ValueError, match=r"filters must be indices from 0 to 1, got an array \(2, 2\)"
    ):
        plot_filters(convolution(LECTURE), filters=np.zeros((2, 2)))
