"""Measure the peak memory of two training steps of the lecture network, without the images.

Claim: at most 300 MB for the whole process, and no more after 200 steps than after 20.

    python benchmarks/memory.py
"""

import argparse
import tempfile
from typing import Any

from common import environment, results
from common.once import run_once

MANY, FEW = 200, 20


def main() -> None:
    """Measure and write."""
    parser = argparse.ArgumentParser(description=__doc__)
    environment.add_peer_option(parser)
    options = results.parse(parser)
    python = environment.our_python()
    with tempfile.TemporaryDirectory() as cache:
        measured: dict[str, Any] = {
            "first": peak(environment.OURS, python, 2, NUMBA_CACHE_DIR=cache),
            "later": peak(environment.OURS, python, 2, NUMBA_CACHE_DIR=cache),
            "few steps": peak(environment.OURS, python, FEW, NUMBA_CACHE_DIR=cache),
            "many steps": peak(environment.OURS, python, MANY, NUMBA_CACHE_DIR=cache),
        }
    peers = environment.peer_pythons(options.peer, ("torch", "keras"))
    measured["peers"] = {name: peak(name, peer, 2) for name, peer in peers.items()}
    print(measured)
    results.write(options.results, "memory", measured, {"few": FEW, "many": MANY}, {})


def peak(library: str, python: str, steps: int, **settings: str) -> float:
    """Return the peak memory in MiB, without the images."""
    facts = run_once(python, "two_steps", library, steps, **settings)
    return float(facts["peak_mib"] - facts["images_mib"])


if __name__ == "__main__":
    main()
