"""How a worker is told what to do: numbers of steps come in, seconds go out, a line each.

A worker first prepares and warms up, so that nothing is compiled or allocated for the first time
when it is measured. Where a library can do the same in several ways, it takes the fastest.
"""

import json
import os
import statistics
import sys
import time
from collections.abc import Callable
from typing import Any, TextIO

Run = Callable[[int], Any]

WARM_UP = 3  # steps
TRIALS = 5  # of each variant
TRIAL_SECONDS = 0.3


def serve(variants: dict[str, Run], versions: dict[str, str]) -> None:
    """Answer until the input ends.

    Parameters
    ----------
    variants : dict of name to callable
        Each does as many steps as it is told.
    versions : dict
        Of the library and what it stands on.
    """
    answers = _own_output()
    name = fastest(variants)
    run = variants[name]
    print(json.dumps({"variant": name, "versions": versions}), file=answers, flush=True)
    for line in sys.stdin:
        print(json.dumps({"seconds": seconds(run, int(line))}), file=answers, flush=True)


def seconds(run: Run, steps: int) -> float:
    """Return how long `steps` steps take."""
    start = time.perf_counter()
    run(steps)
    return time.perf_counter() - start


def fastest(variants: dict[str, Run]) -> str:
    """Warm all variants up, let them take turns, and return the name of the fastest."""
    steps = {}
    for name, run in variants.items():
        run(WARM_UP)
        steps[name] = max(int(TRIAL_SECONDS * WARM_UP / seconds(run, WARM_UP)), 1)
    if len(variants) == 1:
        return next(iter(variants))
    times: dict[str, list[float]] = {name: [] for name in variants}
    for _ in range(TRIALS):
        for name, run in variants.items():
            times[name].append(seconds(run, steps[name]) / steps[name])
    return min(variants, key=lambda name: statistics.median(times[name]))


def _own_output() -> TextIO:
    """Keep standard output for the answers; what libraries print goes to standard error."""
    answers = os.fdopen(os.dup(1), "w")
    os.dup2(2, 1)
    return answers
