"""Time to 99 %: from nothing to 99 % of MNIST's 10,000 test images, by the recipe of `common.recipe`.

Claim: with each of five seeds 99 % at least, in under 6 s of training, and in at most half of the
time of PyTorch with the same recipe (in the faster of its layouts). Needs the real MNIST under
``MINICNN_DATA``. Every run is a new process; its whole time, from the start of Python to the end of
training, is given too, with the compiled code in its cache.

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
        parser.error("set MINICNN_DATA to the folder that has mnist/")
    torch = environment.peer_pythons(options.peer, ("torch",)).get("torch")
    ours = environment.our_python()
    run_once(ours, "recipe_minicnn", 0)  # fills the cache of compiled code
    runs: dict[str, list[Any]] = {"minicnn": []}
    for seed in range(options.seeds):
        runs["minicnn"].append(show("minicnn", run_once(ours, "recipe_minicnn", seed)))
        for layout in LAYOUTS if torch else ():
            facts = run_once(str(torch), "recipe_pytorch", seed, layout)
            runs.setdefault(f"torch {layout}", []).append(show(f"torch {layout}", facts))
    measured = {name: summary(of) for name, of in runs.items()}
    print(measured)
    settings = {key: str(value) for key, value in vars(recipe).items() if key.isupper()}
    results.write(options.results, "time_to_99", measured, settings, {})


def summary(runs: list[dict[str, Any]]) -> dict[str, Any]:
    """Return the medians of the times, and every accuracy."""
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
        f"{run['wall']:5.1f} s with start and data",
        flush=True,
    )
    return run


if __name__ == "__main__":
    main()
