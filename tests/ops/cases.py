"""Random convolutions and poolings, drawn so that the window fits the image: hypothesis strategies."""

from typing import NamedTuple

import numpy as np
from hypothesis import strategies as st
from numpy import ndarray

from minicnn.ops.windows import extent

Pair = tuple[int, int]


class Sliding(NamedTuple):
    """A window on images: what a convolution and a pooling have in common."""

    x_shape: tuple[int, int, int, int]
    window: Pair
    strides: Pair
    padding: str
    dilation_rate: Pair
    seed: int


class Convolution(NamedTuple):
    """A sliding window, and what a kernel adds to it."""

    sliding: Sliding
    groups: int
    filters: int
    use_bias: bool
    activation: str

    @property
    def kernel_shape(self) -> tuple[int, int, int, int]:
        """(kernel_height, kernel_width, channels // groups, filters)."""
        return (*self.sliding.window, self.sliding.x_shape[3] // self.groups, self.filters)

    @property
    def options(self) -> dict:
        """The keyword arguments of `conv2d_forward`."""
        _, _, strides, padding, dilation_rate, _ = self.sliding
        return {
            "strides": strides,
            "padding": padding,
            "dilation_rate": dilation_rate,
            "groups": self.groups,
            "activation": self.activation,
        }

    def arrays(self, dtype: str = "float64") -> tuple[ndarray, ndarray, ndarray | None]:
        """Random x, kernel and bias."""
        random = np.random.default_rng(self.sliding.seed)
        x = random.normal(size=self.sliding.x_shape).astype(dtype)
        kernel = random.normal(size=self.kernel_shape).astype(dtype)
        return x, kernel, random.normal(size=self.filters).astype(dtype) if self.use_bias else None


@st.composite
def slidings(
    draw: st.DrawFn, largest: int = 9, dilations: bool = True, both: bool = True
) -> Sliding:
    """Windows of 1×1 to 4×4 on images from the window's own size up; strides up to 5.

    `dilations`: whether the window's cells may lie apart; `both`: also with strides above 1.
    """
    padding = draw(st.sampled_from(["valid", "same"]))
    apart = dilations and draw(st.booleans())
    sizes, windows, strides, rates = [], [], [], []
    for _ in range(2):
        windows.append(draw(st.integers(1, 4)))
        rates.append(draw(st.integers(1, 3)) if apart else 1)
        strides.append(draw(st.integers(1, 5)) if both or not apart else 1)
        least = 1 if padding == "same" else extent(windows[-1], rates[-1])
        sizes.append(draw(st.integers(least, max(largest, least))))
    batch, channels = draw(st.integers(1, 3)), draw(st.integers(1, 4))
    return Sliding(
        (batch, *sizes, channels), tuple(windows), tuple(strides), padding, tuple(rates),
        draw(st.integers(0, 2**32 - 1)),
    )  # fmt: skip


@st.composite
def convolutions(draw: st.DrawFn, largest: int = 9, both: bool = True) -> Convolution:
    """Convolutions with 1 to 3 groups; `both` as in `slidings`."""
    sliding = draw(slidings(largest, both=both))
    groups = draw(st.integers(1, 3))
    batch, height, width, channels = sliding.x_shape
    sliding = sliding._replace(x_shape=(batch, height, width, channels * groups))
    filters = groups * draw(st.integers(1, 4))
    return Convolution(
        sliding, groups, filters, draw(st.booleans()), draw(st.sampled_from(["linear", "relu"]))
    )
