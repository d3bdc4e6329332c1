"""Compare Winograd's algorithm with im2col by number of channels and filters.

Claim: for 3×3 kernels Winograd's algorithm is faster with at least 8 channels, and 16 channels or
filters or more; `minicnn.kernels.convolution.algorithm` chooses it in these cases.

    python benchmarks/algorithms.py
"""

import time
from statistics import median

import numpy as np
from minicnn.kernels.convolution import conv2d_backward, conv2d_forward, forced

ROUNDS = 9
SIZES = (1, 2, 4, 8, 16, 32, 64)


def seconds(algorithm: str, x: np.ndarray, kernel: np.ndarray) -> float:
    """Return the time of one forward and backward pass."""
    with forced(algorithm):
        start = time.perf_counter()
        y, cache = conv2d_forward(x, kernel, activation="relu")
        conv2d_backward(y, cache)
        return time.perf_counter() - start


def main() -> None:
    """Print median ratios: a row per number of channels, a column per number of filters."""
    rng = np.random.default_rng(0)
    print("im2col's time / Winograd's" + "".join(f"{filters:9} filters" for filters in SIZES))
    for channels in SIZES:
        x = rng.standard_normal((32, 26, 26, channels), dtype=np.float32)
        row = []
        for filters in SIZES:
            kernel = rng.standard_normal((3, 3, channels, filters), dtype=np.float32)
            pairs = [
                seconds("im2col", x, kernel) / seconds("winograd", x, kernel)
                for _ in range(ROUNDS + 1)
            ]
            row.append(median(pairs[1:]))  # the first pair may include compilation
        print(f"{channels:17} channels" + "".join(f"{ratio:17.2f}" for ratio in row), flush=True)


if __name__ == "__main__":
    main()
