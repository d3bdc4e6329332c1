"""2-D convolution, fast: picks the algorithm for the shape.

Same names, signatures and results as `minicnn.ops.reference.convolution`.
"""

from types import ModuleType
from typing import Any

import numpy as np
from numpy import ndarray

from minicnn.ops import reference
from minicnn.ops.reference.convolution import Conv2DCache, Pair

FEWEST_CHANNELS = 8  # below, Winograd's transforms cost more than its products save


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
    chosen = algorithm(x.dtype, kernel.shape, strides, dilation_rate, groups)
    return chosen.conv2d_forward(
        x, kernel, bias, strides, padding, dilation_rate, groups, activation, training
    )


def conv2d_backward(
    dy: ndarray, cache: Conv2DCache, input_gradient: bool = True
) -> tuple[Any, ndarray, ndarray]:
    """Gradients; see `minicnn.ops.reference.convolution.conv2d_backward`."""
    x, kernel, _, strides, _, dilation_rate, groups, _ = cache
    chosen = algorithm(x.dtype, kernel.shape, strides, dilation_rate, groups)
    return chosen.conv2d_backward(dy, cache, input_gradient)


def algorithm(
    dtype: np.dtype, kernel_shape: tuple[int, ...], strides: Pair, dilation_rate: Pair, groups: int
) -> ModuleType:
    """Return the module whose convolution is fastest for a shape.

    Float64 takes the reference, which is exact. Winograd's algorithm saves three products of four
    for 3×3 kernels that move by one cell, where there are enough channels and filters to pay for
    its transforms; im2col does everything else.

    Examples
    --------
    >>> name = algorithm(np.dtype("float32"), (3, 3, 64, 32), (1, 1), (1, 1), 1).__name__
    >>> name.rpartition(".")[2]
    'winograd'
    """
    if dtype != np.float32:
        return reference
    from minicnn.ops import im2col, winograd

    three_by_three = kernel_shape[:2] == (3, 3) and strides == dilation_rate == (1, 1)
    enough = min(kernel_shape[2], kernel_shape[3]) >= FEWEST_CHANNELS
    return winograd if three_by_three and groups == 1 and enough else im2col
