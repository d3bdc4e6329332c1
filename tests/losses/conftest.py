import numpy as np
import pytest


@pytest.fixture
def assert_slope():
    """Compare a loss's gradient, for a random upstream gradient, with central differences."""

    def check(loss, y_true, y_pred, seed=0):
        losses, cache = loss.forward(y_true, y_pred)
        assert losses.shape == y_pred.shape[:-1]
        dlosses = np.random.default_rng(seed).normal(size=losses.shape)
        dy_pred = loss.backward(dlosses, cache)
        assert dy_pred.shape == y_pred.shape
        expected = np.empty_like(y_pred)
        for place in np.ndindex(y_pred.shape):
            above, below = y_pred.copy(), y_pred.copy()
            above[place] += 1e-6
            below[place] -= 1e-6
            rise = loss.forward(y_true, above)[0] - loss.forward(y_true, below)[0]
            expected[place] = (dlosses * rise).sum() / 2e-6
        np.testing.assert_allclose(dy_pred, expected, rtol=1e-5, atol=1e-6)

    return check
