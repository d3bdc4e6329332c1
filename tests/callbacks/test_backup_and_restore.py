"""A training that is interrupted and resumed ends with the same bits as one that was not."""

import importlib.util
import os
import signal
import subprocess
import sys
from pathlib import Path

import numpy as np
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

import minicnn
from minicnn import Sequential
from minicnn.callbacks import (
    BackupAndRestore,
    Callback,
    EarlyStopping,
    LambdaCallback,
)
from minicnn.errors import DataWarning
from minicnn.layers import Dense
from minicnn.metrics import Precision
from minicnn.random import generator, set_random_seed

PROGRAM = Path(__file__).with_name("resuming.py")
spec = importlib.util.spec_from_file_location("resuming", PROGRAM)
resuming = importlib.util.module_from_spec(spec)
spec.loader.exec_module(resuming)
everything, interrupting, network = resuming.everything, resuming.interrupting, resuming.network
train, watching_callbacks = resuming.train, resuming.watching_callbacks


class Crash(Exception):  # noqa: N818
    """Interrupts a training."""


def crash():
    raise Crash


@pytest.fixture(scope="module")
def uninterrupted(tmp_path_factory):
    """Return a function that runs a training without interruption and returns its result."""
    ends = {}

    def uninterrupted(make=network):
        if make not in ends:
            folder = tmp_path_factory.mktemp("uninterrupted")
            model = make()
            callbacks = watching_callbacks(folder) if make is network else []
            ends[make] = everything(folder, model, train(folder, model, callbacks))
        return ends[make]

    return uninterrupted


INTERRUPTIONS = [
    {"on_epoch_begin": 1},
    {"on_epoch_begin": 3},
    {"on_train_batch_begin": 1},
    {"on_train_batch_begin": 7},
    {"on_train_batch_end": 9},
    {"on_train_batch_end": 10},
    {"on_test_begin": 2},
    {"on_epoch_end": 1},
    {"on_epoch_end": 4},
    {"on_train_end": 1},
]


@pytest.mark.parametrize("save_freq", ["epoch", 1, 3, 7])
@pytest.mark.parametrize("when", INTERRUPTIONS, ids=str)
def test_after_an_error(when, save_freq, uninterrupted, tmp_path):
    with pytest.raises(Crash):
        train(
            tmp_path,
            network(),
            [interrupting(crash, **when), *watching_callbacks(tmp_path)],
            save_freq=save_freq,
        )
    seed = 1 if not (tmp_path / "backup").exists() else 2  # what it begins with does not matter
    model = network(seed)
    history = train(tmp_path, model, watching_callbacks(tmp_path), save_freq=save_freq)
    assert everything(tmp_path, model, history) == uninterrupted()


@settings(max_examples=12, suppress_health_check=[HealthCheck.function_scoped_fixture])  # autouse
@given(
    crashes=st.lists(
        st.tuples(
            st.sampled_from(["on_epoch_begin", "on_train_batch_begin", "on_train_batch_end"]),
            st.integers(1, 12),
        ),
        max_size=4,
    ),
    save_freq=st.sampled_from(["epoch", 1, 2, 3, 4, 6]),
    backup_first=st.booleans(),
    double=st.booleans(),
)
def test_after_any_number_of_errors(
    crashes, save_freq, backup_first, double, uninterrupted, tmp_path_factory
):
    folder = tmp_path_factory.mktemp("crashing")
    options = {"save_freq": save_freq, "backup_first": backup_first, "double_checkpoint": double}
    for hook, number in crashes:
        callbacks = [*watching_callbacks(folder), interrupting(crash, **{hook: number})]
        try:
            train(folder, network(), callbacks, **options)
        except Crash:
            continue
        break  # the training came to its end before that
    else:
        model = network()
        history = train(folder, model, watching_callbacks(folder), **options)
        assert everything(folder, model, history) == uninterrupted()


@pytest.mark.parametrize("when", [{"on_train_batch_end": 8}, {"on_epoch_end": 2}], ids=str)
@pytest.mark.parametrize("save_freq", ["epoch", 3])
def test_with_a_schedule_and_momentum(when, save_freq, uninterrupted, tmp_path):
    make = resuming.scheduled_network
    with pytest.raises(Crash):
        train(tmp_path, make(), [interrupting(crash, **when)], save_freq=save_freq)
    model = make(seed=9)
    history = train(tmp_path, model, [], save_freq=save_freq)
    assert everything(tmp_path, model, history) == uninterrupted(make)


