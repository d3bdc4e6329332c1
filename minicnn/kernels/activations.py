"""Activations, fast: what NumPy does in several passes is one, on all cores.

Same names, signatures and results as `minicnn.ops.activations`; what is missing here has
no faster version.
"""

import math
from collections.abc import Callable
from typing import Any

import numpy as np
from numpy import ndarray

from minicnn.kernels.primitives.copies import BYTES
from minicnn.kernels.primitives.exponential import exponential_less_one
from minicnn.kernels.primitives.simd import (
    LANES,
    add_product,
    address,
    larger,
    load_at,
    magnitude,
    splat,
    store_at,
    with_sign,
)
from minicnn.kernels.runtime import memory_pool as recycled
from minicnn.kernels.runtime import parallel
from minicnn.kernels.runtime.jit import kernel as compiled
from minicnn.kernels.runtime.jit import part
from minicnn.kernels.runtime.scratch import plain
from minicnn.kernels.runtime.task_slot import job, share
from minicnn.ops import reference

F32 = np.float32
PIECE = 4096  # numbers: 16 KiB of each array
LEAST = 3 << 14  # numbers; with fewer, handing over the work takes longer than the reference
LEAST_SIGMOID = 1 << 14  # the same where the reference makes several passes
LEAST_SLOW = 1 << 11  # the same where the reference goes number by number, as `numpy.where` does


def relu_forward(
    x: ndarray, negative_slope: float = 0.0, max_value: float | None = None, threshold: float = 0.0
) -> ndarray:
    """Rectify; see `minicnn.ops.activations.relu_forward`."""
    simple = negative_slope == 0 and max_value is None and threshold == 0
    if not _pays(LEAST if simple else LEAST_SLOW, x):
        return reference.relu_forward(x, negative_slope, max_value, threshold)
    if simple:
        return _pass(_share_rectify, x)
    most = F32(math.inf if max_value is None else max_value)
    return _pass(_share_relu, x, numbers=(F32(negative_slope), most, F32(threshold)))


def relu_backward(
    dy: ndarray,
    x: ndarray,
    y: ndarray,
    negative_slope: float = 0.0,
    max_value: float | None = None,
    threshold: float = 0.0,
) -> ndarray:
    """Pass the gradient; see `minicnn.ops.activations.relu_backward`."""
    simple = negative_slope == 0 and max_value is None and threshold == 0
    if not _pays(LEAST if simple else LEAST_SLOW, dy, x):
        return reference.relu_backward(dy, x, y, negative_slope, max_value, threshold)
    cut, most = max_value is not None, F32(max_value or 0)
    numbers = F32(negative_slope), cut, most, F32(threshold)
    return _pass(_share_relu_backward, dy, x, numbers=numbers)


def leaky_relu_forward(x: ndarray, negative_slope: float = 0.2) -> ndarray:
    """Rectify in part; see `minicnn.ops.activations.leaky_relu_forward`."""
    return relu_forward(x, negative_slope)


def leaky_relu_backward(
    dy: ndarray, x: ndarray, y: ndarray, negative_slope: float = 0.2
) -> ndarray:
    """Pass the gradient; see `minicnn.ops.activations.leaky_relu_backward`."""
    return relu_backward(dy, x, y, negative_slope)


def elu_forward(x: ndarray, alpha: float = 1.0) -> ndarray:
    """Bend the negative side; see `minicnn.ops.activations.elu_forward`."""
    if not _pays(LEAST_SLOW, x):
        return reference.elu_forward(x, alpha)
    return _pass(_share_elu, x, numbers=(alpha,))


def elu_backward(dy: ndarray, x: ndarray, y: ndarray, alpha: float = 1.0) -> ndarray:
    """Multiply by the slope; see `minicnn.ops.activations.elu_backward`."""
    if not _pays(LEAST_SLOW, dy, x, y):
        return reference.elu_backward(dy, x, y, alpha)
    return _pass(_share_elu_backward, dy, x, y, numbers=(F32(alpha),))


def sigmoid_forward(x: ndarray) -> ndarray:
    """Squash to (0, 1); see `minicnn.ops.activations.sigmoid_forward`."""
    if not _pays(LEAST_SIGMOID, x):
        return reference.sigmoid_forward(x)
    return _pass(_share_tanh, x, numbers=(0.5, 0.5))


def sigmoid_backward(dy: ndarray, x: ndarray, y: ndarray) -> ndarray:
    """Multiply by the slope; see `minicnn.ops.activations.sigmoid_backward`."""
    if not _pays(LEAST, dy, y):
        return reference.sigmoid_backward(dy, x, y)
    return _pass(_share_sigmoid_backward, dy, y)


def tanh_forward(x: ndarray) -> ndarray:
    """Squash to (−1, 1); see `minicnn.ops.activations.tanh_forward`."""
    if not _pays(LEAST, x):
        return reference.tanh_forward(x)
    return _pass(_share_tanh, x, numbers=(1.0, 0.0))


