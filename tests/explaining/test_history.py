"""The page plays a training: at every snapshot its numbers are those that the model gave then."""

import itertools

import numpy as np
import pytest

from minicnn import Sequential, layers
from minicnn.callbacks import History, TrainingSnapshots
from minicnn.errors import ShapeError
from minicnn.explaining import explain
from minicnn.explaining.examples import Examples
from minicnn.explaining.history import history_data
from minicnn.explaining.model_data import layer_weights
from minicnn.random import set_random_seed

X = np.random.default_rng(1).normal(size=(40, 8, 8, 1)).astype("float32")
Y = (X.mean(axis=(1, 2, 3)) > 0).astype(int)


@pytest.fixture(scope="module")
def training():
    """A small model, trained, and its snapshots."""
    set_random_seed(7)
    model = Sequential(
        [
            layers.SeparableConv2D(4, 3, activation="relu", input_shape=(8, 8, 1)),
            layers.BatchNormalization(),
            layers.Flatten(),
            layers.Dense(2, activation="softmax"),
        ]
    )
    model.compile("adam", "sparse_categorical_crossentropy")
    snapshots = TrainingSnapshots(count=8)
    model.fit(X, Y, batch_size=4, epochs=2, verbose=0, callbacks=[snapshots])
    return model, snapshots


def outputs_then(model, snapshots, x):
    now = model.get_weights()
    outputs = []
    for weights in snapshots.weights:
        model.set_weights(weights)
        outputs.append(model.predict(x, verbose=0))
    model.set_weights(now)
    return np.array(outputs)


def test_weights_that_did_not_change_are_not_repeated(training):
    model, snapshots = training
    data = history_data(model, snapshots, Examples.none())
    assert [one["step"] for one in data["snapshots"]] == snapshots.steps
    parts = layer_weights(model)
    assert [set(one) for one in data["snapshots"][0]["weights"]] == [
        {name for name in weights if name != "gamma" or len(weights) == 4} for weights in parts
    ]
    assert not any(data["snapshots"][-1]["weights"])  # the model itself


def test_a_model_trained_further_is_the_last_snapshot(training):
    model, snapshots = training
    now = model.get_weights()
    model.set_weights([weight + 1 for weight in now])
    try:
        data = history_data(model, snapshots, Examples.none())
    finally:
        model.set_weights(now)
    assert len(data["snapshots"]) == len(snapshots.steps) + 1
    assert any(data["snapshots"][-2]["weights"])
    assert not any(data["snapshots"][-1]["weights"])


def test_the_curve_is_the_mean_of_all_losses_and_nan_a_gap(training):
    model, snapshots = training
    long = TrainingSnapshots()
    long.steps, long.weights = [0], snapshots.weights[:1]
    long.losses = [float(i) for i in range(700)]
    curve = history_data(model, long, Examples.none())["losses"]
    assert len(curve) == 300
    assert curve[-1][0] == 700
    ends = [0, *(step for step, _ in curve)]
    assert [loss for _, loss in curve] == [
        np.mean(long.losses[a:b]) for a, b in itertools.pairwise(ends)
    ]
    long.losses[-1] = np.nan
    assert history_data(model, long, Examples.none())["losses"][-1] == [700, None]


def test_other_histories_are_refused(training, tmp_path):
    model, snapshots = training
    with pytest.raises(TypeError, match=r"callbacks=\[snapshots\]"):
        explain(model, path=tmp_path / "page.html", history=History())
    other = Sequential([layers.Dense(2, input_shape=(3,))])
    with pytest.raises(ShapeError, match="another model"):
        explain(other, path=tmp_path / "page.html", history=snapshots)


def test_the_page_plays_the_training(training, browser, tmp_path):
    from selenium.webdriver.common.keys import Keys

    from tests.explaining.browser import Page

    model, snapshots = training
    path = explain(model, X[:6], Y[:6], tmp_path / "page.html", history=snapshots)
    page = Page(browser, path)
    one = page.all(".example").index(page.one(".example[aria-pressed='true']"))
    assert one == 0
    first = int(np.flatnonzero(Y[:6] == 0)[0])
    outputs = outputs_then(model, snapshots, X[:6])
    last = len(snapshots.steps) - 1
    assert page.text("#history .remark").startswith(f"Step {snapshots.steps[-1]} of ")
    page.click("#history [data-step=first]")
    assert page.text("#history .remark").startswith("Step 0 of 20, loss ")
    filters = "return document.querySelector('#history .filters canvas').toDataURL()"
    before = page.run(filters)
    page.run("document.querySelector('#history input').focus()")
    for place, of_step in enumerate(outputs):
        assert np.allclose(page.probabilities(), of_step[first], rtol=1e-4, atol=1e-6)
        right = int((of_step.argmax(axis=1) == Y[:6]).sum())
        assert page.text("#history .remark").endswith(f", {right} of 6 examples right")
        if place < last:
            page.keys(Keys.ARROW_RIGHT)
    assert page.run(filters) != before
    page.click("#history [data-step=play]")  # from the first again
    page.wait_for(lambda: page.text("#history .remark").startswith("Step 20 of 20"))
    page.choose("#switches", "ko")
    assert page.text("#history .remark").startswith("스텝 20 / 20, 손실 ")
    page.click("#step")
    assert "이 페이지에서" in page.text("#history .remark")
    assert page.errors() == []
    page.run("sessionStorage.clear()")


def test_without_a_history_nothing_is_played(page):
    assert not page.all("#history")[0].is_displayed()
