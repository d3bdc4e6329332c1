"""Growth: time per image by batch size and by number of images; threads, and their bits.

Claims: the time per image in training is flat from batch 32 to 1,024 and from 1,000 to 60,000
images; one seed gives the same bits with 1 and 2 threads. (Memory: `memory.py`.)

    python benchmarks/scaling.py
"""

import argparse
import statistics
from collections.abc import Mapping
from contextlib import ExitStack
from typing import Any

from common import environment, results
from common.networks import NETWORKS
from common.once import run_once
from common.worker import Worker

BATCHES = (32, 64, 128, 256, 512, 1024)
IMAGES = (1_000, 3_000, 10_000, 30_000, 60_000)
THREADS = (1, 2)


def main() -> None:
    """Measure and write."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--network", choices=list(NETWORKS), default="lecture")
    parser.add_argument("--rounds", type=int, default=5)
    parser.add_argument("--images", type=int, default=4096, help="of a turn (default: 4096)")
    results.add_results_option(parser)
    options = parser.parse_args()
    measured = {
        "us per image by batch": by_batch(options.network, options.images, options.rounds),
        "us per image by images": by_images(options.network, options.rounds),
        "us per image by threads": by_threads(options.network, options.images, options.rounds),
        "same bits by network": {network: same_bits(network) for network in NETWORKS},
    }
    for name, values in measured.items():
        print(name, values)
    results.write(options.results, "scaling", measured, vars(options) | {"results": ""}, {})


def by_batch(network: str, images: int, rounds: int) -> dict[int, float]:
    """Return microseconds per image for each batch size."""
    with ExitStack() as stack:
        workers = {batch: stack.enter_context(_trainer(network, batch)) for batch in BATCHES}
        steps = {batch: images // batch for batch in BATCHES}
        return _in_turn(workers, steps, rounds)


def by_images(network: str, rounds: int) -> dict[int, float]:
    """Return microseconds per image for each number of images, batch 32, one epoch each."""
    with _trainer(network, 32) as worker:
        steps = {images: images // 32 for images in IMAGES}
        return _in_turn(dict.fromkeys(IMAGES, worker), steps, min(rounds, 3))


def by_threads(network: str, images: int, rounds: int) -> dict[int, float]:
    """Return microseconds per image for each number of threads, batch 32."""
    with ExitStack() as stack:
        workers = {
            threads: stack.enter_context(_trainer(network, 32, MINICNN_THREADS=str(threads)))
            for threads in THREADS
        }
        return _in_turn(workers, dict.fromkeys(THREADS, images // 32), rounds)


def same_bits(network: str) -> bool:
    """Whether ten steps from one seed end with the same weights, whatever the number of threads."""
    prints = {
        run_once(
            environment.our_python(), "same_bits", network, 10, MINICNN_THREADS=str(threads)
        )["sha256"]
        for threads in THREADS
    }
    return len(prints) == 1


def _trainer(network: str, batch: int, **settings: str) -> Worker:
    python = environment.our_python()
    arguments = environment.OURS, "training", network, batch
    return Worker(python, "fit_and_predict", *arguments, **settings)


def _in_turn(
    workers: Mapping[int, Any], steps: Mapping[int, int], rounds: int
) -> dict[int, float]:
    """Return the median microseconds per image of each; all take a turn in every round."""
    batches = {key: worker.batch for key, worker in workers.items()}
    times: dict[int, list[float]] = {key: [] for key in workers}
    for _ in range(rounds):
        for key, worker in workers.items():
            images = steps[key] * batches[key]
            times[key].append(1e6 * worker.seconds(steps[key]) / images)
    return {key: statistics.median(taken) for key, taken in times.items()}


if __name__ == "__main__":
    main()
