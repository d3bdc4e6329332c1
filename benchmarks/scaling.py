"""Measure the time per image by batch size, number of images and threads; compare bits.

Claims: the time per image in training is flat from batch 32 to 1,024 and from 1,000 to 60,000
images; one seed gives the same bits with 1 and 2 threads. `memory.py` measures memory.

    python benchmarks/scaling.py
"""

import argparse
import statistics
from contextlib import ExitStack
from typing import NamedTuple

from common import environment, results
from common.networks import NETWORKS
from common.once import run_once
from common.worker import Worker

BATCH = 32
BATCHES = (32, 64, 128, 256, 512, 1024)
IMAGES = (1_000, 3_000, 10_000, 30_000, 60_000)
THREADS = (1, 2)


def main() -> None:
    """Measure and write."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--network", choices=list(NETWORKS), default="lecture")
    parser.add_argument("--rounds", type=int, default=5)
    parser.add_argument("--images", type=int, default=4096, help="images per turn (default: 4096)")
    options = results.parse(parser)
    measured = {
        "us per image by batch": by_batch(options.network, options.images, options.rounds),
        "us per image by images": by_images(options.network, options.rounds),
        "us per image by threads": by_threads(options.network, options.images, options.rounds),
        "same bits by network": {network: same_bits(network) for network in NETWORKS},
    }
    for name, values in measured.items():
        print(name, values)
    settings = {"network": options.network, "rounds": options.rounds}
    results.write(options.results, "scaling", measured, settings, {})


class Turn(NamedTuple):
    """A process and its work in each round."""

    worker: Worker
    steps: int
    images: int


def by_batch(network: str, images: int, rounds: int) -> dict[int, float]:
    """Return microseconds per image for each batch size."""
    with ExitStack() as stack:
        turns = {
            batch: Turn(stack.enter_context(trainer(network, batch)), images // batch, images)
            for batch in BATCHES
        }
        return in_turn(turns, rounds)


def by_images(network: str, rounds: int) -> dict[int, float]:
    """Return microseconds per image for each number of images, batch 32, one epoch each."""
    with trainer(network, BATCH) as worker:
        steps = {images: images // BATCH for images in IMAGES}
        turns = {images: Turn(worker, n, n * BATCH) for images, n in steps.items()}
        return in_turn(turns, rounds)


def by_threads(network: str, images: int, rounds: int) -> dict[int, float]:
    """Return microseconds per image for each number of threads, batch 32."""
    with ExitStack() as stack:
        workers = {
            threads: stack.enter_context(trainer(network, BATCH, MINICNN_THREADS=str(threads)))
            for threads in THREADS
        }
        turns = {key: Turn(worker, images // BATCH, images) for key, worker in workers.items()}
        return in_turn(turns, rounds)


def in_turn(turns: dict[int, Turn], rounds: int) -> dict[int, float]:
    """Return the median microseconds per image of each; all run once per round."""
    times: dict[int, list[float]] = {key: [] for key in turns}
    for _ in range(rounds):
        for key, turn in turns.items():
            times[key].append(1e6 * turn.worker.seconds(turn.steps) / turn.images)
    return {key: statistics.median(measured) for key, measured in times.items()}


def same_bits(network: str) -> bool:
    """Return whether ten steps give the same weights with any number of threads."""
    digests = {
        run_once(environment.our_python(), "same_bits", network, 10, MINICNN_THREADS=str(threads))[
            "sha256"
        ]
        for threads in THREADS
    }
    return len(digests) == 1


def trainer(network: str, batch: int, **settings: str) -> Worker:
    """Start a process that trains a network."""
    arguments = environment.OURS, "training", network, batch
    return Worker(environment.our_python(), "fit_and_predict", *arguments, **settings)


if __name__ == "__main__":
    main()
