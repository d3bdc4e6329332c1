"""Batch and layer normalization, step by step: mean, variance, normalize, scale; and backward."""

from collections.abc import Callable, Sequence
from functools import partial
from itertools import product
from typing import Any

import numpy as np
from numpy import ndarray
from numpy.typing import ArrayLike

from minicnn.errors import ShapeError
from minicnn.steps.checks import numbers
from minicnn.steps.notation import in_a_product, number_text, shortened, size_text
from minicnn.steps.step import Factor, Index, Step, Term, products
from minicnn.steps.table import Table
from minicnn.steps.walk import GradientWalk, Part, Walk


def batch_normalization(
    x: ArrayLike,
    gamma: ArrayLike | None = None,
    beta: ArrayLike | None = None,
    moving_mean: ArrayLike | None = None,
    moving_variance: ArrayLike | None = None,
    epsilon: float = 1e-3,
    axis: int = -1,
) -> "NormalizationWalk":
    """Normalize every channel to mean 0 and variance 1, then scale and shift, step by step.

    ``normalized = (input − μ)/√(σ² + ε)``,  ``output = γ·normalized + β``, as
    `minicnn.ops.normalization.batch_normalization_forward` computes it.

    Parameters
    ----------
    x : (..., channels)
        A whole batch, or all cells of one image.
    gamma, beta : (channels,), optional
    moving_mean, moving_variance : (channels,), optional
        Averages from training, for a prediction. By default, as in training, those of `x` itself.
    epsilon : float
        Added to the variance, to avoid division by zero.
    axis : int
        Axis of the channels.

    Returns
    -------
    NormalizationWalk

    Raises
    ------
    ShapeError
        If there is not one number for each channel.
    ValueError
        If only one of the moving averages is passed.

    Examples
    --------
    >>> walk = batch_normalization([[1.0], [3.0]], gamma=[2.0], beta=[10.0], epsilon=0.0)
    >>> print(walk.mean[0].equation, walk.variance[0].equation, sep="; ")
    (1 + 3)/2 = 2; ((1 − 2)² + (3 − 2)²)/2 = 1
    >>> walk.normalized[0].equation, walk[0].equation
    ('(1 − 2)/√(1 + 0) = −1', '2·(−1) + 10 = 8')
    """
    array = numbers("x", x)
    if not array.ndim or not array.size:
        raise ShapeError(
            f"steps.batch_normalization takes an array (..., channels), got shape {array.shape}. "
            "A list of examples of one channel is [[1.0], [3.0]]."
        )
    if (moving_mean is None) != (moving_variance is None):
        raise ValueError(
            "steps.batch_normalization takes moving_mean and moving_variance together; without "
            "both, mean and variance are those of x."
        )
    axes, kind = (axis % array.ndim,), "training" if moving_mean is None else "prediction"
    values = {
        "gamma": gamma, "beta": beta, "moving_mean": moving_mean, "moving_variance": moving_variance
    }  # fmt: skip
    for name, given in values.items():
        values[name] = _one_each(name, given, array.shape[axis])
    title = f"batch_normalization: input {size_text(array.shape)}, as in {kind}"
    return NormalizationWalk(title, array, axes, axes, epsilon, *values.values())


def layer_normalization_walk(
    x: ndarray, gamma: ndarray | None, beta: ndarray | None, axes: Sequence[int], epsilon: float
) -> "NormalizationWalk":
    """Return the walk of a layer normalization: of each example, over some of its axes."""
    normalized = tuple(sorted({axis % x.ndim for axis in axes}))
    title = f"layer_normalization: input {size_text(x.shape)}"
    groups = _others(x, normalized)
    return NormalizationWalk(title, numbers("x", x), groups, normalized, epsilon, gamma, beta)


