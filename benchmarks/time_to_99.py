"""Measure the training time to 99 % test accuracy on MNIST with the recipe of `common.recipe`.

Claim: each of five seeds reaches at least 99 %, in under 6 s and at most half the time of PyTorch with
the same recipe in the faster of its layouts. Needs the real MNIST under ``MINICNN_DATA``. Each run is
a new process with a warm cache of compiled code; the time from its start is reported too.

    python benchmarks/time_to_99.py
"""

import argparse
import statistics
from typing import Any

from common import data, environment, recipe, results
from common.once import run_once

LAYOUTS = ("NCHW", "channels_last")


def main() -> None:
    """Measure and write."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--seeds", type=int, default=5)
    environment.add_peer_option(parser)
    options = results.parse(parser)
    if not data.has_mnist():
        parser.error("set MINICNN_DATA to the folder that contains mnist/")
    torch = environment.peer_pythons(options.peer, ("torch",)).get("torch")
    ours = environment.our_python()
    run_once(ours, "recipe_minicnn", 0)  # fills the cache of compiled code
    runs: dict[str, list[Any]] = {"minicnn": []}
    for seed in range(options.seeds):
        runs["minicnn"].append(show("minicnn", run_once(ours, "recipe_minicnn", seed)))
        for layout in LAYOUTS if torch else ():
            facts = run_once(str(torch), "recipe_pytorch", seed, layout)
            runs.setdefault(f"torch {layout}", []).append(show(f"torch {layout}", facts))
    measured = {name: summary(facts) for name, facts in runs.items()}
    print(measured)
    settings = {key: str(value) for key, value in vars(recipe).items() if key.isupper()}
    results.write(options.results, "time_to_99", measured, settings, {})


def summary(runs: list[dict[str, Any]]) -> dict[str, Any]:
    """Return the median times and all accuracies."""
    return {
        "training": statistics.median(run["training"] for run in runs),
        "slowest": max(run["training"] for run in runs),
        "whole process": statistics.median(run["wall"] for run in runs),
        "accuracies": [run["accuracy"] for run in runs],
    }


def show(name: str, run: dict[str, Any]) -> dict[str, Any]:
    """Print a run."""
    print(
        f"{name:20} {100 * run['accuracy']:.2f} %  {run['training']:5.1f} s of training, "
        f"{run['wall']:5.1f} s with startup and loading",
        flush=True,
    )
    return run


if __name__ == "__main__":
    main()
