"""The page of other models: every kind of layer and of outputs, any loss and optimizer, any size."""

import re

import numpy as np
import pytest

from minicnn import Sequential, layers, losses, optimizers
from minicnn.explaining import explain
from minicnn.random import set_random_seed
from minicnn.training.batches import Batch


def all_kinds():
    return Sequential(
        [
            layers.Rescaling(1 / 255, input_shape=(12, 12, 1)),
            layers.ZeroPadding2D(1),
            layers.Conv2D(4, 3, strides=2, groups=1, use_bias=False),
            layers.BatchNormalization(),
            layers.LeakyReLU(),
            layers.AveragePooling2D(2, padding="same"),
            layers.Dropout(0.5),
            layers.Conv2D(3, 2, dilation_rate=2, activation="tanh", padding="same"),
            layers.GlobalAveragePooling2D(),
            layers.Dense(20, activation="sigmoid"),
            layers.Reshape((20,)),
            layers.Dense(3),
            layers.Softmax(),
        ]
    ), "categorical_crossentropy"


def coloured():
    return Sequential(
        [
            layers.Conv2D(4, 3, groups=2, activation="relu", input_shape=(8, 9, 4)),
            layers.GlobalMaxPooling2D(),
            layers.Dense(2, activation="softmax"),
        ]
    ), "sparse_categorical_crossentropy"


def rows_of_pixels():
    return Sequential(
        [
            layers.Dense(30, activation="gelu", input_shape=(64,)),
            layers.Dense(10, activation="softmax"),
        ]
    ), "sparse_categorical_crossentropy"


def yes_or_no():
    return Sequential(
        [layers.Dense(1, activation="sigmoid", input_shape=(5,))]
    ), "binary_crossentropy"


def regression():
    return Sequential(
        [layers.Dense(3, activation="elu", input_shape=(13,)), layers.Dense(2)]
    ), "mse"


@pytest.mark.parametrize("make", [all_kinds, coloured, rows_of_pixels, yes_or_no, regression])
def test_every_layer_is_shown_both_ways(browser, tmp_path, make):
    from tests.explaining.browser import Page

    set_random_seed(3)
    model, loss = make()
    model.compile("adam", loss)
    random = np.random.default_rng(4)
    images = random.normal(0, 1, (2, *model.input_shape[1:])).astype(np.float32)
    outputs = model.output_shape[1]
    labels = random.normal(0, 1, (2, outputs)) if loss == "mse" else np.array([0, 1])
    if loss == "categorical_crossentropy":
        labels = np.eye(outputs)[labels]
    page = Page(browser, explain(model, images, labels, path=tmp_path / "page.html"))
    expected = model.predict(images[:1], verbose=0)[0]
    assert np.allclose(page.probabilities(), expected, rtol=1e-5, atol=1e-6)
    for direction in ("forward", "backward"):
        page.choose("#inspector", direction)
        for number, layer in enumerate(model.layers):
            page.select("#inspector", str(number))
            targets = layer.trainable_names if direction == "backward" else []
            for target in targets:
                page.choose("#inspector", target)
                assert np.isfinite(page.line("value"))
            assert page.text("#place").count("∂") == (2 if direction == "backward" else 0)
            assert page.errors() == [], layer.name
    page.click("#step")
    assert page.text("#trainer h3").endswith("1")
    if loss != "mse":
        assert page.probabilities().tolist() != expected.tolist()
    assert page.errors() == []
    assert page.requests() == []


def head(outputs, activation, loss, optimizer="adam"):
    """A small model with an end of a kind, its weights far from 0 so that the outputs differ."""
    set_random_seed(2)
    model = Sequential([layers.Dense(outputs, activation, input_shape=(4,), name="last")])
    model.set_weights([3 * weight + 0.2 for weight in model.get_weights()])
    model.compile(optimizer, loss)
    return model


X = np.random.default_rng(1).normal(0, 1, (2, 4)).astype(np.float32)
LOGITS = losses.CategoricalCrossentropy(from_logits=True)
BINARY_LOGITS = losses.BinaryCrossentropy(from_logits=True)
PERCENT = re.compile(r"^[<>]?(100|\d{1,2})\.\d %$")


