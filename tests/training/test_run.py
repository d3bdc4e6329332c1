"""The state of a run is collected and restored, and the data continue."""

import numpy as np
import pytest

from minicnn.random import generator, restore_stream, set_random_seed, stream_state
from minicnn.training.batches import ArrayBatches, Batches, IterableBatches
from minicnn.training.compiled import Compiled


def rows(batches, done=0):
    return [batch.x.tolist() for batch in batches.one_pass(done)]


def test_the_stream_goes_on_where_its_state_was_kept():
    state = stream_state()
    first = generator().random(3).tolist()
    restore_stream(state)
    assert generator().random(3).tolist() == first


def test_a_stream_that_is_none_changes_nothing():
    state = stream_state()
    for wrong in ({}, {"bit_generator": "MT19937"}, {**state, "state": {"state": 1}}):
        with pytest.raises((ValueError, TypeError, KeyError)):
            restore_stream(wrong)
    assert stream_state() == state


@pytest.mark.parametrize("taken", range(1, 7))
def test_a_shuffled_pass_goes_on_behind_what_was_taken(taken):
    first, second = (
        Batches(ArrayBatches(np.arange(11), batch_size=2, shuffle=True)) for _ in range(2)
    )
    passing = first.one_pass()
    for _ in range(taken):
        next(passing)
    generator().random()  # somebody else draws too
    state, now = first.get_state(in_a_pass=True), stream_state()
    rest = [batch.x.tolist() for batch in passing]
    set_random_seed(99)
    second.set_state(state)
    restore_stream(now)
    assert rows(second, taken) == rest
    assert stream_state() == now


def test_between_two_passes_there_is_no_place_unless_they_follow_each_other():
    source = ArrayBatches(np.arange(6), batch_size=2)
    batches, following = Batches(source), Batches(source, steps=2)
    rows(batches), rows(following)
    assert batches.get_state(in_a_pass=False)["place"] is None
    assert following.get_state(in_a_pass=False)["place"] is not None


def test_a_generator_goes_on_where_it_stands():
    batches = Batches(IterableBatches(np.array([n]) for n in range(5)))
    passing = batches.one_pass()
    next(passing), next(passing)
    batches.set_state(batches.get_state(in_a_pass=True))
    assert rows(batches) == [[2], [3], [4]]


def test_means_wait_for_the_first_batch_to_choose_their_metric():
    y, p = np.array([0, 1, 1]), np.eye(2)[[0, 1, 0]]
    one = Compiled("sgd", "mse", ["acc"], ["acc"])
    one.update(2.0, y, p, np.array([1.0, 2.0, 5.0]))
    other = Compiled("sgd", "mse", ["acc"], ["acc"])
    other.set_state(one.get_state())
    for compiled in (one, other):
        compiled.update(1.0, y, p, None)
    assert other.results() == one.results()


def test_means_that_were_reset_do_not_come_back():
    one, other = (Compiled("sgd", "mse", ["mae"]) for _ in range(2))
    one.update(2.0, np.ones((2, 1)), np.zeros((2, 1)), None)
    other.set_state(one.get_state())
    other.reset()
    other.update(4.0, np.ones((2, 1)), np.zeros((2, 1)), None)
    assert other.results() == {"loss": 4.0, "mae": 1.0}


def test_the_means_of_other_metrics():
    with pytest.raises(ValueError, match=r"it measures \['loss', 'mae'\]"):
        Compiled("sgd", "mse", ["mae"]).set_state(Compiled("sgd", "mse").get_state())


def test_a_metric_takes_numbers_for_what_is_a_number_only():
    compiled = Compiled("sgd", "mse")
    with pytest.raises(ValueError, match="the metric loss has no state update_state"):
        compiled.losses.total.set_state({"update_state": 1.0})
