"""Adam's update, fast: gradient, means and weight are each read and written once.

Same name, signature and results as in `minicnn.ops.reference.updates`.
"""

import numpy as np
from numpy import ndarray

from minicnn.ops import parallel, reference
from minicnn.ops.jit import kernel as compiled
from minicnn.ops.jit import part
from minicnn.ops.team import job, share

F32 = np.float32


def adam_update(
    weight: ndarray,
    gradient: ndarray,
    m: ndarray,
    v: ndarray,
    step: int,
    learning_rate: float = 0.001,
    beta_1: float = 0.9,
    beta_2: float = 0.999,
    epsilon: float = 1e-7,
    v_max: ndarray | None = None,
) -> None:
    """Step by the running means; see `minicnn.ops.reference.updates.adam_update`."""
    arrays = (weight, gradient, m, v)
    plain = v_max is None and all(one.dtype == F32 and one.flags.carray for one in arrays)
    if not plain:
        reference.adam_update(
            weight, gradient, m, v, step, learning_rate, beta_1, beta_2, epsilon, v_max
        )
        return
    correction_1, correction_2 = 1 - F32(beta_1) ** F32(step), 1 - F32(beta_2) ** F32(step)
    rate = F32(learning_rate * np.sqrt(correction_2) / correction_1)
    numbers = rate, F32(1 - beta_1), F32(1 - beta_2), F32(epsilon)
    flat = [one.reshape(-1) for one in arrays]
    parallel.run(_share_adam, weight.size, *flat, *numbers)


@part
def _adam(weight, gradient, m, v, rate, share_1, share_2, epsilon, low, high, thread):
    """Update the numbers `low` … `high`."""
    for i in range(low, high):
        g = gradient[i]
        mean = m[i] + share_1 * (g - m[i])
        square = v[i] + share_2 * (g * g - v[i])
        m[i], v[i] = mean, square
        weight[i] -= rate * mean / (np.sqrt(square) + epsilon)


@compiled
def _share_adam(board, count, step, *arguments):
    share(board, count, step, *job(_adam, arguments))
