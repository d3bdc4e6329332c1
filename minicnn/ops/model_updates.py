"""One step of an optimizer for all weights of a model: `updates`, one weight after the other."""

from collections.abc import Sequence
from itertools import repeat

from numpy import ndarray

from minicnn.ops.updates import (
    adam_update,
    momentum_update,
    rmsprop_update,
    sgd_update,
)

__all__ = ["adam_updates", "momentum_updates", "rmsprop_updates", "sgd_updates"]

Arrays = Sequence[ndarray]


def sgd_updates(weights: Arrays, gradients: Arrays, learning_rate: float) -> None:
    """Step down the gradient of each weight: `sgd_update`.

    Parameters
    ----------
    weights : list of ndarray
        Changed in place.
    gradients : list of ndarray
        Shaped as the weights.
    learning_rate : float

    Examples
    --------
    >>> import numpy as np
    >>> weights = [np.array([1.0]), np.array([2.0, 3.0])]
    >>> sgd_updates(weights, [np.array([10.0]), np.array([0.0, -10.0])], 0.01)
    >>> weights
    [array([0.9]), array([2. , 3.1])]
    """
    for weight, gradient in zip(weights, gradients, strict=True):
        sgd_update(weight, gradient, learning_rate)


def momentum_updates(
    weights: Arrays,
    gradients: Arrays,
    velocities: Arrays,
    learning_rate: float,
    momentum: float,
    nesterov: bool = False,
) -> None:
    """Step with momentum for each weight: `momentum_update`; arrays in equal order.

    Examples
    --------
    >>> import numpy as np
    >>> weights, velocities = [np.array([1.0])], [np.array([-0.2])]
    >>> momentum_updates(weights, [np.array([1.0])], velocities, 0.1, 0.5)
    >>> weights, velocities
    ([array([0.8])], [array([-0.2])])
    """
    for weight, gradient, velocity in zip(weights, gradients, velocities, strict=True):
        momentum_update(weight, gradient, velocity, learning_rate, momentum, nesterov)


def rmsprop_updates(
    weights: Arrays,
    gradients: Arrays,
    mean_squares: Arrays,
    learning_rate: float,
    rho: float = 0.9,
    epsilon: float = 1e-7,
    means: Arrays | None = None,
    velocities: Arrays | None = None,
    momentum: float = 0.0,
) -> None:
    """Divide each weight's step by its mean square's root: `rmsprop_update`; arrays in equal order.

    Examples
    --------
    >>> import numpy as np
    >>> weights = [np.array([10.0])]
    >>> rmsprop_updates(weights, [np.array([10.0])], [np.array([0.0])], learning_rate=0.1)
    >>> weights[0].round(6)
    array([9.683772])
    """
    for weight, gradient, mean_square, mean, velocity in zip(
        weights,
        gradients,
        mean_squares,
        repeat(None, len(weights)) if means is None else means,
        repeat(None, len(weights)) if velocities is None else velocities,
        strict=True,
    ):
        rmsprop_update(
            weight, gradient, mean_square, learning_rate, rho, epsilon, mean, velocity, momentum
        )


def adam_updates(
    weights: Arrays,
    gradients: Arrays,
    ms: Arrays,
    vs: Arrays,
    step: int,
    learning_rate: float = 0.001,
    beta_1: float = 0.9,
    beta_2: float = 0.999,
    epsilon: float = 1e-7,
    v_maxs: Arrays | None = None,
) -> None:
    """Step by the running means of each weight's gradient: `adam_update`; arrays in equal order.

    Examples
    --------
    >>> import numpy as np
    >>> weights, ms, vs = ([np.array([number], dtype="float32")] for number in (1, 0, 0))
    >>> adam_updates(weights, [np.array([1e-4], "float32")], ms, vs, step=1, learning_rate=0.1)
    >>> print(weights[0])
    [0.903066]
    """
    for weight, gradient, m, v, v_max in zip(
        weights,
        gradients,
        ms,
        vs,
        repeat(None, len(weights)) if v_maxs is None else v_maxs,
        strict=True,
    ):
        adam_update(weight, gradient, m, v, step, learning_rate, beta_1, beta_2, epsilon, v_max)
