"""Addition of two arrays, forward and backward, as in residual networks.

Reference: He et al. 2015, "Deep residual learning for image recognition", arXiv:1512.03385.
"""

import numpy as np
from numpy import ndarray

__all__ = ["add_backward", "add_forward"]


def add_forward(x: ndarray, other: ndarray, activation: str = "linear") -> ndarray:
    """Add, then ReLU if requested: ``y = max(x + other, 0)``.

    Parameters
    ----------
    x, other : array
        Of shapes that broadcast against each other.
    activation : "linear" or "relu"

    Returns
    -------
    array
        Dtype of `x`.

    Raises
    ------
    ShapeError
        If the shapes do not fit together.
    ValueError
        For a misspelt `activation`.

    Examples
    --------
    >>> add_forward(np.array([1.0, -3.0]), np.array([1.0, 2.0]), activation="relu")
    array([2., 0.])
    """
    y = x + other
    return np.maximum(y, 0) if activation == "relu" else y


def add_backward(dy: ndarray, y: ndarray, activation: str = "linear") -> ndarray:
    """Gradient with respect to either summand, in the shape of y.

    Parameters
    ----------
    dy : array
        ∂loss/∂y.
    y : array
        From `add_forward`.
    activation : "linear" or "relu"

    Returns
    -------
    array
        Shape and dtype of `dy`.

    Raises
    ------
    ShapeError
        If `dy` does not have the shape of y.

    Examples
    --------
    >>> add_backward(np.array([5.0, 6.0]), np.array([2.0, 0.0]), activation="relu")
    array([5., 0.])
    """
    return dy * (y > 0) if activation == "relu" else dy