@pytest.mark.parametrize(
    "when",
    [{"on_train_batch_end": 7}, {"on_test_batch_begin": 2}, {"on_epoch_end": 2}],
    ids=str,
)
@pytest.mark.parametrize("save_freq", ["epoch", False, 4])
def test_after_ctrl_c_it_goes_on_behind_the_last_step(when, save_freq, uninterrupted, tmp_path):
    press = interrupting(lambda: signal.raise_signal(signal.SIGINT), **when)
    first = network()
    train(tmp_path, first, [*watching_callbacks(tmp_path), press], save_freq=save_freq)
    steps = first.optimizer.iterations
    assert (tmp_path / "backup" / "latest.state").exists()
    taken = []
    count = LambdaCallback(on_train_batch_end=lambda batch, logs: taken.append(batch))
    model = network(seed=2)
    callbacks = [*watching_callbacks(tmp_path), count]
    history = train(tmp_path, model, callbacks, save_freq=save_freq)
    assert everything(tmp_path, model, history) == uninterrupted()
    assert len(taken) == model.optimizer.iterations - steps


@pytest.mark.parametrize(
    ("save_freq", "kills"),
    [("epoch", [("on_epoch_end", 2), ("on_train_batch_end", 7)]), (3, [("on_train_batch_end", 8)])],
)
def test_after_kill_9(save_freq, kills, tmp_path):
    def run(folder, hook, number, seed):
        folder.mkdir(exist_ok=True)
        command = [sys.executable, PROGRAM, folder, str(save_freq), hook, str(number), str(seed)]
        folder_of_minicnn = str(Path(minicnn.__file__).parents[1])
        # The plain operations: a new process need not compile anything.
        environment = os.environ | {"PYTHONPATH": folder_of_minicnn, "MINICNN_OPS": "numpy"}
        return subprocess.run(command, env=environment, capture_output=True, text=True, timeout=120)

    whole = run(tmp_path / "whole", "none", 0, 1)
    assert whole.returncode == 0, whole.stderr
    folder = tmp_path / "killed"
    for number, kill in enumerate(kills):
        assert run(folder, *kill, seed=1 + number).returncode == -signal.SIGKILL
        assert not (folder / "end.npz").exists()
    resumed = run(folder, "none", 0, 8)
    assert resumed.returncode == 0, resumed.stderr
    assert resumed.stdout == whole.stdout
    for name in ("log.csv", "best.keras", "batch.weights.h5"):
        assert (tmp_path / "whole" / name).read_bytes() == (folder / name).read_bytes()
    one, other = (np.load(tmp_path / where / "end.npz") for where in ("whole", "killed"))
    for key in one.files:
        np.testing.assert_array_equal(one[key], other[key])
    assert not (folder / "backup").exists()


@pytest.mark.filterwarnings("ignore:the data ended")  # an epoch ends with the data, as in Keras
def test_data_that_go_on_from_epoch_to_epoch(tmp_path):
    """With `steps_per_epoch` an epoch begins in the middle of the data."""

    def fit(folder, *callbacks, seed=1):
        model = network(seed)
        history = model.fit(
            resuming.X,
            resuming.Y,
            batch_size=5,
            steps_per_epoch=3,
            validation_data=(resuming.X, resuming.Y),
            validation_steps=5,
            validation_batch_size=4,
            epochs=6,
            callbacks=[*callbacks, BackupAndRestore(folder / "backup", save_freq=2)],
            verbose=0,
        )
        return everything(folder, model, history)

    with pytest.raises(Crash):
        fit(tmp_path, interrupting(crash, on_train_batch_end=12))
    (tmp_path / "whole").mkdir()
    resumed, whole = fit(tmp_path, seed=5), fit(tmp_path / "whole")
    assert resumed == whole


def test_batches_of_ones_own_that_are_shuffled_by_the_librarys_stream(tmp_path):
    class Shuffled:
        def __iter__(self):
            for row in generator().permutation(12):
                yield resuming.X[[row]], resuming.Y[[row]]

    def fit(folder, *callbacks, seed=1):
        model = network(seed)
        backup = BackupAndRestore(folder / "backup", save_freq=5)
        history = model.fit(Shuffled(), epochs=3, callbacks=[*callbacks, backup], verbose=0)
        return everything(folder, model, history)

    with pytest.raises(Crash):
        fit(tmp_path, interrupting(crash, on_train_batch_end=19))
    (tmp_path / "whole").mkdir()
    resumed, whole = fit(tmp_path, seed=5), fit(tmp_path / "whole")
    assert resumed == whole


