"""Compare softmax and its cross-entropy with the reference in float64, and at extreme values."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from hypothesis.extra.numpy import array_shapes

pytest.importorskip("numba", reason="the fast operations need numba")

from minicnn import ops
from minicnn.kernels import softmax
from minicnn.ops import reference

SHAPES = array_shapes(min_dims=1, max_dims=4, min_side=1, max_side=9)


def scores_and_targets(shape, seed, spread):
    rng = np.random.default_rng(seed)
    scores = rng.normal(0, spread, shape).astype(np.float32)
    return scores, rng.uniform(0, 1, shape).astype(np.float32)


@given(shape=SHAPES, seed=st.integers(0, 99), spread=st.sampled_from([0.1, 1.0, 30.0, 1e4]))
def test_they_do_what_the_reference_does(shape, seed, spread):
    scores, targets = scores_and_targets(shape, seed, spread)
    dlosses = np.linspace(0.5, 2, int(np.prod(shape[:-1])), dtype=np.float32).reshape(shape[:-1])
    wide = scores.astype(np.float64), targets.astype(np.float64)

    y = softmax.softmax_forward(scores)
    losses, cache = softmax.softmax_cross_entropy_forward(scores, targets)
    dscores = softmax.softmax_cross_entropy_backward(dlosses, cache)

    exact_losses, exact_cache = reference.softmax_cross_entropy_forward(*wide)
    exact_dscores = reference.softmax_cross_entropy_backward(
        dlosses.astype(np.float64), exact_cache
    )
    for got, exact in (
        (y, reference.softmax_forward(wide[0])),
        (cache[0], exact_cache[0]),
        (losses, exact_losses),
        (dscores, exact_dscores),
    ):
        assert got.shape == exact.shape
        assert got.dtype == np.float32
        np.testing.assert_allclose(got, exact, rtol=2e-6, atol=1e-6 * shape[-1])


@pytest.mark.parametrize("score", [np.nan, np.inf, -np.inf])
@pytest.mark.parametrize("place", [0, 1, 2])
def test_what_is_not_finite_spoils_its_own_row_as_in_the_reference(score, place):
    scores = np.array([[0, 1, 2], [2, 1, 0]], np.float32)
    scores[0, place] = score
    targets = np.eye(3, dtype=np.float32)[[0, 1]]
    with np.errstate(invalid="ignore"):
        expected = reference.softmax_cross_entropy_forward(scores, targets)
        np.testing.assert_allclose(
            softmax.softmax_forward(scores), reference.softmax_forward(scores), rtol=1e-6
        )
    losses, (probabilities, _) = softmax.softmax_cross_entropy_forward(scores, targets)
    np.testing.assert_allclose(losses, expected[0], rtol=1e-6)
    np.testing.assert_allclose(probabilities, expected[1][0], rtol=1e-6)


def test_strided_and_read_only_arrays_are_taken():
    scores, targets = scores_and_targets((60, 40), 1, 1.0)  # half of them: enough for a kernel
    expected = reference.softmax_cross_entropy_forward(scores[::2, ::2], targets[::2, ::2])
    targets.flags.writeable = False
    losses, cache = ops.softmax_cross_entropy_forward(scores[::2, ::2], targets[::2, ::2])
    np.testing.assert_allclose(losses, expected[0], rtol=1e-6)
    dlosses = np.broadcast_to(np.float32(0.5), (30,))
    np.testing.assert_allclose(
        ops.softmax_cross_entropy_backward(dlosses, cache),
        reference.softmax_cross_entropy_backward(dlosses, expected[1]),
        rtol=1e-5,
        atol=1e-7,
    )


def test_nothing_is_the_references():
    scores, targets = scores_and_targets((0, 3), 2, 1.0)
    losses, (probabilities, _) = softmax.softmax_cross_entropy_forward(scores, targets)
    assert (losses.shape, probabilities.shape) == ((0,), (0, 3))
    assert softmax.softmax_forward(scores).shape == (0, 3)


@pytest.mark.parametrize("shape", [(3, 5000), (2000, 10), (7, 300, 33)])
def test_many_scores_are_as_exact(shape):
    scores, targets = scores_and_targets(shape, 4, 3.0)
    dlosses = np.full(shape[:-1], 0.5, np.float32)
    losses, cache = softmax.softmax_cross_entropy_forward(scores, targets)
    dscores = softmax.softmax_cross_entropy_backward(dlosses, cache)
    exact_losses, exact_cache = reference.softmax_cross_entropy_forward(
        scores.astype(np.float64), targets.astype(np.float64)
    )
    np.testing.assert_allclose(losses, exact_losses, rtol=1e-6)
    np.testing.assert_allclose(cache[0], exact_cache[0], rtol=2e-6)
    exact = reference.softmax_cross_entropy_backward(dlosses.astype(np.float64), exact_cache)
    np.testing.assert_allclose(dscores, exact, rtol=1e-5, atol=1e-6)


@given(shape=SHAPES, seed=st.integers(0, 99), spread=st.sampled_from([1.0, 30.0]))
def test_the_loss_keeps_the_probabilities_that_softmax_gives(shape, seed, spread):
    scores, targets = scores_and_targets(shape, seed, spread)
    _, (probabilities, _) = softmax.softmax_cross_entropy_forward(scores, targets)
    np.testing.assert_array_equal(probabilities, softmax.softmax_forward(scores))


def test_another_axis():
    scores, _ = scores_and_targets((4, 5), 3, 1.0)
    np.testing.assert_allclose(softmax.softmax_forward(scores, axis=0).sum(axis=0), 1, rtol=1e-6)
