"""Compare the compiled kernels with NumPy in float64 on random cases, and the loss curves of both.

Claim: outputs and gradients are within 5e-5 of float64, relative to the largest value, and training
follows the same loss curve.

    python benchmarks/accuracy.py
"""

import argparse

from common import environment, results
from common.once import run_once


def main() -> None:
    """Measure and write."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument(
        "--cases", type=int, default=200, help="random cases per operation (default: 200)"
    )
    parser.add_argument("--steps", type=int, default=60, help="training steps (default: 60)")
    options = results.parse(parser)
    measured = run_once(environment.our_python(), "errors", options.cases, options.steps)
    del measured["wall"], measured["said"]
    for name, values in measured.items():
        print(name, values)
    results.write(options.results, "accuracy", measured, {"cases": options.cases}, {})


if __name__ == "__main__":
    main()
