"""The convolutional layer."""

from typing import Any

from numpy import ndarray

from minicnn import activations, ops
from minicnn.errors import ShapeError
from minicnn.layers.arguments import Shape, channels_last, padding_name, pair, whole_number
from minicnn.layers.description import Convolution
from minicnn.layers.kernel_layer import KernelLayer
from minicnn.layers.layer import Gradients
from minicnn.layers.sliding import positions


class Conv2D(KernelLayer):
    """Filters that slide over the images, each looking for a pattern of its own.

    The arithmetic is `minicnn.ops.convolution.conv2d_forward`.

    Parameters
    ----------
    filters : int
        How many; each makes one channel of the output, a feature map.
    kernel_size : int or (int, int)
        A filter's height and width, in cells.
    strides : int or (int, int)
        From one position of the filter to the next, in cells.
    padding : "valid" or "same"
        "valid": the filter stays on the image. "same": zeros around it, so that with stride 1 the
        output is as large as the image.
    data_format : "channels_last", optional
        There is no other.
    dilation_rate : int or (int, int)
        From one cell of the filter to the next, in cells of the image. Not together with strides.
    groups : int
        Into how many parts channels and filters are cut; each filter sees its own part only.
    activation : str, Activation or callable, optional
        What is applied to every cell of the output.
    use_bias : bool
        Whether each filter adds a number of its own.
    kernel_initializer, bias_initializer : str, Initializer or callable
    kernel_regularizer, bias_regularizer : str or Regularizer, optional
        A penalty on the weights, added to the loss.
    **options
        `name`, `dtype`, `trainable`, `input_shape` as in `Layer`.

    Attributes
    ----------
    kernel : (kernel_height, kernel_width, channels // groups, filters)
    bias : (filters,)

    Raises
    ------
    ValueError
        For a size that is zero, negative or fractional, and where an argument is misspelt.

    Examples
    --------
    >>> import numpy as np
    >>> layer = Conv2D(64, kernel_size=3, activation="relu")
    >>> layer(np.zeros((1, 28, 28, 1))).shape, layer.count_params()
    ((1, 26, 26, 64), 640)
    """

    family = "convolution"

    def __init__(
        self,
        filters: int,
        kernel_size: Any,
        strides: Any = (1, 1),
        padding: str = "valid",
        data_format: str | None = None,
        dilation_rate: Any = (1, 1),
        groups: int = 1,
        activation: Any = None,
        use_bias: bool = True,
        kernel_initializer: Any = "glorot_uniform",
        bias_initializer: Any = "zeros",
        kernel_regularizer: Any = None,
        bias_regularizer: Any = None,
        **options: Any,
    ) -> None:
        super().__init__(
            activation, use_bias, kernel_initializer, bias_initializer, kernel_regularizer,
            bias_regularizer, **options,
        )  # fmt: skip
        self.filters = whole_number("Conv2D", "filters", filters)
        self.kernel_size = pair("Conv2D", "kernel_size", kernel_size)
        self.strides = pair("Conv2D", "strides", strides)
        self.padding = padding_name("Conv2D", padding)
        self.data_format = channels_last("Conv2D", data_format)
        self.dilation_rate = pair("Conv2D", "dilation_rate", dilation_rate)
        self.groups = whole_number("Conv2D", "groups", groups)
        if self.filters % self.groups:
            raise ValueError(
                f"Conv2D cuts its filters into groups of equal size, got filters={filters} and "
                f"groups={groups}."
            )
        if max(self.strides) > 1 and max(self.dilation_rate) > 1:
            raise ValueError(
                f"Conv2D takes strides or dilation_rate, not both, got strides={self.strides} and "
                f"dilation_rate={self.dilation_rate}."
            )

    def build(self, input_shape: Shape) -> None:
        """Make the kernel and the bias."""
        channels = input_shape[3]
        group_channels = channels and channels // self.groups
        self.add_kernel_and_bias((*self.kernel_size, group_channels, self.filters))

    def compute_output_shape(self, input_shape: Shape) -> Shape:
        """Return (batch, rows, columns, filters)."""
        rows, columns = positions(
            self, "kernel", input_shape, self.kernel_size, self.strides, self.padding,
            self.dilation_rate,
        )  # fmt: skip
        self._check_channels(input_shape[3])
        return (input_shape[0], rows, columns, self.filters)

    def forward(self, x: ndarray, training: bool = False) -> tuple[ndarray, Any]:
        """Convolve, add the bias, apply the activation."""
        if self.activation is not activations.relu:
            return super().forward(x, training)
        y, cache = self._convolve(x, "relu")  # one operation, in both directions
        return y, (cache, None, None)

    def backward(
        self, dy: ndarray, cache: Any, input_gradient: bool = True
    ) -> tuple[ndarray | None, Gradients]:
        """Return the gradients of input, kernel and bias."""
        if cache[1] is None:
            return self.logits_backward(dy, cache[0], input_gradient)
        return super().backward(dy, cache, input_gradient)

    def logits(self, x: ndarray, training: bool = False) -> tuple[ndarray, Any]:
        """Convolve and add the bias."""
        return self._convolve(x, "linear")

    def logits_backward(
        self, dz: ndarray, cache: Any, input_gradient: bool = True
    ) -> tuple[ndarray | None, Gradients]:
        """Return the gradients of input, kernel and bias."""
        dx, dkernel, dbias = ops.conv2d_backward(dz, cache, input_gradient=input_gradient)
        return dx, self.gradients(dkernel, dbias)

    def convolution(self) -> Convolution:
        """Return kernel, bias and geometry."""
        return Convolution(
            self.kernel, self.bias, self.strides, self.padding, self.dilation_rate,
            self.groups,
        )  # fmt: skip

    def get_config(self) -> dict[str, Any]:
        """Return the arguments that make an equal layer."""
        return super().get_config() | {
            "filters": self.filters,
            "kernel_size": self.kernel_size,
            "strides": self.strides,
            "padding": self.padding,
            "data_format": self.data_format,
            "dilation_rate": self.dilation_rate,
            "groups": self.groups,
        }

    def _convolve(self, x: ndarray, activation: str) -> tuple[ndarray, Any]:
        return ops.conv2d_forward(
            x, self.kernel, self.bias, self.strides, self.padding, self.dilation_rate,
            self.groups, activation,
        )  # fmt: skip

    def _check_channels(self, channels: int | None) -> None:
        if channels is None:
            return
        if channels % self.groups:
            raise ShapeError(
                f"{self.describe()} cuts the channels into {self.groups} groups of equal size, got "
                f"images with {channels} channels."
            )
        if self.built and channels != self.kernel.shape[2] * self.groups:
            raise ShapeError(
                f"{self.describe()} takes images with {self.kernel.shape[2] * self.groups} channels, "
                f"got {channels}."
            )
