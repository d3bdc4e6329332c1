"""Convolutions that treat every channel by itself, and then mix the channels."""

from typing import Any

from numpy import ndarray

from minicnn import ops
from minicnn.checks import integer
from minicnn.layers.conv2d import Conv2D, Sliding
from minicnn.layers.description import Convolution
from minicnn.layers.layer import Backward, Layer
from minicnn.layers.shapes import Shape


class Depthwise(Sliding):
    """Base class of layers with a depthwise kernel; parameters as in `SeparableConv2D`."""

    strided_dilation = True
    depth_multiplier: int
    depthwise_initializer: Any
    depthwise_regularizer: Any
    depthwise_constraint: Any

    def depthwise_shape(self, input_shape: Shape) -> tuple[int | None, ...]:
        """Return the shape of the kernel."""
        return (*self.kernel_size, input_shape[3], self.depth_multiplier)

    def depthwise(self, kernel: ndarray, bias: ndarray | None) -> Convolution:
        """Describe a convolution with one group for each channel."""
        height, width, channels, multiplier = kernel.shape
        return Convolution(
            kernel.reshape(height, width, 1, channels * multiplier), bias, self.strides,  # type: ignore[arg-type]
            self.padding, self.dilation_rate, channels,  # type: ignore[arg-type]
        )  # fmt: skip


class DepthwiseConv2D(Depthwise):
    """Convolve every channel with its own filters; no output sees two channels.

    Parameters
    ----------
    depth_multiplier : int
        Filters for each channel.
    depthwise_initializer, depthwise_regularizer, depthwise_constraint
        Of the kernel, instead of those of `Conv2D` that begin with ``kernel_``.
    kernel_size, strides, padding, data_format, dilation_rate, activation, use_bias : as in `Conv2D`
    bias_initializer, bias_regularizer, bias_constraint, **options : as in `Conv2D`

    Attributes
    ----------
    kernel : (kernel_height, kernel_width, channels, depth_multiplier)
    bias : (channels · depth_multiplier,)

    Examples
    --------
    >>> layer = DepthwiseConv2D(3, depth_multiplier=2)
    >>> layer(np.zeros((1, 8, 8, 4))).shape, layer.count_params()
    ((1, 6, 6, 8), 80)
    """

    def __init__(
        self,
        kernel_size: Any,
        strides: Any = 1,
        padding: str = "valid",
        depth_multiplier: int = 1,
        data_format: str | None = None,
        dilation_rate: Any = 1,
        activation: Any = None,
        use_bias: bool = True,
        depthwise_initializer: Any = "glorot_uniform",
        bias_initializer: Any = "zeros",
        depthwise_regularizer: Any = None,
        bias_regularizer: Any = None,
        depthwise_constraint: Any = None,
        bias_constraint: Any = None,
        **options: Any,
    ) -> None:
        super().__init__(activation, use_bias, **options)
        self.set_filters(kernel_size, strides, padding, data_format, dilation_rate)
        self.set_weight_options(locals())
        self.depth_multiplier = integer("DepthwiseConv2D", "depth_multiplier", depth_multiplier)

    def build(self, input_shape: Shape) -> None:
        self.add_weight(
            "kernel", self.depthwise_shape(input_shape), self.depthwise_initializer,
            regularizer=self.depthwise_regularizer, constraint=self.depthwise_constraint,
        )  # fmt: skip
        self.add_bias(self.output_channels(input_shape[3]))

    def output_channels(self, channels: int | None) -> int | None:
        return channels and channels * self.depth_multiplier

    def convolution(self) -> Convolution:
        return self.depthwise(self.kernel, self.bias)


