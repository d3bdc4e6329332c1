"""Numbers to check gradients with: random, and none of them special."""

import numpy as np
from numpy import ndarray


def distinct_numbers(shape: tuple[int, ...], random: np.random.Generator) -> ndarray:
    """Return numbers from −2 to 2 in random order, none of them 0, no two of them nearly equal."""
    size = int(np.prod(shape))
    return ((random.permutation(size) + 0.25) * 4 / max(size, 1) - 2).reshape(shape)
