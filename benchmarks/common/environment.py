"""Which Python runs which library, and what it sees of the environment.

Ours runs under the Python that runs the script. Each peer has an environment of its own, in
``benchmarks/.venv-<peer>`` (the README says how to make them) or wherever ``--peer`` says.
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
    """Let the script take ``--peer NAME=PYTHON``."""
    parser.add_argument(
        "--peer", action="append", default=[], metavar="NAME=PYTHON",
        help="the Python of a peer's environment (default: benchmarks/.venv-NAME)",
    )  # fmt: skip


def peer_pythons(given: list[str], wanted: tuple[str, ...]) -> dict[str, str]:
    """Return the Python of each wanted peer that is there.

    Parameters
    ----------
    given : list of "name=python"
    wanted : names
    """
    found = {}
    for name in wanted:
        for place in ("bin/python", "Scripts/python.exe"):
            if (FOLDER / f".venv-{name}" / place).exists():
                found[name] = str(FOLDER / f".venv-{name}" / place)
    chosen = dict(pair.split("=", 1) for pair in given)
    found |= {name: python for name, python in chosen.items() if name in wanted}
    for name in wanted:
        if name not in found:
            print(f"without {name}: no benchmarks/.venv-{name}, and no --peer {name}=…")
    return found


def clean_environment(**settings: str) -> dict[str, str]:
    """Return the environment as a user has it: no variable that tunes a library, no graphics card.

    The machines that measurements are made on often pin BLAS to an older CPU; users do not.

    Parameters
    ----------
    **settings : str
        Variables to set after all.
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
    """Return the Python that minicnn runs under."""
    return sys.executable
