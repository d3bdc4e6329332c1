"""Define the six networks of the comparison; each library builds them from these descriptions.

All have ten classes. Convolutions have stride 1 and pooling windows are 2×2 unless stated otherwise.
"""

from typing import NamedTuple


class Conv(NamedTuple):
    """Convolution with a square kernel, then an activation."""

    filters: int
    size: int
    padding: str = "valid"
    activation: str = "relu"


class Pool(NamedTuple):
    """Max or average pooling ("max" or "average") of 2×2 windows."""

    kind: str


class Dropout(NamedTuple):
    """Dropout; active in training only."""

    rate: float


class Flatten(NamedTuple):
    """Flatten each image to a vector."""


class Dense(NamedTuple):
    """Fully connected layer, then an activation."""

    units: int
    activation: str


class NormalizedConv(NamedTuple):
    """3×3 convolution without bias, batch normalization, ReLU."""

    filters: int


class Residual(NamedTuple):
    """Two normalized 3×3 convolutions whose output is added to their input, then ReLU.

    If the stride is not 1, the input passes a normalized 1×1 convolution with that stride first.
    He et al. 2015, "Deep Residual Learning for Image Recognition", arXiv:1512.03385.
    """

    filters: int
    stride: int = 1


class GlobalAveragePool(NamedTuple):
    """Average each channel over all pixels."""


Layer = (
    Conv | Pool | Dropout | Flatten | Dense | NormalizedConv | Residual | GlobalAveragePool
)  # fmt: skip


class Network(NamedTuple):
    """Layers and the images they take.

    Attributes
    ----------
    layers : list of Layer
    input_shape : (height, width, channels)
    raw : bool
        Whether pixels are uint8 from 0 to 255, as in the lecture, instead of float32 from 0 to 1.
    """

    layers: list[Layer]
    input_shape: tuple[int, int, int] = (28, 28, 1)
    raw: bool = False


NETWORKS: dict[str, Network] = {
    "lecture": Network([Conv(64, 3), Conv(32, 3), Flatten(), Dense(10, "softmax")], raw=True),
    "convnet": Network([
        Conv(32, 3), Pool("max"), Conv(64, 3), Pool("max"), Flatten(), Dropout(0.5),
        Dense(10, "softmax"),
    ]),
    "lenet5": Network([
        Conv(6, 5, "same", "tanh"), Pool("average"), Conv(16, 5, "valid", "tanh"), Pool("average"),
        Flatten(), Dense(120, "tanh"), Dense(84, "tanh"), Dense(10, "softmax"),
    ]),
    "mlp": Network([Flatten(), Dense(128, "relu"), Dense(10, "softmax")]),
    "vgg": Network([
        Conv(32, 3, "same"), Conv(32, 3, "same"), Pool("max"),
        Conv(64, 3, "same"), Conv(64, 3, "same"), Pool("max"),
        Flatten(), Dense(128, "relu"), Dense(10, "softmax"),
    ]),
    "resnet": Network([
        NormalizedConv(16), Residual(16), Residual(32, 2), Residual(64, 2), GlobalAveragePool(),
        Dense(10, "softmax"),
    ], (32, 32, 3)),
}  # fmt: skip