class NormalizationWalk(Walk):
    """The walk that `batch_normalization` returns, and that of a layer normalization.

    There is a mean for each index along the `group_axes`, and a gamma and beta for each along the
    `weight_axes`.
    """

    def __init__(
        self,
        title: str,
        x: ndarray,
        group_axes: Index,
        weight_axes: Index,
        epsilon: float,
        gamma: ArrayLike | None = None,
        beta: ArrayLike | None = None,
        mean: Any = None,
        variance: Any = None,
    ) -> None:
        self.input, self.epsilon, self.training = x, epsilon, mean is None
        self._group_axes, self._weight_axes = group_axes, weight_axes
        self.gamma, self.beta = (
            None if weight is None else np.asarray(weight, np.float64) for weight in (gamma, beta)
        )
        x, together = x.astype(np.float64), _others(x, group_axes)
        if self.training:
            mean, variance = x.mean(axis=together), x.var(axis=together)
        self._scale = 1 / np.sqrt(variance + epsilon)
        normalized = (x - self._of_each(mean)) * self._of_each(self._scale)
        beta = 0 if self.beta is None else self._spread(self.beta)
        super().__init__(title, self._times_gamma(normalized) + beta)
        self._words = "all numbers of channel {}" if group_axes == weight_axes else "these numbers"
        kind = "channel" if group_axes == weight_axes else "group of numbers"
        of_each = f"of each {kind}{'' if self.training else ', kept from training'}"
        self.mean = Part("mean", f"mean {of_each}", np.asarray(mean), self._mean_step)
        self.variance = Part(
            "variance", f"variance {of_each}", np.asarray(variance), self._variance_step
        )
        self.normalized = Part(
            "normalized", "(input − mean)/√(variance + ε)", normalized, self._normalized_step
        )

    @property
    def tables(self) -> list[list[Table]]:
        """Input, mean and variance, output."""
        inputs, outputs = super().tables
        return [inputs, [*self.mean.tables[0], *self.variance.tables[0]], outputs]

    def step(self, index: Index) -> Step:
        """Make the step of one number of the output: γ·normalized + β."""
        weight = _along(self._weight_axes, index)
        factors = [Factor.of("normalized", self.normalized.output, index)]
        if self.gamma is not None:
            factors.insert(0, Factor.of("gamma", self.gamma, weight))
        bias = None if self.beta is None else self.beta[weight].item()
        note = f"normalized {self.normalized.step(index).equation}"
        value = self.output[index].item()
        return Step("output", index, value, [Term(tuple(factors))], bias, note=note)

    def gradients(self, dy: ndarray) -> dict[str, GradientWalk]:
        """Return the gradients of the input, and of gamma and beta if there are any."""
        dy, normalized = np.asarray(dy, np.float64), self.normalized.output
        upstream, together = self._times_gamma(dy), _others(dy, self._group_axes)
        dx, paths = upstream * self._of_each(self._scale), []
        if self.training:
            for factor in (np.ones(dy.shape), normalized):  # through the mean, the variance
                paths.append(-self._scale * (upstream * factor).mean(axis=together))
                dx += factor * self._of_each(paths[-1])
        back = {"input": GradientWalk("input", dx, partial(self._input_step, dy, paths))}

        def gamma_step(index: Index) -> dict[str, Any]:
            cells = self._cells(self._weight_axes, index)
            terms = products(("dy", dy, cells), ("normalized", normalized, cells))
            return {"terms": terms, "note": f"it multiplied {self._words.format(*index)}"}

        def beta_step(index: Index) -> dict[str, Any]:
            terms = products(("dy", dy, self._cells(self._weight_axes, index)))
            return {"terms": terms, "note": f"it was added to {self._words.format(*index)}"}

        others = _others(dy, self._weight_axes)
        if self.gamma is not None:
            back["gamma"] = GradientWalk("gamma", (dy * normalized).sum(axis=others), gamma_step)
        if self.beta is not None:
            back["beta"] = GradientWalk("beta", dy.sum(axis=others), beta_step)
        return back

    def _mean_step(self, index: Index) -> dict[str, Any]:
        factors = [Factor.of("input", self.input, cell) for cell in self._group_of(index)]
        return self._statistic(self.mean, index, factors, in_a_product)

    def _variance_step(self, index: Index) -> dict[str, Any]:
        deviations = map(self._deviation, self._group_of(index))
        squares = [Factor("deviation²", one.index, one.value**2) for one in deviations]
        mean = in_a_product(self.mean.output[index].item())
        return self._statistic(
            self.variance, index, squares, lambda x: f"({number_text(x)} − {mean})²"
        )

    def _statistic(
        self, part: Part, index: Index, factors: list[Factor], write: Callable[[float], str]
    ) -> dict[str, Any]:
        """Explain a mean over a group, unless it was kept from training."""
        value, count = number_text(part.output[index].item()), len(factors)
        if not self.training:
            return {"equation": f"{value}, kept from training"}
        written = shortened([write(self.input[factor.index].item()) for factor in factors])
        share = Factor(f"1/{count}", (), 1 / count)
        equation = f"({' + '.join(written)})/{count} = {value}"
        return {"terms": [Term((factor, share)) for factor in factors], "equation": equation}

    def _normalized_step(self, index: Index) -> dict[str, Any]:
        group = _along(self._group_axes, index)
        x, value, mean, variance = (
            array[at].item()
            for array, at in (
                (self.input, index), (self.normalized.output, index),
                (self.mean.output, group), (self.variance.output, group),
            )
        )  # fmt: skip
        below = f"√({number_text(variance)} + {number_text(self.epsilon)})"
        return {
            "terms": [Term((self._deviation(index), Factor.of("scale", self._scale, group)))],
            "equation": f"({number_text(x)} − {in_a_product(mean)})/{below} = {number_text(value)}",
            "note": "scale is 1/√(variance + ε)",
        }

    def _input_step(self, dy: ndarray, paths: Sequence[ndarray], index: Index) -> dict[str, Any]:
        """Add the three paths from an input to the loss: directly, through mean and variance."""
        group, weight = _along(self._group_axes, index), _along(self._weight_axes, index)
        scale = Factor.of("scale", self._scale, group)
        if self.gamma is not None:
            scale = Factor("γ·scale", weight, self.gamma[weight].item() * scale.value)
        directly = Term((Factor.of("dy", dy, index), scale))
        if not self.training:
            return {"terms": [directly], "note": "scale is 1/√(variance + ε), kept from training"}
        here = Factor.of("normalized", self.normalized.output, index)
        through_mean = Term((Factor.of("μ path", paths[0], group),))
        through_variance = Term((here, Factor.of("σ path", paths[1], group)))
        note = (
            "directly; through the mean, μ path = −scale·mean(γ·dy); through the variance, σ path = "
            "−scale·mean(γ·dy·normalized)"
        )
        return {"terms": [directly, through_mean, through_variance], "note": note}

    def _deviation(self, index: Index) -> Factor:
        mean = self.mean.output[_along(self._group_axes, index)].item()
        return Factor("deviation", index, self.input[index].item() - mean)

    def _group_of(self, index: Index) -> list[Index]:
        """Return the indices of all numbers with one mean."""
        return self._cells(self._group_axes, index)

    def _cells(self, axes: Index, index: Index) -> list[Index]:
        """Return the indices of all numbers with an index along some axes."""
        sizes = [range(size) for size in self.input.shape]
        for axis, place in zip(axes, index, strict=True):
            sizes[axis] = range(place, place + 1)
        return list(product(*sizes))

    def _times_gamma(self, array: ndarray) -> ndarray:
        return array if self.gamma is None else array * self._spread(self.gamma)

    def _spread(self, weight: ndarray) -> ndarray:
        """Return gamma or beta with the other axes of the input, of size 1."""
        return np.expand_dims(weight, _others(self.input, self._weight_axes))

    def _of_each(self, statistic: ndarray) -> ndarray:
        """Return a number for each group with the other axes of the input, of size 1."""
        return np.expand_dims(statistic, _others(self.input, self._group_axes))


def _along(axes: Index, index: Index) -> Index:
    return tuple(index[axis] for axis in axes)


def _others(array: ndarray, axes: Index) -> Index:
    """Return the other axes of an array."""
    return tuple(axis for axis in range(array.ndim) if axis not in axes)


def _one_each(name: str, values: ArrayLike | None, channels: int) -> ndarray | None:
    if values is None:
        return None
    array = numbers(name, values)
    if array.shape != (channels,):
        raise ShapeError(
            f"steps.batch_normalization takes {name} as one number a channel, shape ({channels},), "
            f"got shape {array.shape}."
        )
    return array
