"""Backward kernels are compiled in another process; whatever happens to it, training goes on."""

import shutil
import sys
from concurrent.futures import Future

import pytest

pytest.importorskip("numba")

from minicnn.kernels.runtime import ahead

from .test_loading import run

TRAINING = """
import sys
import numpy as np
from numba.core import event
import minicnn
from minicnn import layers
{before}
compiled = []

class Listener(event.Listener):
    def on_start(self, happening):
        compiled.append(happening.data["dispatcher"].py_func.__name__)

    def on_end(self, happening):
        pass

event.register("numba:compile", Listener())
minicnn.utils.set_random_seed(1)
model = minicnn.Sequential([
    minicnn.Input(shape=(9, 9, 8)), {convolution} layers.Flatten(),
    layers.Dense(10, activation="softmax")])
model.compile("sgd", "sparse_categorical_crossentropy")
x = np.random.default_rng(0).random((64, 9, 9, 8), np.float32)
loss = model.fit(x, np.arange(64) % 10, verbose=0).history["loss"][0]
print(round(float(loss), 4), *[name for name in compiled if "run_backward" in name])
"""


def train(cache, before="", convolution="", **settings):
    """Train; return the loss, and the backward kernels that were compiled in the process itself."""
    program = TRAINING.format(before=before, convolution=convolution)
    printed, said = run(program, cache, **{"MINICNN_THREADS": "2"} | settings)
    assert "Traceback" not in said
    loss, *compiled = printed.split()
    return loss, compiled


def test_another_process_compiles_the_backward_kernels(tmp_path):
    convolution = "layers.Conv2D(16, 3),"
    expected, _ = train(tmp_path, convolution=convolution, MINICNN_OPS="numpy")
    loss, compiled = train(tmp_path, convolution=convolution)
    assert loss == expected
    assert "run_backward" not in compiled  # of Winograd's algorithm
    assert train(tmp_path, convolution=convolution) == (expected, [])  # from the cache


@pytest.fixture(scope="module")
def without_backward(tmp_path_factory):
    """Return a cache of the forward kernels, and the loss by NumPy."""
    cache = tmp_path_factory.mktemp("forward")
    expected, _ = train(cache, MINICNN_OPS="numpy")
    fit = 'fit(x, np.arange(64) % 10, verbose=0).history["loss"][0]'
    assert fit in TRAINING
    only_forward = TRAINING.replace(fit, "evaluate(x, np.arange(64) % 10, verbose=0)")
    run(only_forward.format(before="", convolution=""), cache)
    return cache, expected


@pytest.mark.parametrize(
    ("before", "threads"),
    [
        ("", "1"),
        ("sys.executable = ''", "2"),
        ("sys.executable = '/nowhere/python'", "2"),
        ("sys.executable = '/bin/false'", "2"),
        ("sys.frozen = True", "2"),
    ],
    ids=["one thread", "no interpreter", "not found", "ends at once", "not an interpreter"],
)
def test_otherwise_they_are_compiled_here(tmp_path, without_backward, before, threads):
    cache, expected = without_backward
    shutil.copytree(cache, tmp_path, dirs_exist_ok=True)
    assert train(tmp_path, before, MINICNN_THREADS=threads) == (expected, ["_run_run_backward"])


@pytest.mark.parametrize("python", [sys.executable, "/bin/false", "/nowhere/python"])
def test_an_idle_process_and_its_thread_end(python, monkeypatch):
    monkeypatch.setattr(sys, "executable", python)
    monkeypatch.setattr(ahead, "IDLE", 0.05)
    compiler, future = ahead._Compiler(), Future()
    ahead._compilers.append(compiler)
    ahead._queue.put((("no_such_module",), future))
    compiler.start()
    assert future.result(timeout=60) is None
    compiler.join(60)
    assert not compiler.is_alive()
    assert compiler not in ahead._compilers
