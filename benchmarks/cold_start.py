"""Measure the time from the start of a process to the end of two training steps (lecture network).

Claim: at most 8 s on two cores with an empty cache of compiled code, with a message that says why; at
most 1.5 s in later processes. The peers, which ship compiled code, are measured for comparison.

    python benchmarks/cold_start.py
"""

import argparse
import statistics
import tempfile
from typing import Any

from common import environment, results
from common.once import run_once


def main() -> None:
    """Measure and write."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--rounds", type=int, default=5, help="with a warm cache (default: 5)")
    parser.add_argument("--first", type=int, default=2, help="with an empty cache (default: 2)")
    environment.add_peer_option(parser)
    options = results.parse(parser)
    measured: dict[str, Any] = {"first": [], "later": [], "said": [], "peers": {}}
    for _ in range(options.first):
        with tempfile.TemporaryDirectory() as cache:
            first = start(environment.OURS, environment.our_python(), NUMBA_CACHE_DIR=cache)
            measured["first"].append(first["wall"])
            measured["said"] = first["said"]
            later = [
                start(environment.OURS, environment.our_python(), NUMBA_CACHE_DIR=cache)["wall"]
                for _ in range(options.rounds)
            ]
            measured["later"].append(statistics.median(later))
    for name, python in environment.peer_pythons(options.peer, ("torch", "keras")).items():
        walls = [start(name, python)["wall"] for _ in range(options.rounds)]
        measured["peers"][name] = statistics.median(walls)
    print(measured)
    results.write(options.results, "cold_start", measured, {"rounds": options.rounds}, {})


def start(library: str, python: str, **settings: str) -> dict[str, Any]:
    """Run two training steps in a new process."""
    return run_once(python, "two_steps", library, **settings)


if __name__ == "__main__":
    main()
