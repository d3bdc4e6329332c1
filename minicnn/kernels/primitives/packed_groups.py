"""Pack small groups into larger ones, for convolutions with many groups, such as depthwise ones.

A group with one filter fills one lane of a vector. So several groups become one, with a block-diagonal
kernel: their filters fill a vector, and their channels are contiguous in memory. The zeros cost nothing,
because the lanes would be idle. A NaN or infinite pixel also reaches the other groups of its pack.
"""

import numpy as np
from numpy import ndarray

from minicnn.kernels.primitives.simd import LANES

MIN_CHANNELS = 4  # of a pack in backward, where fewer are so slow that more zeros pay
MIN_PIXELS = 256  # of all images: for fewer, packing the kernel takes longer than it saves

Shape = tuple[int, ...]


def groups_per_pack(
    kernel_shape: Shape, groups: int, pixels: int, min_channels: int = MIN_CHANNELS
) -> int:
    """Return how many neighbouring groups fill a vector with their filters, or have enough channels."""
    channels, filters = kernel_shape[2], max(kernel_shape[3] // groups, 1)
    if pixels < MIN_PIXELS and channels > 1:
        return 1
    most = max(LANES // filters, min_channels // channels if filters <= LANES else 1, 1)
    return max(count for count in range(1, min(most, groups) + 1) if groups % count == 0)


def pack_groups(kernel: ndarray, groups: int, count: int) -> ndarray:
    """Return the kernel of packs of `count` groups, with zeros between different groups."""
    height, width, channels, filters = kernel.shape
    packs, size = groups // count, filters // groups
    packed = np.zeros((height, width, count, channels, packs, count, size), kernel.dtype)
    _diagonal(packed)[...] = kernel.reshape(height, width, channels, packs, count, size)
    return packed.reshape(height, width, count * channels, filters)


def unpack_groups(dpacked: ndarray, kernel_shape: Shape, groups: int, count: int) -> ndarray:
    """Return the kernel's gradient from that of the packed kernel: the adjoint of `pack_groups`."""
    height, width, channels, filters = kernel_shape
    packs, size = groups // count, filters // groups
    return _diagonal(dpacked.reshape(height, width, count, channels, packs, count, size)).reshape(
        kernel_shape
    )


def _diagonal(packed: ndarray) -> ndarray:
    """Return a view of the blocks of a pack in which channels and filters are of one group."""
    return np.einsum("hwgcpgf->hwcpgf", packed)
