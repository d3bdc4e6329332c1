"""Traces equal `predict` and `gradients`, whatever the model is made of; and speak to learners."""

import numpy as np
import pytest
from hypothesis import given, settings

from minicnn import Sequential, layers, losses, steps
from minicnn.errors import DataWarning, NotReadyError, ShapeError, UnknownNameError
from minicnn.training.batches import Batch

from ..exporting import branched
from ..gradients import distinct, randomize
from ..layers.table import TABLE
from .checking import assert_sum
from .random_models import case, cases


def close(one, other, factor=1.0):
    np.testing.assert_allclose(one, other, rtol=2e-4, atol=2e-5 * factor)


def gradients_of(trace):
    """Return `model.gradients` of the trace's example, with a loss if the model has none."""
    model = trace.model
    if model.compiled is None:
        model.compile("sgd", trace._loss)
    return model.gradients(Batch(trace.x[None], trace.y[None]))


def assert_is_what_the_model_computes(model, x, y):
    predicted = steps.trace(model, x, y)
    close(predicted.output, model.predict(x[None], verbose=0)[0])
    trained = steps.trace(model, x, y, training=True)
    close(trained.output, model(x[None], training=True)[0])
    expected = gradients_of(trained)
    for seen, gradients in zip(trained.layers, expected, strict=True):
        for name, gradient in gradients.items():
            np.testing.assert_allclose(seen.weight_gradients[name], gradient, rtol=1e-5, atol=1e-6)
    value = model.evaluate(x[None], trained.y[None], verbose=0)
    assert predicted.loss == pytest.approx(
        value if isinstance(value, float) else value[0], rel=1e-4
    )
    return predicted, trained


def assert_walks_are_the_layers(trace):
    """Each layer's walk in float64 gives the layer's output."""
    for seen, walk in zip(trace.layers, trace, strict=True):
        close(walk.output, seen.output)
        back = walk.backward()
        size = max(1.0, np.abs(seen.gradient).max())
        close(back.input.gradient, seen.input_gradient, size)
        without_penalty = {
            name: gradient - penalty_gradient(seen.layer, name)
            for name, gradient in seen.weight_gradients.items()
        }
        assert set(back.gradients) - {"input", "z"} == set(without_penalty)
        for name, gradient in without_penalty.items():
            close(back.gradients[name].gradient, gradient, max(size, np.abs(gradient).max()))


def penalty_gradient(layer, name):
    penalty = layer.penalties.get(name)
    return penalty.gradient(getattr(layer, name)) if penalty else 0


@given(cases())
@settings(max_examples=60)
def test_random_models(random_case):
    for trace in assert_is_what_the_model_computes(*random_case):
        assert_walks_are_the_layers(trace)


@pytest.mark.parametrize("row", TABLE.values(), ids=TABLE.keys())
def test_every_kind_of_layer(row):
    """In the middle of a model, between two others."""
    layer = row.make()
    if isinstance(layer, layers.InputLayer):
        return
    made = case(
        [layers.Activation("tanh"), layer, layers.Flatten(), layers.Dense(3, activation="softmax")],
        "categorical_crossentropy", row.input_shape, np.random.default_rng(1),
    )  # fmt: skip
    for trace in assert_is_what_the_model_computes(*made):
        assert_walks_are_the_layers(trace)
        walk = trace[1]
        for step in (*list(walk)[:3], *list(walk.backward().input)[:3]):
            before = getattr(step, "before", step)
            random = trace.training and isinstance(layer, layers.RandomContrast)
            assert ("computed by" in step.equation) == (random or layer.family == "custom")
            if before.terms:
                assert_sum_nearly(before)


def assert_sum_nearly(step):
    """The sum, of float32's input: to its precision."""
    products = [term.product for term in step.terms]
    assert step.value == pytest.approx(sum(products) + (step.bias or 0), rel=1e-5, abs=1e-5)


def lecture(**compiled):
    model = Sequential(
        [
            layers.Conv2D(2, 3, activation="relu", input_shape=(6, 6, 1), name="conv2d"),
            layers.MaxPooling2D(2, name="pooling"),
            layers.Flatten(name="flatten"),
            layers.Dense(3, activation="softmax", name="dense"),
        ],
        name="small",
    )
    for layer in model.layers:
        randomize(layer, np.random.default_rng(4))
    if compiled:
        model.compile(**compiled)
    return model


X = distinct((6, 6, 1), np.random.default_rng(5)).astype("float32")


