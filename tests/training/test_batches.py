"""Cutting data into batches: every example once, with its label and weight."""

import itertools
import warnings

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from minicnn.errors import DataWarning, ShapeError
from minicnn.training.batches import (
    ArrayBatches,
    Batches,
    IterableBatches,
    class_ids,
    split_off_validation,
    weights_by_class,
)
from minicnn.training.inputs import is_iterable_of_batches

counts = st.integers(1, 40)


@given(counts, st.integers(1, 50), st.booleans())
def test_every_example_comes_once_with_its_label_and_weight(count, batch_size, shuffle):
    x = np.arange(count, dtype=np.uint8)[:, None]
    source = ArrayBatches(x, 2 * np.arange(count), 3.0 * np.arange(count), batch_size, shuffle)
    batches = list(source)
    assert len(batches) == len(source)
    sizes = [len(batch.x) for batch in batches]
    assert sum(sizes) == count
    assert set(sizes[:-1]) <= {batch_size}
    assert 1 <= sizes[-1] <= batch_size
    seen = np.concatenate([batch.x for batch in batches])
    assert seen.dtype == np.uint8
    assert sorted(seen.ravel()) == list(range(count))
    for batch in batches:
        np.testing.assert_array_equal(batch.y, 2 * batch.x[:, 0].astype(int))
        np.testing.assert_array_equal(batch.sample_weight, 3.0 * batch.x[:, 0])
    if not shuffle:
        np.testing.assert_array_equal(seen, x)


def test_a_batch_of_an_array_with_gaps_is_cut_without_a_copy_of_the_whole():
    x = np.broadcast_to(np.float32(3), (10**5, 10**6))  # copied, it would take 400 GB
    batch = next(iter(ArrayBatches(x, np.arange(10**5), batch_size=2, shuffle=True)))
    assert batch.x.shape == (2, 10**6)
    assert (batch.x == 3).all()


def test_shuffling_takes_another_order_each_pass():
    source = ArrayBatches(np.arange(100), batch_size=100, shuffle=True)
    [first], [second] = source, source
    assert first.x.tolist() != second.x.tolist()
    assert first.x.tolist() != list(range(100))


@given(counts, st.floats(0.01, 0.99))
def test_the_last_examples_validate(count, share):
    x, y = np.arange(count), -np.arange(count)
    cut = int(np.floor(count * (1 - share)))
    if cut == 0:
        with pytest.raises(ValueError, match="leaves none to train"):
            split_off_validation([x, y, None], share)
        return
    first, last = split_off_validation([x, y, None], share)
    assert first[0].tolist() == list(range(cut))
    assert last[0].tolist() == list(range(cut, count))
    assert (first[1] == -first[0]).all()
    assert (last[1] == -last[0]).all()
    assert first[2] is last[2] is None


@pytest.mark.parametrize("labels", [[0, 2, 1, 2], [[0], [2], [1], [2]], np.eye(3)[[0, 2, 1, 2]]])
def test_weights_by_class(labels):
    labels = np.array(labels)
    assert class_ids(labels).tolist() == [0, 2, 1, 2]
    assert weights_by_class(labels, {0: 0.5, 2: 3}).tolist() == [0.5, 3, 1, 3]


@pytest.mark.parametrize("wrong", [[1, 2], {"0": 1.0}, "balanced"])
def test_class_weight_is_a_dict_of_class_ids(wrong):
    with pytest.raises(TypeError, match=r"\{0: 1\.0, 1: 5\.0\}"):
        weights_by_class(np.array([0, 1]), wrong)


def numbers(batches):
    return [int(batch.x[0]) for batch in batches]


def test_a_list_of_batches_is_gone_through_anew_each_pass():
    batches = Batches(IterableBatches([(np.array([k]), np.array([k])) for k in range(3)]))
    assert batches.steps == 3
    assert numbers(batches.one_pass()) == [0, 1, 2]
    assert numbers(batches.one_pass()) == [0, 1, 2]


def test_with_steps_the_next_pass_goes_on_behind_the_last():
    batches = Batches(IterableBatches([np.array([k]) for k in range(5)]), steps=3)
    passes = [numbers(batches.one_pass())]
    with pytest.warns(DataWarning, match=r"ended after 2 of 3 steps"):
        passes.append(numbers(batches.one_pass()))
    passes.append(numbers(batches.one_pass()))
    assert passes == [[0, 1, 2], [3, 4], [0, 1, 2]]  # as in Keras


def test_an_endless_generator():
    batches = Batches(IterableBatches(np.array([k]) for k in itertools.count()), steps=3)
    assert [numbers(batches.one_pass()) for _ in range(2)] == [[0, 1, 2], [3, 4, 5]]


def test_a_pass_that_does_not_end_is_named(monkeypatch):
    monkeypatch.setattr("minicnn.training.batches.MANY", 3)
    endless = Batches(IterableBatches(itertools.repeat((np.ones((2, 1)),)))).one_pass()
    next(endless), next(endless)
    with pytest.warns(DataWarning, match="have yielded 3 batches without end.*validation_steps"):
        next(endless)
    next(endless)  # said once


def test_a_generator_that_ends_in_a_pass_warns():
    batches = Batches(IterableBatches(np.array([k]) for k in range(5)), steps=3)
    assert numbers(batches.one_pass()) == [0, 1, 2]
    with pytest.warns(DataWarning, match=r"ended after 2 of 3 steps.*while True"):
        assert numbers(batches.one_pass()) == [3, 4]


def test_arrays_with_steps():
    batches = Batches(ArrayBatches(np.arange(5), batch_size=1), steps=3)
    passes = [numbers(batches.one_pass())]
    with pytest.warns(DataWarning, match=r"ended after 2 of 3 steps"):
        passes.append(numbers(batches.one_pass()))
    assert passes == [[0, 1, 2], [3, 4]]


@pytest.mark.parametrize(("asked", "taken"), [(9, [9, 1, 9, 1]), (10, [10] * 4), (11, [10] * 4)])
def test_arrays_of_10_batches_with_steps_as_in_keras(asked, taken):
    batches = Batches(ArrayBatches(np.arange(10), batch_size=1), steps=asked)
    with warnings.catch_warnings():
        warnings.simplefilter("ignore", DataWarning)
        assert [len(numbers(batches.one_pass())) for _ in range(4)] == taken


def test_parts_of_a_batch():
    x, y, weight = np.zeros(2), [0, 1], [0.5, 2.0]
    assert [part is None for part in next(iter(IterableBatches([x])))] == [False, True, True]
    assert next(iter(IterableBatches([(x, y)]))).y == y
    assert next(iter(IterableBatches([[x, y, weight]]))).sample_weight == weight
    with pytest.raises(ShapeError, match="4 parts"):
        next(iter(IterableBatches([(x, y, weight, x)])))


@pytest.mark.parametrize(
    ("x", "batches"),
    [
        (np.zeros((2, 3)), False),
        ([[1.0, 2.0], [3.0, 4.0]], False),
        ([(1.0, 2.0), (3.0, 4.0)], False),  # examples written as tuples
        ([np.zeros(3), np.zeros(3)], False),
        ([], False),
        (3, False),
        ("text", False),
        (None, False),
        ({"x": np.zeros((2, 3))}, False),
        ([(np.zeros((2, 3)), np.zeros(2))], True),
        ([([[1.0, 2.0]], [0])], True),
        (iter([]), True),
        ((one for one in []), True),
    ],
)
def test_what_counts_as_batches(x, batches):
    assert is_iterable_of_batches(x) == batches
