"""Checks of the arrays that learners give: one image, one kernel."""

from numpy import ndarray
from numpy.typing import ArrayLike

from minicnn.errors import ShapeError
from minicnn.steps.notation import counted
from minicnn.steps.numbers import numbers


def as_image(operation: str, image: ArrayLike) -> ndarray:
    """Return one image as numbers, (height, width) or (height, width, channels)."""
    array = numbers("image", image)
    if array.ndim == 4:
        raise ShapeError(
            f"{operation} goes through one image (height, width) or (height, width, channels), got "
            f"a batch of shape {array.shape}. Write images[0] for its first."
        )
    if array.ndim not in (2, 3) or not array.size:
        raise ShapeError(
            f"{operation} takes an image of shape (height, width) or (height, width, channels), "
            f"got shape {array.shape}."
        )
    return array


def with_channels(image: ndarray) -> ndarray:
    """Return an image as (height, width, channels)."""
    return image[:, :, None] if image.ndim == 2 else image


def as_kernel(kernel: ArrayLike, channels: int, groups: int) -> ndarray:
    """Return a kernel as numbers: one filter (height, width) or (height, width, channels), or all."""
    array = numbers("kernel", kernel)
    if array.ndim not in (2, 3, 4) or not array.size:
        raise ShapeError(
            "steps.conv2d takes one filter (height, width) or (height, width, channels), or a "
            f"layer's kernel (height, width, channels, filters), got shape {array.shape}."
        )
    _, _, seen, filters = _sizes(array)
    if channels % groups or filters % groups:
        raise ShapeError(
            f"steps.conv2d cuts channels and filters into {groups} groups of equal size, got "
            f"{counted(channels, 'channel')} and {counted(filters, 'filter')}."
        )
    if seen != channels // groups:
        hint = (
            "" if array.ndim != 3
            else " For several filters on a plain image write kernel[:, :, np.newaxis, :]."
        )  # fmt: skip
        raise ShapeError(
            f"the image has {counted(channels, 'channel')}"
            f"{f' in {groups} groups' if groups > 1 else ''}, and a kernel of shape {array.shape} is "
            f"made for {seen}.{hint}"
        )
    return array


def all_filters(kernel: ndarray) -> ndarray:
    """Return a kernel as (height, width, channels, filters)."""
    return kernel.reshape(_sizes(kernel))


def as_bias(operation: str, bias: ArrayLike | None, count: int) -> ndarray | None:
    """Return a bias as numbers, one for each filter or unit; a single number where there is one."""
    if bias is None:
        return None
    array = numbers("bias", bias)
    if array.ndim == 0:
        array = array.reshape(1)
    if array.shape != (count,):
        raise ShapeError(
            f"{operation} adds one number to each output channel, bias of shape ({count},), got "
            f"shape {array.shape}."
        )
    return array


def _sizes(kernel: ndarray) -> tuple[int, int, int, int]:
    height, width, channels, filters = (*kernel.shape, 1, 1)[:4]
    return height, width, channels, filters
