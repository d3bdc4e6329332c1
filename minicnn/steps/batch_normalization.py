"""Batch normalization, step by step: mean, variance, normalize, scale; and backward."""

from collections.abc import Callable
from functools import partial
from itertools import product

import numpy as np
from numpy import ndarray
from numpy.typing import ArrayLike

from minicnn.errors import ShapeError
from minicnn.ops import reference
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
) -> "BatchNormalizationWalk":
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
    BatchNormalizationWalk

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
    return BatchNormalizationWalk(x, gamma, beta, moving_mean, moving_variance, epsilon, axis)


class BatchNormalizationWalk(Walk):
    """The walk that `batch_normalization` returns."""

    def __init__(
        self,
        x: ArrayLike,
        gamma: ArrayLike | None,
        beta: ArrayLike | None,
        moving_mean: ArrayLike | None,
        moving_variance: ArrayLike | None,
        epsilon: float,
        axis: int,
    ) -> None:
        self.input = numbers("x", x)
        if not self.input.ndim or not self.input.size:
            raise ShapeError(
                "steps.batch_normalization takes an array (..., channels), got shape "
                f"{self.input.shape}. A list of examples of one channel is [[1.0], [3.0]]."
            )
        if (moving_mean is None) != (moving_variance is None):
            raise ValueError(
                "steps.batch_normalization takes moving_mean and moving_variance together; without "
                "both, mean and variance are those of x."
            )
        self.axis = axis % self.input.ndim
        self.training = moving_mean is None
        channels = self.input.shape[self.axis]
        self.gamma, self.beta, mean, variance = (
            _one_each(name, values, channels)
            for name, values in {
                "gamma": gamma, "beta": beta,
                "moving_mean": moving_mean, "moving_variance": moving_variance,
            }.items()
        )  # fmt: skip
        zeros = np.zeros(channels)
        y, cache = reference.batch_normalization_forward(
            np.moveaxis(self.input.astype(np.float64), self.axis, -1), self.gamma, self.beta,
            zeros if mean is None else mean, zeros if variance is None else variance,
            epsilon, self.training,
        )  # fmt: skip
        self._cache = cache
        kind = "as in training" if self.training else "as in prediction"
        super().__init__(
            f"batch_normalization: input {size_text(self.input.shape)}, {kind}",
            np.moveaxis(y, -1, self.axis),
        )
        normalized = np.moveaxis(cache.normalized, -1, self.axis)
        self._set_parts(cache.mean, cache.variance, cache.scale, normalized, epsilon)

    name_of_group = "channel"

    def _set_parts(
        self, mean: ndarray, variance: ndarray, scale: ndarray, normalized: ndarray, epsilon: float
    ) -> None:
        self.epsilon, self._scale = epsilon, scale
        self._count = self.input.size // mean.size  # of the numbers with one mean
        source = "" if self.training else ", kept from training"
        of_each = f"of each {self.name_of_group}{source}"
        self.mean, self.variance, self.normalized = (
            Part("mean", f"mean {of_each}", mean, self._mean_step),
            Part("variance", f"variance {of_each}", variance, self._variance_step),
            Part(
                "normalized", "(input − mean)/√(variance + ε)", normalized, self._normalized_step
            ),
        )  # fmt: skip

    @property
    def weight_axes(self) -> tuple[int, ...]:
        """The axes along which gamma and beta lie."""
        return (self.axis,)

    @property
    def group_axes(self) -> tuple[int, ...]:
        """The axes along which there are several means."""
        return (self.axis,)

    @property
    def tables(self) -> list[list[Table]]:
        """Input, mean and variance, output."""
        inputs, outputs = super().tables
        return [inputs, [*self.mean.tables[0], *self.variance.tables[0]], outputs]

    def step(self, index: Index) -> Step:
        """Make the step of one number of the output: γ·normalized + β."""
        weight = _along(self.weight_axes, index)
        factors = [Factor.of("normalized", self.normalized.output, index)]
        if self.gamma is not None:
            factors.insert(0, Factor.of("gamma", self.gamma, weight))
        bias = None if self.beta is None else self.beta[weight].item()
        note = f"normalized {self._normalized_step(index).equation}"
        value = self.output[index].item()
        return Step("output", index, value, [Term(tuple(factors))], bias, note=note)

    def gradients(self, dy: ndarray) -> dict[str, GradientWalk]:
        """Return the gradients of the input, and of gamma and beta if there are any."""
        dy = np.asarray(dy, np.float64)
        dx, dgamma, dbeta = self._gradients(dy)
        back = {"input": GradientWalk("input", dx, partial(self._input_step, dy, dx))}
        if self.gamma is not None:
            back["gamma"] = GradientWalk("gamma", dgamma, partial(self._gamma_step, dy, dgamma))
        if self.beta is not None:
            back["beta"] = GradientWalk("beta", dbeta, partial(self._beta_step, dy, dbeta))
        return back

    def _gradients(self, dy: ndarray) -> tuple[ndarray, ndarray, ndarray]:
        dx, dgamma, dbeta = reference.batch_normalization_backward(
            np.moveaxis(dy, self.axis, -1), self._cache
        )
        return np.moveaxis(dx, -1, self.axis), dgamma, dbeta

    # Forward

    def _mean_step(self, index: Index) -> Step:
        terms = products(("input", self.input, self._group_of(index)))
        return self._channel_step("mean", self.mean.output, index, terms, in_a_product)

    def _variance_step(self, index: Index) -> Step:
        terms = [
            Term((Factor("deviation²", cell, self._deviation(cell).value ** 2),))
            for cell in self._group_of(index)
        ]
        mean = in_a_product(self.mean.output[index].item())
        return self._channel_step(
            "variance",
            self.variance.output,
            index,
            terms,
            lambda x: f"({number_text(x)} − {mean})²",
        )

    def _channel_step(
        self,
        name: str,
        values: ndarray,
        index: Index,
        terms: list[Term],
        write: Callable[[float], str],
    ) -> Step:
        """Make the step of a mean over a channel, unless it was kept from training."""
        value = values[index].item()
        if not self.training:
            return Step(name, index, value, equation=f"{number_text(value)}, kept from training")
        part = Factor(f"1/{self._count}", (), 1 / self._count)
        numbers = [write(self.input[cell].item()) for cell in self._group_of(index)]
        equation = f"({' + '.join(shortened(numbers))})/{self._count} = {number_text(value)}"
        terms = [Term((*term.factors, part)) for term in terms]
        return Step(name, index, value, terms, equation=equation)

    def _normalized_step(self, index: Index) -> Step:
        group = _along(self.group_axes, index)
        x, value = self.input[index].item(), self.normalized.output[index].item()
        mean, variance = self.mean.output[group].item(), self.variance.output[group].item()
        above = f"({number_text(x)} − {in_a_product(mean)})"
        below = f"√({number_text(variance)} + {number_text(self.epsilon)})"
        term = Term((self._deviation(index), Factor.of("scale", self._scale, group)))
        equation = f"{above}/{below} = {number_text(value)}"
        note = "scale is 1/√(variance + ε)"
        return Step("normalized", index, value, [term], equation=equation, note=note)

    # Backward

    def _gamma_step(self, dy: ndarray, dgamma: ndarray, index: Index) -> Step:
        cells = self._cells(self.weight_axes, index)
        terms = products(("dy", dy, cells), ("normalized", self.normalized.output, cells))
        note = f"it multiplied {self._users(index)}"
        return Step("dgamma", index, dgamma[index].item(), terms, note=note)

    def _beta_step(self, dy: ndarray, dbeta: ndarray, index: Index) -> Step:
        terms = products(("dy", dy, self._cells(self.weight_axes, index)))
        note = f"it was added to {self._users(index)}"
        return Step("dbeta", index, dbeta[index].item(), terms, note=note)

    def _input_step(self, dy: ndarray, dx: ndarray, index: Index) -> Step:
        """Add the three paths from an input to the loss: directly, through mean and variance."""
        group, value = _along(self.group_axes, index), dx[index].item()
        weight = _along(self.weight_axes, index)
        scale = Factor.of("scale", self._scale, group)
        gamma = 1.0 if self.gamma is None else self.gamma[weight].item()
        if self.gamma is None:
            directly = Term((Factor.of("dy", dy, index), scale))
        else:
            both = Factor("γ·scale", weight, gamma * scale.value)
            directly = Term((Factor.of("dy", dy, index), both))
        if not self.training:
            note = "scale is 1/√(variance + ε), kept from training"
            return Step("dinput", index, value, [directly], note=note)
        cells = self._group_of(group)
        gammas = [
            1.0 if self.gamma is None else self.gamma[_along(self.weight_axes, cell)]
            for cell in cells
        ]
        upstream = np.array([dy[cell] for cell in cells]) * gammas
        normalized = np.array([self.normalized.output[cell] for cell in cells])
        mean_path = -scale.value * upstream.mean().item()
        variance_path = -scale.value * (upstream * normalized).mean().item()
        here = Factor.of("normalized", self.normalized.output, index)
        terms = [
            directly,
            Term((Factor("μ path", group, mean_path),)),
            Term((here, Factor("σ path", group, variance_path))),
        ]
        note = (
            "directly; through the mean, μ path = −scale·mean(γ·dy); through the variance, σ path = "
            "−scale·mean(γ·dy·normalized)"
        )
        return Step("dinput", index, value, terms, note=note)

    def _deviation(self, index: Index) -> Factor:
        mean = self.mean.output[_along(self.group_axes, index)].item()
        return Factor("deviation", index, self.input[index].item() - mean)

    def _group_of(self, index: Index) -> list[Index]:
        """Return the indices of all numbers with one mean."""
        return self._cells(self.group_axes, index)

    def _cells(self, axes: tuple[int, ...], index: Index) -> list[Index]:
        """Return the indices of all numbers with an index along some axes."""
        sizes = [range(size) for size in self.input.shape]
        for axis, place in zip(axes, index, strict=True):
            sizes[axis] = range(place, place + 1)
        return list(product(*sizes))

    def _users(self, weight: Index) -> str:
        return f"all numbers of channel {weight[0]}"


