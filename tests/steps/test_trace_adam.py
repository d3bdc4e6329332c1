"""Adam's next step for one weight equals the update by `train_on_batch`."""

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from minicnn import Sequential, layers, steps
from minicnn.errors import ShapeError, UnknownNameError
from minicnn.optimizers import SGD, Adam, AdamW

from .checking import assert_sum
from .random_models import cases

OPTIMIZERS = {
    "plain": lambda: Adam(0.01),
    "amsgrad": lambda: Adam(0.01, amsgrad=True, beta_1=0.5, beta_2=0.7),
    "decay": lambda: AdamW(0.01, weight_decay=0.1),
    "clipvalue": lambda: Adam(0.01, clipvalue=0.01, epsilon=0.1),
    "clipnorm": lambda: Adam(0.01, clipnorm=0.05, epsilon=0.1),
    "global_clipnorm": lambda: Adam(0.01, global_clipnorm=0.05, epsilon=0.1),
}


@pytest.mark.parametrize("make", OPTIMIZERS.values(), ids=OPTIMIZERS.keys())
@given(cases(ends=("softmax", "binary", "numbers")), st.data())
@settings(max_examples=15)
def test_it_is_what_training_does(make, case, data):
    """Three times in turn: predict the weight from the trace, then train."""
    model, x, y = case
    model.compile(make(), model.loss)
    place = data.draw(
        st.sampled_from([n for n, one in enumerate(model.layers) if one.trainable_names])
    )
    layer = model.layers[place]
    weight = data.draw(st.sampled_from(layer.trainable_names))
    shape = getattr(layer, weight).shape
    index = tuple(data.draw(st.integers(0, size - 1)) for size in shape)
    for step in (1, 2, 3):
        trace = steps.trace(model, x, y, training=True)
        walk = trace.adam(layer.name, weight, index)
        assert walk.t == step
        assert walk["weight"].value == walk.output
        for one in walk:
            if one.terms:
                assert_sum_nearly(one)
        model.train_on_batch(trace.x[None], trace.y[None])
        assert getattr(layer, weight)[index] == pytest.approx(walk.output, rel=1e-5, abs=1e-6)


def assert_sum_nearly(step):
    """The sum, of float32 numbers: to their precision."""
    products = [term.product for term in step.terms]
    size = max(1.0, *map(abs, products))
    assert step.value == pytest.approx(sum(products), abs=1e-6 * size)


def small(**options):
    return Sequential(
        [layers.Dense(2, activation="softmax", input_shape=(2,), name="dense", **options)]
    )


def test_a_model_that_is_not_compiled_gets_a_new_adam():
    trace = steps.trace(small(), [1.0, 2.0], 0)
    walk = trace.adam("dense", "bias", 1)
    assert walk.t == 1
    assert walk.output == pytest.approx(-0.001, rel=1e-4)  # p − y > 0: down by the learning rate
    assert str(walk).startswith("Adam, step 1: dense.bias[1]\n\n  gradient      dbias[1] = ")


def test_where_the_gradient_comes_from():
    trace = steps.trace(small(kernel_regularizer="l2"), [1.0, 2.0], 0)
    step = trace.adam("dense", "kernel", (1, 0))["gradient"]
    data, penalty = step.terms
    kernel = trace.layers[0].layer.kernel
    assert data.product == pytest.approx(trace["dense"].backward().kernel[1, 0].value, rel=1e-5)
    assert penalty.product == pytest.approx(0.02 * kernel[1, 0], rel=1e-5)
    assert_sum(step)


@pytest.mark.parametrize(
    ("options", "words"),
    [
        ({"clipvalue": 0.01}, "cut to −0.01 … 0.01"),
        ({"clipnorm": 0.1}, "dkernel together, "),
        ({"global_clipnorm": 0.1}, "all gradients together, "),
    ],
)
def test_clipping_is_said(options, words):
    trace = steps.trace(small(), [1.0, 2.0], 0)
    step = trace.adam("dense", "kernel", (1, 0), Adam(**options))["clipped"]
    assert words in step.equation + step.note
    assert abs(step.value) < abs(trace.layers[0].weight_gradients["kernel"][1, 0])


def test_what_was_trained_before_counts():
    model = small()
    model.compile(Adam(0.1), "sparse_categorical_crossentropy")
    model.train_on_batch(np.array([[1.0, 2.0]]), np.array([0]))
    walk = steps.trace(model, [1.0, 2.0], 0).adam("dense", "kernel", (0, 0))
    assert walk.t == 2
    assert walk["m"].terms[0].factors[1].value == model.optimizer.slots["momentum"][0][0, 0]


def test_mistakes():
    model = small()
    trace = steps.trace(model, [1.0, 2.0], 0)
    with pytest.raises(UnknownNameError, match=r"layer 'dens'. Did you mean 'dense'"):
        trace.adam("dens", "kernel", (0, 0))
    with pytest.raises(UnknownNameError, match=r'train of Dense "dense" \'kernle\'. Did you mean'):
        trace.adam("dense", "kernle", (0, 0))
    for index in ((2, 0), 0, (0, 0, 0)):
        with pytest.raises(IndexError, match=r"shape \(2, 2\).* to \[1, 1\]"):
            trace.adam("dense", "kernel", index)
    for index in ((0, 0.5), slice(1)):
        with pytest.raises(TypeError, match="must be integers"):
            trace.adam("dense", "kernel", index)
    assert trace.adam("dense", "kernel", (-1, -1)).title.endswith("dense.kernel[1, 1]")


def test_another_optimizer():
    model = small()
    model.compile(SGD(), "sparse_categorical_crossentropy")
    trace = steps.trace(model, [1.0, 2.0], 0)
    with pytest.raises(TypeError, match=r"got SGD. .*optimizer=minicnn.optimizers.Adam\(\)"):
        trace.adam("dense", "kernel", (0, 0))
    assert trace.adam("dense", "kernel", (0, 0), optimizer=Adam()).t == 1


def test_an_optimizer_of_other_weights():
    model = small()
    model.compile("adam", "sparse_categorical_crossentropy")
    other = Adam()
    other.build([np.zeros(3)])
    trace = steps.trace(model, [1.0, 2.0], 0)
    with pytest.raises(ShapeError, match="compile the model again"):
        trace.adam("dense", "kernel", (0, 0), optimizer=other)


def test_a_frozen_weight():
    trace = steps.trace(small(trainable=False), [1.0, 2.0], 0)
    with pytest.raises(UnknownNameError, match="There are: none"):
        trace.adam("dense", "kernel", (0, 0))
