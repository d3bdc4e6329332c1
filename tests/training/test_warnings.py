"""Data that are legal but look wrong: one warning, at the line of the caller."""

import warnings

import numpy as np
import pytest

from minicnn import Input, Sequential
from minicnn.errors import DataWarning
from minicnn.layers import Dense

PIXELS = np.random.default_rng(0).integers(0, 256, size=(20, 9)).astype("uint8")
PIXELS[0, 0] = 255
UNIT = PIXELS / 255
MIXED = np.arange(20) % 4
SORTED = np.sort(MIXED)


def network(loss="sparse_categorical_crossentropy"):
    model = Sequential([Input((9,)), Dense(4, activation="softmax")])
    model.compile("sgd", loss)
    return model


def trained_on(x):
    model = network()
    model.fit(x, MIXED, verbose=0)
    return model


def trained_on_batches(x):
    model = network()
    model.fit([(x[:10], MIXED[:10]), (x[10:], MIXED[10:])], verbose=0)
    return model


def trained_batch_by_batch(x):
    model = network()
    model.train_on_batch(x[10:], MIXED[10:])
    model.train_on_batch(x[:10], MIXED[:10])
    return model


def silent(act):
    """Whether it warns of nothing."""
    with warnings.catch_warnings(record=True) as caught:
        warnings.simplefilter("always")
        act()
    return caught == []


USES = {
    "predict": lambda model, x: model.predict(x, verbose=0),
    "predict batches": lambda model, x: model.predict(iter([x]), verbose=0),
    "evaluate": lambda model, x: model.evaluate(x, MIXED, verbose=0),
    "evaluate batches": lambda model, x: model.evaluate(iter([(x, MIXED)]), verbose=0),
    "predict_on_batch": lambda model, x: model.predict_on_batch(x),
    "test_on_batch": lambda model, x: model.test_on_batch(x, MIXED),
}


@pytest.mark.parametrize("training", [trained_on, trained_on_batches, trained_batch_by_batch])
@pytest.mark.parametrize("use", USES)
@pytest.mark.parametrize(
    ("seen", "given", "advice"),
    [(UNIT, PIXELS, r"up to 255.* up to 1.*x / 255"), (PIXELS, UNIT, r"x \* 255")],
    ids=["pixels after unit range", "unit range after pixels"],
)
def test_inputs_255_times_larger_or_smaller(training, use, seen, given, advice):
    model = training(seen)
    with pytest.warns(DataWarning, match=advice) as caught:
        USES[use](model, given)
    if "batches" not in use:
        assert caught[0].filename == __file__
    USES[use](model, given)  # only once: warnings are errors here


def test_validation_data_of_another_range():
    with pytest.warns(DataWarning, match="x / 255"):
        network().fit(UNIT, MIXED, validation_data=(PIXELS, MIXED), verbose=0)


@pytest.mark.parametrize("factor", [0.5, 1, 2, 20, 1 / 20, -1, 5000, 0])
def test_other_ranges_are_nobodys_business(factor):
    assert silent(lambda: trained_on(UNIT).predict(UNIT * factor, verbose=0))


def test_centred_inputs_count_by_their_size():
    model = trained_on((UNIT - 0.5) * 2)
    with pytest.warns(DataWarning):
        model.predict(PIXELS - 127.0, verbose=0)  # −127…128 after −1…1: half of 255 times


def test_an_untrained_model_has_nothing_to_compare_with():
    assert silent(lambda: network().predict(PIXELS, verbose=0))


def test_a_new_training_counts_anew():
    model = trained_on(UNIT)
    model.fit(PIXELS, MIXED, verbose=0)
    assert silent(lambda: model.predict(PIXELS, verbose=0))


@pytest.mark.parametrize(
    "labels",
    [SORTED, SORTED[::-1], SORTED[:, np.newaxis], SORTED.astype(float), SORTED.tolist()],
    ids=["ascending", "descending", "column", "float", "list"],
)
def test_validation_split_on_sorted_labels(labels):
    with pytest.warns(DataWarning, match=r"sorted by class.*np\.random\.permutation") as caught:
        network().fit(UNIT, labels, validation_split=0.25, verbose=0)
    assert len(caught) == 1
    assert caught[0].filename == __file__


def test_validation_split_on_sorted_one_hot_labels():
    with pytest.warns(DataWarning, match="sorted by class"):
        network("categorical_crossentropy").fit(
            UNIT, np.eye(4)[SORTED], validation_split=0.25, verbose=0
        )


@pytest.mark.parametrize(
    ("loss", "labels"),
    [
        ("sparse_categorical_crossentropy", MIXED),
        ("categorical_crossentropy", np.eye(4)[MIXED]),
        ("sparse_categorical_crossentropy", np.zeros(20, int)),
        ("mse", np.sort(np.random.default_rng(0).normal(size=(20, 4)), axis=0)),
        ("mse", np.c_[np.linspace(0, 1, 20), np.linspace(1, 0, 20), np.zeros((20, 2))]),
    ],
    ids=["mixed", "mixed one-hot", "one class", "numbers", "shares"],
)
def test_no_warning_for_other_labels(loss, labels):
    assert silent(lambda: network(loss).fit(UNIT, labels, validation_split=0.25, verbose=0))


def test_sorted_numbers_to_be_predicted_are_no_classes():
    model = Sequential([Input((9,)), Dense(1)])
    model.compile("sgd", "mse")
    for labels in (np.arange(20), np.linspace(0, 5, 20)):
        assert silent(lambda y=labels: model.fit(UNIT, y, validation_split=0.25, verbose=0))


def test_sorted_labels_without_a_split_are_all_right():
    assert silent(lambda: network().fit(UNIT, SORTED, validation_data=(UNIT, SORTED), verbose=0))
