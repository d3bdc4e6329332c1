"""Compare the time of `import minicnn` with `import numpy`.

Claim: at most 1.5 × as long. New processes take turns; only the import is timed. The names that a
learner imports (`Sequential`, `Conv2D`, …) and the peers are measured too.

    python benchmarks/import_time.py
"""

import argparse
import statistics
import subprocess

from common import environment, results

NAMES = "from minicnn.models import Sequential; from minicnn.layers import Conv2D, Dense, Flatten"
PROGRAM = """
import time
start = time.perf_counter()
{statement}
print(time.perf_counter() - start)
"""


def main() -> None:
    """Measure and write."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument(
        "--rounds", type=int, default=30, help="processes per statement (default: 30)"
    )
    environment.add_peer_option(parser)
    options = results.parse(parser)
    ours = environment.our_python()
    statements = {"import numpy": ours, "import minicnn": ours, NAMES: ours}
    times = in_turn(statements, options.rounds)
    peers = environment.peer_pythons(options.peer, ("torch", "keras"))
    times |= in_turn({f"import {name}": peer for name, peer in peers.items()}, 5)
    measured = {
        statement: {"ms": 1000 * median, "of numpy": median / times["import numpy"]}
        for statement, median in times.items()
    }
    for statement, row in measured.items():
        print(f"{row['ms']:8.1f} ms   {row['of numpy']:6.2f} × numpy   {statement}")
    results.write(options.results, "import_time", measured, {"rounds": options.rounds}, {})


def in_turn(statements: dict[str, str], rounds: int) -> dict[str, float]:
    """Return the median seconds of each statement; the first round is a warm-up."""
    times: dict[str, list[float]] = {statement: [] for statement in statements}
    for number in range(rounds + 1):
        for statement, python in statements.items():
            elapsed = seconds(statement, python)
            if number:
                times[statement].append(elapsed)
    return {statement: statistics.median(elapsed) for statement, elapsed in times.items()}


def seconds(statement: str, python: str) -> float:
    """Time a statement in a new process."""
    done = subprocess.run(
        [python, "-c", PROGRAM.format(statement=statement)], cwd=environment.FOLDER,
        env=environment.clean_environment(), capture_output=True, text=True, check=True,
    )  # fmt: skip
    return float(done.stdout.split()[-1])


if __name__ == "__main__":
    main()
