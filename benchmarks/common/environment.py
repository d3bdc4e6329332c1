"""Choose the Python interpreter and the environment variables of each library.

minicnn runs under the interpreter of the script. Each peer has its own virtual environment, by default
``benchmarks/.venv-<peer>`` (see the README), otherwise the one named by ``--peer``.
"""

import argparse
import os
import sys
from pathlib import Path

FOLDER = Path(__file__).resolve().parent.parent
REPOSITORY = FOLDER.parent
OURS = "minicnn"

TUNING = ("OPENBLAS_", "OMP_", "MKL_", "KMP_", "GOTO_", "NUMBA_", "TF_", "KERAS_", "MINICNN_")


def add_peer_option(parser: argparse.ArgumentParser) -> None:
    """Add the option ``--peer NAME=PYTHON``."""
    parser.add_argument(
        "--peer", action="append", default=[], metavar="NAME=PYTHON",
        help="the Python of a peer's environment (default: benchmarks/.venv-NAME)",
    )  # fmt: skip


def peer_pythons(options: list[str], names: tuple[str, ...]) -> dict[str, str]:
    """Return the Python interpreter of each available peer.

    Parameters
    ----------
    options : list of "name=python"
    names : tuple of str
    """
    found = {}
    for name in names:
        for path in ("bin/python", "Scripts/python.exe"):
            if (FOLDER / f".venv-{name}" / path).exists():
                found[name] = str(FOLDER / f".venv-{name}" / path)
    chosen = dict(pair.split("=", 1) for pair in options)
    found |= {name: python for name, python in chosen.items() if name in names}
    for name in names:
        if name not in found:
            print(f"{name} is skipped: no benchmarks/.venv-{name} and no --peer {name}=PYTHON")
    return found


def clean_environment(**settings: str) -> dict[str, str]:
    """Return the environment without GPU and without variables that tune a library.

    Benchmark machines often pin BLAS to an older CPU; users' machines do not.

    Parameters
    ----------
    **settings : str
        Variables to set.
    """
    kept = {
        name: value
        for name, value in os.environ.items()
        if name == "MINICNN_DATA" or not name.startswith(TUNING)
    }
    kept |= {"CUDA_VISIBLE_DEVICES": "-1", "TF_CPP_MIN_LOG_LEVEL": "3"}
    kept |= {"KERAS_BACKEND": "tensorflow", "PYTHONPATH": str(REPOSITORY)}
    return kept | settings


def our_python() -> str:
    """Return the Python interpreter that runs minicnn."""
    return sys.executable
