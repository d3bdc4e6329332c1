"""Stopped at any moment, out of space, out of bounds: the old file or the new one, and no litter."""

import contextlib
import os
import signal
import subprocess
import sys
import tempfile
import threading
import time
from pathlib import Path

import numpy as np
import pytest

from minicnn import Input, Sequential, layers
from minicnn.models import load_model

NAMES = ["model.keras", "model.h5", "model.weights.h5", "weights.h5"]


def made(value):
    """Return a model whose weights are all the same number."""
    model = Sequential([Input((100,)), layers.Dense(500)], name="model")
    model.compile("sgd", "mse")
    model.set_weights([np.full_like(weight, value) for weight in model.weights])
    return model


def save(model, path):
    weights_alone = path.name in NAMES[2:]
    (model.save_weights if weights_alone else model.save)(path)


def value_in(path):
    """Return the number that all weights in a file are."""
    model = made(-1)
    model.load_weights(path)
    (value,) = {float(number) for weight in model.weights for number in np.unique(weight)}
    return value


def names(folder):
    return sorted(one.name for one in folder.iterdir())


SAVE_FOREVER = """
import sys, pathlib
sys.path.insert(0, sys.argv[1])
from test_interrupted_saving import made, save
models = [made(value) for value in range(10)]
print("began", flush=True)
for number in range(10**9):
    save(models[number % 10], pathlib.Path(sys.argv[2]))
"""


@pytest.mark.skipif(sys.platform == "win32", reason="no kill -9 there")
@pytest.mark.parametrize("name", NAMES[:3])
def test_killed_at_any_moment(name, tmp_path):
    path = tmp_path / name
    save(made(0), path)
    for attempt in range(3):
        command = [sys.executable, "-c", SAVE_FOREVER, os.path.dirname(__file__), str(path)]
        with subprocess.Popen(command, stdout=subprocess.PIPE) as writer:
            assert writer.stdout.readline() == b"began\n"
            time.sleep(0.02 + 0.011 * attempt)
            writer.send_signal(signal.SIGKILL)
        assert value_in(path) in range(10)
        assert len(names(tmp_path)) <= 2  # what the last one left, never more
    save(made(5), path)
    assert names(tmp_path) == [name]
    assert value_in(path) == 5


@contextlib.contextmanager
def little_space(size):
    import resource

    before = resource.getrlimit(resource.RLIMIT_FSIZE)
    resource.setrlimit(resource.RLIMIT_FSIZE, (size, before[1]))
    try:
        yield
    finally:
        resource.setrlimit(resource.RLIMIT_FSIZE, before)


@pytest.mark.skipif(sys.platform == "win32", reason="no limit on the size of files there")
@pytest.mark.parametrize("name", NAMES)
@pytest.mark.parametrize("size", [0, 4096, 150_000])
def test_a_disk_that_takes_no_more(size, name, tmp_path):
    path = tmp_path / name
    save(made(1), path)
    with little_space(size), pytest.raises(OSError, match=rf"unchanged: .*{name}"):
        save(made(2), path)
    assert value_in(path) == 1
    assert names(tmp_path) == [name]


@contextlib.contextmanager
def as_anybody():
    """Root may write anywhere: change to the user nobody."""
    if os.geteuid() != 0:
        yield
        return
    os.seteuid(65534)
    try:
        yield
    finally:
        os.seteuid(0)


@pytest.mark.skipif(not hasattr(os, "geteuid"), reason="permissions are others there")
@pytest.mark.parametrize("name", NAMES)
def test_a_folder_that_may_not_be_written_to(name):
    with tempfile.TemporaryDirectory() as folder:  # nobody may not even look into pytest's own
        path = Path(folder) / name
        save(made(1), path)
        Path(folder).chmod(0o555)
        try:
            with as_anybody(), pytest.raises(PermissionError, match=name):
                save(made(2), path)
        finally:
            Path(folder).chmod(0o755)
        assert value_in(path) == 1
        assert names(Path(folder)) == [name]


def test_a_config_that_cannot_be_written_leaves_the_old_file(tmp_path):
    class Odd(layers.Flatten):
        def get_config(self):
            return super().get_config() | {"thing": object()}

    model = Sequential([Input((2,)), Odd()])
    for name in NAMES[:2]:
        save(made(1), tmp_path / name)
        with pytest.raises(TypeError, match="get_config"):
            model.save(tmp_path / name)
        assert load_model(tmp_path / name).output_shape == (None, 500)


@pytest.mark.skipif(sys.platform == "win32", reason="signals are others there")
@pytest.mark.parametrize("name", NAMES[:3])
def test_ctrl_c_is_never_lost(name, tmp_path):
    """An exception in a callback of h5py would be printed and forgotten."""
    model = Sequential([layers.Dense(20, input_shape=(20,)) for _ in range(4)])
    model.compile("adam", "mse")

    def save_and_load():
        save(model, tmp_path / name)
        model.load_weights(tmp_path / name) if name in NAMES[2:] else load_model(tmp_path / name)

    def interrupted_after(delay):
        def press():
            time.sleep(delay)
            os.kill(os.getpid(), signal.SIGINT)

        keyboard = threading.Thread(target=press)
        try:
            keyboard.start()
            save_and_load()
            keyboard.join()
            time.sleep(0.1)  # the signal is on its way
        except KeyboardInterrupt:
            keyboard.join()
            return True
        return False

    save_and_load()
    started = time.perf_counter()
    save_and_load()
    duration = time.perf_counter() - started
    assert all(interrupted_after(duration * attempt / 40) for attempt in range(40))
    save_and_load()
