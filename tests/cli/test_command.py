"""The command as a separate process."""

import os
import signal
import subprocess
import sys
from pathlib import Path

import pytest

import minicnn
from minicnn.cli import main

ENVIRONMENT = {
    **os.environ,
    "PYTHONPATH": str(Path(minicnn.__file__).parent.parent),
    "PYTHONIOENCODING": "utf-8",
}


def complaints(errors):
    """The lines of stderr, but for the word that something is compiled for the first time."""
    return [line for line in errors.splitlines() if "compiling operations" not in line]


def started(here, typed):
    return subprocess.Popen(
        [sys.executable, "-m", "minicnn", *typed.split()],
        cwd=here,
        env=ENVIRONMENT,
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        encoding="utf-8",
    )


def test_as_a_module(here):
    process = started(here, "--version")
    assert process.communicate() == (f"minicnn {minicnn.__version__}\n", "")
    assert process.returncode == 0


@pytest.mark.skipif(os.name == "nt", reason="Windows sends no SIGINT to a single process")
def test_ctrl_c_tests_and_saves_what_has_been_learnt(here):
    process = started(here, "train --data digits --model mlp --epochs 100000")
    for line in process.stdout:
        if line.startswith("Epoch 3/"):
            break
    process.send_signal(signal.SIGINT)
    text, errors = process.communicate(timeout=300)
    assert process.returncode == 0
    assert complaints(errors) == []
    assert "Stopped by Ctrl-C in epoch" in text
    assert "The model is tested and saved as it is now." in text
    assert "Test accuracy: " in text
    assert len(list((here / "minicnn-output").iterdir())) == 5


def test_ctrl_c_before_training(here, capsys, monkeypatch):
    def interrupted(options):
        raise KeyboardInterrupt

    monkeypatch.setattr("minicnn.cli.train.run", interrupted)
    assert main(["train"]) == 130
    assert capsys.readouterr().err == "\nminicnn train: stopped by Ctrl-C.\n"


@pytest.mark.skipif(os.name == "nt", reason="Windows has no broken pipes")
def test_a_reader_that_has_seen_enough(trained, here):
    process = started(here, f"evaluate {trained}")
    process.stdout.close()
    errors = process.stderr.read()
    process.stderr.close()
    assert process.wait(timeout=300) == 1
    assert complaints(errors) == []


def test_faults_of_the_library_are_not_hidden(capsys, monkeypatch):
    def faulty(options):
        raise TypeError("a fault")

    monkeypatch.setattr("minicnn.cli.train.run", faulty)
    with pytest.raises(TypeError, match="a fault"):
        main(["train"])


def test_too_little_memory(capsys, monkeypatch):
    def greedy(options):
        raise MemoryError("Unable to allocate 1 TiB")

    monkeypatch.setattr("minicnn.cli.train.run", greedy)
    assert main(["train"]) == 1
    assert "not enough memory: Unable to allocate 1 TiB." in capsys.readouterr().err
