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
        self.epsilon = epsilon
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
        y, self._cache = reference.batch_normalization_forward(
            np.moveaxis(self.input.astype(np.float64), self.axis, -1), self.gamma, self.beta,
            zeros if mean is None else mean, zeros if variance is None else variance,
            epsilon, self.training,
        )  # fmt: skip
        self._count = self.input.size // channels  # of the numbers in a channel
        source = "" if self.training else ", kept from training"
        self.mean, self.variance, self.normalized = (
            Part("mean", f"mean of each channel{source}", self._cache.mean, self._mean_step),
            Part(
                "variance", f"variance of each channel{source}", self._cache.variance,
                self._variance_step,
            ),
            Part(
                "normalized", "(input − mean)/√(variance + ε)",
                np.moveaxis(self._cache.normalized, -1, self.axis), self._normalized_step,
            ),
        )  # fmt: skip
        kind = "as in training" if self.training else "as in prediction"
        title = f"batch_normalization: input {size_text(self.input.shape)}, {kind}"
        super().__init__(title, np.moveaxis(y, -1, self.axis))

    @property
    def tables(self) -> list[list[Table]]:
        """Input, mean and variance, output."""
        inputs, outputs = super().tables
        return [inputs, [*self.mean.tables[0], *self.variance.tables[0]], outputs]

    def step(self, index: Index) -> Step:
        """Make the step of one number of the output: γ·normalized + β."""
        channel = (index[self.axis],)
        factors = [Factor.of("normalized", self.normalized.output, index)]
        if self.gamma is not None:
            factors.insert(0, Factor.of("gamma", self.gamma, channel))
        bias = None if self.beta is None else self.beta[channel].item()
        note = f"normalized {self._normalized_step(index).equation}"
        value = self.output[index].item()
        return Step("output", index, value, [Term(tuple(factors))], bias, note=note)

    def gradients(self, dy: ndarray) -> dict[str, GradientWalk]:
        """Return the gradients of the input, and of gamma and beta if there are any."""
        dy = np.asarray(dy, np.float64)
        dx, dgamma, dbeta = reference.batch_normalization_backward(
            np.moveaxis(dy, self.axis, -1), self._cache
        )
        dx = np.moveaxis(dx, -1, self.axis)
        back = {"input": GradientWalk("input", dx, partial(self._input_step, dy, dx))}
        if self.gamma is not None:
            back["gamma"] = GradientWalk("gamma", dgamma, partial(self._gamma_step, dy, dgamma))
        if self.beta is not None:
            back["beta"] = GradientWalk("beta", dbeta, partial(self._beta_step, dy, dbeta))
        return back

    # Forward

    def _mean_step(self, index: Index) -> Step:
        terms = products(("input", self.input, self._cells(index)))
        return self._channel_step("mean", self._cache.mean, index, terms, in_a_product)

    def _variance_step(self, index: Index) -> Step:
        terms = [
            Term((Factor("deviation²", cell, self._deviation(cell).value ** 2),))
            for cell in self._cells(index)
        ]
        mean = in_a_product(self._cache.mean[index].item())
        return self._channel_step(
            "variance",
            self._cache.variance,
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
        numbers = [write(self.input[cell].item()) for cell in self._cells(index)]
        equation = f"({' + '.join(shortened(numbers))})/{self._count} = {number_text(value)}"
        terms = [Term((*term.factors, part)) for term in terms]
        return Step(name, index, value, terms, equation=equation)

    def _normalized_step(self, index: Index) -> Step:
        channel = (index[self.axis],)
        x, value = self.input[index].item(), self.normalized.output[index].item()
        mean, variance = self._cache.mean[channel].item(), self._cache.variance[channel].item()
        above = f"({number_text(x)} − {in_a_product(mean)})"
        below = f"√({number_text(variance)} + {number_text(self.epsilon)})"
        term = Term((self._deviation(index), Factor.of("scale", self._cache.scale, channel)))
        equation = f"{above}/{below} = {number_text(value)}"
        note = "scale is 1/√(variance + ε)"
        return Step("normalized", index, value, [term], equation=equation, note=note)

    # Backward

    def _gamma_step(self, dy: ndarray, dgamma: ndarray, index: Index) -> Step:
        cells = self._cells(index)
        terms = products(("dy", dy, cells), ("normalized", self.normalized.output, cells))
        note = f"it multiplied all numbers of channel {index[0]}"
        return Step("dgamma", index, dgamma[index].item(), terms, note=note)

    def _beta_step(self, dy: ndarray, dbeta: ndarray, index: Index) -> Step:
        terms = products(("dy", dy, self._cells(index)))
        note = f"it was added to all numbers of channel {index[0]}"
        return Step("dbeta", index, dbeta[index].item(), terms, note=note)

    def _input_step(self, dy: ndarray, dx: ndarray, index: Index) -> Step:
        """Add the three paths from an input to the loss: directly, through mean and variance."""
        channel, value = (index[self.axis],), dx[index].item()
        scale = Factor.of("scale", self._cache.scale, channel)
        gamma = 1.0 if self.gamma is None else self.gamma[channel].item()
        if self.gamma is None:
            directly = Term((Factor.of("dy", dy, index), scale))
        else:
            weight = Factor("γ·scale", channel, gamma * scale.value)
            directly = Term((Factor.of("dy", dy, index), weight))
        if not self.training:
            note = "scale is 1/√(variance + ε), kept from training"
            return Step("dinput", index, value, [directly], note=note)
        upstream = gamma * np.take(dy, index[self.axis], self.axis)
        normalized = np.take(self.normalized.output, index[self.axis], self.axis)
        mean_path = -scale.value * upstream.mean().item()
        variance_path = -scale.value * (upstream * normalized).mean().item()
        here = Factor.of("normalized", self.normalized.output, index)
        terms = [
            directly,
            Term((Factor("μ path", channel, mean_path),)),
            Term((here, Factor("σ path", channel, variance_path))),
        ]
        note = (
            "directly; through the mean, μ path = −scale·mean(γ·dy); through the variance, σ path = "
            "−scale·mean(γ·dy·normalized)"
        )
        return Step("dinput", index, value, terms, note=note)

    def _deviation(self, index: Index) -> Factor:
        mean = self._cache.mean[index[self.axis]].item()
        return Factor("deviation", index, self.input[index].item() - mean)

    def _cells(self, channel: Index) -> list[Index]:
        """Return the indices of all numbers of a channel."""
        sizes = [range(size) for size in self.input.shape]
        sizes[self.axis] = range(channel[0], channel[0] + 1)
        return list(product(*sizes))


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
