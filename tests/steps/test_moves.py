"""The origin of each element: reshaping, padding, rescaling, dropout, global pooling."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from minicnn import layers, steps
from minicnn.errors import ShapeError

from ..gradients import distinct
from .checking import assert_steps, assert_sum

RANDOM = np.random.default_rng(1)
IMAGE = distinct((3, 4, 2), RANDOM)

CASES = {
    "flatten": (lambda x: steps.flatten(x), layers.Flatten()),
    "reshape": (lambda x: steps.reshape(x, (4, -1)), layers.Reshape((4, -1))),
    "zero_padding2d": (
        lambda x: steps.zero_padding2d(x, ((1, 2), (0, 3))), layers.ZeroPadding2D(((1, 2), (0, 3)))
    ),
    "rescaling": (
        lambda x: steps.rescaling(x, [0.5, 2.0], [1.0, -1.0]),
        layers.Rescaling([0.5, 2.0], [1.0, -1.0]),
    ),
    "dropout": (lambda x: steps.dropout(x, 0.4, seed=7), layers.Dropout(0.4, seed=7)),
    "dropout of whole maps": (
        lambda x: steps.dropout(x, 0.4, seed=7, noise_shape=(1, 1, 2)),
        layers.Dropout(0.4, noise_shape=(None, 1, 1, None), seed=7),
    ),
    "global_average_pooling2d": (
        lambda x: steps.global_average_pooling2d(x), layers.GlobalAveragePooling2D()
    ),
    "global_max_pooling2d": (
        lambda x: steps.global_max_pooling2d(x, keepdims=True),
        layers.GlobalMaxPooling2D(keepdims=True),
    ),
}  # fmt: skip


@pytest.mark.parametrize("case", CASES.values(), ids=CASES.keys())
@given(st.integers(0, 2**32 - 1))
def test_walk_equals_the_layer_both_ways(case, seed):
    make, layer = case
    random = np.random.default_rng(seed)
    x = random.integers(-2, 3, IMAGE.shape).astype("float64")  # with equal ones: winners share
    walk = make(x)
    y, cache = layer.forward(x[None].astype("float32"), training=True)
    np.testing.assert_allclose(walk.output, y[0], rtol=1e-6)
    dy = random.normal(size=y.shape).astype("float32")
    back = walk.backward(dy[0])
    np.testing.assert_allclose(back.input.gradient, layer.backward(dy, cache)[0][0], rtol=1e-6)
    assert list(back.gradients) == ["input"]
    for step in (*walk, *back.input):
        assert_sum(step)


@pytest.mark.parametrize("name", ["flatten", "reshape", "zero_padding2d"])
def test_numbers_stand_where_the_step_says(name):
    walk = CASES[name][0](IMAGE)
    dy = distinct(walk.output.shape, RANDOM)
    arrays = {"input": IMAGE, "dy": dy}
    assert_steps(walk, arrays, RANDOM)
    assert_steps(walk.backward(dy).input, arrays, RANDOM)


@pytest.mark.parametrize("name", ["flatten", "reshape", "zero_padding2d"])
def test_forward_and_backward_name_the_same_pairs(name):
    walk = CASES[name][0](IMAGE)
    back = walk.backward(walk.output).input
    forward = {(term.factors[0].index, step.index) for step in walk for term in step.terms}
    backward = {(step.index, term.factors[0].index) for step in back for term in step.terms}
    assert forward == backward
    assert len(forward) == IMAGE.size
    assert all(step.value == 0 for step in walk if not step.terms)


def test_whole_numbers_stay_whole():
    assert steps.flatten([[1, 2]]).output.dtype == np.int64
    assert steps.zero_padding2d([[1, 2]]).output.dtype == np.int64


def test_in_words():
    padded = steps.zero_padding2d([[5]], 1)
    assert padded[1, 1].note == "from input[0, 0]"
    assert padded[0, 1].note == "a cell that was added"
    assert padded[0, 1].equation == "0 = 0"
    assert padded.backward(np.arange(9).reshape(3, 3)).input[0, 0].equation == "dy[1, 1] = 4"
    assert steps.rescaling([51], 1 / 255, 1)[0].equation == "51·0.003922 + 1 = 1.2"


def test_who_won():
    walk = steps.global_max_pooling2d([[1, 6], [6, 3]])
    assert walk[0].note == "won by input[0, 1] and input[1, 0]"
    assert walk[0].equation == "max(1, 6, 6, 3) = 6"
    assert walk.backward([10]).input.gradient.tolist() == [[0, 5], [5, 0]]
    assert steps.global_max_pooling2d(np.zeros((2, 2)))[0].note.endswith(" and others")


def test_the_mean_of_a_map():
    walk = steps.global_average_pooling2d(IMAGE)
    np.testing.assert_allclose(walk.output, IMAGE.mean(axis=(0, 1)))
    assert walk[1].equation.startswith("((") or walk[1].equation.startswith("(")
    assert walk[1].equation.count(" + ") == 11


def test_dropout_of_the_given_share():
    walk = steps.dropout(np.ones(10_000), rate=0.3, seed=5)
    kept = walk.output > 0
    assert abs(kept.mean() - 0.7) < 0.02  # four standard deviations
    np.testing.assert_allclose(walk.output[kept], 1 / 0.7)


def test_mistakes():
    with pytest.raises(ShapeError, match="does not fit the 3 "):
        steps.reshape([1, 2, 3], (2, 2))
    with pytest.raises(ValueError, match="rate"):
        steps.dropout([1.0], rate=1)
    with pytest.raises(ShapeError, match="one image"):
        steps.global_max_pooling2d(np.ones((2, 3, 3, 1)))
