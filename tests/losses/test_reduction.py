import numpy as np
import pytest

from minicnn.errors import ShapeError, UnknownNameError
from minicnn.losses import MeanSquaredError, reduce_losses

LOSSES = np.array([1.0, 2.0, 6.0])
WEIGHTS = [2.0, 1.0, 0.0]


@pytest.mark.parametrize(
    ("reduction", "plain", "weighted"),
    [
        ("sum_over_batch_size", 3.0, 4 / 3),
        ("mean", 3.0, 4 / 3),
        ("mean_with_sample_weight", 3.0, 4 / 3),
        ("sum", 9.0, 4.0),
    ],
)
def test_by_hand(reduction, plain, weighted):
    assert reduce_losses(LOSSES, reduction)[0] == pytest.approx(plain)
    assert reduce_losses(LOSSES, reduction, WEIGHTS)[0] == pytest.approx(weighted)


def test_the_two_means_differ_in_what_they_divide_by():
    halves = [0.5, 0.5, 0.5]
    assert reduce_losses(LOSSES, "mean", halves)[0] == pytest.approx(1.5)
    assert reduce_losses(LOSSES, "mean_with_sample_weight", halves)[0] == pytest.approx(3.0)


@pytest.mark.parametrize("reduction", ["none", None])
def test_none_keeps_the_losses(reduction):
    np.testing.assert_array_equal(reduce_losses(LOSSES, reduction, WEIGHTS)[0], [2, 2, 0])


@pytest.mark.parametrize("reduction", ["sum_over_batch_size", "mean_with_sample_weight", "sum"])
@pytest.mark.parametrize("masked", [False, True])
def test_the_second_answer_is_the_slope_of_the_first(reduction, masked):
    random = np.random.default_rng(0)
    losses, weights = random.uniform(size=(4, 3)), random.uniform(size=4)
    mask = random.uniform(size=(4, 3)) > 0.3 if masked else None

    _, dlosses = reduce_losses(losses, reduction, weights, mask)

    for place in np.ndindex(losses.shape):
        moved = losses.copy()
        moved[place] += 1
        rise = (
            reduce_losses(moved, reduction, weights, mask)[0]
            - reduce_losses(losses, reduction, weights, mask)[0]
        )
        assert dlosses[place] == pytest.approx(rise, abs=1e-12)


def test_sample_weights_may_have_an_axis_of_one():
    assert reduce_losses(LOSSES, "sum", np.array([WEIGHTS]).T)[0] == 4.0


def test_sample_weights_count_for_all_losses_of_a_sample():
    square = np.array([[1.0, 2.0], [3.0, 4.0]])  # as many samples as losses a sample
    assert reduce_losses(square, "sum", [1.0, 0.0])[0] == 3.0


def test_weights_that_are_all_0_cost_nothing():
    value, dlosses = reduce_losses(LOSSES, "mean_with_sample_weight", [0, 0, 0])
    assert value == 0
    assert not dlosses.any()


@pytest.mark.parametrize("weights", [[1.0, 2.0], [[1.0, 2.0, 3.0]]])
def test_other_numbers_of_weights_are_refused(weights):
    with pytest.raises(ShapeError, match="one weight per sample"):
        reduce_losses(LOSSES, "sum", weights)


def test_unknown_reductions_are_refused():
    with pytest.raises(UnknownNameError, match="Did you mean 'sum'"):
        MeanSquaredError(reduction="sums")


def test_reduction_none_trains_on_the_sum_and_shows_the_mean():
    value, gradient = MeanSquaredError(reduction="none").value_and_gradient(
        [[0.0], [0.0]], np.array([[1.0], [3.0]])
    )
    assert value == 5.0
    np.testing.assert_array_equal(gradient, [[2.0], [6.0]])
