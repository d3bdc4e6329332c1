"""The transposed convolution, which enlarges images."""

from typing import Any

import numpy as np
from numpy import ndarray

from minicnn import ops
from minicnn.checks import integer, pair
from minicnn.errors import ShapeError
from minicnn.layers.conv2d import Conv2D, FilterLayer
from minicnn.layers.layer import Backward, Gradients, Layer
from minicnn.layers.moving import Moving
from minicnn.layers.shapes import Shape, check_image_shape
from minicnn.ops.windows import effective_size, output_size, padding_amounts, transposed_size


class Conv2DTranspose(FilterLayer):
    """Transposed 2-D convolution: each pixel adds its multiple of a filter to a larger image.

    Generators and decoders use it to enlarge images. The arithmetic is
    `minicnn.ops.transposed_convolution.conv2d_transpose_forward`.

    Parameters
    ----------
    filters : int
        Number of channels of the output.
    kernel_size : int or (int, int)
        Height and width of a filter, in pixels.
    strides : int or (int, int)
        Distance between the filters of neighbouring pixels, in pixels of the output.
    padding : "valid" or "same"
        With "same", the output is `strides` times as large as the input.
    output_padding : int or (int, int), optional
        Rows and columns added to the smallest possible output; less than `strides`.
    data_format, dilation_rate, activation, use_bias : as in `Conv2D`
    kernel_initializer, bias_initializer, kernel_regularizer, bias_regularizer : as in `Conv2D`
    kernel_constraint, bias_constraint, **options : as in `Conv2D`

    Attributes
    ----------
    kernel : (kernel_height, kernel_width, filters, channels)
    bias : (filters,)

    Examples
    --------
    >>> layer = Conv2DTranspose(8, 3, strides=2, padding="same")
    >>> layer(np.zeros((1, 7, 7, 16))).shape, layer.count_params()
    ((1, 14, 14, 8), 1160)
    """

    family = "chain"

    def __init__(
        self,
        filters: int,
        kernel_size: Any,
        strides: Any = 1,
        padding: str = "valid",
        output_padding: Any = None,
        data_format: str | None = None,
        dilation_rate: Any = 1,
        activation: Any = None,
        use_bias: bool = True,
        kernel_initializer: Any = "glorot_uniform",
        bias_initializer: Any = "zeros",
        kernel_regularizer: Any = None,
        bias_regularizer: Any = None,
        kernel_constraint: Any = None,
        bias_constraint: Any = None,
        **options: Any,
    ) -> None:
        super().__init__(activation, use_bias, **options)
        self.set_filters(kernel_size, strides, padding, data_format, dilation_rate)
        self.set_weight_options(locals())
        kind = "Conv2DTranspose"
        self.filters = integer(kind, "filters", filters)
        self.output_padding = None
        if output_padding is not None:
            self.output_padding = pair(kind, "output_padding", output_padding, minimum=0)
        if any(a >= s for a, s in zip(self.output_padding or (), self.strides, strict=False)):
            raise ValueError(
                f"{kind}: output_padding must be less than strides, got output_padding="
                f"{self.output_padding} and strides={self.strides}."
            )

    def build(self, input_shape: Shape) -> None:
        self.add_weight("kernel", (*self.kernel_size, self.filters, input_shape[3]))
        self.add_bias(self.filters)

    def compute_output_shape(self, input_shape: Shape) -> Shape:
        rows, columns, channels = check_image_shape(self.describe(), input_shape)
        if self.built and channels not in (None, self.kernel.shape[3]):
            raise ShapeError(
                f"{self.describe()} takes images with {self.kernel.shape[3]} channels, got {channels}."
            )
        sizes = []
        for axis, size in enumerate((rows, columns)):
            window, stride, dilation = self._along(axis)
            amount = None if self.output_padding is None else self.output_padding[axis]
            size_out = size and transposed_size(
                size, window, stride, self.padding, amount, dilation
            )
            if size is not None and size != output_size(
                max(size_out or 0, 0), window, stride, self.padding, dilation
            ):
                raise ShapeError(
                    f"{self.describe()} cannot enlarge {size} {('rows', 'columns')[axis]} to "
                    f"{size_out}, as output_padding={self.output_padding} asks for with kernel_size="
                    f"{self.kernel_size}. Choose another output_padding, or None."
                )
            sizes.append(size_out)
        return (input_shape[0], *sizes, self.filters)

    def logits(self, x: ndarray, training: bool = False) -> tuple[ndarray, Any]:
        return ops.conv2d_transpose_forward(
            x, self.kernel, self.bias, self.strides, self.padding, self.output_padding,
            self.dilation_rate,
        )  # fmt: skip

    def logits_backward(self, dz: ndarray, cache: Any, input_gradient: bool = True) -> Backward:
        dx, dkernel, dbias = ops.conv2d_transpose_backward(dz, cache, input_gradient)
        return dx, self.gradients(dkernel, dbias)

    def chain(self) -> list[Layer]:
        """Return the layer that spreads the pixels, and a convolution with the flipped kernel."""
        spread = _Spread(self, name=f"{self.name}_spread", dtype=self.dtype)
        convolution = Conv2D(
            self.filters, self.kernel_size, dilation_rate=self.dilation_rate,
            activation=self.activation, use_bias=self.use_bias,
            kernel_regularizer=self.kernel_regularizer, bias_regularizer=self.bias_regularizer,
            name=f"{self.name}_convolution", dtype=self.dtype, trainable=self.trainable,
        )  # fmt: skip
        spread.build(self.input_shape)
        convolution.build(spread.output_shape)
        convolution.kernel = self.kernel[::-1, ::-1].swapaxes(2, 3)
        convolution.bias = self.bias
        return [spread, convolution]

    def spread_rows(self, size: int, axis: int) -> tuple[ndarray, int]:
        """Return where the pixels of an axis are after spreading, and the size of that axis."""
        window, stride, dilation = self._along(axis)
        covered = effective_size(window, dilation)
        out = self.output_shape[axis + 1]
        before, _ = padding_amounts(out, window, stride, self.padding, dilation)
        return np.arange(size) * stride + covered - 1 - before, out + covered - 1  # type: ignore[operator]

    def _along(self, axis: int) -> tuple[int, int, int]:
        return self.kernel_size[axis], self.strides[axis], self.dilation_rate[axis]


class _Spread(Moving):
    """Put zeros between and around pixels, so that a convolution makes a transposed one of them."""

    def __init__(self, transpose: Conv2DTranspose, **options: Any) -> None:
        super().__init__(**options)
        self.transpose = transpose

    def compute_output_shape(self, input_shape: Shape) -> Shape:
        sizes = [self.transpose.spread_rows(input_shape[axis + 1], axis)[1] for axis in (0, 1)]  # type: ignore[arg-type]
        return (input_shape[0], *sizes, input_shape[3])

    def forward(
        self, x: ndarray, training: bool = False
    ) -> tuple[ndarray, tuple[ndarray, ndarray]]:
        (rows, height), (columns, width) = (
            self.transpose.spread_rows(size, axis) for axis, size in enumerate(x.shape[1:3])
        )
        y = np.zeros((len(x), height, width, x.shape[3]), x.dtype)
        y[:, rows[:, np.newaxis], columns] = x
        return y, (rows, columns)

    def backward(self, dy: ndarray, cache: tuple[ndarray, ndarray]) -> tuple[ndarray, Gradients]:
        rows, columns = cache
        return dy[:, rows[:, np.newaxis], columns], {}
