"""Compare metrics with Keras: the result after every batch, and the metric for each spelling."""

import pytest

from minicnn import metrics

from .recorded import Case, assert_close, cases


@pytest.mark.parametrize("case", cases("metrics"), ids=str)
def test_result_after_each_batch(case: Case):
    arrays = case.arrays
    metric = getattr(metrics, case["metric"])(**case["config"])
    assert metric.name == case["metric_name"]
    for again in ("first", "second"):
        for batch, expected in enumerate(case["results"]):
            weight = arrays["sample_weight"][batch] if "sample_weight" in arrays else None
            metric.update_state(arrays["y_true"][batch], arrays["y_pred"][batch], weight)
            assert_close(metric.result(), expected, f"{again} time, after batch {batch}")
        metric.reset_state()


@pytest.mark.parametrize("case", cases("metric_names"), ids=str)
def test_spelling_in_compile(case: Case):
    y_true, y_pred = case.arrays["y_true"], case.arrays["y_pred"]
    metric = metrics.get(case["spelling"], y_true.shape, y_pred.shape)
    assert metric.name == case["key"]
    metric.update_state(y_true, y_pred)
    assert_close(metric.result(), case["value"], "value")
