"""The convolutional layer, and the base class of its relatives."""

from collections.abc import Sequence
from typing import Any, ClassVar

from numpy import ndarray

from minicnn import activations, ops
from minicnn.checks import choice, data_format_name, integer
from minicnn.errors import ShapeError
from minicnn.layers.activation import name_of_next
from minicnn.layers.description import Convolution
from minicnn.layers.kernel_layer import KernelLayer
from minicnn.layers.layer import Backward, Layer
from minicnn.layers.shapes import Shape, as_pair, sliding_output_size, spatial
from minicnn.ops.windows import PADDINGS


class FilterLayer(KernelLayer):
    """Base class of layers with filters that have a position in images."""

    rank = 2  # spatial axes
    paddings: ClassVar[tuple[str, ...]] = PADDINGS
    strided_dilation = False  # whether Keras lets strides and dilation_rate both be > 1

    def set_filters(
        self,
        kernel_size: Any,
        strides: Any,
        padding: str,
        data_format: str | None,
        dilation_rate: Any,
    ) -> None:
        """Check and store size and positions of the filters."""
        kind = type(self).__name__
        self.kernel_size = spatial(kind, "kernel_size", kernel_size, self.rank)
        self.strides = spatial(kind, "strides", strides, self.rank)
        self.padding = choice(kind, "padding", padding, self.paddings)
        self.data_format = data_format_name(kind, data_format)
        self.dilation_rate = spatial(kind, "dilation_rate", dilation_rate, self.rank)
        if not self.strided_dilation and max(self.strides) > 1 and max(self.dilation_rate) > 1:
            raise ValueError(
                f"{kind}: strides and dilation_rate cannot both be > 1, got strides={self.strides} "
                f"and dilation_rate={self.dilation_rate}."
            )


class Sliding(FilterLayer):
    """Base class of layers whose filters slide over images: shapes, and a forward and backward pass."""

    family = "convolution"
    filters: int
    groups = 1

    @classmethod
    def translate_old_arguments(
        cls, args: tuple[Any, ...], kwargs: dict[str, Any]
    ) -> tuple[tuple[Any, ...], dict[str, Any]]:
        """Join Keras 1's rows and columns of the kernel: ``(64, 3, 3, border_mode="same")``."""
        args, kwargs = super().translate_old_arguments(args, kwargs)
        if {"nb_row", "nb_col"} <= kwargs.keys():
            kwargs = kwargs | {"nb_row": (kwargs["nb_row"], kwargs["nb_col"])}
            del kwargs["nb_col"]
        elif cls.rank == 2 and all(isinstance(size, int) for size in args[1:3]) and len(args) > 2:
            args = (args[0], args[1:3], *args[3:])
        return args, kwargs

    def compute_output_shape(self, input_shape: Shape) -> Shape:
        rows, columns = sliding_output_size(
            self.describe(), "kernel", input_shape, as_pair(self.kernel_size),
            as_pair(self.strides), self.padding, as_pair(self.dilation_rate),
        )  # fmt: skip
        self._check_channels(input_shape[3])
        return (input_shape[0], rows, columns, self.output_channels(input_shape[3]))

    def output_channels(self, channels: int | None) -> int | None:
        """Return the number of output channels for images with `channels` channels."""
        return self.filters

    def forward(self, x: ndarray, training: bool = False) -> tuple[ndarray, Any]:
        if self._activation is not activations.relu:
            return super().forward(x, training)
        y, cache = self._convolve(x, "relu", self.convolution())  # one operation in both directions
        return y, (cache, None, None)

    def forward_through(
        self, x: ndarray, following: Sequence[Layer], training: bool, caches: bool
    ) -> tuple[ndarray, Any, int]:
        """Convolve, also with a ReLU that follows; in prediction, with a normalization before it."""
        if self._activation is not activations.linear or self.family != "convolution":
            return super().forward_through(x, following, training, caches)
        described, count = self.convolution(), 0
        if not (training or caches) and _is_of_filters(following[0]):
            described, count = described.normalized(following[0].normalization()), 1
        activation = name_of_next(following[count:])
        y, cache = self._convolve(x, activation, described)
        return y, (cache, None, None), count + (activation == "relu")

    def logits(self, x: ndarray, training: bool = False) -> tuple[ndarray, Any]:
        return self._convolve(x, "linear", self.convolution())

    def logits_backward(self, dz: ndarray, cache: Any, input_gradient: bool = True) -> Backward:
        dx, dkernel, dbias = ops.conv2d_backward(dz, cache, input_gradient)
        if dkernel.shape != self.kernel.shape:  # of one spatial axis
            dkernel = dkernel.reshape(self.kernel.shape)
        return dx, self.gradients(dkernel, dbias)

    def convolution(self) -> Convolution:
        return Convolution(
            self.kernel, self.bias, as_pair(self.strides), self.padding,
            as_pair(self.dilation_rate), self.groups,
        )  # fmt: skip

    def _convolve(
        self, x: ndarray, activation: str, convolution: Convolution
    ) -> tuple[ndarray, Any]:
        return ops.conv2d_forward(x, *convolution, activation)

    def _check_channels(self, channels: int | None) -> None:
        if channels is None:
            return
        if channels % self.groups:
            raise ShapeError(
                f"{self.describe()} splits the channels into {self.groups} groups, got images with "
                f"{channels} channels."
            )
        if self.built:
            described = self.convolution()
            expected = described.kernel.shape[2] * described.groups
            if channels != expected:
                raise ShapeError(
                    f"{self.describe()} takes images with {expected} channels, got {channels}."
                )


