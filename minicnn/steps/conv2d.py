"""Convolution, step by step: window × filter, summed, + bias; and the way back."""

from functools import partial
from typing import Any

import numpy as np
from numpy import ndarray
from numpy.typing import ArrayLike

from minicnn.checks import choice, integer, pair
from minicnn.ops import reference
from minicnn.ops.windows import CONVOLUTION_PADDINGS
from minicnn.steps.checks import all_filters, as_bias, as_image, as_kernel, with_channels
from minicnn.steps.notation import size_text
from minicnn.steps.step import Index, Term
from minicnn.steps.table import Table, left_out
from minicnn.steps.walk import GradientWalk, Walk
from minicnn.steps.windows import Maps, Patch, ProductStep, Sliding, span_text

_DRAWN = 4  # filters, in the drawing of a whole walk


def conv2d(
    image: ArrayLike,
    kernel: ArrayLike,
    bias: ArrayLike | None = None,
    strides: Any = 1,
    padding: str = "valid",
    dilation_rate: Any = 1,
    groups: int = 1,
) -> "Conv2DWalk":
    """Slide filters over an image, step by step.

    ``output[r, c, f] = Σᵢⱼₖ input[r·s + i·d, c·s + j·d, k] · kernel[i, j, k, f] + bias[f]``

    as `minicnn.ops.convolution.conv2d_forward` computes it.

    Parameters
    ----------
    image : (height, width) or (height, width, channels)
        One image. Integers stay integers.
    kernel : (height, width), (height, width, channels) or (height, width, channels, filters)
        One filter, or all filters of a layer: ``layer.kernel``.
    bias : number or (filters,), optional
        ``layer.bias``.
    strides : int or (int, int)
        Distance from one position to the next, for rows and columns.
    padding : "valid" or "same"
        "same" surrounds the image with zeros.
    dilation_rate : int or (int, int)
        Distance between neighbouring taps of the filter, in pixels.
    groups : int
        Number of groups of channels and filters; each filter reads the channels of its group.

    Returns
    -------
    Conv2DWalk
        Its output is (rows, columns) for one filter, (rows, columns, filters) for a layer's kernel.

    Raises
    ------
    ShapeError
        If image, kernel and bias do not fit together.
    ValueError
        If an argument is misspelt or not an integer.

    Examples
    --------
    A corner of the lecture's image under its first filter:

    >>> image = [[1, 0, 0, 0], [0, 1, 0, 0], [0, 0, 1, 1]]
    >>> walk = conv2d(image, [[1, -1, -1], [-1, 1, -1], [-1, -1, 1]])
    >>> walk.output
    array([[ 3, -1]])
    >>> print(walk[0, 0])
    output[0, 0]: rows 0 to 2, columns 0 to 2
    <BLANKLINE>
      window      filter        products
      1 0 0        1 −1 −1      1 0 0
      0 1 0    ×  −1  1 −1   =  0 1 0
      0 0 1       −1 −1  1      0 0 1
    <BLANKLINE>
    1·1 + 0·(−1) + 0·(−1) + 0·(−1) + 1·1 + 0·(−1) + 0·(−1) + 0·(−1) + 1·1 = 3
    >>> walk.backward([[1, -1]]).kernel[0, 2]
    <dkernel[0, 2]: 0·1 + 0·(−1) = 0>
    """
    return Conv2DWalk(image, kernel, bias, strides, padding, dilation_rate, groups)


class WindowStep(ProductStep):
    """One number of a feature map: ``Σ window·filter + bias``."""

    def __init__(
        self, index: Index, value: float, left: Patch, right: Patch, bias: float | None, plain: bool
    ) -> None:
        note = span_text(left.rows, left.columns)
        super().__init__("output", index, value, left, right, bias, note)
        self.rows, self.columns = list(left.rows), list(left.columns)
        self.window = left.cells[:, :, 0] if plain else left.cells
        self.filter = right.cells[:, :, 0] if plain else right.cells
        self.products = self.window * self.filter
        self.window_is_padding = left.outside


