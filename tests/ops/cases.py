"""Random convolutions, drawn so that the window fits the image, as arrays for `minicnn.ops`."""

from typing import NamedTuple

import numpy as np
from hypothesis import strategies as st
from numpy import ndarray

from minicnn.testing.strategies import Sliding, slidings

__all__ = ["Convolution", "Sliding", "convolutions", "slidings"]


class Convolution(NamedTuple):
    """A sliding window, and the parameters of its kernel."""

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
