"""Compare training and prediction with PyTorch and Keras beside other programs that need the cores.

Claim: beside one and two busy processes no row is slower than the faster of PyTorch and Keras, and two
threads take at most 5 % longer than one.

The busy processes are endless loops. The processes take turns, as in `training.py`.

    python benchmarks/busy.py
    python benchmarks/busy.py --busy 1 --networks mlp --batches 32
"""

import argparse
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager

from common import comparison, environment, results, turns
from common.worker import Worker


def main() -> None:
    """Measure, print each row, and write."""
    parser = comparison.parser(__doc__, rounds=5, turn=1.0)
    parser.add_argument("--busy", nargs="+", type=int, default=[1, 2], help="processes")
    options = results.parse(parser)
    pythons = environment.peer_pythons(options.peer, ("torch", "keras"))
    versions: dict[str, object] = {}
    rows = []
    for count in options.busy:
        with busy_processes(count):
            for task in ("training", "prediction"):
                for network in options.networks:
                    for batch in options.batches:
                        what = task, network, batch
                        row = comparison.compare(*what, pythons, options, versions)
                        row |= {
                            "busy": count,
                            "task": task,
                            "one thread": one_thread(*what, options),
                        }
                        rows.append(row)
                        print(f"beside {count}: {task:10} {comparison.line(row)}", flush=True)
    settings = {"turn_seconds": options.turn, "rounds": options.rounds}
    results.write(options.results, "busy", rows, settings, versions)


@contextmanager
def busy_processes(count: int) -> Iterator[None]:
    """Run endless loops."""
    processes = [subprocess.Popen([sys.executable, "-c", "while True: pass"]) for _ in range(count)]
    try:
        yield
    finally:
        for process in processes:
            process.kill()
            process.wait()


def one_thread(
    task: str, network: str, batch: int, options: argparse.Namespace
) -> dict[str, float]:
    """Compare all threads with one."""
    python, arguments = environment.our_python(), (environment.OURS, task, network, batch)
    with (
        Worker(python, "fit_and_predict", *arguments) as ours,
        Worker(python, "fit_and_predict", *arguments, MINICNN_THREADS="1") as alone,
    ):
        return turns.summary(turns.take_turns(ours, alone, options.turn, options.rounds))


if __name__ == "__main__":
    main()
