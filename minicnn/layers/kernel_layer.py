"""The base class of layers with a kernel, a bias and an activation, such as `Conv2D` and `Dense`."""

from typing import Any

from numpy import ndarray

from minicnn.checks import boolean
from minicnn.layers.activation import ActivatedLayer
from minicnn.layers.layer import Backward, Gradients


class KernelLayer(ActivatedLayer):
    """A layer that multiplies by a kernel, adds a bias and applies an activation."""

    kernel: ndarray
    bias: ndarray | None = None
    kernel_regularizer: Any = None
    bias_regularizer: Any = None

    def __init__(self, activation: Any, use_bias: bool, **options: Any) -> None:
        super().__init__(activation, **options)
        self.use_bias = boolean(type(self).__name__, "use_bias", use_bias)

    def add_kernel_and_bias(self, kernel_shape: tuple[int | None, ...]) -> None:
        """Create the kernel, and a bias for each of its outputs, the last axis."""
        self.add_weight("kernel", kernel_shape)
        self.add_bias(kernel_shape[-1])

    def add_bias(self, size: int | None) -> None:
        """Create the bias if the layer has one."""
        if self.use_bias:
            self.add_weight("bias", (size,))

    def backward(self, dy: ndarray, cache: Any, input_gradient: bool = True) -> Backward:
        """Return the gradients of input, kernel and bias; ReLU may be part of the operation."""
        if cache[1] is None:
            return self.logits_backward(dy, cache[0], input_gradient)
        return super().backward(dy, cache, input_gradient)

    def gradients(self, dkernel: ndarray, dbias: ndarray) -> Gradients:
        """Return the gradients by name of the weight."""
        return {"kernel": dkernel, "bias": dbias} if self.use_bias else {"kernel": dkernel}
