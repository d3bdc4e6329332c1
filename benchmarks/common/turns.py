"""Let two processes take turns, so that disturbances of the machine affect both."""

import statistics
import time
from typing import NamedTuple

from common.worker import Worker

PAUSE = 0.3  # seconds; the threads of the other process stop spinning meanwhile


class Pair(NamedTuple):
    """Seconds per step of minicnn, and of a peer right after it."""

    ours: float
    peer: float

    @property
    def ratio(self) -> float:
        """Return the time of the peer divided by ours."""
        return self.peer / self.ours


def take_turns(ours: Worker, peer: Worker, turn: float, rounds: int) -> list[Pair]:
    """Alternate both workers, about `turn` seconds each time."""
    counts = {worker: _steps_for(worker, turn) for worker in (ours, peer)}

    def measured(worker: Worker) -> float:
        time.sleep(PAUSE)
        return worker.seconds(counts[worker]) / counts[worker]

    return [Pair(measured(ours), measured(peer)) for _ in range(rounds)]


def summary(pairs: list[Pair]) -> dict[str, float]:
    """Return the medians and the range of the ratios.

    The ratio is the median of the paired ratios, each of which compares neighbours in time.
    """
    ratios = [pair.ratio for pair in pairs]
    return {
        "ours_ms": 1000 * statistics.median(pair.ours for pair in pairs),
        "peer_ms": 1000 * statistics.median(pair.peer for pair in pairs),
        "ratio": statistics.median(ratios),
        "lowest": min(ratios),
        "highest": max(ratios),
    }


def _steps_for(worker: Worker, turn: float) -> int:
    """Return how many steps fill a turn; the first, short trial may include start-up costs."""
    rough = worker.seconds(5) / 5
    trial = max(int(turn / 4 / rough), 5)
    return max(int(turn * trial / worker.seconds(trial)), 5)
