"""Every operation in plain NumPy, unchecked: the definition that the kernels are tested against."""

from minicnn.ops import (
    activations,
    adaptive_updates,
    addition,
    convolution,
    cross_entropy,
    dense,
    dropout,
    more_activations,
    normalization,
    pooling,
    softmax,
    transposed_convolution,
    updates,
    upsampling,
)
from minicnn.ops.activations import *  # noqa: F403
from minicnn.ops.adaptive_updates import *  # noqa: F403
from minicnn.ops.addition import *  # noqa: F403
from minicnn.ops.convolution import *  # noqa: F403
from minicnn.ops.cross_entropy import *  # noqa: F403
from minicnn.ops.dense import *  # noqa: F403
from minicnn.ops.dropout import *  # noqa: F403
from minicnn.ops.more_activations import *  # noqa: F403
from minicnn.ops.normalization import *  # noqa: F403
from minicnn.ops.pooling import *  # noqa: F403
from minicnn.ops.softmax import *  # noqa: F403
from minicnn.ops.transposed_convolution import *  # noqa: F403
from minicnn.ops.updates import *  # noqa: F403
from minicnn.ops.upsampling import *  # noqa: F403

__all__ = [
    *activations.__all__,
    *adaptive_updates.__all__,
    *addition.__all__,
    *convolution.__all__,
    *cross_entropy.__all__,
    *dense.__all__,
    *dropout.__all__,
    *more_activations.__all__,
    *normalization.__all__,
    *pooling.__all__,
    *softmax.__all__,
    *transposed_convolution.__all__,
    *updates.__all__,
    *upsampling.__all__,
]
