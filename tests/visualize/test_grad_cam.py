import numpy as np
import pytest

from minicnn.errors import ShapeError, UnknownNameError
from minicnn.layers import Conv2D, Dense, Flatten, GlobalAveragePooling2D, Input, MaxPooling2D, ReLU
from minicnn.models import Model, Sequential
from minicnn.visualize import grad_cam, plot_filters, plot_grad_cam


def averaged_network():
    """Two 1×1 filters that copy a channel each, averaged; class 0 counts the first, 1 the second."""
    model = Sequential([
        Conv2D(2, 1, input_shape=(4, 5, 2), use_bias=False),
        GlobalAveragePooling2D(),
        Dense(2, activation="softmax", use_bias=False),
    ])  # fmt: skip
    model.set_weights([np.eye(2).reshape(1, 1, 2, 2), [[3, -1], [0, 2]]])
    return model


def test_a_network_whose_answer_is_known():
    """Each map's weight is its dense weight, divided by the cells of the mean."""
    image = np.random.default_rng(0).normal(size=(4, 5, 2))
    first, second = image[..., 0], image[..., 1]
    model = averaged_network()
    zero, one = (grad_cam(model, image, class_index) for class_index in (0, 1))
    np.testing.assert_allclose(zero, np.maximum(3 * first / 20, 0), rtol=1e-5)
    np.testing.assert_allclose(one, np.maximum((2 * second - first) / 20, 0), rtol=1e-5, atol=1e-7)


def test_against_slopes_of_the_score():
    """Equations 1 and 2 of the paper with ∂score/∂A measured, map by map and cell by cell."""
    random = np.random.default_rng(1)
    model = Sequential([
        Conv2D(3, 3, activation="tanh", dtype="float64", input_shape=(8, 7, 1)),  # no ties
        MaxPooling2D(2, dtype="float64"),
        Flatten(dtype="float64"),
        Dense(4, activation="softmax", dtype="float64"),
    ])  # fmt: skip
    image = random.normal(size=(8, 7, 1))
    conv, pool, flatten, dense = model.layers
    maps = conv.forward(image[np.newaxis])[0]

    def score(a, class_index):
        features = flatten.forward(pool.forward(a)[0])[0]
        return (features @ dense.kernel + dense.bias)[0, class_index]

    slopes = np.zeros(maps.shape)
    for cell in np.ndindex(maps.shape):
        change = np.zeros(maps.shape)
        change[cell] = 1e-6
        slopes[cell] = (score(maps + change, 2) - score(maps - change, 2)) / 2e-6
    alpha = [slopes[..., k].sum() / slopes[..., k].size for k in range(3)]
    expected = sum(alpha[k] * maps[0, :, :, k] for k in range(3))
    np.testing.assert_allclose(grad_cam(model, image, 2, conv), expected.clip(0), atol=1e-8)
    unpooled = sum(slopes[0, :, :, k] * maps[0, :, :, k] for k in range(3))
    np.testing.assert_allclose(
        grad_cam(model, image, 2, conv, pooled=False), unpooled.clip(0), atol=1e-8
    )
    assert expected.max() > 0 > expected.min()


def test_unpooled_heat_is_the_whole_score_where_all_of_it_is_positive():
    """With Flatten and Dense, the contributions of the cells sum to the score."""
    model = Sequential([
        Conv2D(2, 3, activation="relu", input_shape=(6, 6, 1)), Flatten(), Dense(2, use_bias=False)
    ])  # fmt: skip
    model.set_weights([np.abs(weight) for weight in model.get_weights()])
    image = np.random.default_rng(2).random((6, 6))
    score = model(image[np.newaxis, ..., np.newaxis])[0, 1]
    heat = grad_cam(model, image, 1, pooled=False)
    np.testing.assert_allclose(heat.sum(), score, rtol=1e-5)


def test_the_likeliest_class_and_the_last_convolution_are_the_default():
    model = Sequential([
        Conv2D(2, 3, name="first", input_shape=(9, 9, 1)), Conv2D(2, 3, name="last"),
        GlobalAveragePooling2D(), Dense(3, activation="softmax"),
    ])  # fmt: skip
    image = np.random.default_rng(3).random((9, 9))
    likeliest = int(np.argmax(model(image[np.newaxis, ..., np.newaxis])))
    heat = grad_cam(model, image)
    assert heat.shape == (5, 5)
    np.testing.assert_array_equal(heat, grad_cam(model, image, likeliest, layer="last"))
    assert grad_cam(model, image, layer=0).shape == (7, 7)


