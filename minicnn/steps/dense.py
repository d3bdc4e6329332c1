"""The fully connected layer, step by step: every feature times its weight, summed; and backward."""

from typing import Any

import numpy as np
from numpy import ndarray
from numpy.typing import ArrayLike

from minicnn.errors import ShapeError
from minicnn.ops import reference
from minicnn.steps.checks import as_bias, numbers
from minicnn.steps.notation import counted, size_text
from minicnn.steps.step import Index, Step, products
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
        self.input, self.kernel = numbers("features", features), numbers("kernel", kernel)
        if self.kernel.ndim != 2 or not self.kernel.size:
            raise ShapeError(
                "steps.dense takes a kernel of shape (features, units), got shape "
                f"{self.kernel.shape}. For the weights of a single unit write kernel[:, np.newaxis]."
            )
        count, units = self.kernel.shape
        if self.input.ndim == 0 or self.input.shape[-1] != count:
            raise ShapeError(
                f"a kernel of shape {self.kernel.shape} weighs {counted(count, 'feature')}, got "
                f"features of shape {self.input.shape}. For an image write image.ravel()."
            )
        self.bias = as_bias("steps.dense", bias, units)
        kind = np.result_type(self.input, self.kernel, 0 if self.bias is None else self.bias)
        x = self.input.reshape(-1, count).astype(kind)  # (product of the axes before, features)
        y, self._cache = reference.dense_forward(x, self.kernel, self.bias)
        super().__init__(
            f"dense: {size_text(self.input.shape)} features, {units} units",
            y.reshape(*self.input.shape[:-1], units),
        )

    @property
    def remark(self) -> str:
        """The equation of all outputs."""
        added = "" if self.bias is None else " + bias[u]"
        return f"output[u] = Σ input[i]·kernel[i, u]{added}, over {len(self.kernel)} features."

    def step(self, index: Index) -> Step:
        """Make the step of one unit."""
        *example, unit = index
        features = range(len(self.kernel))
        terms = products(
            ("input", self.input, [(*example, i) for i in features]),
            ("kernel", self.kernel, [(i, unit) for i in features]),
        )
        bias = None if self.bias is None else self.bias[unit].item()
        return Step("output", index, self.output[index].item(), terms, bias)

    def gradients(self, dy: ndarray) -> dict[str, GradientWalk]:
        """Return the gradients of input and kernel, and of the bias if there is one."""
        rows = dy.reshape(-1, dy.shape[-1])  # (product of the axes before, units)
        dx, dkernel, dbias = reference.dense_backward(rows, self._cache)
        examples, units = list(np.ndindex(dy.shape[:-1])), range(dy.shape[-1])

        def input_step(index: Index) -> dict[str, Any]:
            *example, i = index
            upstream = [(*example, unit) for unit in units]
            weights = [(i, unit) for unit in units]
            return {"terms": products(("dy", dy, upstream), ("kernel", self.kernel, weights))}

        def kernel_step(index: Index) -> dict[str, Any]:
            i, unit = index
            features = [(*example, i) for example in examples]
            upstream = [(*example, unit) for example in examples]
            return {"terms": products(("input", self.input, features), ("dy", dy, upstream))}

        def bias_step(index: Index) -> dict[str, Any]:
            return {"terms": products(("dy", dy, [(*example, *index) for example in examples]))}

        back = {
            "input": GradientWalk("input", dx.reshape(self.input.shape), input_step),
            "kernel": GradientWalk("kernel", dkernel, kernel_step),
        }
        if self.bias is not None:
            back["bias"] = GradientWalk("bias", dbias, bias_step)
        return back
