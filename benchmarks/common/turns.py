"""Two processes in turn, so that what the machine does meanwhile strikes both alike."""

import statistics
import time
from typing import NamedTuple

from common.worker import Worker

PAUSE = 0.3  # seconds, until the other's threads have stopped waiting for work


class Pair(NamedTuple):
    """Seconds a step of ours, and of a peer right after it."""

    ours: float
    peer: float

    @property
    def ratio(self) -> float:
        """How many times as long the peer took."""
        return self.peer / self.ours


def take_turns(ours: Worker, peer: Worker, turn: float, rounds: int) -> list[Pair]:
    """Let both work, A B A B …, about `turn` seconds each time."""
    counts = {worker: _steps_for(worker, turn) for worker in (ours, peer)}

    def measured(worker: Worker) -> float:
        time.sleep(PAUSE)
        return worker.seconds(counts[worker]) / counts[worker]

    return [Pair(measured(ours), measured(peer)) for _ in range(rounds)]


def summary(pairs: list[Pair]) -> dict[str, float]:
    """Return medians, and between which values the ratios lie.

    The ratio is the median of the paired ratios: that of neighbours in time.
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
    """Return how many steps fill a turn; a longer second trial, as a first call has a beginning."""
    rough = worker.seconds(5) / 5
    trial = max(int(turn / 4 / rough), 5)
    return max(int(turn * trial / worker.seconds(trial)), 5)
