"""Vectors scaled to length 1."""

import numpy as np
import numpy.typing as npt


def normalize(
    x: npt.ArrayLike, axis: int | tuple[int, int] | None = -1, order: float = 2
) -> np.ndarray:
    """Divide each vector along an axis by its norm: y = x / ‖x‖. Vectors of zeros stay zeros.

    This is not what brings pictures into 0 to 1: for that, write ``x / 255``.

    Parameters
    ----------
    x : array_like of numbers, any shape
    axis : int, optional
        The axis along which the vectors lie; None takes the whole array as one.
    order : float, optional
        Which norm: 1 (sum of magnitudes), 2 (Euclidean), ``numpy.inf`` (largest magnitude), …

    Returns
    -------
    ndarray of x's shape, and of its dtype if that is floating, else float64
        Keras returns a vector as (1, n), and fails on axis 0 of most matrices: neither is copied.

    Examples
    --------
    >>> normalize([[3, 4], [0, 0]])
    array([[0.6, 0.8],
           [0. , 0. ]])
    """
    values = np.asarray(x)
    norm = np.linalg.norm(values, order, axis, keepdims=True)
    return values / np.where(norm == 0, 1, norm).astype(norm.dtype)