class TestALayer:
    def test_a_convolution_with_its_activation(self):
        step = steps.trace(lecture(), X, 1)["conv2d"][1, 2, 0]
        assert step.before.value == pytest.approx(sum(t.product for t in step.terms) + step.bias)
        assert step.value == max(step.before.value, 0)
        assert step.window.tolist() == X[1:4, 2:5].tolist()  # the convolution's own
        before, after = step.equation.split(" → ")
        assert (before, after) == (step.before.equation, step.after.equation)
        assert after.startswith("max(")
        assert "window" in str(step)

    def test_by_name_and_number(self):
        trace = steps.trace(lecture(), X, 1)
        assert trace["pooling"] is trace[1] is trace[-3]
        assert trace[0].kernel.shape == (3, 3, 1, 2)
        assert trace[0].strides == (1, 1)
        assert [walk.output.shape for walk in trace] == [(4, 4, 2), (2, 2, 2), (8,), (3,)]
        with pytest.raises(AttributeError, match="colour"):
            _ = trace[0].colour

    def test_the_gradients_path(self):
        """Each layer's input gradient is the gradient that reaches the layer below."""
        trace = steps.trace(lecture(), X, 1)
        for below, above in zip(trace.layers, trace.layers[1:], strict=False):
            assert below.gradient is above.input_gradient or np.array_equal(
                below.gradient, above.input_gradient
            )
        z = trace["conv2d"].backward().z
        expected = trace.layers[0].gradient * (trace.layers[0].output > 0)
        np.testing.assert_allclose(z.gradient, expected)
        assert z[0, 0, 0].name == "dz"

    def test_the_last_layer_begins_with_p_minus_y(self):
        trace = steps.trace(lecture(), X, 1)
        back = trace["dense"].backward()
        p = trace.probabilities
        np.testing.assert_allclose(back.z.gradient, p - [0, 1, 0], rtol=1e-5)
        assert back.z[1].note == "p − y"
        assert_sum(back.z[1])
        np.testing.assert_allclose(back.bias.gradient, back.z.gradient)

    def test_another_dy(self):
        """Apply the activation's derivative, as the layer's `backward` does."""
        trace = steps.trace(lecture(), X, 1)
        for seen, walk in zip(trace.layers, trace, strict=True):
            dy = np.random.default_rng(6).normal(size=seen.output.shape).astype("float32")
            _, cache = seen.layer.forward(seen.input[None])
            dx, gradients = seen.layer.backward(dy[None], cache)
            back = walk.backward(dy)
            close(back.input.gradient, dx[0])
            for name, gradient in gradients.items():
                close(back.gradients[name].gradient, gradient)
        with pytest.raises(ShapeError, match=r"dy of shape \(3,\)"):
            trace["dense"].backward([1.0])

    def test_a_last_layer_that_is_only_an_activation(self):
        model = Sequential([layers.Dense(2, input_shape=(2,)), layers.Softmax(name="softmax")])
        back = steps.trace(model, [1.0, 2.0], 0)["softmax"].backward()
        assert list(back.gradients) == ["input"]
        assert back.input[0].note == "p − y"
        assert back.input[0].name == "dinput"