class Conv2DWalk(Walk):
    """The walk that `conv2d` returns."""

    def __init__(
        self,
        image: ArrayLike,
        kernel: ArrayLike,
        bias: ArrayLike | None,
        strides: Any,
        padding: str,
        dilation_rate: Any,
        groups: int,
    ) -> None:
        self.strides = pair("steps.conv2d", "strides", strides)
        self.padding = choice("steps.conv2d", "padding", padding, CONVOLUTION_PADDINGS)
        self.dilation_rate = pair("steps.conv2d", "dilation_rate", dilation_rate)
        self.groups = integer("steps.conv2d", "groups", groups)
        self.input = as_image("steps.conv2d", image)
        self._image = with_channels(self.input)  # (height, width, channels)
        self._pixels = Maps("input", self._image, lambda k: (k,)[: self.input.ndim - 2])
        self.kernel = as_kernel(kernel, self._image.shape[2], self.groups)
        self._filters = all_filters(self.kernel)  # (height, width, channels/group, filters)
        self.bias = as_bias("steps.conv2d", bias, self._filters.shape[3])
        self._sliding = Sliding(
            "steps.conv2d", self._image.shape[:2], self._filters.shape[:2], self.strides,
            self.padding, self.dilation_rate,
        )  # fmt: skip
        y, self._cache = reference.conv2d_forward(
            self._image[None], self._filters, self.bias, self.strides, self.padding,
            self.dilation_rate, self.groups,
        )  # fmt: skip
        self._maps = y[0]  # (rows, columns, filters)
        sizes = f"image {size_text(self.input.shape)}, kernel {size_text(self.kernel.shape)}"
        super().__init__(
            f'conv2d: {sizes}, strides {self.strides}, padding "{self.padding}"',
            self._maps if self.kernel.ndim == 4 else self._maps[:, :, 0],
        )

    @property
    def tables(self) -> list[list[Table]]:
        """Image ∗ filter = feature map; of images with channels, the image and the maps."""
        if self._image.shape[2] > 1:
            return super().tables
        several = self.kernel.ndim == 4
        return [
            [
                Table("input", self._image[:, :, 0]),
                Table(f"filter {f}" if several else "filter", self._filters[:, :, 0, f], "∗"),
                Table("output", self._maps[:, :, f], "=" if self.bias is None else "+ bias ="),
            ]
            for f in range(min(self._filters.shape[3], _DRAWN))
        ]

    @property
    def remark(self) -> str:
        """The equation of the output's size, and the number of filters not drawn."""
        filters = self._filters.shape[3]
        many = left_out(self.output) if self._image.shape[2] > 1 else max(filters - _DRAWN, 0)
        sizes = self._sliding.sizes_text()
        return f"{sizes} And {many} feature maps more." if many else sizes

    def step(self, index: Index) -> WindowStep:
        """Make the step of one position of one filter."""
        row, column, f = (*index, 0)[:3]
        height, width, channels, _ = self._filters.shape
        rows, columns = self._sliding.covered(0, row), self._sliding.covered(1, column)
        window = self._pixels.patch("window", rows, columns, self._channels_of(f))
        kernel = Maps("kernel", self._filters[..., f], lambda k: self._kernel_end(k, f))
        weights = kernel.patch("filter", range(height), range(width), range(channels))
        bias = None if self.bias is None else self.bias[f].item()
        value = self.output[index].item()
        return WindowStep(index, value, window, weights, bias, self.input.ndim == 2)

    def gradients(self, dy: ndarray) -> dict[str, GradientWalk]:
        """Return the gradients of input and kernel, and of the bias if there is one."""
        maps = dy.reshape(self._maps.shape)  # (rows, columns, filters)
        dx, dkernel, dbias = reference.conv2d_backward(maps[None], self._cache)
        dx, dkernel = dx.reshape(self.input.shape), dkernel.reshape(self.kernel.shape)
        up = Maps("dy", maps, lambda f: (f,) if self.kernel.ndim == 4 else ())
        back = {
            "input": GradientWalk("input", dx, partial(self._input_step, up, dx)),
            "kernel": GradientWalk("kernel", dkernel, partial(self._kernel_step, up, dkernel)),
        }
        if self.bias is not None:
            back["bias"] = GradientWalk("bias", dbias, partial(self._bias_step, up))
        return back

    def _kernel_step(self, up: Maps, dkernel: ndarray, index: Index) -> ProductStep:
        """Sum, over all positions of the filter, the pixel under this weight times dy there."""
        i, j, k, f = (*index, 0, 0)[:4]
        rows = [self._sliding.covered(0, row)[i] for row in range(up.array.shape[0])]
        columns = [self._sliding.covered(1, column)[j] for column in range(up.array.shape[1])]
        cells = self._pixels.patch("cells it met", rows, columns, [self._channels_of(f)[k]])
        upstream = up.patch("dy", range(len(rows)), range(len(columns)), [f])
        note = f"this weight met {span_text(rows, columns)} of the image"
        return ProductStep("dkernel", index, dkernel[index].item(), cells, upstream, note=note)

    def _input_step(self, up: Maps, dx: ndarray, index: Index) -> ProductStep:
        """Sum, over all outputs that read this pixel, dy times the weight that it met."""
        row, column, k = (*index, 0)[:3]
        rows, i = self._sliding.reached(0, row)
        columns, j = self._sliding.reached(1, column)
        group, channel = divmod(k, self._filters.shape[2])
        count = self._filters.shape[3] // self.groups
        filters = range(group * count, (group + 1) * count)
        upstream = up.patch("dy", rows, columns, filters)
        kernel = Maps(
            "kernel", self._filters[:, :, channel], lambda f: self._kernel_end(channel, f)
        )
        weights = kernel.patch("weights", i, j, filters)
        note = "no window saw it"
        if rows and columns:
            note = f"it reached {span_text(rows, columns)} of the output"
        value = dx[index].item()
        return ProductStep("dinput", index, value, upstream, weights, None, note, "filter")

    def _bias_step(self, up: Maps, index: Index) -> dict[str, Any]:
        """Sum dy over all outputs of this filter: the bias was added to each."""
        rows, columns, _ = up.array.shape
        upstream = up.patch("dy", range(rows), range(columns), index)
        terms = [Term((upstream.factor(i, j, 0),)) for i, j in np.ndindex(rows, columns)]
        note = "it was added to all of these outputs"
        return {"terms": terms, "tables": [[upstream.table(0)]], "note": note}

    def _channels_of(self, f: int) -> range:
        """Return the channels of the image that a filter reads: those of its group."""
        channels, count = self._filters.shape[2], self._filters.shape[3] // self.groups
        return range(f // count * channels, (f // count + 1) * channels)

    def _kernel_end(self, channel: int, f: int) -> Index:
        """Return the rest of the kernel's index after row and column."""
        return (channel, f)[: self.kernel.ndim - 2]