@pytest.mark.parametrize(
    ("outputs", "activation", "loss", "y", "names", "kind"),
    [
        (3, "softmax", "categorical_crossentropy", np.eye(3)[[1, 2]], "abc", "classes"),
        (3, None, LOGITS, np.eye(3)[[1, 2]], "abc", "classes"),
        (3, "softmax", "mse", np.eye(3)[[1, 2]], "abc", "classes"),
        (1, "sigmoid", "binary_crossentropy", [0, 1], ("cat", "dog"), "yes_no"),
        (1, None, BINARY_LOGITS, [0, 1], ("cat", "dog"), "yes_no"),
        (3, "sigmoid", "binary_crossentropy", [[0, 1, 1], [0, 0, 0]], "abc", "labels"),
        (1, None, "mse", [250.0, -3.5], ("price",), "numbers"),
        (2, None, "mae", [[1.0, 2.0], [3.0, 4.0]], ("x", "y"), "numbers"),
        (30, None, losses.Huber(0.5), np.ones((2, 30)), None, "numbers"),
    ],
)
def test_it_says_what_the_outputs_mean(
    browser, tmp_path, outputs, activation, loss, y, names, kind
):
    from tests.explaining.browser import Page

    model = head(outputs, activation, loss)
    model.set_weights(
        [40 * weight if kind == "numbers" else weight for weight in model.get_weights()]
    )
    path = explain(model, X, np.array(y), tmp_path / "page.html", class_names=names)
    page = Page(browser, path, size=(1280, 720))
    z = X[0] @ model.layers[0].kernel + model.layers[0].bias
    said, bars = page.text("#says"), [one.text for one in page.all("#answer .share")]
    if kind == "numbers":
        out = model.predict(X[:1], verbose=0)[0]
        shown = [float(one.replace("−", "-")) for one in bars]
        assert np.allclose(shown, out, rtol=6e-3)
        assert "%" not in page.text("#answer")
        assert names is None or said.startswith(("price" if outputs == 1 else "x") + ": ")
    else:
        p = 1 / (1 + np.exp(-z)) if kind != "classes" else np.exp(z) / np.exp(z).sum()
        assert all(PERCENT.match(one) for one in bars)
        assert np.allclose(page.probabilities(), p, rtol=1e-4)
        if kind == "yes_no":
            assert said.startswith("dog, with " if p[0] >= 0.5 else "cat, with ")
            assert page.text("#answer .class") == "dog"
            assert ("(it should be cat)" in said) == (p[0] >= 0.5)
        elif kind == "labels":
            yes = [name for name, one in zip(names, p, strict=True) if one >= 0.5]
            assert said.split(" (")[0] == (", ".join(yes) or "none of them")
        else:
            assert said.startswith(f"{names[p.argmax()]}, with ")
            assert ("(it should be b)" in said) == (p.argmax() != 1)
    for text in (page.text("main"), said):
        assert "NaN" not in text
        assert "undefined" not in text
    assert page.run("return document.documentElement.scrollWidth") <= 1280
    assert page.errors() == []
    before = page.text("#trainer .loss")
    page.click("#step")
    assert page.text("#trainer .loss") != before
    page.choose("#inspector", "backward")
    assert "NaN" not in page.text("#inspector")
    assert page.errors() == []


class Own(optimizers.SGD):
    """An optimizer that only Python knows."""


def test_a_custom_loss_and_a_custom_optimizer_are_named(browser, tmp_path):
    from tests.explaining.browser import Page

    def worst(y_true, y_pred):
        return np.abs(y_true - y_pred).max(axis=-1)

    page = Page(browser, explain(head(2, None, worst), X, np.ones((2, 2)), tmp_path / "page.html"))
    assert "compiled with worst, whose gradient this page does not know" in page.text("#trainer")
    assert not [one for one in page.all("input[value='backward']") if one.is_displayed()][1:]
    assert not page.all("#step")
    model = head(3, "softmax", "categorical_crossentropy", Own())
    page = Page(browser, explain(model, X, np.eye(3)[:2], tmp_path / "page.html"))
    assert "trained with Own, which is your own" in page.all("#trainer .remark")[0].text


