"""Compare the updates of arrays with Python's arithmetic, number by number."""

import math

import numpy as np
import pytest

from minicnn import ops
from minicnn.errors import ShapeError

GRADIENTS = (0.5, -2.0, 0.001, 3.0)


def run(update, slots, dtype="float64", **options):
    """Take four steps on a weight that begins at 1; its values after each."""
    weight = np.array([1.0], dtype)
    state = {name: [np.zeros(1, dtype)] for name in slots}
    path = []
    for gradient in GRADIENTS:
        update([weight], [np.array([gradient], dtype)], **state, **options)
        path.append(weight[0])
    assert weight.dtype == dtype
    assert all(array.dtype == dtype for (array,) in state.values())
    return path


def test_sgd():
    assert run(ops.sgd_update, (), learning_rate=0.1) == pytest.approx(
        [0.95, 1.15, 1.1499, 0.8499], rel=1e-12
    )


@pytest.mark.parametrize("nesterov", [False, True])
def test_momentum(nesterov):
    expected, w, v = [], 1.0, 0.0
    for g in GRADIENTS:
        v = 0.9 * v - 0.1 * g
        w += 0.9 * v - 0.1 * g if nesterov else v
        expected.append(w)

    path = run(
        ops.momentum_update, ["velocities"], learning_rate=0.1, momentum=0.9, nesterov=nesterov
    )

    assert path == pytest.approx(expected, rel=1e-12)


@pytest.mark.parametrize("centered", [False, True])
@pytest.mark.parametrize("momentum", [0.0, 0.5])
def test_rmsprop(centered, momentum):
    expected, w, s, mean, v = [], 1.0, 0.0, 0.0, 0.0
    for g in GRADIENTS:
        s = 0.9 * s + 0.1 * g**2
        mean = 0.9 * mean + 0.1 * g
        v = momentum * v + 0.1 * g / math.sqrt(s - (mean**2 if centered else 0) + 1e-7)
        w -= v
        expected.append(w)

    slots = ["mean_squares", *["means"] * centered, *["velocities"] * (momentum > 0)]
    path = run(ops.rmsprop_update, slots, learning_rate=0.1, momentum=momentum)

    assert path == pytest.approx(expected, rel=1e-12)


@pytest.mark.parametrize("amsgrad", [False, True])
def test_adam(amsgrad):
    expected, w, m, v, largest = [], 1.0, 0.0, 0.0, 0.0
    for t, g in enumerate(GRADIENTS, start=1):
        m = 0.8 * m + 0.2 * g
        v = 0.7 * v + 0.3 * g**2
        largest = max(largest, v)
        root = math.sqrt(largest if amsgrad else v)
        w -= 0.1 * math.sqrt(1 - 0.7**t) / (1 - 0.8**t) * m / (root + 1e-7)
        expected.append(w)

    steps = iter(range(1, 5))

    def update(weights, gradients, **options):
        ops.adam_update(weights, gradients, step=next(steps), **options)

    slots = ["ms", "vs", *["v_maxs"] * amsgrad]
    path = run(update, slots, learning_rate=0.1, beta_1=0.8, beta_2=0.7)

    assert path == pytest.approx(expected, rel=1e-12)


def test_adam_does_not_correct_epsilon():
    weights, ms, vs = ([np.full(1, value, "float32")] for value in (1, 0, 0))

    ops.adam_update(weights, [np.array([1e-4], "float32")], ms, vs, step=1, learning_rate=0.1)

    assert weights[0][0] == pytest.approx(
        0.903066, abs=5e-7
    )  # Keras; the paper's algorithm: 0.9001


def test_weight_decay():
    weight = np.array([2.0, -4.0])
    ops.weight_decay_update([weight], learning_rate=0.1, weight_decay=0.5)
    np.testing.assert_allclose(weight, [1.9, -3.8])


def test_clipping_by_norm_leaves_short_gradients_and_directions():
    long, short = np.array([[3.0], [4.0]]), np.array([0.1])

    clipped = ops.clip_by_norm([long, short], 2.0)

    np.testing.assert_allclose(clipped[0], [[1.2], [1.6]])
    np.testing.assert_array_equal(clipped[1], short)
    np.testing.assert_array_equal(long, [[3.0], [4.0]])  # only read


def test_clipping_by_the_global_norm_takes_all_as_one_vector():
    clipped = ops.clip_by_global_norm([np.array([3.0]), np.array([[4.0, 12.0]])], 6.5)

    np.testing.assert_allclose(clipped[0], [1.5])
    np.testing.assert_allclose(clipped[1], [[2.0, 6.0]])
    unchanged = ops.clip_by_global_norm([np.zeros(2)], 1.0)
    np.testing.assert_array_equal(unchanged[0], np.zeros(2))


def test_clipping_survives_squares_beyond_float32():
    clipped = ops.clip_by_norm([np.array([3e30, 4e30], "float32")], 1.0)

    np.testing.assert_allclose(clipped[0], [0.6, 0.8], rtol=1e-6)
    assert clipped[0].dtype == "float32"


def test_clipping_by_value():
    np.testing.assert_array_equal(ops.clip_by_value([np.array([-9.0, 0.5])], 1.0)[0], [-1.0, 0.5])


def test_a_single_array_instead_of_a_list_is_refused():
    """Its rows would be updated as copies, and nothing would change."""
    weight = np.ones(3)
    with pytest.raises(TypeError, match=r"lists of arrays.*\[weight\]"):
        ops.sgd_update(weight, np.ones(3), 0.1)


@pytest.mark.parametrize("gradients", [[], [np.ones((1, 3))], [np.ones(3), np.ones(3)]])
def test_gradients_that_do_not_fit_the_weights_change_nothing(gradients):
    weight = np.ones(3)
    with pytest.raises(ShapeError, match="with the shapes of the weights"):
        ops.sgd_update([weight], gradients, 0.1)
    assert (weight == 1).all()
