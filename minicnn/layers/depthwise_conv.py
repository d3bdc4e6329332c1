"""Convolutions that treat every channel by itself, and then mix the channels."""

from collections.abc import Mapping
from typing import Any, Self

from numpy import ndarray

from minicnn import constraints, initializers, ops, regularizers
from minicnn.checks import integer
from minicnn.errors import unknown_name
from minicnn.layers.conv2d import Conv2D, Convolutional
from minicnn.layers.description import Convolution
from minicnn.layers.layer import Backward, Layer
from minicnn.layers.shapes import Shape
from minicnn.serialization import argument_names

_CONV2D_ONLY = (
    "filters", "groups", "kernel_initializer", "kernel_regularizer", "kernel_constraint",
)  # fmt: skip


class Depthwise(Convolutional):
    """Base class of layers with a depthwise kernel; parameters as in `SeparableConv2D`."""

    not_in_config = (*Convolutional.not_in_config, *_CONV2D_ONLY)
    strided_dilation = True

    def __init__(
        self,
        filters: int,
        *arguments: Any,
        depth_multiplier: int = 1,
        depthwise_constraint: Any = None,
        **options: Any,
    ) -> None:
        kind = type(self)
        for name in _CONV2D_ONLY:
            if name in options:
                known = set(argument_names(kind)) - set(kind.not_in_config)
                raise unknown_name(f"argument of {kind.__name__}", name, sorted(known))
        super().__init__(filters, *arguments, **options)
        self.depthwise_constraint = constraints.get(depthwise_constraint)
        self.depth_multiplier = integer(kind.__name__, "depth_multiplier", depth_multiplier)

    @classmethod
    def from_config(cls, config: Mapping[str, Any]) -> Self:
        """Make a layer from a config; those of Keras 2 have arguments of its base class too."""
        unused = set(_CONV2D_ONLY) & set(cls.not_in_config)
        return super().from_config({key: config[key] for key in config if key not in unused})

    @property
    def depthwise_initializer(self) -> Any:
        """The initializer of the depthwise kernel."""
        return self.kernel_initializer

    @property
    def depthwise_regularizer(self) -> regularizers.Regularizer | None:
        """The regularizer of the depthwise kernel."""
        return self.kernel_regularizer

    def add_depthwise_kernel(self, name: str, channels: int | None) -> None:
        """Create the kernel, (kernel_height, kernel_width, channels, depth_multiplier)."""
        shape = (*self.kernel_size, channels, self.depth_multiplier)
        self.add_weight(
            name, shape, self.kernel_initializer, regularizer=self.kernel_regularizer,
            constraint=self.depthwise_constraint,
        )  # fmt: skip

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
    bias_initializer, bias_regularizer, **options : as in `Conv2D`

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

    family = "convolution"

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
        **options: Any,
    ) -> None:
        super().__init__(
            1, kernel_size, strides, padding, data_format, dilation_rate, 1, activation, use_bias,
            depthwise_initializer, bias_initializer, depthwise_regularizer, bias_regularizer,
            depth_multiplier=depth_multiplier, **options,
        )  # fmt: skip

    def build(self, input_shape: Shape) -> None:
        """Create the kernel and the bias."""
        self.add_depthwise_kernel("kernel", input_shape[3])
        self.add_bias(self.output_channels(input_shape[3]))

    def output_channels(self, channels: int | None) -> int | None:
        """Return the channels times the filters of each."""
        return channels and channels * self.depth_multiplier

    def convolution(self) -> Convolution:
        """Return kernel, bias and geometry."""
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
    bias_initializer, bias_regularizer, **options : as in `Conv2D`

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
    not_in_config = (*Convolutional.not_in_config, *_CONV2D_ONLY[1:])

    depthwise_kernel: ndarray
    pointwise_kernel: ndarray

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
        pointwise_constraint: Any = None,
        **options: Any,
    ) -> None:
        super().__init__(
            filters, kernel_size, strides, padding, data_format, dilation_rate, 1, activation,
            use_bias, depthwise_initializer, bias_initializer, depthwise_regularizer,
            bias_regularizer, depth_multiplier=depth_multiplier, **options,
        )  # fmt: skip
        self.pointwise_initializer = initializers.get(pointwise_initializer)
        self.pointwise_regularizer = regularizers.get(pointwise_regularizer)
        self.pointwise_constraint = constraints.get(pointwise_constraint)

    def build(self, input_shape: Shape) -> None:
        """Create both kernels and the bias."""
        channels = input_shape[3]
        self.add_depthwise_kernel("depthwise_kernel", channels)
        shape = (1, 1, channels and channels * self.depth_multiplier, self.filters)
        self.add_weight(
            "pointwise_kernel", shape, self.pointwise_initializer,
            regularizer=self.pointwise_regularizer, constraint=self.pointwise_constraint,
        )  # fmt: skip
        self.add_bias(self.filters)

    def logits_backward(self, dz: ndarray, cache: Any, input_gradient: bool = True) -> Backward:
        """Return the gradients of input, kernels and bias."""
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