def tanh_backward(dy: ndarray, x: ndarray, y: ndarray) -> ndarray:
    """Multiply by the slope; see `minicnn.ops.activations.tanh_backward`."""
    if not _pays(LEAST, dy, y):
        return reference.tanh_backward(dy, x, y)
    return _pass(_share_tanh_backward, dy, y)


def softplus_backward(dy: ndarray, x: ndarray, y: ndarray) -> ndarray:
    """Multiply by the slope; see `minicnn.ops.activations.softplus_backward`."""
    if not _pays(LEAST, dy, x):
        return reference.softplus_backward(dy, x, y)
    dx = sigmoid_forward(x)
    dx *= dy
    return dx


def silu_forward(x: ndarray) -> ndarray:
    """Gate by the sigmoid; see `minicnn.ops.activations.silu_forward`."""
    if not _pays(LEAST, x):
        return reference.silu_forward(x)
    y = sigmoid_forward(x)
    y *= x
    return y


def silu_backward(dy: ndarray, x: ndarray, y: ndarray) -> ndarray:
    """Multiply by the slope; see `minicnn.ops.activations.silu_backward`."""
    if not _pays(LEAST, dy, x):
        return reference.silu_backward(dy, x, y)
    return _pass(_share_silu_backward, dy, x, sigmoid_forward(x))


def gelu_forward(x: ndarray, approximate: bool = False) -> ndarray:
    """Gate by the normal distribution; see `minicnn.ops.activations.gelu_forward`."""
    if approximate or not _pays(LEAST_SLOW, x):
        return reference.gelu_forward(x, approximate)
    y = _pass(_share_normal, x)
    y *= x
    return y


def gelu_backward(dy: ndarray, x: ndarray, y: ndarray, approximate: bool = False) -> ndarray:
    """Multiply by the slope; see `minicnn.ops.activations.gelu_backward`."""
    if approximate or not _pays(LEAST_SLOW, dy, x):
        return reference.gelu_backward(dy, x, y, approximate)
    powers = np.multiply(x, x, out=recycled.empty(x.shape))
    powers *= F32(-0.5)
    np.exp(powers, out=powers)
    return _pass(_share_gelu_backward, dy, x, powers, _pass(_share_normal, x))


def _pays(least: int, *arrays: ndarray) -> bool:
    """Whether these are float32 arrays of one shape, with at least so many numbers."""
    first = arrays[0]
    if first.size < least or first.size == 0:
        return False
    for array in arrays:  # noqa: SIM110 (`all` takes longer)
        if array.dtype != F32 or array.shape != first.shape:
            return False
    return True


