"""Test which version of an operation runs, and what happens if kernels cannot be used."""

import inspect
import os
import subprocess
import sys

import numpy as np
import pytest

from minicnn import kernels, ops
from minicnn.errors import UnknownNameError
from minicnn.ops import arguments, reference

LAYER = """
import sys
import numpy as np
from minicnn import kernels, ops
from minicnn.layers import Conv2D, MaxPooling2D
y = MaxPooling2D()(Conv2D(2, 3)(np.ones((2, 20, 20, 1))))
versions = [ops._versions[name] for name in ("conv2d_forward", "max_pool2d_forward")]
print(*[version.__module__ for version in versions], "numba" in sys.modules)
"""
WITHOUT_NUMBA = "import sys\nsys.modules['numba'] = None\n"


def run(program, choice=None):
    """Run a program in a new Python process; return its output, or the last line of its error."""
    environment = {name: value for name, value in os.environ.items() if name != "MINICNN_OPS"}
    environment |= {} if choice is None else {"MINICNN_OPS": choice}
    environment["PYTHONPATH"] = os.pathsep.join(sys.path)
    done = subprocess.run(
        [sys.executable, "-c", program],
        env=environment,
        capture_output=True,
        text=True,
        check=False,
    )
    return done.stdout.strip() or done.stderr.strip().splitlines()[-1]


REFERENCE = "minicnn.ops.convolution minicnn.ops.pooling"


def test_numpy_uses_the_reference_without_importing_numba():
    assert run(LAYER, "numpy") == f"{REFERENCE} False"


@pytest.mark.parametrize("choice", [None, "", "fast"])
def test_fast_versions_are_the_default(choice):
    pytest.importorskip("numba", reason="the fast operations need numba")
    assert run(LAYER, choice) == "minicnn.kernels.convolution minicnn.kernels.pooling True"


@pytest.mark.parametrize("choice", [None, "fast"])
def test_without_numba_the_reference_runs(choice):
    assert run(WITHOUT_NUMBA + LAYER, choice).startswith(REFERENCE)


def test_small_arrays_need_no_compiler():
    """The lecture's image, and a training step on it, run at once."""
    program = LAYER.replace("(2, 20, 20, 1)", "(1, 6, 6, 1)").replace(
        "versions =",
        """
from minicnn.models import Sequential
from minicnn.layers import Dense, Flatten
model = Sequential([Conv2D(2, 3, activation="relu", input_shape=(6, 6, 1)), Flatten(), Dense(2)])
model.compile("adam", "mse")
model.train_on_batch(np.ones((1, 6, 6, 1)), np.ones((1, 2)))
print("numba" in sys.modules)
sys.exit()
versions =""",
    )
    assert run(program) == "False"


def test_a_misspelt_choice():
    assert "value of the environment variable MINICNN_OPS 'nunpy'. Did you mean 'numpy'" in run(
        LAYER, "nunpy"
    )


def test_use_kernels_reads_the_environment(monkeypatch):
    monkeypatch.setenv("MINICNN_OPS", "numpy")
    assert not ops.use_kernels()
    monkeypatch.setenv("MINICNN_OPS", "quick")
    with pytest.raises(UnknownNameError, match="'fast', 'numpy'"):
        ops.use_kernels()


def test_unknown_operations():
    with pytest.raises(AttributeError, match="no operation 'conv3d_forward'"):
        _ = ops.conv3d_forward


@pytest.mark.parametrize("name", reference.__all__)
def test_kernel_and_definition_are_called_alike(name):
    pytest.importorskip("numba", reason="the kernels need numba")
    kernel = kernels.find(name)
    if kernel is not None:
        assert inspect.signature(kernel) == inspect.signature(getattr(reference, name))


@pytest.mark.parametrize("name", reference.__all__)
def test_check_and_definition_are_called_alike(name):
    check, keeps_options = arguments.find(name)
    if not keeps_options and check.__name__ == name:
        defined = inspect.signature(getattr(reference, name)).parameters.values()
        checked = inspect.signature(check).parameters.values()
        assert [(one.name, one.default) for one in checked] == [
            (one.name, one.default) for one in defined
        ]


@pytest.mark.parametrize("name", reference.__all__)
def test_every_operation_is_found_and_explained(name):
    operation = getattr(ops, name)
    assert operation.__doc__ == getattr(reference, name).__doc__
    assert inspect.signature(operation) == inspect.signature(getattr(reference, name))


@pytest.mark.parametrize("name", [name for name in ops.__all__ if name.endswith("_forward")])
def test_forward_and_backward_come_in_pairs(name):
    assert name.replace("_forward", "_backward") in ops.__all__


def test_dispatch_gives_the_reference_numbers():
    random = np.random.default_rng(0)
    x, kernel = random.normal(size=(2, 7, 6, 3)), random.normal(size=(3, 3, 3, 4))
    y, cache = ops.conv2d_forward(x, kernel, padding="same")
    expected, reference_cache = reference.conv2d_forward(x, kernel, padding="same")
    np.testing.assert_allclose(y, expected, atol=1e-12)
    for one, other in zip(
        ops.conv2d_backward(y, cache), reference.conv2d_backward(y, reference_cache), strict=True
    ):
        np.testing.assert_allclose(one, other, atol=1e-10)
