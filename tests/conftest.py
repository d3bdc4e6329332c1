"""Shared by all tests: settings of hypothesis, reset of automatic names, and the real MNIST."""

import os
import signal
from contextlib import suppress
from pathlib import Path

import pytest
from hypothesis import settings

from minicnn.naming import clear_session
from minicnn.random import set_random_seed

settings.register_profile("minicnn", deadline=None, derandomize=bool(os.environ.get("CI")))
settings.load_profile("minicnn")

# nohup and the background of a shell's script ignore Ctrl-C, and so would the programs that tests start
signal.signal(signal.SIGINT, signal.default_int_handler)


@pytest.fixture(autouse=True, scope="session")
def no_word_of_compiling():
    """Suppress the message about compiling, which depends on earlier tests."""
    with suppress(ImportError):
        from minicnn.kernels.runtime.jit import notice

        notice.announced = True


@pytest.fixture(autouse=True)
def same_start():
    """Every test begins with the same seed and with the names of layers counted from the first."""
    set_random_seed(20)
    clear_session()


@pytest.fixture(scope="session")
def mnist_folder() -> Path:
    """The folder that holds `mnist/` with the four real files; without it the test is skipped."""
    folder = Path(os.environ.get("MINICNN_DATA", ""))
    if (
        not os.environ.get("MINICNN_DATA")
        or not (folder / "mnist" / "train-images-idx3-ubyte.gz").is_file()
    ):
        pytest.skip("needs the real MNIST: MINICNN_DATA names no folder that holds mnist/")
    return folder