def _pass(shared: Callable[..., None], *arrays: ndarray, numbers: tuple[Any, ...] = ()) -> ndarray:
    """Return a new array that a compiled function fills from others, number by number."""
    result = recycled.empty(arrays[0].shape)
    flat = [plain(array).reshape(-1) for array in (result, *arrays)]
    parallel.run(shared, -(-result.size // PIECE), *flat, *numbers)
    return result


@part
def _rectify(y, x, low, high, thread):
    piece = slice(low * PIECE, high * PIECE)
    y, x = y[piece], x[piece]
    for i in range(len(y)):
        y[i] = F32(0) if x[i] <= 0 else x[i]  # NaN stays


@part
def _relu(y, x, slope, most, start, low, high, thread):
    piece = slice(low * PIECE, high * PIECE)
    y, x = y[piece], x[piece]
    flat = slope == 0
    for i in range(len(y)):
        below = x[i] - x[i] if flat else slope * (x[i] - start)  # 0, not −0; NaN stays
        value = x[i] if x[i] > start else below
        y[i] = most if value > most else value


@part
def _relu_backward(dx, dy, x, slope, cut, most, start, low, high, thread):
    piece = slice(low * PIECE, high * PIECE)
    dx, dy, x = dx[piece], dy[piece], x[piece]
    for i in range(len(dx)):
        rise = F32(1) if x[i] > start else slope
        dx[i] = dy[i] * (rise if x[i] < most or not cut else F32(0))


@part
def _bent(x, alpha):
    """Return x where it is positive, and α·(eˣ − 1) where not: the sum of two parts, one of them 0."""
    zeros = splat(F32(0))
    above, below = larger(x, zeros), zeros - larger(zeros - x, zeros)
    return above + splat(alpha) * exponential_less_one(below)


@part
def _elu(y, x, alpha, low, high, thread):
    """Bend the numbers of the pieces `low` … `high`: whole vectors first, then what is left."""
    piece = slice(low * PIECE, high * PIECE)
    y, x, alpha = y[piece], x[piece], F32(alpha)
    source, target, whole = address(x), address(y), len(x) // LANES * LANES
    for k in range(0, BYTES * whole, BYTES * LANES):
        store_at(_bent(load_at(source + k, LANES), alpha), target + k, LANES)
    k, left = BYTES * whole, len(x) - whole
    store_at(_bent(load_at(source + k, left), alpha), target + k, left)


@part
def _elu_backward(dx, dy, x, y, alpha, low, high, thread):
    piece = slice(low * PIECE, high * PIECE)
    dx, dy = dx[piece], dy[piece]
    x, y = x[piece], y[piece]
    for i in range(len(dx)):
        dx[i] = dy[i] * (F32(1) if x[i] > 0 else y[i] + alpha)


@part
def _squashed(x, scale, shift):
    """Return scale·tanh(scale·x) + shift, with tanh(z) = −m/(m + 2) for z ≥ 0, where m = e⁻²ᶻ − 1."""
    m = exponential_less_one((F32(-2) * scale) * magnitude(x))
    return add_product(splat(scale), with_sign(m / (m + splat(F32(2))), x), splat(shift))


@part
def _tanh(y, x, scale, shift, low, high, thread):
    """Squash the numbers of the pieces `low` … `high`: tanh with scale 1 and shift 0."""
    piece = slice(low * PIECE, high * PIECE)
    y, x, scale, shift = y[piece], x[piece], F32(scale), F32(shift)
    source, target, whole = address(x), address(y), len(x) // LANES * LANES
    for k in range(0, BYTES * whole, BYTES * LANES):
        store_at(_squashed(load_at(source + k, LANES), scale, shift), target + k, LANES)
    k, left = BYTES * whole, len(x) - whole
    store_at(_squashed(load_at(source + k, left), scale, shift), target + k, left)


@part
def _sigmoid_backward(dx, dy, y, low, high, thread):
    piece = slice(low * PIECE, high * PIECE)
    dx, dy, y = dx[piece], dy[piece], y[piece]
    for i in range(len(dx)):
        dx[i] = dy[i] * (y[i] * (F32(1) - y[i]))


@part
def _tanh_backward(dx, dy, y, low, high, thread):
    piece = slice(low * PIECE, high * PIECE)
    dx, dy, y = dx[piece], dy[piece], y[piece]
    for i in range(len(dx)):
        dx[i] = dy[i] * (F32(1) - y[i] * y[i])


@part
def _silu_backward(dx, dy, x, s, low, high, thread):
    piece = slice(low * PIECE, high * PIECE)
    dx, dy = dx[piece], dy[piece]
    x, s = x[piece], s[piece]
    for i in range(len(dx)):
        dx[i] = dy[i] * (s[i] * (F32(1) + x[i] * (F32(1) - s[i])))


@part
def _normal(portions, x, low, high, thread):
    """The normal distribution's portion below x: ``Φ(x) = (1 + erf(x/√2))/2``."""
    piece = slice(low * PIECE, high * PIECE)
    portions, x = portions[piece], x[piece]
    for i in range(len(x)):
        portions[i] = F32(0.5) * (F32(1) + math.erf(x[i] * F32(math.sqrt(0.5))))


@part
def _gelu_backward(dx, dy, x, powers, portions, low, high, thread):
    piece = slice(low * PIECE, high * PIECE)
    dx, dy, x = dx[piece], dy[piece], x[piece]
    powers, portions = powers[piece], portions[piece]
    for i in range(len(dx)):
        density = F32(1 / math.sqrt(2 * math.pi)) * powers[i]
        dx[i] = dy[i] * (portions[i] + x[i] * density)


@compiled
def _share_rectify(board, count, step, *arguments):
    share(board, count, step, *job(_rectify, arguments))


@compiled
def _share_relu(board, count, step, *arguments):
    share(board, count, step, *job(_relu, arguments))


@compiled
def _share_relu_backward(board, count, step, *arguments):
    share(board, count, step, *job(_relu_backward, arguments))


@compiled
def _share_elu(board, count, step, *arguments):
    share(board, count, step, *job(_elu, arguments))


@compiled
def _share_elu_backward(board, count, step, *arguments):
    share(board, count, step, *job(_elu_backward, arguments))


@compiled
def _share_sigmoid_backward(board, count, step, *arguments):
    share(board, count, step, *job(_sigmoid_backward, arguments))


@compiled
def _share_tanh(board, count, step, *arguments):
    share(board, count, step, *job(_tanh, arguments))


@compiled
def _share_tanh_backward(board, count, step, *arguments):
    share(board, count, step, *job(_tanh_backward, arguments))


@compiled
def _share_silu_backward(board, count, step, *arguments):
    share(board, count, step, *job(_silu_backward, arguments))


@compiled
def _share_normal(board, count, step, *arguments):
    share(board, count, step, *job(_normal, arguments))


@compiled
def _share_gelu_backward(board, count, step, *arguments):
    share(board, count, step, *job(_gelu_backward, arguments))