@pytest.mark.parametrize(
    ("optimizer", "slots"),
    [
        (optimizers.AdamW(0.01, weight_decay=0.01, amsgrad=True), ["m", "v", "largest"]),
        (optimizers.SGD(0.1, momentum=0.9, nesterov=True, clipnorm=0.1), ["velocity"]),
        (optimizers.RMSprop(3e-4, centered=True), ["squares", "m"]),
        (optimizers.Nadam(optimizers.schedules.ExponentialDecay(0.1, 1, 0.5)), ["m", "v"]),
        (optimizers.SGD(0.1), []),
    ],
)
def test_the_steps_are_those_of_the_compiled_optimizer(browser, tmp_path, optimizer, slots):
    from tests.explaining.browser import Page

    model = head(3, "softmax", "categorical_crossentropy", optimizer)
    page = Page(browser, explain(model, X, np.eye(3)[:2], tmp_path / "page.html"))
    assert not page.all("#trainer .remark")[0].is_displayed()
    for _ in range(3):
        page.click("#step")
        model.train_on_batch(X[:1], np.eye(3)[:1])
    trained = model.predict(X[:1], verbose=0)[0]
    assert np.allclose(page.probabilities(), trained, rtol=1e-4)
    rate = page.run(
        "return document.querySelectorAll('#trainer select')[2].selectedOptions[0].text"
    )
    assert float(re.search(r"[\d.]+$", rate)[0]) == pytest.approx(optimizer.learning_rate, rel=0.01)
    page.choose("#inspector", "backward")
    page.choose("#inspector", "kernel")
    assert [name for name in slots if page.all(f"[data-line='{name}']")] == slots
    parts = [
        page.line(name)
        for name in ("before", "change", *(["decay"] if optimizer.weight_decay else []))
    ]
    assert sum(parts) == pytest.approx(page.line("after"))
    assert page.errors() == []


def test_a_normalization_of_rows(browser, tmp_path):
    """Gamma and beta of axis 1 belong to the row of the cell, not to its channel."""
    from tests.explaining.browser import Page

    model = Sequential([
        layers.BatchNormalization(axis=1, input_shape=(2, 3, 4), name="rows"),
        layers.Flatten(),
        layers.Dense(2, activation="softmax"),
    ])  # fmt: skip
    model.compile("sgd", "sparse_categorical_crossentropy")
    images = np.random.default_rng(0).normal(size=(2, 2, 3, 4)).astype(np.float32)
    page = Page(browser, explain(model, images, [0, 1], tmp_path / "page.html"))
    from minicnn import steps

    back = steps.trace(model, images[0], 0)["rows"].backward()
    page.choose("#inspector", "backward")
    page.select("#inspector", "0")
    row = int(re.search(r"row (\d)", page.text("#place"))[1])
    page.choose("#inspector", "gamma")
    assert page.line("value") == pytest.approx(float(back.gamma.gradient[row]), rel=1e-4)
    assert page.errors() == []


def test_without_examples_it_begins_with_a_drawing(browser, tmp_path):
    from tests.explaining.browser import Page

    model = Sequential(
        [layers.Flatten(input_shape=(28, 28, 1)), layers.Dense(3, activation="softmax")]
    )
    page = Page(browser, explain(model, path=tmp_path / "page.html"))
    assert page.image().max() == 255
    assert ", with " in page.text("#says")
    page.click("#clear")
    assert page.text("#says") == "Draw something, or pick an example."


def test_language_and_theme_outlast_a_reload(page):
    page.choose("#switches", "ko")
    page.choose("#switches", "dark")
    page.wait_for(lambda: "theme=dark" in page.run("return location.hash"))  # half a second later
    page.driver.refresh()
    page.wait_for(lambda: page.all("#says")[0].text)
    assert page.run("return document.documentElement.lang") == "ko"
    assert page.run("return document.documentElement.dataset.theme") == "dark"


def test_a_drawing_for_scikit_learns_digits(browser, tmp_path):
    """Prepared as `minicnn.preprocessing` does: counted dots, from the top row to the bottom row."""
    from tests.explaining.browser import Page

    model = Sequential([layers.Flatten(input_shape=(8, 8, 1)), layers.Dense(10, "softmax")])
    model.trained_range = (0.0, 16.0)
    page = Page(browser, explain(model, path=tmp_path / "page.html"))
    page.draw((-60, -80), (50, -80), (-20, 90))
    image = page.image()[:, :, 0] / 255 * 16
    assert image[0].any()
    assert image[-1].any()
    np.testing.assert_allclose(image, image.round(), atol=0.05)  # whole counts of dots
    assert "8×8 pixels" in page.text("#board .hint")


