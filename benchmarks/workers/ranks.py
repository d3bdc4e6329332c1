"""Train a network as one rank of several; rank 0 prints one line of JSON.

mpiexec -n 2 python -m workers.ranks convnet 128
"""

import json
import sys
import time

import minicnn
import minicnn.distributed as hvd
import numpy as np
from minicnn.callbacks import Callback
from minicnn.distributed.processes import Processes, joined

from common import networks
from workers.fit_and_predict import build

STEPS, EPOCHS = 10, 4


class Meter(Callback):
    """Measure each epoch, and the bytes and seconds of its exchanges."""

    def __init__(self, processes: Processes) -> None:
        self.epochs: list[tuple[float, float]] = []
        self.bytes = self.seconds = 0.0
        self._sum = processes.sum
        processes.sum = self.measured  # type: ignore[method-assign]

    def measured(self, array: np.ndarray) -> np.ndarray:
        """Sum as before."""
        start = time.perf_counter()
        self._sum(array)
        self.seconds += time.perf_counter() - start
        self.bytes += array.nbytes
        return array

    def on_epoch_begin(self, epoch: int, logs: object = None) -> None:
        """Start."""
        self.bytes = self.seconds = 0.0
        self.start = time.perf_counter()

    def on_epoch_end(self, epoch: int, logs: object = None) -> None:
        """Stop."""
        self.epochs.append((time.perf_counter() - self.start, self.seconds))


def main(network: str, batch: int) -> None:
    """Train; the first epoch is not counted."""
    hvd.init()
    meter = Meter(joined())
    shape = networks.NETWORKS[network].input_shape
    rng = np.random.default_rng(0)
    x = rng.random((STEPS * batch, *shape), np.float32)
    y = rng.integers(0, 10, len(x))
    model = build(minicnn, network)
    model.compile(hvd.DistributedOptimizer("adam"), "sparse_categorical_crossentropy", ["accuracy"])
    options = {"batch_size": batch, "verbose": 0, "callbacks": [meter]}
    model.fit(x, y, epochs=1 + EPOCHS, **options)
    seconds, exchange = min(meter.epochs[1:])
    facts = {
        "epoch_s": seconds,
        "exchange_ms": exchange / STEPS * 1e3,
        "bytes": meter.bytes / STEPS,
        "steps": STEPS,
    }
    if hvd.rank() == 0:
        print(json.dumps(facts), flush=True)


if __name__ == "__main__":
    main(sys.argv[1], int(sys.argv[2]))