def test_metrics_that_gather_arrays(tmp_path):
    def fit(folder, *callbacks):
        set_random_seed(3)
        model = Sequential([Dense(1, activation="sigmoid", input_shape=(2,), use_bias=False)])
        model.set_weights([np.ones((2, 1))])
        model.compile("adam", "binary_crossentropy", metrics=[Precision(thresholds=[0.3, 0.6])])
        x = np.linspace(-3, 3, 40).reshape(20, 2)
        backup = BackupAndRestore(folder, save_freq=1)
        callbacks = [*callbacks, backup]
        y = np.arange(20) % 2
        return model.fit(x, y, batch_size=4, epochs=2, callbacks=callbacks, verbose=0).history

    with pytest.raises(Crash):
        fit(tmp_path / "a", interrupting(crash, on_train_batch_begin=8))
    np.testing.assert_equal(fit(tmp_path / "a"), fit(tmp_path / "b"))


def test_what_a_callback_does_as_an_epoch_begins_is_not_done_twice(tmp_path):
    def fit(folder, *callbacks):
        model = network()
        rates = []

        def halve(epoch, logs):
            model.optimizer.learning_rate *= 0.5

        callbacks = [
            LambdaCallback(on_epoch_begin=halve),
            LambdaCallback(
                on_train_batch_end=lambda *_: rates.append(model.optimizer.learning_rate)
            ),
            *callbacks,
        ]
        train(folder, model, callbacks, save_freq=1)
        return rates

    with pytest.raises(Crash):
        fit(tmp_path / "a", interrupting(crash, on_train_batch_begin=8))
    assert fit(tmp_path / "a")[-1] == fit(tmp_path / "b")[-1] == 0.01 / 16


def test_a_callback_of_ones_own_that_names_its_state(tmp_path):
    class Sum(Callback):
        state_attributes = ("total",)

        def on_train_begin(self, logs=None):
            self.total = 0.0

        def on_epoch_end(self, epoch, logs=None):
            self.total += logs["loss"]

    with pytest.raises(Crash):
        train(tmp_path, network(), [Sum(), interrupting(crash, on_epoch_end=3)])
    callback = Sum()
    history = train(tmp_path, network(), [callback])
    assert callback.total == sum(history.history["loss"])


def test_a_training_that_was_stopped_stays_stopped(tmp_path, capsys):
    """Killed between the decision of `EarlyStopping` and the end of `fit`."""
    stop = EarlyStopping("loss", patience=1, min_delta=100, restore_best_weights=True)
    with pytest.raises(Crash):
        train(tmp_path, network(), [stop, interrupting(crash, on_train_end=1)])
    stop = EarlyStopping("loss", patience=1, min_delta=100, restore_best_weights=True, verbose=1)
    assert train(tmp_path, network(), [stop]).epoch == [0, 1]
    assert capsys.readouterr().out == (
        "Epoch 2: early stopping\nRestoring model weights from the end of the best epoch: 1.\n"
    )


def test_a_longer_training_goes_on_from_a_backup_that_was_kept(tmp_path):
    def fit(epochs, folder):
        backup = BackupAndRestore(folder, delete_checkpoint=False)
        model = network()
        data = resuming.X, resuming.Y
        model.fit(*data, batch_size=5, epochs=epochs, callbacks=[backup], verbose=0)
        return model.get_weights()

    fit(2, tmp_path / "a")
    for one, other in zip(fit(4, tmp_path / "a"), fit(4, tmp_path / "b"), strict=True):
        np.testing.assert_array_equal(one, other)


@pytest.mark.parametrize("damage", ["flipped", "gone"])
def test_with_two_the_one_before_steps_in(damage, uninterrupted, tmp_path):
    callbacks = [*watching_callbacks(tmp_path), interrupting(crash, on_epoch_end=3)]
    with pytest.raises(Crash):
        train(tmp_path, network(), callbacks, double_checkpoint=True)
    path = tmp_path / "backup" / "latest.state"
    model = network(seed=2)
    if damage == "gone":
        path.unlink()
        history = train(tmp_path, model, watching_callbacks(tmp_path), double_checkpoint=True)
    else:
        path.write_bytes(path.read_bytes()[:-30])
        with pytest.warns(DataWarning, match=r"latest\.state.*Resuming from the backup before it"):
            history = train(tmp_path, model, watching_callbacks(tmp_path), double_checkpoint=True)
    assert everything(tmp_path, model, history) == uninterrupted()