def test_picture():
    model = averaged_network()
    image = np.zeros((4, 5, 2))
    image[1, 3] = 1, 4
    figure = plot_grad_cam(model, image, class_names=["cat", "dog"])
    original, heat, laid_over = figure.axes[:3]
    probability = np.exp(7 / 20) / (np.exp(7 / 20) + np.exp(3 / 20))
    assert original.get_title() == f"dog: {100 * probability:.1f} %"
    assert heat.get_title() == "Grad-CAM of conv2d, 4×5"
    np.testing.assert_allclose(heat.images[0].get_array(), grad_cam(model, image, 1))
    opacity = laid_over.images[1].get_array()[..., 3]
    assert np.unravel_index(np.argmax(opacity), opacity.shape) == (1, 3)


def test_heat_lies_where_the_windows_look(monkeypatch):
    """The middle of a valid 3×3 window is never in the image's outermost row or column."""
    model = Sequential([
        Conv2D(1, 3, input_shape=(10, 8, 1)), GlobalAveragePooling2D(), Dense(2, activation="softmax")
    ])  # fmt: skip
    heat = plot_grad_cam(model, np.ones((10, 8))).axes[1]
    assert heat.images[0].get_extent() == [0.5, 6.5, 8.5, 0.5]
    assert (heat.get_xlim(), heat.get_ylim()) == ((-0.5, 7.5), (9.5, -0.5))


def test_a_picture_without_heat_says_so():
    model = averaged_network()
    figure = plot_grad_cam(model, -np.ones((4, 5, 2)), class_index=0)
    assert "nothing raises the score" in figure.axes[1].texts[0].get_text()


def test_korean_names(tmp_path):
    from matplotlib.font_manager import get_font_names

    if not any(name.startswith(("Nanum", "Noto Sans CJK", "Malgun")) for name in get_font_names()):
        pytest.skip("no font with Korean letters")
    path = tmp_path / "korean.png"  # a missing letter is a warning, and so an error here
    plot_grad_cam(averaged_network(), np.ones((4, 5, 2)), class_names=["고양이", "개"], path=path)
    assert path.stat().st_size > 1000


def test_what_cannot_be_asked():
    model = averaged_network()
    image = np.zeros((4, 5, 2))
    with pytest.raises(ValueError, match="class_index must be the index of a class, 0 to 1, got 2"):
        grad_cam(model, image, 2)
    with pytest.raises(ShapeError, match=r'"dense" returns \(batch, 2\)\. Use a Conv2D'):
        grad_cam(model, image, layer="dense")
    with pytest.raises(UnknownNameError, match="Did you mean 'conv2d'"):
        grad_cam(model, image, layer="conv2")
    with pytest.raises(ShapeError, match=r"one image.*got \(7, 4, 5, 2\): 7 images"):
        grad_cam(model, np.zeros((7, 4, 5, 2)))
    flat = Sequential([Flatten(input_shape=(4, 5, 1)), Dense(2, activation="softmax")])
    with pytest.raises(ValueError, match="the last Conv2D, and this model has none"):
        grad_cam(flat, np.zeros((4, 5)))


def test_layers_of_a_model_in_the_model():
    inner = Sequential([Conv2D(3, 3, input_shape=(8, 8, 1)), ReLU()], name="inner")
    image = Input((8, 8, 1), name="pixels")
    model = Model(image, Dense(2, activation="softmax")(Flatten()(inner(image))))
    x = np.random.default_rng(0).random((8, 8, 1))
    for layer in ("inner", inner):
        assert np.array_equal(grad_cam(model, x, 0, layer), grad_cam(model, x, 0, inner.layers[1]))
    assert np.array_equal(grad_cam(model, x, 0), grad_cam(model, x, 0, inner.layers[0]))
    assert len(plot_grad_cam(model, x).axes) == 4
    assert plot_filters(model).axes
    with pytest.raises(ValueError, match='"pixels" has no feature maps: it is the input'):
        grad_cam(model, x, layer="pixels")
