"""Start: from a new process to the end of two training steps of the lecture's network.

Claim: the first time ever, with the compiled code's cache empty, 15 s, and it says what it is
doing; any later process 1.5 s. The peers, which come compiled, for comparison.

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
    parser.add_argument("--rounds", type=int, default=5, help="later processes (default: 5)")
    parser.add_argument("--first", type=int, default=2, help="first processes (default: 2)")
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
    """Run the two steps in a new process."""
    return run_once(python, "two_steps", library, **settings)


if __name__ == "__main__":
    main()
