"""One model predicts from many threads, and one seed gives the same bits."""

import os
import re
import subprocess
import sys
import textwrap
from concurrent.futures import ThreadPoolExecutor

import numpy as np
import pytest

from minicnn import Input, Sequential
from minicnn.layers import (
    BatchNormalization,
    Conv2D,
    Dense,
    Dropout,
    Flatten,
    GlobalAveragePooling2D,
    MaxPooling2D,
)
from minicnn.random import set_random_seed

THREADS, REPEATS = 8, 12
CASES = [np.random.default_rng(k).normal(size=(5 + 7 * k, 14, 14, 1)) for k in range(THREADS)]


def lecture_like(filters=8):
    return Sequential(
        [
            Input((14, 14, 1)),
            Conv2D(filters, 3, activation="relu"),
            BatchNormalization(),
            MaxPooling2D(2),
            Conv2D(filters, 3, activation="relu", padding="same"),
            Dropout(0.5),
            Flatten(),
            Dense(10, activation="softmax"),
        ]
    )


def pooled():
    return Sequential(
        [Input((14, 14, 1)), Conv2D(5, 5, strides=2), GlobalAveragePooling2D(), Dense(3)]
    )


def assert_right(results, expected):
    assert len(results) == len(expected)
    for got, wanted in zip(results, expected, strict=True):
        np.testing.assert_allclose(got, wanted, rtol=1e-4, atol=1e-6)


def in_threads(jobs):
    with ThreadPoolExecutor(THREADS) as pool:
        return list(pool.map(lambda job: job(), jobs))


def test_predict_from_several_threads():
    model = lecture_like()
    expected = [model.predict(x, verbose=0) for x in CASES] * REPEATS
    jobs = [lambda x=x: model.predict(x, batch_size=16, verbose=0) for x in CASES * REPEATS]
    assert_right(in_threads(jobs), expected)


def test_two_models_at_once():
    models = [lecture_like(), pooled()]
    expected = [model.predict(x, verbose=0) for x in CASES for model in models] * REPEATS
    jobs = [
        lambda x=x, model=model: model.predict(x, verbose=0)
        for x in CASES * REPEATS
        for model in models
    ]
    assert_right(in_threads(jobs), expected)


def test_predict_and_evaluate_while_another_model_trains():
    model, learner = lecture_like(), lecture_like()
    model.compile("adam", "sparse_categorical_crossentropy", metrics=["accuracy"])
    learner.compile("adam", "sparse_categorical_crossentropy")
    x, y = CASES[-1], np.arange(len(CASES[-1])) % 10
    alone = lecture_like()
    alone.set_weights(learner.get_weights())
    alone.layers[4].seed_state[...] = learner.layers[4].seed_state
    alone.compile("adam", "sparse_categorical_crossentropy")
    train = {"epochs": 6, "batch_size": 16, "shuffle": False, "verbose": 0}

    expected = [model.predict(x, verbose=0) for x in CASES] * REPEATS
    alone.fit(x, y, **train)
    jobs = [lambda x=x: model.predict(x, verbose=0) for x in CASES * REPEATS]
    _, *results = in_threads([lambda: learner.fit(x, y, **train), *jobs])
    assert_right(results, expected)
    assert_right(learner.get_weights(), alone.get_weights())


def run(seed):
    """Make, train and test a network with everything that is random; return all its numbers."""
    set_random_seed(seed)
    model = lecture_like()
    model.compile("adam", "sparse_categorical_crossentropy")
    x, y = CASES[-1], np.arange(len(CASES[-1])) % 10
    history = model.fit(x, y, batch_size=10, epochs=2, validation_split=0.2, verbose=0)
    return [*model.get_weights(), model.predict(x, verbose=0), np.array(history.history["loss"])]


def test_the_same_seed_gives_the_same_bits():
    first, second, other = run(7), run(7), run(8)
    for one, two in zip(first, second, strict=True):
        np.testing.assert_array_equal(one, two)
    assert all((one != two).any() for one, two in zip(first, other, strict=True))


def test_without_a_seed_two_runs_differ():
    one, two = lecture_like(), lecture_like()
    assert (one.layers[0].kernel != two.layers[0].kernel).any()


PROGRAM = """
    import hashlib
    import numpy as np
    from minicnn import Input, Sequential
    from minicnn.layers import Conv2D, Dense, Dropout, Flatten, MaxPooling2D
    from minicnn.utils import set_random_seed

    set_random_seed({seed})
    x, y = np.random.rand(60, 14, 14, 1), np.random.randint(10, size=60)
    model = Sequential([
        Input((14, 14, 1)), Conv2D(8, 3, activation="relu"), MaxPooling2D(2), Conv2D(8, 3),
        Dropout(0.3), Flatten(), Dense(10, activation="softmax"),
    ])
    model.compile("adam", "sparse_categorical_crossentropy")
    model.fit(x, y, batch_size=16, epochs=2, verbose=0)
    arrays = [*model.get_weights(), model.predict(x, verbose=0)]
    print(hashlib.sha256(b"".join(array.tobytes() for array in arrays)).hexdigest())
"""


def digest(seed, threads):
    done = subprocess.run(
        [sys.executable, "-c", textwrap.dedent(PROGRAM).format(seed=seed)],
        env={**os.environ, "MINICNN_THREADS": str(threads)},
        capture_output=True,
        text=True,
        timeout=120,
    )
    assert done.returncode == 0, done.stderr
    return done.stdout


def test_in_another_process_and_with_other_threads_too():
    one_thread = digest(seed=3, threads=1)
    assert digest(seed=3, threads=3) == one_thread
    assert digest(seed=4, threads=3) != one_thread


@pytest.mark.parametrize("seed", [-1, 2**32, 1.5, "1", True])
def test_what_is_no_seed(seed):
    message = f"set_random_seed: seed must be an integer >= 0 and <= 4294967295, got {seed!r}."
    with pytest.raises(ValueError, match=f"^{re.escape(message)}"):
        set_random_seed(seed)
