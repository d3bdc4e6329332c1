"""The five networks of the comparison, as every library builds them.

Images are 28×28×1, there are ten classes. Kernels are 3×3 or 5×5 with stride 1, pools 2×2.
"""

from typing import NamedTuple


class Conv(NamedTuple):
    """A convolution and its activation."""

    filters: int
    size: int
    padding: str = "valid"
    activation: str = "relu"


class Pool(NamedTuple):
    """The largest ("max") or the mean ("average") of 2×2 cells."""

    kind: str


class Dropout(NamedTuple):
    """Cells set to zero at random, in training."""

    rate: float


class Flatten(NamedTuple):
    """Images to rows of features."""


class Dense(NamedTuple):
    """Units that weigh all features, and their activation."""

    units: int
    activation: str


Layer = Conv | Pool | Dropout | Flatten | Dense

NETWORKS: dict[str, list[Layer]] = {
    "lecture": [Conv(64, 3), Conv(32, 3), Flatten(), Dense(10, "softmax")],
    "convnet": [
        Conv(32, 3), Pool("max"), Conv(64, 3), Pool("max"), Flatten(), Dropout(0.5),
        Dense(10, "softmax"),
    ],
    "lenet5": [
        Conv(6, 5, "same", "tanh"), Pool("average"), Conv(16, 5, "valid", "tanh"), Pool("average"),
        Flatten(), Dense(120, "tanh"), Dense(84, "tanh"), Dense(10, "softmax"),
    ],
    "mlp": [Flatten(), Dense(128, "relu"), Dense(10, "softmax")],
    "vgg": [
        Conv(32, 3, "same"), Conv(32, 3, "same"), Pool("max"),
        Conv(64, 3, "same"), Conv(64, 3, "same"), Pool("max"),
        Flatten(), Dense(128, "relu"), Dense(10, "softmax"),
    ],
}  # fmt: skip

RAW = {"lecture"}
"""Networks that take grey values 0 … 255 as they come, as the lecture does; the others 0 … 1."""
