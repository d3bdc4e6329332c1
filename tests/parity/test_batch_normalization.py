"""Batch normalization over several training steps: outputs and moving averages as in Keras."""

import pytest

from minicnn.layers import BatchNormalization

from .recorded import Case, assert_close, cases


@pytest.mark.parametrize("case", cases("batch_normalization"), ids=str)
def test_training_steps(case: Case):
    arrays = case.arrays
    layer = BatchNormalization(**case["config"])
    layer.build((None, *arrays["x"].shape[2:]))
    for step, x in enumerate(arrays["x"]):
        y, cache = layer.forward(x, training=True)
        assert_close(y, arrays["y"][step], f"y of step {step}")
        layer.update_state(cache)
        assert_close(layer.moving_mean, arrays["moving_mean"][step], f"mean after step {step}")
        assert_close(
            layer.moving_variance, arrays["moving_variance"][step], f"variance after step {step}"
        )
    y, cache = layer.forward(arrays["x"][0], training=False)
    assert_close(y, arrays["y_inference"], "y at inference")