class LayerNormalizationWalk(BatchNormalizationWalk):
    """A layer normalization: mean and variance are those of the example, over some of its axes."""

    name_of_group = "group of numbers"
    training = True  # the statistics are the input's own

    def __init__(
        self,
        x: ndarray,
        gamma: ndarray | None,
        beta: ndarray | None,
        axes: tuple[int, ...],
        epsilon: float,
    ) -> None:
        self.input = numbers("x", x)
        self._axes = tuple(sorted({axis % self.input.ndim for axis in axes}))
        self.gamma, self.beta = (
            None if one is None else np.asarray(one, np.float64) for one in (gamma, beta)
        )
        batch, along = self.input[None].astype(np.float64), tuple(axis + 1 for axis in self._axes)
        y, self._layer_cache = reference.layer_normalization_forward(
            batch, self.gamma, self.beta, along, epsilon
        )
        Walk.__init__(self, f"layer_normalization: input {size_text(self.input.shape)}", y[0])
        mean, variance = batch[0].mean(axis=self._axes), batch[0].var(axis=self._axes)
        normalized, scale, *_ = self._layer_cache
        scale = np.squeeze(scale[0], axis=self._axes)
        self._set_parts(np.asarray(mean), np.asarray(variance), scale, normalized[0], epsilon)

    @property
    def weight_axes(self) -> tuple[int, ...]:
        """The normalized axes."""
        return self._axes

    @property
    def group_axes(self) -> tuple[int, ...]:
        """The other axes."""
        return tuple(axis for axis in range(self.input.ndim) if axis not in self._axes)

    def _gradients(self, dy: ndarray) -> tuple[ndarray, ndarray, ndarray]:
        dx, dgamma, dbeta = reference.layer_normalization_backward(dy[None], self._layer_cache)
        return dx[0], dgamma, dbeta

    def _users(self, weight: Index) -> str:
        return "these numbers"


def _along(axes: tuple[int, ...], index: Index) -> Index:
    return tuple(index[axis] for axis in axes)


def _one_each(name: str, values: ArrayLike | None, channels: int) -> ndarray | None:
    if values is None:
        return None
    array = numbers(name, values)
    if array.shape != (channels,):
        raise ShapeError(
            f"steps.batch_normalization takes {name} as one number a channel, shape ({channels},), "
            f"got shape {array.shape}."
        )
    return array.astype(np.float64)
