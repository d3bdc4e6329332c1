"""Compare the update of all weights in one call with the reference, for any number and size."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

pytest.importorskip("numba")

from minicnn import ops
from minicnn.errors import ShapeError
from minicnn.kernels import updates
from minicnn.ops import reference

SIZES = st.lists(st.sampled_from([0, 1, 7, 16, 17, 4095, 4096, 4097, 9000]), max_size=5)
STEPS = {
    "sgd": (0, {"learning_rate": 0.1}),
    "momentum": (1, {"learning_rate": 0.1, "momentum": 0.9}),
    "nesterov": (1, {"learning_rate": 0.1, "momentum": 0.9, "nesterov": True}),
    "rmsprop": (1, {"learning_rate": 0.01, "rho": 0.8}),
    "adam": (2, {"step": 3, "learning_rate": 0.01, "beta_1": 0.8}),
}


def make(sizes, count, seed, dtype):
    """Return weights, gradients and `count` slots, which are not negative."""
    rng = np.random.default_rng(seed)
    groups = [[rng.normal(size=size).astype(dtype) for size in sizes] for _ in range(2)]
    slots = [[rng.uniform(0, 1, size).astype(dtype) for size in sizes] for _ in range(count)]
    return [*groups, *slots]


@pytest.mark.parametrize("name", STEPS)
@given(sizes=SIZES, seed=st.integers(0, 99))
def test_equals_the_reference(name, sizes, seed):
    count, options = STEPS[name]
    function = "momentum_update" if name == "nesterov" else f"{name}_update"
    got, exact = make(sizes, count, seed, "float32"), make(sizes, count, seed, "float64")
    gradients = [gradient.copy() for gradient in got[1]]

    getattr(updates, function)(*got, **options)
    getattr(reference, function)(*exact, **options)

    for arrays, expected in zip(got, exact, strict=True):
        for array, wanted in zip(arrays, expected, strict=True):
            np.testing.assert_allclose(array, wanted, rtol=2e-5, atol=2e-6)
    assert all((a == b).all() for a, b in zip(got[1], gradients, strict=True))  # only read


@pytest.mark.parametrize("name", STEPS)
def test_arrays_of_another_layout_are_changed_in_place_too(name):
    count, options = STEPS[name]
    function = "momentum_update" if name == "nesterov" else f"{name}_update"
    got, plain = make([12], count, 1, "float32"), make([12], count, 1, "float32")
    weight = np.zeros((12, 2), np.float32)[:, 0]
    weight[:] = got[0][0]

    getattr(updates, function)([weight], *got[1:], **options)
    getattr(updates, function)(*plain, **options)

    np.testing.assert_allclose(weight, plain[0][0], rtol=1e-6)


def test_the_number_of_threads_does_not_change_a_bit(set_threads):
    results = []
    for threads in ("1", "2"):
        set_threads(threads)
        groups = make([100_000, 3], 2, 5, "float32")
        updates.adam_update(*groups, step=1)
        results.append(groups)
    for one, two in zip(*results, strict=True):
        assert all((a == b).all() for a, b in zip(one, two, strict=True))


@pytest.mark.parametrize("shape", [(1, 4), (4, 3), (2, 6), (12, 1), (12,)])
def test_a_gradient_of_another_shape(shape):
    weight = np.zeros((3, 4), np.float32)
    with pytest.raises(ShapeError, match="with the shapes of the weights"):
        ops.sgd_update([weight], [np.ones(shape, np.float32)], 0.5)
    assert not weight.any()


def test_adams_correction_has_the_references_precision():
    """At the first steps 1 − β₂ᵗ is small: rounding it to float32 would change the step."""
    for step in (*range(1, 50), 1000, 10_000):
        got, expected = (make([5], 2, step, "float32") for _ in range(2))
        updates.adam_update(*got, step=step)
        reference.adam_update(*expected, step=step)
        np.testing.assert_allclose(got[0], expected[0], rtol=1e-6, atol=1e-9)


def test_groups_of_different_lengths():
    weights, gradients = make([5, 5], 0, 1, "float32")
    with pytest.raises(ValueError, match="zip"):
        updates.sgd_update(weights, gradients[:1], 0.1)


@pytest.mark.parametrize("shift", [0, 1, 50_000])
def test_overlapping_weights_do_not_race(shift):
    """Tied weights are updated one after the other, as in the reference."""
    memory = np.random.default_rng(0).normal(size=150_000).astype("float32")
    expected, gradients = memory.copy(), make([100_000] * 2, 0, 7, "float32")[1]
    slots = [[np.zeros(100_000, np.float32) for _ in range(2)] for _ in range(4)]
    for array, update, (ms, vs) in (
        (memory, updates.adam_update, slots[:2]),
        (expected, reference.adam_update, slots[2:]),
    ):
        update([array[:100_000], array[shift : shift + 100_000]], gradients, ms, vs, step=1)
    np.testing.assert_array_equal(memory, expected)


def test_weights_that_became_read_only_are_not_changed():
    weights, gradients = make([5], 0, 1, "float32")
    updates.sgd_update(weights, gradients, 0.1)
    expected = weights[0].copy()
    weights[0].flags.writeable = False
    with pytest.raises(ValueError, match="read-only"):
        updates.sgd_update(weights, gradients, 0.1)
    np.testing.assert_array_equal(weights[0], expected)


@pytest.mark.parametrize(
    ("update", "slots", "options"),
    [
        (updates.momentum_update, 1, {"learning_rate": 0.1, "momentum": 0.9}),
        (updates.adam_update, 2, {"step": 1, "learning_rate": 0.1}),
    ],
)
def test_running_means_without_gradients_become_zero_and_not_denormal(update, slots, options):
    weights, gradients, means, *others = make([5000], slots, 2, "float32")
    gradients[0][:] = 0
    for _ in range(1000):
        update(weights, gradients, means, *others, **options)
    assert not means[0].any()


def test_a_running_mean_that_is_not_a_number_stays_so():
    weights, gradients, means, squares = make([20], 2, 3, "float32")
    gradients[0][7] = np.nan
    updates.adam_update(weights, gradients, means, squares, 1)
    assert np.isnan([weights[0][7], means[0][7], squares[0][7]]).all()
