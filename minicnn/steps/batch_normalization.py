"""Batch normalization, step by step: mean, variance, normalize, scale; and backward."""

from collections.abc import Callable

import numpy as np
from numpy import ndarray
from numpy.typing import ArrayLike

from minicnn.errors import ShapeError
from minicnn.ops import reference
from minicnn.steps.checks import numbers
from minicnn.steps.notation import in_a_product, number_text, shortened, size_text
from minicnn.steps.step import Factor, Index, Step, Term
from minicnn.steps.table import Table, as_tables
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
        self.gamma, self.beta = (
            _one_each("gamma", gamma, channels),
            _one_each("beta", beta, channels),
        )
        zeros = np.zeros(channels)
        mean, variance = (
            _one_each(name, given, channels)
            for name, given in (("moving_mean", moving_mean), ("moving_variance", moving_variance))
        )
        y, self._cache = reference.batch_normalization_forward(
            np.moveaxis(self.input.astype(np.float64), self.axis, -1), self.gamma, self.beta,
            zeros if mean is None else mean, zeros if variance is None else variance,
            epsilon, self.training,
        )  # fmt: skip
        self._count = self.input.size // channels  # of the numbers in a channel
        self._make_parts()
        kind = "as in training" if self.training else "as in prediction"
        title = f"batch_normalization: input {size_text(self.input.shape)}, {kind}"
        super().__init__(title, np.moveaxis(y, -1, self.axis))

    def _make_parts(self) -> None:
        kept = "" if self.training else ", kept from training"
        self.mean = Part("mean", f"mean of each channel{kept}", self._cache.mean, self._mean_step)
        self.variance = Part(
            "variance", f"variance of each channel{kept}", self._cache.variance, self._variance_step
        )
        self.normalized = Part(
            "normalized", "(input − mean)/√(variance + ε)",
            np.moveaxis(self._cache.normalized, -1, self.axis), self._normalized_step,
        )  # fmt: skip

    @property
    def tables(self) -> list[list[Table]]:
        """Input, mean and variance, output."""
        return [
            as_tables("input", self.input),
            [*self.mean.tables[0], *self.variance.tables[0]],
            as_tables("output", self.output),
        ]

    def step(self, index: Index) -> Step:
        """Make the step of one number of the output: γ·normalized + β."""
        channel = (index[self.axis],)
        normalized = self.normalized.output[index].item()
        factors = [Factor("normalized", index, normalized)]
        if self.gamma is not None:
            factors.insert(0, Factor("gamma", channel, self.gamma[channel].item()))
        bias = None if self.beta is None else self.beta[channel].item()
        note = self._normalized_step(index).equation
        return Step(
            "output", index, self.output[index].item(), [Term(tuple(factors))], bias,
            note=f"normalized {note}",
        )  # fmt: skip

    def gradients(self, dy: ndarray) -> dict[str, GradientWalk]:
        """Return the gradients of the input, and of gamma and beta if there are any."""
        dy = np.asarray(dy, np.float64)
        dx, dgamma, dbeta = reference.batch_normalization_backward(
            np.moveaxis(dy, self.axis, -1), self._cache
        )
        dx = np.moveaxis(dx, -1, self.axis)
        make = self._training_step if self.training else self._prediction_step
        back = {"input": GradientWalk("input", dx, lambda index: make(index, dy, dx))}
        if self.gamma is not None:
            back["gamma"] = GradientWalk(
                "gamma", dgamma, lambda index: self._weight_step("gamma", index, dy, dgamma)
            )
        if self.beta is not None:
            back["beta"] = GradientWalk(
                "beta", dbeta, lambda index: self._weight_step("beta", index, dy, dbeta)
            )
        return back

    # Forward

    def _mean_step(self, index: Index) -> Step:
        value = self._cache.mean[index].item()
        if not self.training:
            return Step("mean", index, value, equation=f"{number_text(value)}, kept from training")
        share = Factor(f"1/{self._count}", (), 1 / self._count)
        terms = [Term((self._x(cell), share)) for cell in self._cells(index)]
        total = self._written(index, in_a_product)
        return Step("mean", index, value, terms, equation=f"({total})/{self._count} = "
                    f"{number_text(value)}")  # fmt: skip

    def _variance_step(self, index: Index) -> Step:
        value = self._cache.variance[index].item()
        if not self.training:
            return Step("variance", index, value,
                        equation=f"{number_text(value)}, kept from training")  # fmt: skip
        share = Factor(f"1/{self._count}", (), 1 / self._count)
        terms = [
            Term((Factor("deviation²", cell, self._deviation(cell).value ** 2), share))
            for cell in self._cells(index)
        ]
        mean = in_a_product(self._cache.mean[index].item())
        total = self._written(index, lambda x: f"({number_text(x)} − {mean})²")
        return Step("variance", index, value, terms, equation=f"({total})/{self._count} = "
                    f"{number_text(value)}")  # fmt: skip

    def _normalized_step(self, index: Index) -> Step:
        channel = (index[self.axis],)
        x, value = self.input[index].item(), self.normalized.output[index].item()
        mean, variance = self._cache.mean[channel].item(), self._cache.variance[channel].item()
        above = f"({number_text(x)} − {in_a_product(mean)})"
        below = f"√({number_text(variance)} + {number_text(self.epsilon)})"
        return Step(
            "normalized", index, value, [Term((self._deviation(index), self._scale(channel)))],
            note="scale is 1/√(variance + ε)", equation=f"{above}/{below} = {number_text(value)}",
        )  # fmt: skip

    # Backward

    def _weight_step(self, name: str, index: Index, dy: ndarray, gradient: ndarray) -> Step:
        """Gamma multiplied every normalized number of its channel; beta was added to each."""
        terms = []
        for cell in self._cells(index):
            factors = [Factor("dy", cell, dy[cell].item())]
            if name == "gamma":
                factors.append(Factor("normalized", cell, self.normalized.output[cell].item()))
            terms.append(Term(tuple(factors)))
        what = "multiplied" if name == "gamma" else "was added to"
        note = f"it {what} all numbers of channel {index[0]}"
        return Step(f"d{name}", index, gradient[index].item(), terms, note=note)

    def _prediction_step(self, index: Index, dy: ndarray, dx: ndarray) -> Step:
        factors = self._directly(index, dy)
        note = "scale is 1/√(variance + ε), kept from training"
        return Step("dinput", index, dx[index].item(), [Term(factors)], note=note)

    def _training_step(self, index: Index, dy: ndarray, dx: ndarray) -> Step:
        """Add the three paths from an input to the loss: directly, through mean and variance."""
        channel = (index[self.axis],)
        cells = self._cells(channel)
        gamma = 1.0 if self.gamma is None else self.gamma[channel].item()
        upstream = gamma * np.array([dy[cell] for cell in cells])
        normalized = np.array([self.normalized.output[cell] for cell in cells])
        scale = self._scale(channel)
        mean_path = -scale.value * upstream.mean().item()
        variance_path = -scale.value * (upstream * normalized).mean().item()
        here = Factor("normalized", index, self.normalized.output[index].item())
        terms = [
            Term(self._directly(index, dy)),
            Term((Factor("μ path", channel, mean_path),)),
            Term((here, Factor("σ path", channel, variance_path))),
        ]
        note = (
            "directly; through the mean, μ path = −scale·mean(γ·dy); through the variance, σ path = "
            "−scale·mean(γ·dy·normalized)"
        )
        return Step("dinput", index, dx[index].item(), terms, note=note)

    # Parts of the sums

    def _directly(self, index: Index, dy: ndarray) -> tuple[Factor, Factor]:
        """Return the factors of the direct path: dy, and γ·scale."""
        channel = (index[self.axis],)
        upstream, scale = Factor("dy", index, dy[index].item()), self._scale(channel)
        if self.gamma is None:
            return upstream, scale
        return upstream, Factor("γ·scale", channel, self.gamma[channel].item() * scale.value)

    def _x(self, index: Index) -> Factor:
        return Factor("input", index, self.input[index].item())

    def _deviation(self, index: Index) -> Factor:
        mean = self._cache.mean[index[self.axis]].item()
        return Factor("deviation", index, self.input[index].item() - mean)

    def _scale(self, channel: Index) -> Factor:
        return Factor("scale", channel, self._cache.scale[channel].item())

    def _cells(self, channel: Index) -> list[Index]:
        """Return the indices of all numbers of a channel."""
        sizes = [1 if axis == self.axis else size for axis, size in enumerate(self.input.shape)]
        return [
            (*index[: self.axis], channel[0], *index[self.axis + 1 :])
            for index in np.ndindex(*sizes)
        ]

    def _written(self, channel: Index, write: Callable[[float], str]) -> str:
        """Write all numbers of a channel as a sum."""
        cells = self._cells(channel)
        return " + ".join(shortened([write(self.input[cell].item()) for cell in cells]))


def _one_each(name: str, given: ArrayLike | None, channels: int) -> ndarray | None:
    if given is None:
        return None
    array = numbers(name, given)
    if array.shape != (channels,):
        raise ShapeError(
            f"steps.batch_normalization takes {name} as one number a channel, shape ({channels},), "
            f"got shape {array.shape}."
        )
    return array.astype(np.float64)