def _is_of_filters(layer: Layer) -> bool:
    """Whether a layer normalizes the last axis by moving averages."""
    if layer.family != "normalization":
        return False
    described, last = layer.normalization(), len(layer.output_shape) - 1
    return described.mean is not None and described.axes[0] in (-1, last)


class Convolutional(Sliding):
    """Base class of `Conv2D` and `Conv1D`, with their parameters."""

    def __init__(
        self,
        filters: int,
        kernel_size: Any,
        strides: Any = 1,
        padding: str = "valid",
        data_format: str | None = None,
        dilation_rate: Any = 1,
        groups: int = 1,
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
        kind = type(self).__name__
        self.filters = integer(kind, "filters", filters)
        self.groups = integer(kind, "groups", groups)
        if self.filters % self.groups:
            raise ValueError(
                f"{kind}: filters must be divisible by groups, got filters={filters} and "
                f"groups={groups}."
            )

    def build(self, input_shape: Shape) -> None:
        channels = input_shape[-1]
        group_channels = channels and channels // self.groups
        self.add_kernel_and_bias((*self.kernel_size, group_channels, self.filters))


class Conv2D(Convolutional):
    """2-D convolution: filters slide over the images, each detecting one pattern.

    The arithmetic is `minicnn.ops.convolution.conv2d_forward`.

    Parameters
    ----------
    filters : int
        Number of filters; each makes one channel of the output, a feature map.
    kernel_size : int or (int, int)
        Height and width of a filter, in pixels.
    strides : int or (int, int)
        Step from one position of the filter to the next, in pixels.
    padding : "valid" or "same"
        "valid": the filter stays inside the image. "same": the image is padded with zeros; with
        stride 1 the output has the size of the image.
    data_format : "channels_last" or "channels_first", optional
    dilation_rate : int or (int, int)
        Step from one tap of the filter to the next, in pixels. Not together with strides.
    groups : int
        Number of groups into which channels and filters are split; each filter reads its own group.
    activation : str, Activation or callable, optional
        Applied to the output.
    use_bias : bool
        Whether to add a bias to each filter's output.
    kernel_initializer, bias_initializer : str, Initializer or callable
    kernel_regularizer, bias_regularizer : str or Regularizer, optional
        A penalty on the weights, added to the loss.
    kernel_constraint, bias_constraint : str, Constraint or callable, optional
        Applied to the weights after every update.
    **options : `name`, `dtype`, `trainable`, `input_shape` as in `Layer`

    Attributes
    ----------
    kernel : (kernel_height, kernel_width, channels // groups, filters)
    bias : (filters,)

    Examples
    --------
    >>> layer = Conv2D(64, kernel_size=3, activation="relu")
    >>> layer(np.zeros((1, 28, 28, 1))).shape, layer.count_params()
    ((1, 26, 26, 64), 640)
    """