@pytest.mark.parametrize("shape", [(28, 28), (20, 3), (6, 4, 2)])
@pytest.mark.parametrize("flat_first", [True, False])
def test_dense_layers_on_inputs_of_any_rank(browser, tmp_path, shape, flat_first):
    """Of a row of pixels, of the last axis: its weights and gradients stand where they belong."""
    from tests.explaining.browser import Page

    set_random_seed(4)
    first = [layers.Flatten(input_shape=shape)] if flat_first else []
    options = {} if flat_first else {"input_shape": shape}
    model = Sequential(
        [*first, layers.Dense(4, **options), layers.Flatten(), layers.Dense(2, "softmax")]
    )
    model.compile("sgd", "sparse_categorical_crossentropy")
    x = np.random.default_rng(5).random((1, *shape)).astype("float32")
    page = Page(browser, explain(model, x, [1], tmp_path / "page.html"))
    gradients = model.gradients(Batch(x, np.array([1])))[len(first)]["kernel"]
    page.choose("#inspector", "backward")
    page.select("#inspector", str(len(first)))
    page.choose("#inspector", "kernel")
    index = tuple(map(int, page.text("#place").split("kernel[")[1].split("]")[0].split(", ")))
    assert page.line("value") == pytest.approx(float(gradients[index]), rel=1e-4, abs=1e-7)
    assert page.errors() == []


def test_few_numbers_without_examples_are_zeros(browser, tmp_path):
    from tests.explaining.browser import Page

    model = head(3, "softmax", "categorical_crossentropy")
    page = Page(browser, explain(model, path=tmp_path / "page.html"))
    x = np.zeros((1, 4))
    assert np.allclose(page.probabilities(), model.predict(x, verbose=0)[0], rtol=1e-5)
    fields = page.all("#board .number-fields input")
    page.run("arguments[0].value = '-2'; arguments[0].dispatchEvent(new Event('input'))", fields[3])
    page.settle()
    x[0, 3] = -2
    assert np.allclose(page.probabilities(), model.predict(x, verbose=0)[0], rtol=1e-5)
    many = Sequential([layers.Dense(2, "softmax", input_shape=(40,))])
    page = Page(browser, explain(many, path=tmp_path / "page.html"))
    assert "outputs for zeros" in page.text("#board")


@pytest.mark.parametrize("layer", [0, 1, 2, 3])
def test_the_pixels_behind_a_cell_light_up(browser, tmp_path, layer):
    from selenium.webdriver.common.action_chains import ActionChains

    from tests.explaining.browser import Page

    model = Sequential(
        [
            layers.Conv2D(2, 3, padding="same", input_shape=(12, 12, 1)),
            layers.AveragePooling2D(2),
            layers.Conv2D(2, 3, strides=2),
            layers.UpSampling2D(2),
            layers.Flatten(),
            layers.Dense(2),
        ]
    )
    model.set_weights([np.ones_like(weight) for weight in model.get_weights()])
    page = Page(browser, explain(model, np.eye(12)[..., None], path=tmp_path / "page.html"))
    target = page.all(".layer.maps")[layer].find_elements("css selector", ".map")[1]
    page.run("arguments[0].scrollIntoView({block: 'center', behavior: 'instant'})", target)
    ActionChains(page.driver, duration=0).move_to_element_with_offset(target, 2, 2).perform()
    page.settle()
    rows, columns, _ = model.layers[layer].output_shape[1:]
    each = np.eye(144).reshape(144, 12, 12, 1)
    part = Sequential(model.layers[: layer + 1])
    moved = part.predict(each, verbose=0) - part.predict(0 * each[:1], verbose=0)
    pixels = moved[:, rows // 2, columns // 2, 1].reshape(12, 12)
    ys, xs = np.nonzero(pixels)
    expected = [ys.min() / 12, xs.min() / 12, 1 - (ys.max() + 1) / 12, 1 - (xs.max() + 1) / 12]
    found = page.run(
        "const {style} = document.querySelector('.framed-image');"
        "return ['top', 'left', 'bottom', 'right'].map((side) =>"
        " parseFloat(style.getPropertyValue(`--field-${side}`)) / 100)"
    )
    assert found == pytest.approx(expected, abs=1e-6)
    assert page.errors() == []
