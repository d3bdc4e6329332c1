"""2-D convolution, fast: picks the algorithm for the shape.

Same names, signatures and results as `minicnn.ops.reference.convolution`.
"""

from types import ModuleType
from typing import Any

from numpy import ndarray

from minicnn.ops.reference.convolution import Conv2DCache, Pair


def conv2d_forward(
    x: ndarray,
    kernel: ndarray,
    bias: ndarray | None = None,
    strides: Pair = (1, 1),
    padding: str = "valid",
    dilation_rate: Pair = (1, 1),
    groups: int = 1,
    activation: str = "linear",
    training: bool = True,
) -> tuple[ndarray, Conv2DCache]:
    """Slide every filter over the images; see `minicnn.ops.reference.convolution.conv2d_forward`."""
    return algorithm().conv2d_forward(
        x, kernel, bias, strides, padding, dilation_rate, groups, activation, training
    )


def conv2d_backward(
    dy: ndarray, cache: Conv2DCache, input_gradient: bool = True
) -> tuple[Any, ndarray, ndarray]:
    """Gradients; see `minicnn.ops.reference.convolution.conv2d_backward`."""
    return algorithm().conv2d_backward(dy, cache, input_gradient)


def algorithm() -> ModuleType:
    """Return the module whose convolution is fastest: im2col, for every shape."""
    from minicnn.ops import im2col

    return im2col
