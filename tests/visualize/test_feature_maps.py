import numpy as np
import pytest

from minicnn.errors import ShapeError
from minicnn.layers import Activation, Conv2D, Dense, Dropout, Flatten, MaxPooling2D
from minicnn.models import Sequential
from minicnn.visualize import plot_feature_maps
from minicnn.visualize.feature_maps import most_varied

IMAGE = np.random.default_rng(0).random((12, 10)).astype(np.float32)


def network():
    return Sequential([
        Conv2D(12, 3, activation="relu", input_shape=(12, 10, 1)), Dropout(0.5), MaxPooling2D(2),
        Conv2D(3, 2), Activation("tanh"), Flatten(), Dense(4, activation="softmax"),
    ])  # fmt: skip


def output_of(model, last):
    """Return the output of the layers up to `last`, from a model of only these."""
    x = IMAGE[np.newaxis, ..., np.newaxis]
    for layer in model.layers[: last + 1]:
        x = layer(x)
    return x[0]


def tiles(axes):
    """Return the tiles with the numbers above them."""
    labels = [text.get_text() for text in axes.texts if text.get_text()]
    return {
        int(label): np.asarray(image.get_array())
        for label, image in zip(labels, axes.images, strict=True)
    }


def title(axes):
    return axes.get_title() or axes.get_title(loc="left")


def panel(figure, start):
    (found,) = (axes for axes in figure.axes if title(axes).startswith(start))
    return found


def test_all_layers():
    model = network()
    figure = plot_feature_maps(model, IMAGE)
    assert [title(axes) for axes in figure.axes if title(axes)] == [
        "image, 12×10",
        "conv2d: 8 of 12 maps, 10×8",
        "max_pooling2d: 8 of 12 maps, 5×4",
        "conv2d_1: 3 maps, 4×3",
        "activation: 3 maps, 4×3",
        "answer",
    ]
    np.testing.assert_allclose(panel(figure, "image").images[0].get_array(), IMAGE)
    for place, name in (
        (0, "conv2d:"),
        (2, "max_pooling2d:"),
        (3, "conv2d_1:"),
        (4, "activation:"),
    ):
        maps = output_of(model, place)
        for number, cells in tiles(panel(figure, name)).items():
            np.testing.assert_allclose(cells, maps[..., number], rtol=1e-6)


def test_the_answer_is_what_the_model_predicts():
    model = network()
    figure = plot_feature_maps(model, IMAGE, class_names=["a", "b", "c", "d"])
    answer = panel(figure, "answer")
    widths = [bar.get_width() for bar in answer.patches]
    probabilities = model.predict(IMAGE[np.newaxis, ..., np.newaxis], verbose=0)[0]
    np.testing.assert_allclose(widths, probabilities, rtol=1e-6)
    assert [label.get_text() for label in answer.get_yticklabels()] == ["a", "b", "c", "d"]
    assert answer.texts[0].get_text() == f"{100 * probabilities.max():.1f} %"


def test_one_layer():
    model = network()
    for layer in ("conv2d", 0, model.layers[0]):
        figure = plot_feature_maps(model, IMAGE, layer=layer)
        assert title(figure.axes[1]) == "conv2d: 12 maps, 10×8"
        assert list(tiles(figure.axes[1])) == list(range(12))


def test_so_many_or_those():
    model = network()
    maps = output_of(model, 0)
    by_variance = np.argsort([maps[..., number].var() for number in range(12)])
    shown = tiles(plot_feature_maps(model, IMAGE, layer=0, maps=4).axes[1])
    assert set(shown) == set(by_variance[-4:].tolist())
    assert list(tiles(plot_feature_maps(model, IMAGE, layer=0, maps=[7, 2]).axes[1])) == [7, 2]


def test_the_maps_of_a_layer_share_one_scale():
    model = network()
    axes = plot_feature_maps(model, IMAGE, layer="conv2d_1").axes[1]
    strongest = float(np.abs(output_of(model, 3)).max())
    assert output_of(model, 3).min() < 0
    for image in axes.images:
        np.testing.assert_allclose(image.get_clim(), (-strongest, strongest))
    assert {image.get_clim()[0] for image in plot_feature_maps(model, IMAGE, 0).axes[1].images} == {
        0
    }


def test_a_model_that_is_not_about_classes():
    model = Sequential([Conv2D(2, 3, input_shape=(12, 10, 1))])
    figure = plot_feature_maps(model, IMAGE)
    assert [title(axes) for axes in figure.axes if title(axes)] == [
        "image, 12×10",
        "conv2d: 2 maps, 10×8",
    ]


def test_of_maps_that_vary_equally_the_first():
    maps = np.zeros((2, 2, 5))
    maps[0, 0, [1, 3, 4]] = 1, 1, 2
    assert most_varied(maps, 2) == [1, 4]


def test_a_file(tmp_path):
    plot_feature_maps(network(), IMAGE, path=tmp_path / "maps.svg")
    assert (tmp_path / "maps.svg").read_bytes().startswith(b"<?xml")


def test_what_cannot_be_drawn():
    model = network()
    with pytest.raises(ShapeError, match=r"not feature maps .* conv2d, max_pooling2d, conv2d_1"):
        plot_feature_maps(model, IMAGE, layer="dense")
    with pytest.raises(ValueError, match=r"maps must be indices from 0 to 11, .* got \[12\]"):
        plot_feature_maps(model, IMAGE, layer=0, maps=[12])
    with pytest.raises(ValueError, match="got 0"):
        plot_feature_maps(model, IMAGE, layer=0, maps=0)
    with pytest.raises(ShapeError, match="class_names lists 1 names"):
        plot_feature_maps(model, IMAGE, class_names=["a"])
