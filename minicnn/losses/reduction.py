"""Reduction of one loss per sample to a scalar, with sample weights, as in Keras."""

from typing import Any

import numpy as np
from numpy import ndarray
from numpy.typing import DTypeLike

from minicnn.errors import ShapeError, unknown_name

REDUCTIONS = ("sum_over_batch_size", "mean", "mean_with_sample_weight", "sum", "none", None)

_MEANS = ("sum_over_batch_size", "mean", "mean_with_sample_weight")  # equal without weights


def check_reduction(reduction: str | None) -> str | None:
    """Return the name of a reduction; "auto" is Keras 2's name of the default."""
    if not isinstance(reduction, (str, type(None))) or reduction not in (*REDUCTIONS, "auto"):
        raise unknown_name("reduction", reduction, [name for name in REDUCTIONS if name])
    return "sum_over_batch_size" if reduction == "auto" else reduction


def reduce_losses(
    losses: ndarray, reduction: str | None, sample_weight: Any = None, mask: ndarray | None = None
) -> tuple[float | ndarray, ndarray]:
    """Weight the losses and reduce them to a scalar; also return the gradient.

    With weights w (1 by default) and n losses:

        sum: Σ w·loss,    sum_over_batch_size = mean: Σ w·loss / n,
        mean_with_sample_weight: Σ w·loss / Σ w,    none: w·loss

    Masked losses have weight 0 and do not count in n.

    Parameters
    ----------
    losses : (batch, ...)
    reduction : str or None
    sample_weight : array-like, optional
        One for each sample, shape (batch,), or for each loss.
    mask : (batch, ...) of bool, optional
        False for losses to ignore.

    Returns
    -------
    value : float
        With reduction "none", the array of weighted losses.
    dlosses : shaped as losses
        ∂value/∂losses; with reduction "none", the gradient of their sum.

    Raises
    ------
    ShapeError
        If the weights do not fit the losses.

    Examples
    --------
    >>> reduce_losses(np.array([1.0, 2.0]), "sum_over_batch_size", sample_weight=[3, 1])
    (2.5, array([1.5, 0.5]))
    """
    if sample_weight is None and mask is None and reduction in _MEANS and losses.size:
        dlosses = np.empty(losses.shape, losses.dtype)  # the usual case
        dlosses.fill(1 / losses.size)
        return float(np.add.reduce(losses * dlosses, axis=None)), dlosses
    weights = weights_like(sample_weight, losses.shape, losses.dtype)
    count = float(losses.size)
    if mask is not None:
        weights = weights * mask
        count = float(mask.sum())
    if reduction == "mean_with_sample_weight":
        count = float(weights.sum())
    if reduction in (None, "none"):
        return losses * weights, weights
    if reduction != "sum":
        weights = weights / losses.dtype.type(count) if count else np.zeros_like(losses)
    return float((losses * weights).sum()), weights


def weight_of_losses(
    reduction: str | None, examples: int, sample_weight: Any, mask: ndarray | None
) -> float:
    """Return by what the reduced losses of a part of a batch count in the whole batch.

    The value, times its weight, divided by the weight of the whole batch, is the part's contribution.
    """
    if reduction not in _MEANS:
        return 1.0
    if reduction == "mean_with_sample_weight" and sample_weight is not None:
        if mask is None:
            return float(np.sum(sample_weight))
        return float((weights_like(sample_weight, mask.shape) * mask).sum())
    return float(examples if mask is None else mask.sum())


def scalar(value: float | ndarray) -> float:
    """Return a reduced loss as a float: the mean if the reduction is "none"."""
    return value if isinstance(value, float) else float(np.mean(value))


def weights_like(
    sample_weight: Any, shape: tuple[int, ...], dtype: DTypeLike = np.float64
) -> ndarray:
    """Return the sample weights, 1 by default, in the shape of what they weight."""
    if sample_weight is None:
        return np.ones(shape, dtype)
    weights = np.asarray(sample_weight, dtype)
    if weights.ndim == len(shape) + 1 and weights.shape[-1] == 1:
        weights = weights[..., 0]
    if weights.shape != shape[: weights.ndim]:
        raise ShapeError(
            f"sample_weight must have one weight per sample, shape {shape[:1]}, "
            f"got shape {weights.shape}."
        )
    missing_axes = (1,) * (len(shape) - weights.ndim)
    return np.broadcast_to(weights.reshape(weights.shape + missing_axes), shape)
