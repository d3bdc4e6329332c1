"""Text on consoles without all characters, and names that could control a terminal."""

import os
import subprocess
import sys
from pathlib import Path

import pytest

import minicnn
from minicnn import Sequential, layers

ROOT = Path(minicnn.__file__).parent.parent

PROGRAM = """
from minicnn import Sequential, layers, steps
walk = steps.conv2d([[1, 0], [0, 1]], [[1, -1], [-1, 1]])
print(walk)
print(walk[0, 0])
print([walk[0, 0]])
print(walk.backward([[-1]]))
model = Sequential([layers.Dense(2, activation="softmax", input_shape=(3,))])
print(steps.trace(model, [1, -2, 3], 1))
model.summary()
"""


@pytest.mark.parametrize("encoding", ["cp949", "ascii", "cp1252"])
def test_programs_print_on_every_console(encoding):
    process = subprocess.run(
        [sys.executable, "-c", PROGRAM],
        env={**os.environ, "PYTHONIOENCODING": f"{encoding}:strict", "PYTHONPATH": str(ROOT)},
        capture_output=True,
    )
    assert process.returncode == 0, process.stderr.decode()
    assert "?" not in process.stdout.decode(encoding)


def test_the_summary_escapes_names(capsys):
    model = Sequential(
        [layers.Dense(2, input_shape=(3,), name="\x1b[2Jred")], name="\x1b]0;title\x07"
    )
    model.summary()
    shown = capsys.readouterr().out
    assert "\x1b" not in shown
    assert r"\x1b[2Jred" in shown
