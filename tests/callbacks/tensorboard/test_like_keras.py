"""Runs, tags, steps and values against those that real Keras wrote (`make_keras_events.py`)."""

import numpy as np
import pytest

from minicnn.callbacks import TensorBoard
from tests.callbacks.tensorboard.reading import named

PACE = "steps_per_second"


def numbers(events, histograms):
    """Return Keras' events of one kind by (run, tag, step), without the machine's pace."""
    return {
        (run, tag, step): value
        for run, tag, step, value in events
        if not isinstance(value, str) and isinstance(value, list) == histograms and PACE not in tag
    }


@pytest.mark.parametrize("name", ["epoch", "batch", "every 3 batches"])
def test_numbers(tmp_path, keras_values, model, train, kept, name):
    recorded = keras_values["events"][name]
    watch = TensorBoard(tmp_path, **recorded["options"])
    train(watch)
    model.evaluate(*kept, callbacks=[watch], verbose=0)
    ours = {key: value for key, value in named(tmp_path, "scalars").items() if PACE not in key[1]}
    theirs = numbers(recorded["events"], histograms=False)
    if name == "every 3 batches":  # Keras forgets most of the epochs; what it writes must be there
        assert set(theirs) < set(ours)
        assert {step for _, tag, step in ours if tag == "epoch_loss"} == {0, 1, 2}
    else:
        assert set(theirs) == set(ours)
    for key, value in theirs.items():
        assert ours[key] == pytest.approx(value, rel=1e-5), key


@pytest.mark.parametrize("name", ["epoch", "batch"])
def test_pace(tmp_path, keras_values, train, name):
    recorded = keras_values["events"][name]
    train(TensorBoard(tmp_path, **recorded["options"]))
    paces = {key: value for key, value in named(tmp_path, "scalars").items() if PACE in key[1]}
    theirs = {(run, tag, step) for run, tag, step, _ in recorded["events"] if PACE in tag}
    assert set(paces) == theirs
    assert all(0 < pace < 1e6 for pace in paces.values())


def test_histograms_of_weights(tmp_path, keras_values, train):
    recorded = keras_values["events"]["epoch"]
    train(TensorBoard(tmp_path, **recorded["options"]))
    theirs = numbers(recorded["events"], histograms=True)
    ours = named(tmp_path, "histograms")
    assert set(theirs) == {key for key in ours if "gradient" not in key[1]}
    assert {step for _, _, step in ours} == {0, 2}  # histogram_freq=2
    for key, value in theirs.items():
        np.testing.assert_allclose(ours[key], value, rtol=1e-4, atol=1e-6, err_msg=str(key))


def test_graph_has_keras_tag(tmp_path, keras_values, train):
    train(TensorBoard(tmp_path))
    theirs = {
        (run, tag, step)
        for run, tag, step, value in keras_values["events"]["epoch"]["events"]
        if value == "graph_keras_model"
    }
    assert set(named(tmp_path, "graph_keras_model")) == theirs == {("train", "keras", 0)}
