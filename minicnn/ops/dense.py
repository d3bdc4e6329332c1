"""The fully connected layer: one matrix product, forward and backward."""

from typing import Any, NamedTuple

import numpy as np
from numpy import ndarray

__all__ = ["dense_backward", "dense_forward"]


class DenseCache(NamedTuple):
    """Arrays that `dense_backward` needs."""

    x: ndarray
    kernel: ndarray
    y: ndarray | None = None  # the output of ReLU; None without it


def dense_forward(
    x: ndarray, kernel: ndarray, bias: ndarray | None = None, activation: str = "linear"
) -> tuple[ndarray, DenseCache]:
    """Compute a weighted sum of the features for every unit: ``y = activation(x @ kernel + bias)``.

    Parameters
    ----------
    x : (batch, ..., features)
    kernel : (features, units)
    bias : (units,), optional
    activation : "linear" or "relu"

    Returns
    -------
    y : (batch, ..., units)
    cache : DenseCache
        For `dense_backward`.

    Raises
    ------
    ShapeError
        If the features of `x` and `kernel` differ, or the units of `kernel` and `bias`.

    Examples
    --------
    >>> import numpy as np
    >>> x, kernel = np.array([[1.0, 2.0]]), np.array([[3.0, 0.0], [4.0, 1.0]])
    >>> dense_forward(x, kernel, np.array([0.5, 0.0]))[0]
    array([[11.5,  2. ]])
    """
    y = x @ kernel
    if bias is not None:
        y += bias
    if activation == "relu":
        np.maximum(y, y.dtype.type(0), out=y)
        return y, DenseCache(x, kernel, y)
    return y, DenseCache(x, kernel)


def dense_backward(
    dy: ndarray, cache: DenseCache, input_gradient: bool = True
) -> tuple[Any, ndarray, ndarray]:
    """Gradients of the matrix product: ``dx = dy @ kernelᵀ``, ``dkernel = xᵀ @ dy``, ``dbias = Σ dy``.

    Parameters
    ----------
    dy : (batch, ..., units)
        ∂loss/∂y.
    cache : DenseCache
        From `dense_forward`. Its kernel is read again: the gradient is that of the current values.
    input_gradient : bool
        Compute dx. The first layer of a network does not need it.

    Returns
    -------
    dx : (batch, ..., features), or None
    dkernel : (features, units)
    dbias : (units,)

    Raises
    ------
    ShapeError
        If `dy` does not have the shape of y.

    References
    ----------
    Rumelhart, Hinton & Williams 1986, "Learning representations by back-propagating errors".

    Examples
    --------
    >>> import numpy as np
    >>> y, cache = dense_forward(np.array([[1.0, 2.0]]), np.array([[3.0], [4.0]]))
    >>> dx, dkernel, dbias = dense_backward(np.array([[10.0]]), cache)
    >>> dx, dkernel.ravel(), dbias
    (array([[30., 40.]]), array([10., 20.]), array([10.]))
    """
    x, kernel, y = cache
    if y is not None:
        dy = dy * (y > 0)
    features, units = kernel.shape
    dy_rows = dy.reshape(-1, units)  # (batch·…, units)
    dkernel = x.reshape(-1, features).T @ dy_rows
    dx = dy @ kernel.T if input_gradient else None
    return dx, dkernel, dy_rows.sum(axis=0)
