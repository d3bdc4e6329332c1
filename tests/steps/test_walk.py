"""Common features of walks: indices, order, length, mistakes, and names of gradients."""

import numpy as np
import pytest

from minicnn import steps
from minicnn.errors import ShapeError
from minicnn.steps.walk import Factor, GradientWalk, Step, Term

from .lecture import FILTER_1, IMAGE


@pytest.fixture
def walk():
    return steps.conv2d(IMAGE, FILTER_1)


def test_length_is_the_number_of_outputs(walk):
    assert len(walk) == len(list(walk)) == 16
    assert len(walk.backward(walk.output).kernel) == 9


def test_negative_indices_count_from_the_end(walk):
    assert walk[-1, -2].index == (3, 2)
    assert walk[np.int64(1), 2].index == (1, 2)


def test_a_single_filters_index_may_be_left_out():
    walk = steps.conv2d(IMAGE, FILTER_1[:, :, None, None])
    assert walk[1, 2].index == walk[1, 2, 0].index == (1, 2, 0)


@pytest.mark.parametrize("index", [(4, 0), (0, 4), (-5, 0)])
def test_outside_of_the_output(walk, index):
    with pytest.raises(IndexError, match=r"has shape \(4, 4\).* from \[0, 0\] to \[3, 3\]"):
        walk[index]


@pytest.mark.parametrize("index", [0, (1, 2, 3), ()])
def test_too_few_and_too_many_indices(walk, index):
    with pytest.raises(IndexError, match="an index has 2 integers"):
        walk[index]


@pytest.mark.parametrize("index", [(0, 0.5), (slice(2), 0), "output", (True, 0)])
def test_indices_that_are_no_whole_numbers(walk, index):
    with pytest.raises(TypeError, match="such as walk"):
        walk[index]


@pytest.mark.parametrize("dy", [1, [1, 2], np.ones((4, 4, 1)), np.ones((3, 3))])
def test_dy_has_the_outputs_shape(walk, dy):
    with pytest.raises(ShapeError, match=r"dy of shape \(4, 4\)"):
        walk.backward(dy)


def test_gradients_are_named(walk):
    back = walk.backward(np.ones((4, 4)))
    assert set(back.gradients) == {"input", "kernel"}
    assert back.kernel.gradient is back.kernel.output
    assert "kernel" in dir(back)
    with pytest.raises(AttributeError, match=r"there are: input, kernel. A bias has one if"):
        _ = back.bias
    with pytest.raises(AttributeError, match=r"no gradient 'image'"):
        _ = back.image


def test_a_walk_changes_nothing_that_it_was_given():
    image, kernel = IMAGE.astype(float), FILTER_1.astype(float)
    walk = steps.conv2d(image, kernel, bias=[1.0])
    image[:] = 0
    kernel[:] = 0
    assert walk[0, 0].value == 4
    assert sum(term.product for term in walk[0, 0].terms) == 3


def test_steps_are_made_when_asked_for(monkeypatch, walk):
    made = []
    monkeypatch.setattr(type(walk), "step", lambda self, place: made.append(place))
    whole = iter(walk)
    assert made == []
    next(whole)
    assert made == [(0, 0)]


def test_a_term_is_a_product():
    term = Term((Factor("a", (0,), 2), Factor("b", (), -3), Factor("c", (1, 2), 0.5, True)))
    assert (term.product, term.is_padding) == (-3, True)
    assert (term.where, str(term)) == ("a[0] · b · c[1, 2]", "2·(−3)·0.5")


def test_a_step_may_bring_its_own_equation():
    assert Step("output", (0,), 3, equation="max(1, 3) = 3").equation == "max(1, 3) = 3"
    assert repr(Step("output", (), 3, equation="max(1, 3) = 3")) == "<output: max(1, 3) = 3>"


def test_the_steps_of_a_gradient_from_their_terms_alone():
    def explain(index):
        return {"terms": [Term((Factor("dy", index, 2.0), Factor("3", (), 3)))], "note": "tripled"}

    walk = GradientWalk("input", np.array([6.0, 6.0]), explain)
    assert repr(walk[1]) == "<dinput[1]: 2·3 = 6>"
    assert walk[1].note == "tripled"
    turned = walk.seen_as("x", walk.gradient.reshape(2, 1), lambda index: (1 - index[0],))
    assert repr(turned[0, 0]) == "<dx[0, 0]: 2·3 = 6>"
    assert str(turned[0, 0].terms[0].factors[0]) == "dy[1]"
