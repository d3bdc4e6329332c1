"""Check that backward is the derivative of forward, for a layer or a model with its loss."""

import warnings
from collections.abc import Sequence
from typing import Any, NamedTuple

import numpy as np
import numpy.typing as npt
from numpy import ndarray

from minicnn import checks, losses
from minicnn.errors import DataWarning, NotReadyError, ShapeError
from minicnn.graph import Graph
from minicnn.layers import Layer
from minicnn.models import Model
from minicnn.testing.checked_arrays import (
    arrays_of_layer,
    arrays_of_model,
    float64_graph,
    layer_outputs,
)
from minicnn.testing.diagnosis import diagnose
from minicnn.testing.numerical import CheckedArray, NumericalGradient, unravel
from minicnn.testing.report import ArrayReport, Entry, GradientError, GradientReport, Index

ENTRIES = 25
"""Default number of entries of each array that are compared one by one."""

MORE_ENTRIES = 100
"""Entries that are compared before the diagnosis of a mistake."""

TOLERANCE = 1e-6
"""Central differences in float64 are accurate to about 1e-9 of an array's largest gradient."""


def check_gradients(
    layer_or_model: Layer | Model,
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
    """Compare the gradients of a layer or model with finite differences; raise if they differ.

    The check runs on copies in float64; weights that are all 0 or all 1 are changed a little there.
    Each gradient is compared with central differences,

        ∂loss/∂w ≈ (loss(w + h) − loss(w − h)) / 2h,    loss = Σ dy·y with random dy

    or, if labels are passed, with those of the model's own loss. Dropout uses the same mask every
    time. A passed check is strong evidence, not a proof: it covers these inputs only.

    Parameters
    ----------
    layer_or_model : Layer or Model
        Built or not; it is not changed.
    x : array_like, (batch, ...)
        The input; a list of arrays for several inputs. Use random numbers: equal numbers, and
        zeros, can be at kinks.
    y : array_like, optional
        Labels, for a model.
    loss : str, Loss or callable, optional
        With labels: by default the loss that the model was compiled with.
    sample_weight : array_like, (batch,), optional
        With labels: the weight of each example.
    training : bool, optional
        Whether dropout and batch normalization behave as in training.
    entries : int or None, optional
        Number of entries of each array that are compared one by one; None for all. In addition, a
        random sum of all entries is compared.
    tolerance : float, optional
        Allowed error, relative to the largest gradient of an array.
    seed : int, optional
        Seed of the random choices.

    Returns
    -------
    GradientReport

    Raises
    ------
    GradientError
        If a gradient is wrong. The message names the entry, both values and the likely mistake.
    TypeError, ValueError
        If an argument is invalid.

    Warns
    -----
    DataWarning
        If all compared entries of an array are at kinks, so that nothing was checked.

    References
    ----------
    S. Tokui et al. 2019, "Chainer: A deep learning framework for accelerating the research cycle",
    KDD; its `gradient_check` uses random upstream gradients and directions, and detects kinks.

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
    minicnn.testing.report.GradientError: dx of Square "square" is wrong at [2, 0]: backward returns
    1.92127, but finite differences give 3.84254 (3 of 3 compared entries are wrong). Likely scaled:
    every entry should be 2 times as large: the 2 of a square's derivative.
    """
    report = measure_gradients(
        layer_or_model, x, y, loss=loss, sample_weight=sample_weight, training=training,
        entries=entries, tolerance=tolerance, seed=seed,
    )  # fmt: skip
    if not report.passed:
        wrong = [row.explain() for row in report.rows if not row.passed]
        raise GradientError("\n".join(wrong), report)
    for row in report.rows:
        if row.checked == row.kinks > 0:
            warnings.warn(
                f"d{row.name} of {row.owner} is not checked: all {row.checked} compared entries are at "
                "kinks. Use other numbers for x, for example random ones.",
                DataWarning,
                stacklevel=2,
            )
    return report


def measure_gradients(
    layer_or_model: Layer | Model,
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
    """Do the same as `check_gradients`, but report wrong gradients without raising an error."""
    random = np.random.default_rng(seed)
    if entries is not None:
        checks.integer("check_gradients", "entries", entries)
    checks.finite_number("check_gradients", "tolerance", tolerance, gt=0)
    check = _Check(training, entries, tolerance, random)
    inputs = _float64_inputs(x)
    if isinstance(layer_or_model, Layer) and not isinstance(layer_or_model, Model):
        if not (y is None and loss is None and sample_weight is None):
            raise TypeError("labels, sample weights and losses are for models, not for a layer.")
        count = len(inputs)
        alone = Graph([(layer_or_model, tuple(range(count)))], [count], inputs=count)
        graph = float64_graph(alone, inputs, random)
        return check.layer(graph.layers[0], inputs)
    if not isinstance(layer_or_model, Model):
        raise TypeError(
            f"check_gradients takes a layer or a model, got {layer_or_model!r}. "
            "Pass an instance, Scale(), not the class Scale."
        )
    chosen_loss = _loss_of(layer_or_model, y, loss)
    graph = float64_graph(layer_or_model.graph, inputs, random)
    labels, weights = (None if one is None else np.asarray(one) for one in (y, sample_weight))
    arrays = arrays_of_model(graph, inputs, training, random, labels, chosen_loss, weights)
    report = check.arrays(arrays)
    # One wrong dx makes the gradients of all layers before it wrong: name the layer at fault.
    return report if report.passed else check.each_layer(graph, inputs) or report


class _Check(NamedTuple):
    """The options of a check, and what to apply them to."""

    training: bool
    entries: int | None
    tolerance: float
    random: np.random.Generator

    def arrays(self, arrays: Sequence[CheckedArray]) -> GradientReport:
        return GradientReport([self._array(array) for array in arrays])

    def layer(self, layer: Layer, inputs: Sequence[ndarray]) -> GradientReport:
        return self.arrays(arrays_of_layer(layer, inputs, self.training, self.random))

    def each_layer(self, graph: Graph, inputs: Sequence[ndarray]) -> GradientReport | None:
        """Return the report of all layers checked separately, or None if none is wrong."""
        values = layer_outputs(graph, inputs, self.training)
        rows: list[ArrayReport] = []
        for layer, used in graph.nodes:
            rows += self.layer(layer, [values[value] for value in used]).rows
        return GradientReport(rows) if any(not row.passed for row in rows) else None

    def _array(self, array: CheckedArray) -> ArrayReport:
        numerical = NumericalGradient(array, self.tolerance)
        indices = self._choose(array.gradient, self.entries)
        found = [numerical.compare_entry(index) for index in indices]
        if _all_passed(found) and len(found) < array.values.size:
            wrong_index = numerical.find_wrong_entry(self.random)
            if wrong_index is not None:
                found.append(numerical.compare_entry(wrong_index))
        if not _all_passed(found):
            seen = {entry.position for entry in found}
            others = self._choose(array.gradient, MORE_ENTRIES)
            found += [numerical.compare_entry(index) for index in others if index not in seen]
        smooth = [entry for entry in found if not entry.kink]
        wrong = sorted((entry for entry in smooth if not entry.passed), key=lambda e: -e.error)
        error = max((entry.error for entry in smooth), default=0.0)
        diagnosis = diagnose(array, found) if wrong else ""
        return ArrayReport(
            array.owner, array.name, array.values.shape, len(found), len(found) - len(smooth), error,
            tuple(wrong), diagnosis,
        )  # fmt: skip

    def _choose(self, gradient: ndarray, count: int | None) -> list[Index]:
        """Return all indices of a small array; of a large one the first, the last and a sample."""
        size = gradient.size
        chosen = np.arange(size)
        if count is not None and count < size:
            order = self.random.permutation(size)
            active = order[gradient.ravel()[order] != 0][: count // 2]
            candidates = np.array([0, size - 1, *active, *order])
            _, first = np.unique(candidates, return_index=True)
            chosen = np.sort(candidates[np.sort(first)[:count]])
        return [unravel(int(flat), gradient.shape) for flat in chosen]


def _all_passed(entries: list[Entry]) -> bool:
    return all(entry.passed or entry.kink for entry in entries)


def _float64_inputs(x: Any) -> list[ndarray]:
    """Return copies of the inputs; a list of batches is several inputs."""
    several = isinstance(x, (list, tuple)) and len(x) > 0
    several = several and all(isinstance(item, ndarray) and item.ndim > 1 for item in x)
    inputs = [np.array(item, np.float64) for item in (x if several else [x])]
    for array in inputs:
        if array.ndim < 2 or not array.size:
            raise ShapeError(
                f"check_gradients takes a batch, x of shape (batch, ...), got {array.shape}. "
                "Make a batch of one example: x[np.newaxis]."
            )
        if not np.isfinite(array).all():
            raise ValueError("x of check_gradients must be finite, got NaN or infinity.")
    return inputs


def _loss_of(model: Model, y: Any, loss: Any) -> Any:
    """Return the loss to differentiate, or None for a random upstream gradient."""
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
