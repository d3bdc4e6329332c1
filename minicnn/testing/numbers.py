"""Numbers to check gradients with: random, and none of them special."""

import numpy as np
from numpy import ndarray


def distinct_numbers(shape: tuple[int, ...], random: np.random.Generator) -> ndarray:
    """Return numbers from −2 to 2 in random order, none of them 0, no two of them nearly equal.

    So no ReLU and no maximum has a kink right there.

    Parameters
    ----------
    shape : tuple of int
    random : numpy.random.Generator

    Returns
    -------
    ndarray of float64

    Examples
    --------
    >>> sorted(distinct_numbers((2, 2), np.random.default_rng(0)).ravel().tolist())
    [-1.75, -0.75, 0.25, 1.25]
    """
    size = int(np.prod(shape))
    return ((random.permutation(size) + 0.25) * 4 / max(size, 1) - 2).reshape(shape)
