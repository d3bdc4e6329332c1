"""Whole training against Keras: history, weights, evaluation, prediction."""

from typing import Any

import numpy as np
import pytest

from .networks import compiled, numbered
from .recorded import Case, assert_close, cases

DATA, VALIDATION, *CASES = cases("training")
[BATCHWISE] = cases("batchwise")
IMAGE = (8, 8, 1)
# Some nine steps of float32 arithmetic: on one machine within 1e-5, and room for the other orders
# of summation of other processors' BLAS, which optimizers divide by the root of small gradients.
TOLERANCE = 5e-5


def images(case: Case, source: Case) -> np.ndarray:
    """Return the images as the case wants them."""
    if case["as"] == "uint8":
        return source.arrays["uint8"]
    return source.arrays["float32"].astype("float64" if case["as"] == "float64" else "float32")


def fit_arguments(case: Case) -> dict[str, Any]:
    """Return the arguments of `fit` besides the data."""
    arguments = {"shuffle": False, "verbose": 0, **case["fit"]}
    if "class_weight" in arguments:
        weights = arguments["class_weight"].items()
        arguments["class_weight"] = {int(label): weight for label, weight in weights}
    if case["sample_weight"]:
        arguments["sample_weight"] = DATA.arrays["sample_weight"]
    if case["validation"]:
        targets = VALIDATION.arrays[case["targets"]]
        arguments["validation_data"] = (images(case, VALIDATION), targets)
    return arguments


@pytest.mark.parametrize("case", CASES, ids=str)
# Rows with two ones and labels in order are meant: what is learnt does not matter here.
@pytest.mark.filterwarnings("ignore::minicnn.errors.DataWarning")
def test_training(case: Case):
    model = compiled(case, IMAGE)
    x, y = images(case, DATA), DATA.arrays[case["targets"]]
    if case["as"] == "generator":
        batches = ((x[k : k + 6], y[k : k + 6]) for k in range(0, len(x), 6))
        history = model.fit(batches, verbose=0, epochs=1)
    else:
        history = model.fit(x, y, **fit_arguments(case))

    assert set(history.history) == set(case["history"])
    assert list(history.epoch) == case["epochs"]
    for key, values in case["history"].items():
        assert_close(history.history[key], values, key, TOLERANCE)
    for index, weight in enumerate(numbered(case, "final")):
        assert_close(model.get_weights()[index], weight, f"weight {index}", TOLERANCE)
    prediction = model.predict(x, batch_size=5, verbose=0)
    assert_close(prediction, case.arrays["prediction"], "prediction", TOLERANCE)

    evaluation = model.evaluate(x, y, batch_size=8, verbose=0)
    assert_close(evaluation, case["evaluate"], "evaluate", TOLERANCE)
    weighted = model.evaluate(
        x,
        y,
        batch_size=8,
        verbose=0,
        sample_weight=DATA.arrays["sample_weight"],
        return_dict=True,
    )
    for key, value in case["evaluate_weighted"].items():
        assert_close(weighted[key], value, f"evaluate with sample_weight, {key}", TOLERANCE)
    assert list(history.history) == list(case["history"]), "the order of the keys"
    assert list(weighted) == list(case["evaluate_weighted"]), "the order of the keys"


def test_train_on_batch_gives_each_batch_its_own_numbers():
    case = BATCHWISE
    model = compiled(case, IMAGE)
    x, y = case.arrays["x"], case.arrays["y"]
    trained = [model.train_on_batch(x[a:b], y[a:b]) for a, b in case["batches"]]
    as_dict = model.train_on_batch(x[:8], y[:8], return_dict=True)
    for index, weight in enumerate(numbered(case, "final")):
        assert_close(model.get_weights()[index], weight, f"weight {index}", TOLERANCE)
    assert_close(trained, case["train_on_batch"], "train_on_batch", TOLERANCE)
    assert as_dict == pytest.approx(case["return_dict"], rel=TOLERANCE)


def test_test_on_batch_gives_each_batch_its_own_numbers():
    case = BATCHWISE
    model = compiled(case, IMAGE)
    model.set_weights(numbered(case, "final"))
    x, y = case.arrays["x"], case.arrays["y"]
    tested = [model.test_on_batch(x[a:b], y[a:b]) for a, b in case["batches"]]
    assert_close(tested, case["test_on_batch"], "test_on_batch", TOLERANCE)


def test_predict_on_batch():
    case = BATCHWISE
    model = compiled(case, IMAGE)
    model.set_weights(numbered(case, "final"))
    prediction = model.predict_on_batch(case.arrays["x"][:5])
    assert_close(prediction, case.arrays["prediction"], "prediction", TOLERANCE)
