"""Whether backward is the derivative of forward: of a layer, or of a whole model with its loss."""

import warnings
from collections.abc import Sequence
from typing import Any

import numpy as np
import numpy.typing as npt
from numpy import ndarray

from minicnn import losses
from minicnn.errors import DataWarning, NotReadyError, ShapeError
from minicnn.layers import Layer
from minicnn.testing.array_check import check_array
from minicnn.testing.arrays_of import of_layer, of_model
from minicnn.testing.checked import Checked, float64_copies
from minicnn.testing.report import ArrayReport, GradientError, GradientReport

ENTRIES = 25
"""How many entries of an array are looked at one by one, if nothing else is asked for."""

TOLERANCE = 1e-6
"""Central differences in float64 are right to about 1e-9 of an array's largest gradient."""


def check_gradients(
    layer_or_model: Any,
    x: npt.ArrayLike,
    y: npt.ArrayLike | None = None,
    *,
    loss: Any = None,
    sample_weight: npt.ArrayLike | None = None,
    training: bool = True,
    entries: int | None = ENTRIES,
    tolerance: float = TOLERANCE,
    seed: int = 0,
) -> GradientReport:
    """Prove that backward gives the slopes of forward, or say where it does not.

    All is done on copies in float64; weights that are all 0 or all 1 are moved a little there. Each
    gradient is compared with central differences,

        ∂loss/∂w ≈ (loss(w + h) − loss(w − h)) / 2h,    loss = Σ dy·y with random dy

    or the model's own loss, where labels are given. Dropout drops the same cells every time.

    Parameters
    ----------
    layer_or_model : Layer or Sequential
        Built or not; it is not changed.
    x : array_like, (batch, ...)
        What goes in. Take random numbers: at equal ones, or at 0, there may be kinks.
    y : array_like, optional
        Labels of a model's batch.
    loss : str, Loss or callable, optional
        With labels: by default what the model was compiled with.
    sample_weight : array_like, (batch,), optional
        With labels: how much each example counts.
    training : bool, optional
        Whether dropout and batch normalisation behave as in training.
    entries : int or None, optional
        How many entries of each array to look at one by one; None for all. Besides, all entries
        take part in one sum.
    tolerance : float, optional
        How much may be wrong, as a share of the largest gradient in an array.
    seed : int, optional
        Of the random choices.

    Returns
    -------
    GradientReport

    Raises
    ------
    GradientError
        If a gradient is wrong: which, where, both numbers, and the likely mistake.
    TypeError, ValueError
        If an argument is not what it should be.

    Warns
    -----
    DataWarning
        If all entries that were looked at lie at kinks, which proves nothing.

    References
    ----------
    S. Tokui et al. 2019, "Chainer: A deep learning framework for accelerating the research cycle",
    KDD; its `gradient_check` knows random upstream gradients, directions, and kinks.

    Examples
    --------
    >>> from minicnn.layers import Layer
    >>> class Square(Layer):
    ...     def forward(self, x, training=False):
    ...         return x**2, x
    ...     def backward(self, dy, cache):
    ...         return cache * dy, {}
    >>> check_gradients(Square(), [[0.5], [1.0], [3.0]])
    Traceback (most recent call last):
        ...
    minicnn.testing.report.GradientError: dx of Square "square" is wrong at [2, 0]: backward says
    1.92127, and the slope of forward is 3.84254 (3 of 3 entries looked at are wrong). Likely scaled:
    every entry should be 2 times as large: the 2 of a square's derivative.
    """
    report = measure_gradients(
        layer_or_model, x, y, loss=loss, sample_weight=sample_weight, training=training,
        entries=entries, tolerance=tolerance, seed=seed,
    )  # fmt: skip
    if not report.right:
        wrong = [row.explain() for row in report.rows if not row.right]
        raise GradientError("\n".join(wrong), report)
    for row in report.rows:
        if row.checked == row.kinks > 0:
            warnings.warn(
                f"d{row.name} of {row.owner} is not proved: all {row.checked} entries looked at lie "
                "at kinks. Give x other numbers, random ones that differ, for example.",
                DataWarning,
                stacklevel=2,
            )
    return report


def measure_gradients(
    layer_or_model: Any,
    x: npt.ArrayLike,
    y: npt.ArrayLike | None = None,
    *,
    loss: Any = None,
    sample_weight: npt.ArrayLike | None = None,
    training: bool = True,
    entries: int | None = ENTRIES,
    tolerance: float = TOLERANCE,
    seed: int = 0,
) -> GradientReport:
    """Do what `check_gradients` does, and report wrong gradients without raising them."""
    random = np.random.default_rng(seed)
    images = _as_float64(x)
    if entries is not None and entries < 1:
        raise ValueError(f"entries must be from 1 on, or None for all, got {entries!r}.")
    if not tolerance > 0:
        raise ValueError(f"tolerance must be positive, 1e-6 for example, got {tolerance!r}.")
    if isinstance(layer_or_model, Layer):
        if not (y is None and loss is None and sample_weight is None):
            raise TypeError(
                "labels, weights and losses belong to a model; a layer is checked without."
            )
        (layer,) = float64_copies([layer_or_model], images.shape, random)
        return _report(of_layer(layer, images, training, random), entries, tolerance, random)
    if not hasattr(layer_or_model, "layers"):
        raise TypeError(
            f"check_gradients takes a layer or a model, got {layer_or_model!r}. "
            "Of a class make a layer first: Scale(), not Scale."
        )
    chosen = _loss_of(layer_or_model, y, loss)
    layers = float64_copies(layer_or_model.layers, images.shape, random)
    arrays = of_model(layers, images, training, random, y if y is None else np.asarray(y), chosen,
                      None if sample_weight is None else np.asarray(sample_weight))  # fmt: skip
    report = _report(arrays, entries, tolerance, random)
    if report.right:
        return report
    return _by_layer(layers, images, training, entries, tolerance, random) or report


def _report(
    arrays: Sequence[Checked], entries: int | None, tolerance: float, random: np.random.Generator
) -> GradientReport:
    return GradientReport([check_array(array, entries, tolerance, random) for array in arrays])


def _by_layer(
    layers: Sequence[Layer],
    x: ndarray,
    training: bool,
    entries: int | None,
    tolerance: float,
    random: np.random.Generator,
) -> GradientReport | None:
    """Return what is wrong in the layers alone: one wrong dx makes all gradients below it wrong."""
    rows: list[ArrayReport] = []
    for layer in layers:
        rows += _report(of_layer(layer, x, training, random), entries, tolerance, random).rows
        x = layer.forward(x, training)[0]
    return GradientReport(rows) if any(not row.right for row in rows) else None


def _as_float64(x: npt.ArrayLike) -> ndarray:
    images = np.array(x, np.float64)
    if images.ndim < 2 or not images.size:
        raise ShapeError(
            f"check_gradients takes a batch, x of shape (batch, ...), got {images.shape}. "
            "Of one example make a batch: x[np.newaxis]."
        )
    if not np.isfinite(images).all():
        raise ValueError("check_gradients takes finite numbers, and x holds NaN or infinity.")
    return images


def _loss_of(model: Any, y: Any, loss: Any) -> Any:
    """Return the loss that a model is checked with; None for a random upstream gradient."""
    if y is None:
        if loss is not None:
            raise TypeError("a loss needs labels: check_gradients(model, x, y, loss=...).")
        return None
    if loss is not None:
        return losses.get(loss)
    if model.loss is None:
        raise NotReadyError(
            "labels need a loss: compile the model, or write check_gradients(model, x, y, loss='mse')."
        )
    return model.loss
