import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from minicnn import Sequential, layers
from minicnn.callbacks import LambdaCallback, TrainingSnapshots
from minicnn.optimizers import SGD
from minicnn.random import set_random_seed

X = np.random.default_rng(1).normal(size=(23, 2)).astype("float32")
Y = X @ [[1.0], [-2.0]]


def made(rate=0.01):
    set_random_seed(3)
    model = Sequential([layers.Dense(1, input_shape=(2,))])
    model.compile(SGD(rate), "mse")
    return model


def trained(snapshots, model=None, epochs=2, batch_size=4, **options):
    model = model or made()
    model.fit(X, Y, batch_size, epochs, callbacks=[snapshots], verbose=0, shuffle=False, **options)
    return model


@settings(max_examples=30, deadline=None)
@given(epochs=st.integers(0, 4), batch_size=st.integers(1, 23), count=st.integers(3, 9))
def test_snapshots_are_few_evenly_spaced_and_end_with_the_last_step(epochs, batch_size, count):
    snapshots = TrainingSnapshots(count)
    model = trained(snapshots, epochs=epochs, batch_size=batch_size)
    total = epochs * -(-23 // batch_size)
    steps = snapshots.steps
    assert steps[0] == 0
    assert steps[-1] == total == len(snapshots.losses)
    assert min(total + 1, count // 2) <= len(steps) == len(snapshots.weights) <= count
    assert len(set(np.diff(steps[:-1]))) <= 1
    for kept, own in zip(snapshots.weights[-1], model.get_weights(), strict=True):
        assert np.array_equal(kept, own)


def test_weights_are_those_after_so_many_steps():
    snapshots, seen = TrainingSnapshots(), []
    model = made()
    seen.append(model.get_weights()[0].copy())
    note = LambdaCallback(
        on_train_batch_end=lambda batch, logs: seen.append(model.get_weights()[0].copy())
    )
    model.fit(X, Y, 8, 2, callbacks=[snapshots, note], verbose=0)
    assert snapshots.steps == list(range(7))
    for step, weights in zip(snapshots.steps, snapshots.weights, strict=True):
        assert np.array_equal(weights[0], seen[step])


def test_losses_are_those_of_single_batches():
    snapshots = TrainingSnapshots()
    model = trained(snapshots, made(rate=0.0))  # 0: the weights stay
    of_batches = [np.mean((model.predict(X[i : i + 4], verbose=0) - Y[i : i + 4]) ** 2)
                  for i in range(0, 23, 4)]  # fmt: skip
    np.testing.assert_allclose(snapshots.losses, 2 * of_batches, rtol=1e-4)


def test_memory_is_bounded():
    snapshots = TrainingSnapshots(max_bytes=1)
    trained(snapshots, epochs=5)
    assert len(snapshots.steps) <= 3


def test_training_again_continues_the_record():
    snapshots = TrainingSnapshots()
    trained(snapshots, trained(snapshots, epochs=1), epochs=1)
    assert snapshots.steps == list(range(13))


def test_a_count_too_small():
    with pytest.raises(ValueError, match="count must be an integer >= 3"):
        TrainingSnapshots(count=2)