class SeparableConv2D(Depthwise):
    """Convolve every channel by itself, then mix the channels of each pixel.

    This is a `DepthwiseConv2D` and a `Conv2D` with 1×1 kernels in one layer: far fewer weights and
    products than one `Conv2D`.

    Parameters
    ----------
    filters : int
        Number of channels of the output.
    depth_multiplier : int
        Depthwise filters for each channel.
    depthwise_initializer, depthwise_regularizer, depthwise_constraint
        Of the first kernel, instead of those of `Conv2D` that begin with ``kernel_``.
    pointwise_initializer, pointwise_regularizer, pointwise_constraint
        Of the second kernel.
    kernel_size, strides, padding, data_format, dilation_rate, activation, use_bias : as in `Conv2D`
    bias_initializer, bias_regularizer, bias_constraint, **options : as in `Conv2D`

    Attributes
    ----------
    depthwise_kernel : (kernel_height, kernel_width, channels, depth_multiplier)
    pointwise_kernel : (1, 1, channels · depth_multiplier, filters)
    bias : (filters,)

    Examples
    --------
    >>> layer = SeparableConv2D(16, 3)
    >>> layer(np.zeros((1, 8, 8, 4))).shape, layer.count_params()
    ((1, 6, 6, 16), 116)
    """

    family = "chain"
    depthwise_kernel: ndarray
    pointwise_kernel: ndarray
    pointwise_regularizer: Any

    def __init__(
        self,
        filters: int,
        kernel_size: Any,
        strides: Any = 1,
        padding: str = "valid",
        data_format: str | None = None,
        dilation_rate: Any = 1,
        depth_multiplier: int = 1,
        activation: Any = None,
        use_bias: bool = True,
        depthwise_initializer: Any = "glorot_uniform",
        pointwise_initializer: Any = "glorot_uniform",
        bias_initializer: Any = "zeros",
        depthwise_regularizer: Any = None,
        pointwise_regularizer: Any = None,
        bias_regularizer: Any = None,
        depthwise_constraint: Any = None,
        pointwise_constraint: Any = None,
        bias_constraint: Any = None,
        **options: Any,
    ) -> None:
        super().__init__(activation, use_bias, **options)
        self.set_filters(kernel_size, strides, padding, data_format, dilation_rate)
        self.set_weight_options(locals())
        self.filters = integer("SeparableConv2D", "filters", filters)
        self.depth_multiplier = integer("SeparableConv2D", "depth_multiplier", depth_multiplier)

    def build(self, input_shape: Shape) -> None:
        self.add_weight("depthwise_kernel", self.depthwise_shape(input_shape))
        channels = input_shape[3] and input_shape[3] * self.depth_multiplier
        self.add_weight("pointwise_kernel", (1, 1, channels, self.filters))
        self.add_bias(self.filters)

    def logits_backward(self, dz: ndarray, cache: Any, input_gradient: bool = True) -> Backward:
        dmiddle, dpointwise, dbias = ops.conv2d_backward(dz, cache[1])
        dx, ddepthwise, _ = ops.conv2d_backward(dmiddle, cache[0], input_gradient)
        gradients = {
            "depthwise_kernel": ddepthwise.reshape(self.depthwise_kernel.shape),
            "pointwise_kernel": dpointwise,
        }
        return dx, gradients | ({"bias": dbias} if self.use_bias else {})

    def convolution(self) -> Convolution:
        """Return the first of both convolutions; see `chain`."""
        return self.depthwise(self.depthwise_kernel, None)

    def chain(self) -> list[Layer]:
        """Return both convolutions as layers."""
        first = DepthwiseConv2D(
            self.kernel_size, self.strides, self.padding, self.depth_multiplier,
            dilation_rate=self.dilation_rate, use_bias=False,
            depthwise_regularizer=self.depthwise_regularizer, name=f"{self.name}_depthwise",
            dtype=self.dtype, trainable=self.trainable,
        )  # fmt: skip
        second = Conv2D(
            self.filters, 1, activation=self.activation, use_bias=self.use_bias,
            kernel_regularizer=self.pointwise_regularizer, bias_regularizer=self.bias_regularizer,
            name=f"{self.name}_pointwise", dtype=self.dtype, trainable=self.trainable,
        )  # fmt: skip
        first.build(self.input_shape)
        second.build(first.output_shape)
        first.kernel, second.kernel, second.bias = (
            self.depthwise_kernel, self.pointwise_kernel, self.bias,
        )  # fmt: skip
        return [first, second]

    def _convolve(
        self, x: ndarray, activation: str, convolution: Convolution
    ) -> tuple[ndarray, Any]:
        middle, first = ops.conv2d_forward(x, *convolution)
        y, second = ops.conv2d_forward(
            middle, self.pointwise_kernel, self.bias, activation=activation
        )
        return y, (first, second)
