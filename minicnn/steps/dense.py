"""The fully connected layer, step by step: every feature times its weight, summed; and backward."""

import numpy as np
from numpy import ndarray
from numpy.typing import ArrayLike

from minicnn.errors import ShapeError
from minicnn.ops import reference
from minicnn.steps.checks import as_bias, numbers
from minicnn.steps.notation import counted, size_text
from minicnn.steps.step import Factor, Index, Step, Term
from minicnn.steps.table import Table, as_tables
from minicnn.steps.walk import GradientWalk, Walk


def dense(features: ArrayLike, kernel: ArrayLike, bias: ArrayLike | None = None) -> "DenseWalk":
    """Sum the weighted features for every unit, step by step.

    ``output[u] = Σᵢ input[i]·kernel[i, u] + bias[u]``, as `minicnn.ops.dense.dense_forward` computes it.

    Parameters
    ----------
    features : (features,)
        One example; axes before the last are kept, as in the layer. Integers stay integers.
    kernel : (features, units)
        ``layer.kernel``.
    bias : (units,) or number, optional
        ``layer.bias``.

    Returns
    -------
    DenseWalk
        Its output has the units as its last axis.

    Raises
    ------
    ShapeError
        If features, kernel and bias do not fit together.

    Examples
    --------
    >>> walk = dense([1, 2], [[3, 0], [4, 1]], bias=[10, 0])
    >>> walk.output
    array([21,  2])
    >>> print(walk[0])
    output[0]
    <BLANKLINE>
      input[0] · kernel[0, 0]  1·3   3
      input[1] · kernel[1, 0]  2·4   8
      bias                          10
    <BLANKLINE>
    1·3 + 2·4 + 10 = 21
    >>> walk.backward([1, -1]).input[0]
    <dinput[0]: 1·3 + (−1)·0 = 3>
    """
    return DenseWalk(features, kernel, bias)


class DenseWalk(Walk):
    """The walk that `dense` returns."""

    def __init__(self, features: ArrayLike, kernel: ArrayLike, bias: ArrayLike | None) -> None:
        self.input, self.kernel = _features_and_kernel(features, kernel)
        count, units = self.kernel.shape
        self.bias = as_bias("steps.dense", bias, units)
        kind = np.result_type(self.input, self.kernel, 0 if self.bias is None else self.bias)
        x = self.input.reshape(-1, count).astype(
            kind
        )  # (1 or the product of further axes, features)
        y, self._cache = reference.dense_forward(x, self.kernel, self.bias)
        super().__init__(
            f"dense: {size_text(self.input.shape)} features, {units} units",
            y.reshape(*self.input.shape[:-1], units),
        )

    @property
    def tables(self) -> list[list[Table]]:
        """Features, and below them the outputs: both may be long."""
        return [as_tables("input", self.input), as_tables("output", self.output)]

    @property
    def remark(self) -> str:
        """The equation of all outputs."""
        added = "" if self.bias is None else " + bias[u]"
        return f"output[u] = Σ input[i]·kernel[i, u]{added}, over {len(self.kernel)} features."

    def step(self, index: Index) -> Step:
        """Make the step of one unit."""
        *example, unit = index
        terms = [
            Term((self._input_factor((*example, i)), self._kernel_factor(i, unit)))
            for i in range(len(self.kernel))
        ]
        bias = None if self.bias is None else self.bias[unit].item()
        return Step("output", index, self.output[index].item(), terms, bias)

    def gradients(self, dy: ndarray) -> dict[str, GradientWalk]:
        """Return the gradients of input and kernel, and of the bias where there is one."""
        rows = dy.reshape(-1, dy.shape[-1])  # (1 or the product of further axes, units)
        dx, dkernel, dbias = reference.dense_backward(rows, self._cache)
        dx = dx.reshape(self.input.shape)
        back = {
            "input": GradientWalk("input", dx, lambda index: self._input_step(index, dy, dx)),
            "kernel": GradientWalk(
                "kernel", dkernel, lambda index: self._kernel_step(index, dy, dkernel)
            ),
        }
        if self.bias is not None:
            back["bias"] = GradientWalk(
                "bias", dbias, lambda index: self._bias_step(index, dy, dbias)
            )
        return back

    def _input_step(self, index: Index, dy: ndarray, dx: ndarray) -> Step:
        """Sum, over all units, dy times the weight of this feature."""
        *example, i = index
        terms = [
            Term((_dy_factor(dy, (*example, unit)), self._kernel_factor(i, unit)))
            for unit in range(dy.shape[-1])
        ]
        return Step("dinput", index, dx[index].item(), terms)

    def _kernel_step(self, index: Index, dy: ndarray, dkernel: ndarray) -> Step:
        """Multiply the feature by the unit's dy."""
        i, unit = index
        terms = [
            Term((self._input_factor((*example, i)), _dy_factor(dy, (*example, unit))))
            for example in np.ndindex(dy.shape[:-1])
        ]
        return Step("dkernel", index, dkernel[index].item(), terms)

    def _bias_step(self, index: Index, dy: ndarray, dbias: ndarray) -> Step:
        """Take dy of the unit: the bias was added to it unchanged."""
        terms = [
            Term((_dy_factor(dy, (*example, *index)),)) for example in np.ndindex(dy.shape[:-1])
        ]
        return Step("dbias", index, dbias[index].item(), terms)

    def _input_factor(self, index: Index) -> Factor:
        return Factor("input", index, self.input[index].item())

    def _kernel_factor(self, i: int, unit: int) -> Factor:
        return Factor("kernel", (i, unit), self.kernel[i, unit].item())


def _dy_factor(dy: ndarray, index: Index) -> Factor:
    return Factor("dy", index, dy[index].item())


def _features_and_kernel(features: ArrayLike, kernel: ArrayLike) -> tuple[ndarray, ndarray]:
    """Return both as arrays, or raise an error that names what does not fit."""
    x, weights = numbers("features", features), numbers("kernel", kernel)
    if weights.ndim != 2 or not weights.size:
        raise ShapeError(
            f"steps.dense takes a kernel of shape (features, units), got shape {weights.shape}. "
            "For the weights of a single unit write kernel[:, np.newaxis]."
        )
    if x.ndim == 0 or x.shape[-1] != len(weights):
        raise ShapeError(
            f"a kernel of shape {weights.shape} weighs {counted(len(weights), 'feature')}, got "
            f"features of shape {x.shape}. For an image write image.ravel()."
        )
    return x, weights