class TestTheLoss:
    def test_softmax_and_crossentropy(self):
        trace = steps.trace(lecture(), X, 2)
        assert trace.loss_walk.loss == pytest.approx(trace.loss)
        assert trace.loss == pytest.approx(-np.log(trace.probabilities[2]), rel=1e-5)
        assert trace.loss_walk.loss_step.equation.startswith("−ln(")

    def test_penalties_are_part_of_it(self):
        model = Sequential(
            [layers.Dense(2, activation="softmax", kernel_regularizer="l2", input_shape=(2,))]
        )
        trace = steps.trace(model, [1.0, 2.0], 0)
        penalty = 0.01 * np.square(model.layers[0].kernel).sum()
        assert trace.loss == pytest.approx(trace.loss_walk.loss + penalty)

    @pytest.mark.parametrize(
        ("activation", "y", "name"),
        [("softmax", 1, "categorical_crossentropy"), ("sigmoid", [0, 1, 1], "binary_crossentropy"),
         (None, [0.5, 1, 2], "mean_squared_error")],
    )  # fmt: skip
    def test_of_a_model_that_is_not_compiled(self, activation, y, name):
        model = Sequential([layers.Dense(3, activation=activation, input_shape=(2,))])
        trace = steps.trace(model, [1.0, 2.0], y)
        model.compile("sgd", name)
        label = np.eye(3)[[1]] if activation == "softmax" else np.array([y])
        assert trace.loss == pytest.approx(model.evaluate(np.array([[1.0, 2.0]]), label, verbose=0))

    def test_other_losses_are_shown_without_terms(self):
        model = lecture(optimizer="sgd", loss="mse")
        trace = steps.trace(model, X, [0.0, 1.0, 0.0])
        step = trace.loss_walk[()]
        assert step.value == trace.loss
        assert step.equation.endswith(", the mean_squared_error")
        back = trace.loss_walk.backward(1.0).prediction
        np.testing.assert_allclose(back.gradient, trace.layers[-1].gradient)
        assert back[1].equation.endswith("the derivative of the mean_squared_error")

    @pytest.mark.parametrize("y", [2, [2], [0, 0, 1], [[0, 0, 1]]])
    @pytest.mark.parametrize(
        "loss", ["categorical_crossentropy", "sparse_categorical_crossentropy"]
    )
    def test_labels_in_any_form(self, loss, y):
        trace = steps.trace(lecture(optimizer="adam", loss=loss), X, y)
        assert trace.loss == pytest.approx(-np.log(trace.probabilities[2]), rel=1e-5)

    def test_an_ignored_class(self):
        loss = losses.SparseCategoricalCrossentropy(ignore_class=9)
        trace = steps.trace(lecture(optimizer="adam", loss=loss), X, 9)
        assert trace.loss == 0
        assert not trace["conv2d"].backward().kernel.gradient.any()
        assert trace.loss_walk[()].value == 0

    def test_an_ignored_class_of_the_model(self):
        """A label that counts for nothing is no sum of −y·ln p, though it names a class."""
        loss = losses.SparseCategoricalCrossentropy(ignore_class=1)
        trace = steps.trace(lecture(optimizer="adam", loss=loss), X, 1)
        assert trace.loss == trace.loss_walk[()].value == 0
        assert "ln" not in trace.loss_walk[()].equation
        counted = steps.trace(lecture(optimizer="adam", loss=loss), X, 2)
        assert counted.loss_walk.loss_step.equation.startswith("−ln(")

    def test_probabilities_from_logits(self):
        model = Sequential([layers.Dense(2, input_shape=(2,))])
        model.compile("adam", losses.CategoricalCrossentropy(from_logits=True))
        trace = steps.trace(model, [1.0, 2.0], 0)
        assert trace.probabilities.sum() == pytest.approx(1)
        assert np.argmax(trace.probabilities) == np.argmax(trace.output)
        np.testing.assert_allclose(
            trace.layers[-1].gradient, trace.probabilities - [1, 0], rtol=1e-5
        )

    def test_no_probabilities(self):
        model = Sequential([layers.Dense(2, input_shape=(2,))])
        with pytest.raises(ValueError, match="no probabilities"):
            _ = steps.trace(model, [1.0, 2.0], [0.0, 0.0]).probabilities


class TestBranches:
    def test_every_layer_passes_on_what_reached_it(self):
        model = branched.residual()
        x = branched.images(1)
        trace = steps.trace(model, x[0], 1)
        np.testing.assert_allclose(trace.output, model.predict(x, verbose=0)[0], rtol=1e-5)
        add = trace["add"]
        np.testing.assert_allclose(add.output, sum(trace.layers[2].input), rtol=1e-6)
        back = add.backward()
        assert list(back.gradients) == ["input_0", "input_1"]
        np.testing.assert_allclose(back.input_0.gradient, trace.layers[2].gradient)
        terms = add[0, 0, 0].terms
        assert [str(term.factors[0]) for term in terms] == ["input_0[0, 0, 0]", "input_1[0, 0, 0]"]
        assert_sum_nearly(add[0, 0, 0])
        # read by add and join: the sum of both gradients reaches it
        joined = trace["join"].backward().input_1.gradient
        expected = back.input_0.gradient + joined
        np.testing.assert_allclose(trace.layers[0].gradient, expected, rtol=1e-4, atol=1e-6)
        close(trace["first"].backward().kernel.gradient, trace.layers[0].weight_gradients["kernel"])


