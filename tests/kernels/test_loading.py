"""Kernels that cannot be used or cached: one warning that names the reason, and the same results."""

import os
import subprocess
import sys
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import numpy as np
import pytest

import minicnn
from minicnn import kernels, ops
from minicnn.errors import KernelError, KernelWarning
from minicnn.ops import reference

pytest.importorskip("numba")

from minicnn.kernels import dense
from minicnn.kernels.runtime import jit, self_check

PACKAGE = Path(minicnn.__file__).parents[1]
PROGRAM = """
import numpy as np
from minicnn import ops
x = np.ones((30, 11), "float32")
y, cache = ops.dense_forward(x, np.ones((11, 10), "f4"))
dx, dkernel, dbias = ops.dense_backward(np.ones((30, 10)), cache)
ops.max_pool2d_forward(np.ones((2, 20, 20, 1)), (2, 2), (2, 2))
print(y.sum(), dkernel.sum(), ops._versions["dense_forward"].__module__)
"""


def run(program=PROGRAM, cache=None, **settings):
    """Run a program in a new process; return its output and its warnings."""
    environment = {"PYTHONPATH": str(PACKAGE), "MINICNN_OPS": "fast"} | settings
    if cache is not None:
        environment["NUMBA_CACHE_DIR"] = str(cache)
    done = subprocess.run(
        [sys.executable, "-c", program],
        env=os.environ | environment,
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == 0, done.stderr
    return done.stdout.strip(), done.stderr


BY_NUMPY = "3300.0 3300.0 minicnn.ops.dense"
SMALL_PROGRAM = """
import numpy as np
from minicnn import ops
y = ops.leaky_relu_forward(np.ones((4, 600), "f4"))
print(y.sum(), ops._versions["leaky_relu_forward"].__module__)
"""  # quickly compiled: for the tests of the cache
BY_KERNELS = "2400.0 minicnn.kernels.activations"


@pytest.mark.parametrize(
    ("before", "settings", "reason"),
    [
        ("import sys; sys.modules['numba'] = None", {}, "numba cannot be imported (ModuleNotFoundError"),
        ("", {"NUMBA_DISABLE_JIT": "1"}, "numba's compiler is switched off (NUMBA_DISABLE_JIT)"),
        (
            "from minicnn import kernels; kernels.version = lambda _: '1.2.3'", {},
            "numba 1.2.3 is not among the tested versions, 0.61 to",
        ),
        (
            "import numba.core.caching as c; del c.IndexDataCacheFile", {},
            "the kernels cannot be loaded (ImportError",
        ),
    ],
    ids=["missing", "disabled", "untested", "private parts missing"],
)  # fmt: skip
def test_one_warning_and_numpy(before, settings, reason):
    printed, said = run(before + PROGRAM, **settings)
    assert printed == BY_NUMPY
    assert said.count("KernelWarning") == 1
    assert reason in said
    assert "MINICNN_OPS=numpy" in said


def test_a_numba_that_raises_on_import(tmp_path):
    (tmp_path / "numba").mkdir()
    (tmp_path / "numba" / "__init__.py").write_text('raise ImportError("Numba needs NumPy 1.0")')
    path = os.pathsep.join([str(tmp_path), str(PACKAGE)])
    printed, said = run(PYTHONPATH=path)
    assert printed == BY_NUMPY
    assert said.count("KernelWarning") == 1
    assert "Numba needs NumPy 1.0" in said


SMALL = """
import os, sys
import matplotlib.pyplot as plt
import numpy as np
from minicnn import Sequential, layers, steps
from minicnn.cli import main

def classifier(filters):
    return Sequential([
        layers.Input(shape=(28, 28, 1)), layers.Conv2D(filters, 3, activation="relu"),
        layers.MaxPooling2D(), layers.Flatten(), layers.Dense(10, activation="softmax")])

picture = np.random.default_rng(0).random((1, 28, 28, 1), np.float32)
classifier(8).predict(picture, verbose=0)
seen = steps.trace(classifier(64), picture, 3)
main(["steps"])
main(["steps", "--backward", "weight"])
os.chdir(os.environ["NUMBA_CACHE_DIR"])
plt.imsave("digit.png", picture[0, :, :, 0])
seen.model.save("model.keras")
main(["predict", "model.keras", "digit.png"])
print("numba" in sys.modules)
large = classifier(64)
large.set_weights(seen.model.get_weights())
np.testing.assert_allclose(large.predict(picture, verbose=0)[0], seen.output, rtol=1e-4)
print("numba" in sys.modules)
"""


def test_small_arrays_and_steps_wait_for_no_compiler(tmp_path):
    printed, _ = run(SMALL, tmp_path)
    assert [line for line in printed.splitlines() if line in ("True", "False")] == ["False", "True"]


def test_without_kernels_is_for_one_thread(monkeypatch):
    monkeypatch.setitem(ops._versions, "relu_forward", lambda x: "kernel")
    x = np.ones((2, 300))
    with ops.without_kernels(), ThreadPoolExecutor(1) as pool:
        assert pool.submit(ops.relu_forward, x).result() == "kernel"
        np.testing.assert_array_equal(ops.relu_forward(x), x)
    assert ops.relu_forward(x) == "kernel"


def test_numpy_is_chosen_without_a_warning():
    assert run(MINICNN_OPS="numpy") == (BY_NUMPY, "")


DAMAGES = {
    "empty": lambda data: b"",
    "cut": lambda data: data[: len(data) // 2],
    "changed": lambda data: data[:-9] + bytes(255 - byte for byte in data[-9:]),
    "of another program": lambda data: b"text",
}


def test_a_damaged_cache_is_written_again(tmp_path):
    assert run(SMALL_PROGRAM, tmp_path)[1].count("compiling") == 1
    for suffix in (".nbi", ".nbc"):
        for damage in DAMAGES.values():
            files = list(tmp_path.rglob(f"*{suffix}"))
            assert files
            for file in files:
                file.write_bytes(damage(file.read_bytes()))
        printed, said = run(SMALL_PROGRAM, tmp_path)
        assert printed == BY_KERNELS
        assert "Warning" not in said
        assert said.count("compiling") == 1
        assert run(SMALL_PROGRAM, tmp_path) == (BY_KERNELS, "")


@pytest.mark.parametrize("damage", DAMAGES)
@pytest.mark.parametrize("part", ["index", "data"])
def test_every_kind_of_damage_is_detected(part, damage, tmp_path):
    file = jit._CheckedFile(str(tmp_path), "name", "stamp")
    file.save("key", [1, 2, 3])
    assert file.load("key") == [1, 2, 3]
    (path,) = tmp_path.glob("*.nbi" if part == "index" else "*.nbc")
    path.write_bytes(DAMAGES[damage](path.read_bytes()))
    try:
        assert file.load("key") is None
    except Exception:  # `_Cache` catches it
        assert part == "data"
    file.save("key", [4])
    assert file.load("key") == [4]
    assert jit._CheckedFile(str(tmp_path), "name", "another stamp").load("key") is None


def test_a_full_disk(tmp_path):
    full = (
        "from numba.core.caching import IndexDataCacheFile\n"
        "def fail(*_): raise OSError(28, 'No space left on device')\n"
        "IndexDataCacheFile._open_for_write = fail"
    )
    printed, said = run(full + SMALL_PROGRAM, tmp_path)
    assert printed == BY_KERNELS
    assert said.count("KernelWarning") == 1
    assert "compiles its kernels at every start" in said
    assert "No space left on device" in said


def test_no_folder_for_the_cache():
    program = (
        "from numba.core.caching import CacheImpl\nCacheImpl._locator_classes = []" + SMALL_PROGRAM
    )
    printed, said = run(program)
    assert printed == BY_KERNELS
    assert said.count("KernelWarning") == 1
    assert "Set NUMBA_CACHE_DIR" in said


def test_the_cache_key_contains_the_cpu(monkeypatch):
    """With ``NUMBA_CPU_NAME=generic``, numba's own key is the same for all machines."""
    compiled = jit.njit_kernel(lambda x: x)
    codegen = compiled.targetctx.codegen()
    key = compiled._cache._index_key((), codegen)
    monkeypatch.setattr(jit, "_MACHINE", ("0.1", "another CPU", "+avx2"))
    assert compiled._cache._index_key((), codegen) != key
    assert any("avx" in str(part) or "neon" in str(part) for part in key[-1])


@pytest.fixture
def door(monkeypatch):
    """Return the dispatcher as in a new process."""
    monkeypatch.setenv("MINICNN_OPS", "fast")
    monkeypatch.setattr(ops, "_versions", {})
    monkeypatch.setattr(ops, "_failure", [])
    monkeypatch.setattr(ops, "SMALL", 0)


@pytest.mark.usefixtures("door")
@pytest.mark.parametrize("fault", ["wrong", "nan", "raises"])
@pytest.mark.parametrize("direction", ["forward", "backward"])
def test_a_kernel_that_computes_wrong_numbers(direction, fault, monkeypatch):
    right = getattr(dense, f"dense_{direction}")

    def wrong(*arguments):
        if fault == "raises":
            raise RuntimeError("no such instruction")
        first, *rest = right(*arguments)
        return first + (1 if fault == "wrong" else np.nan), *rest

    monkeypatch.setattr(dense, f"dense_{direction}", wrong)
    x, kernel = np.ones((3, 5), "float32"), np.ones((5, 2), "float32")

    def both():
        y, cache = ops.dense_forward(x, kernel)
        return y, *ops.dense_backward(y, cache)

    with pytest.warns(KernelWarning, match=f"the kernel dense_{direction}") as said:
        got = both()
    assert len(said) == 1
    assert not ops.use_kernels()
    y, cache = reference.dense_forward(x, kernel)
    for one, other in zip(got, (y, *reference.dense_backward(y, cache)), strict=True):
        np.testing.assert_allclose(one, other)
    both()  # without another warning


@pytest.mark.usefixtures("door")
@pytest.mark.parametrize("direction", ["forward", "backward"])
def test_a_wrong_convolution_algorithm(direction, monkeypatch):
    """NumPy's backward pass reads the cache of the kernel's forward pass, including the ReLU mask."""
    from minicnn.kernels import convolution, im2col

    right = getattr(im2col, direction)
    for function in (convolution._forward_with, convolution._backward_with):
        function.cache_clear()

    def wrong(plan, x, *arguments):
        return right(plan, 2 * x, *arguments)

    monkeypatch.setattr(im2col, direction, wrong)
    random = np.random.default_rng(0)
    x, kernel = (random.normal(size=shape).astype("f4") for shape in ((3, 9, 8, 2), (3, 2, 2, 5)))

    def both():
        y, cache = ops.conv2d_forward(x, kernel, activation="relu")
        return y, ops.conv2d_backward(np.ones_like(y), cache)

    with pytest.warns(KernelWarning, match=f"conv2d_{direction} gives wrong results"):
        y, got = both()
    expected_y, cache = reference.conv2d_forward(x, kernel, activation="relu")
    expected = reference.conv2d_backward(np.ones_like(y), cache)
    for one, other in zip((y, *got), (expected_y, *expected), strict=True):
        np.testing.assert_allclose(one, other, rtol=1e-4, atol=1e-4)
    for function in (convolution._forward_with, convolution._backward_with):
        function.cache_clear()


@pytest.mark.parametrize("name", reference.__all__)
def test_all_kernels_pass_the_self_check(name):
    try:
        kernels.find(name)
    except KernelError as error:
        pytest.fail(str(error))


def test_the_self_check_detects_wrong_values():
    x, kernel, bias = self_check.example("dense")
    assert np.abs(reference.dense_forward(x, kernel, bias)[0]).max() > 1


FORK = """
import os, threading, time
import numpy as np
from minicnn import ops
from minicnn.kernels.runtime import jit
x, kernel = np.ones((2, 8, 8, 3), "f4"), np.ones((3, 3, 3, 4), "f4")
thread = threading.Thread(target=lambda: ops.conv2d_forward(x, kernel))
thread.start()
while not jit.notice.depth:  # compiling
    time.sleep(0.001)
child = os.fork()
y, _ = ops.conv2d_forward(x, kernel)
y, cache = ops.dense_forward(y.reshape(2, -1), np.ones((144, 2), "f4"))
if child == 0:
    os._exit(0 if y.sum() > 0 else 1)
thread.join()
print(os.waitpid(child, 0)[1])
"""


@pytest.mark.skipif(not hasattr(os, "fork"), reason="the system has no fork")
def test_forking_while_another_thread_compiles(tmp_path):
    done = subprocess.run(
        [sys.executable, "-W", "ignore::DeprecationWarning", "-c", FORK],
        env=os.environ
        | {"PYTHONPATH": str(PACKAGE), "NUMBA_CACHE_DIR": str(tmp_path), "MINICNN_OPS": "fast"},
        capture_output=True,
        text=True,
        timeout=500,
        check=True,
    )
    assert done.stdout.strip() == "0"


FORK_IN_IMPORT = """
import os, signal, sys, threading, time
import numpy as np
from minicnn import ops

class Slow:
    def find_spec(name, path=None, target=None):
        if name == "MODULE":
            importing.set()
            time.sleep(0.3)

importing = threading.Event()
sys.meta_path.insert(0, Slow)
x, kernel = np.ones((2, 8, 8, 3), "f4"), np.ones((3, 3, 3, 4), "f4")
thread = threading.Thread(target=lambda: ops.conv2d_forward(x, kernel))
thread.start()
importing.wait()
child = os.fork()
if child == 0:
    signal.alarm(400)  # if it waits for ever
y, _ = ops.conv2d_forward(x, kernel)
y, _ = ops.dense_forward(x.reshape(2, -1), np.ones((192, 2), "f4"))
if child == 0:
    os._exit(0 if y.sum() > 0 else 1)
thread.join()
print(os.waitpid(child, 0)[1])
"""


@pytest.mark.skipif(not hasattr(os, "fork"), reason="the system has no fork")
@pytest.mark.parametrize(
    "module", ["numba", "minicnn.kernels.runtime.ahead", "minicnn.kernels.im2col"]
)
def test_forking_while_another_thread_imports(module):
    printed, _ = run(FORK_IN_IMPORT.replace("MODULE", module), PYTHONWARNINGS="ignore")
    assert printed == "0"
