"""Protocol of the workers: read a number of steps per line, answer with the seconds they took.

A worker first warms up, so that no measurement includes compilation or first allocations. If a library
has several variants of the same work, the worker uses the fastest.
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
    """Answer requests until the input ends.

    Parameters
    ----------
    variants : dict of name to callable
        Each runs the requested number of steps.
    versions : dict
        Versions of the library and its dependencies.
    """
    answers = _answer_stream()
    name = fastest(variants)
    run = variants[name]
    print(json.dumps({"variant": name, "versions": versions}), file=answers, flush=True)
    for line in sys.stdin:
        print(json.dumps({"seconds": seconds(run, int(line))}), file=answers, flush=True)


def seconds(run: Run, steps: int) -> float:
    """Return the seconds that `steps` steps take."""
    start = time.perf_counter()
    run(steps)
    return time.perf_counter() - start


def fastest(variants: dict[str, Run]) -> str:
    """Warm up all variants, alternate them, and return the name of the fastest."""
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


def _answer_stream() -> TextIO:
    """Reserve standard output for answers; other output goes to standard error."""
    answers = os.fdopen(os.dup(1), "w")
    os.dup2(2, 1)
    return answers