class TestTheExample:
    @pytest.mark.parametrize("x", [X, X[None], X[:, :, 0], X.tolist()], ids=np.shape)
    def test_with_and_without_axes(self, x):
        assert steps.trace(lecture(), x, 1).loss == steps.trace(lecture(), X, 1).loss

    def test_two_examples(self):
        with pytest.raises(ShapeError, match=r"one example, got 2. Take one: x\[0\], and y\[0\]"):
            steps.trace(lecture(), np.stack([X, X]), [0, 1])

    def test_of_another_size(self):
        with pytest.raises(ShapeError, match="images of 5×5 pixels"):
            steps.trace(lecture(), np.zeros((5, 5, 1)), 0)

    def test_a_label_out_of_range(self):
        with pytest.raises(ValueError, match="3 classes, numbered from 0 to 2, got the label 3"):
            steps.trace(lecture(), X, 3)
        compiled = lecture(optimizer="adam", loss="sparse_categorical_crossentropy")
        with pytest.raises(ValueError, match="got the label 3"):
            steps.trace(compiled, X, 3)

    def test_two_labels(self):
        with pytest.raises(ShapeError, match=r"y\[0\]"):
            steps.trace(lecture(), X, [0, 1])

    def test_not_a_number(self):
        with pytest.raises(ValueError, match="NaN, infinite"):
            steps.trace(lecture(), np.full_like(X, np.nan), 0)

    def test_of_another_range_than_in_training(self):
        model = lecture(optimizer="adam", loss="sparse_categorical_crossentropy")
        model.fit(X[None] * 255, np.array([1]), verbose=0)
        with pytest.warns(DataWarning, match="255"):
            steps.trace(model, X, 0)

    def test_a_model_without_weights(self):
        with pytest.raises(NotReadyError, match="no weights yet"):
            steps.trace(Sequential([layers.Dense(2)]), [1.0, 2.0], 0)
        with pytest.raises(NotReadyError, match="no layers"):
            steps.trace(Sequential(), [1.0, 2.0], 0)


class TestAskingForLayers:
    def test_misspelt(self):
        with pytest.raises(UnknownNameError, match=r"unknown layer 'conv2'. Did you mean 'conv2d'"):
            steps.trace(lecture(), X, 0)["conv2"]

    @pytest.mark.parametrize("number", [4, -5])
    def test_too_many(self, number):
        with pytest.raises(IndexError, match=f"4 layers, numbered from 0 to 3, got {number}"):
            steps.trace(lecture(), X, 0)[number]

    @pytest.mark.parametrize("number", [1.0, True, (0, 1)])
    def test_no_number(self, number):
        with pytest.raises(TypeError, match="must be its name or number"):
            steps.trace(lecture(), X, 0)[number]


def test_nothing_is_changed():
    model = Sequential(
        [
            layers.BatchNormalization(input_shape=(3,)),
            layers.Dropout(0.5, seed=1),
            layers.Dense(2, activation="softmax"),
        ]
    )
    before = model.get_weights()
    trace = steps.trace(model, [1.0, 2.0, 3.0], 1, training=True)
    trace.adam(2, "kernel", (0, 0))
    for walk in trace:
        walk.backward()
    for one, other in zip(before, model.get_weights(), strict=True):
        np.testing.assert_array_equal(one, other)
    assert model.layers[1].seed_state.tolist() == [1, 0]


def test_overview():
    model = lecture()
    trace = steps.trace(model, X, 1)
    lines = str(trace).splitlines()
    assert lines[0] == "One example of 6×6×1 through small, and back"
    assert lines[2].split() == [
        "layer", "output", "smallest", "largest", "|gradient|", "|of", "weights|",
    ]  # fmt: skip
    assert [line.split()[:2] for line in lines[3:7]] == [
        ["conv2d", "4×4×2"], ["pooling", "2×2×2"], ["flatten", "8"], ["dense", "3"],
    ]  # fmt: skip
    best = int(trace.probabilities.argmax())
    assert f"Most probable: class {best}, {100 * trace.probabilities[best]:.1f} %." in lines
    assert f"Label: class 1, {100 * trace.probabilities[1]:.1f} %." in lines
    assert repr(trace) == f"<trace of small: 4 layers, loss {trace.loss:.4g}>"
    html = trace._repr_html_()
    assert html.count("<tr") == 5
    assert "pooling" in html


@given(cases())
@settings(max_examples=20)
def test_everything_fits_in_80_columns(random_case):
    trace = steps.trace(*random_case, training=True)
    assert max(map(len, str(trace).splitlines())) <= 80
    for walk in trace:
        back = walk.backward()
        for shown in (
            walk,
            next(iter(walk)),
            back,
            *(next(iter(g)) for g in back.gradients.values()),
        ):
            too_long = [line for line in str(shown).splitlines() if len(line) > 80]
            assert too_long == []
            assert shown._repr_html_()
