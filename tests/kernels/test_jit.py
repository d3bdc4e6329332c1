"""Compiling is announced and cached; a changed source is compiled again."""

import os
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

import minicnn

pytest.importorskip("numba")

PROGRAM = """
import gc
import numpy as np
from minicnn import ops
print(ops.leaky_relu_forward(np.ones((4, 600), "f4")).sum())
assert gc.get_freeze_count() == 0  # what the compiler set aside is back
"""
PRODUCT = """
import numpy as np
from minicnn import ops
print(ops.dense_forward(np.ones((2, 300), "f4"), np.ones((300, 4), "f4"))[0].sum())
"""


def run(package, cache, program=PROGRAM):
    """Compute something in a new process; return its output and its messages."""
    settings = {"PYTHONPATH": str(package), "NUMBA_CACHE_DIR": str(cache), "MINICNN_OPS": "fast"}
    done = subprocess.run(
        [sys.executable, "-c", program],
        cwd=package,
        env=os.environ | settings,
        capture_output=True,
        text=True,
        check=True,
    )
    return done.stdout.strip(), done.stderr.count("compiling operations")


def test_the_first_process_compiles_and_announces_it_once(tmp_path):
    package = Path(minicnn.__file__).parents[1]
    assert run(package, tmp_path) == ("2400.0", 1)
    assert run(package, tmp_path) == ("2400.0", 0)


def test_frozen_objects_stay_frozen(tmp_path):
    package = Path(minicnn.__file__).parents[1]
    program = "import gc\ngc.freeze()\n" + PROGRAM.replace("() == 0", "() > 0")
    assert run(package, tmp_path, program) == ("2400.0", 1)


def test_a_change_in_any_source_is_noticed(tmp_path):
    """The matrix product is in a separate file, and its machine code in its callers."""
    shutil.copytree(
        Path(minicnn.__file__).parent,
        tmp_path / "minicnn",
        ignore=shutil.ignore_patterns("__pycache__"),
    )
    cache = tmp_path / "cache"
    assert run(tmp_path, cache, PRODUCT) == ("2400.0", 1)
    source = tmp_path / "minicnn" / "kernels" / "primitives" / "matmul.py"
    source.write_text(source.read_text("utf-8") + "# changed\n", "utf-8")
    assert run(tmp_path, cache, PRODUCT) == ("2400.0", 1)
    assert run(tmp_path, cache, PRODUCT) == ("2400.0", 0)
