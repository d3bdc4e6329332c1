"""Activations in one pass over memory, on all cores; NumPy makes several.

Same names, signatures and results as `minicnn.ops.activations`; small arrays, for which a call of NumPy
is faster, go to those. An activation is a formula for a vector register; `elementwise` adds the loop.
"""

import math
from collections.abc import Callable
from typing import Any

import numpy as np
from numpy import ndarray

from minicnn.kernels.primitives.copies import BYTES, use_streaming_stores, write_at
from minicnn.kernels.primitives.exponential import exp, expm1
from minicnn.kernels.primitives.simd import (
    LANES,
    address,
    copysign,
    fabs,
    fma,
    load_at,
    maximum,
    minimum,
    select_greater,
    splat,
    store_at,
)
from minicnn.kernels.runtime import memory_pool, parallel
from minicnn.kernels.runtime.jit import njit_inline
from minicnn.kernels.runtime.task_slot import parallel_kernel, specialized
from minicnn.ops import reference

F32 = np.float32
ZERO, ONE, HALF = F32(0), F32(1), F32(0.5)
CHUNK = 4096  # elements: 16 KiB of each array

# The smallest sizes for which the kernel is faster, if NumPy makes one fast pass, several, or slow ones
MIN_SIZE, MIN_SIZE_SEVERAL, MIN_SIZE_SLOW = 3 << 14, 1 << 14, 1 << 11


def relu_forward(
    x: ndarray, negative_slope: float = 0.0, max_value: float | None = None, threshold: float = 0.0
) -> ndarray:
    """Rectify; see `minicnn.ops.activations.relu_forward`."""
    simple = negative_slope == 0 and max_value is None and threshold == 0
    if not pays(MIN_SIZE if simple else MIN_SIZE_SLOW, x):
        return reference.relu_forward(x, negative_slope, max_value, threshold)
    if simple:
        return run(_relu, x)
    upper = math.inf if max_value is None else max_value
    return run(_leaky_relu, x, params=(negative_slope, upper, threshold))


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
    if not pays(MIN_SIZE if simple else MIN_SIZE_SLOW, dy, x):
        return reference.relu_backward(dy, x, y, negative_slope, max_value, threshold)
    if max_value is None:
        return run(_leaky_relu_gradient, dy, x, params=(negative_slope, threshold))
    return run(_clipped_relu_gradient, dy, x, params=(negative_slope, max_value, threshold))


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
    if not pays(MIN_SIZE_SLOW, x):
        return reference.elu_forward(x, alpha)
    return run(_elu, x, params=(alpha,))


def elu_backward(dy: ndarray, x: ndarray, y: ndarray, alpha: float = 1.0) -> ndarray:
    """Multiply by the derivative; see `minicnn.ops.activations.elu_backward`."""
    if alpha <= 0 or not pays(MIN_SIZE_SLOW, dy, y):  # else y has the sign of x
        return reference.elu_backward(dy, x, y, alpha)
    return run(_elu_gradient, dy, y, params=(alpha,))


def gelu_forward(x: ndarray, approximate: bool = False) -> ndarray:
    """Gate by the normal distribution; see `minicnn.ops.activations.gelu_forward`."""
    if approximate or not pays(MIN_SIZE_SLOW, x):
        return reference.gelu_forward(x, approximate)
    return run(_gelu, x)


def gelu_backward(dy: ndarray, x: ndarray, y: ndarray, approximate: bool = False) -> ndarray:
    """Multiply by the derivative; see `minicnn.ops.activations.gelu_backward`."""
    if approximate or not pays(MIN_SIZE_SLOW, dy, x):
        return reference.gelu_backward(dy, x, y, approximate)
    return run(_gelu_gradient, dy, x)


def pays(min_size: int, *arrays: ndarray) -> bool:
    """Whether these are float32 arrays of one shape, large enough for a kernel."""
    first = arrays[0]
    if first.size < min_size:
        return False
    for array in arrays:  # noqa: SIM110 (`all` takes longer)
        if array.dtype != F32 or array.shape != first.shape:
            return False
    return True


def run(kernel: Any, *arrays: ndarray, params: tuple[float, ...] = ()) -> ndarray:
    """Return a new array that a kernel fills."""
    result = memory_pool.empty(arrays[0].shape)
    flat = [array.reshape(-1) for array in (result, *arrays)]
    parallel.parallel_for(
        kernel,
        -(-result.size // CHUNK),
        *flat,
        tuple(map(F32, params)),
        use_streaming_stores(result),
    )
    return result


def elementwise(inputs: int) -> Callable[[Callable[..., Any]], Any]:
    """Make a kernel of a formula for vectors of one or two inputs, and scalar parameters."""

    def decorate(formula: Callable[..., Any]) -> Any:
        template: Any = _map_one if inputs == 1 else _map_two
        return parallel_kernel(specialized(template, formula, _formula=njit_inline(formula)))

    return decorate


_formula: Any = None  # set in each copy of the templates


def _map_one(out, a, params, streaming, start, stop, thread_id):
    start, end = start * CHUNK, min(stop * CHUNK, len(out))
    p, to = address(a), address(out)
    whole = BYTES * (start + (end - start) // LANES * LANES)  # without a mask, which is faster
    for k in range(BYTES * start, whole, BYTES * LANES):
        write_at(_formula(load_at(p + k, LANES), *params), to + k, LANES, streaming)
    count = end - whole // BYTES
    store_at(_formula(load_at(p + whole, count), *params), to + whole, count)


def _map_two(out, a, b, params, streaming, start, stop, thread_id):
    start, end = start * CHUNK, min(stop * CHUNK, len(out))
    p, q, to = address(a), address(b), address(out)
    whole = BYTES * (start + (end - start) // LANES * LANES)
    for k in range(BYTES * start, whole, BYTES * LANES):
        value = _formula(load_at(p + k, LANES), load_at(q + k, LANES), *params)
        write_at(value, to + k, LANES, streaming)
    count = end - whole // BYTES
    value = _formula(load_at(p + whole, count), load_at(q + whole, count), *params)
    store_at(value, to + whole, count)


@elementwise(1)
def _relu(x):
    return maximum(x + splat(ZERO), splat(ZERO))  # + 0 makes −0 to 0


@elementwise(1)
def _leaky_relu(x, slope, upper, threshold):
    below = slope * (x - splat(threshold)) + splat(ZERO)
    return minimum(select_greater(x, splat(threshold), x, below), splat(upper))


@elementwise(2)
def _leaky_relu_gradient(dy, x, slope, threshold):
    return dy * select_greater(x, splat(threshold), splat(ONE), splat(slope))


@elementwise(2)
def _clipped_relu_gradient(dy, x, slope, upper, threshold):
    derivative = select_greater(x, splat(threshold), splat(ONE), splat(slope))
    return dy * select_greater(splat(upper), x, derivative, splat(ZERO))


@elementwise(1)
def _elu(x, alpha):
    """X where it is positive, else α·(eˣ − 1): the sum of both parts, one of which is 0."""
    return maximum(x, splat(ZERO)) + alpha * expm1(minimum(x, splat(ZERO)))


@elementwise(2)
def _elu_gradient(dy, y, alpha):
    return dy * select_greater(y, splat(ZERO), splat(ONE), y + splat(alpha))


@njit_inline
def _scaled_tanh(x, exponent):
    """Return tanh(s·x) for the exponent −2s: tanh z = −m/(m + 2) for z ≥ 0, with m = e⁻²ᶻ − 1."""
    m = expm1(exponent * fabs(x))
    return copysign(m / (m + splat(F32(2))), x)


@njit_inline
def _sigmoid_of(x):
    return fma(splat(HALF), _scaled_tanh(x, F32(-1)), splat(HALF))


@elementwise(1)
def _tanh(x):
    return _scaled_tanh(x, F32(-2))


@elementwise(2)
def _tanh_gradient(dy, y):
    return dy * (splat(ONE) - y * y)


@elementwise(1)
def _sigmoid(x):
    return _sigmoid_of(x)


@elementwise(2)
def _sigmoid_gradient(dy, y):
    return dy * (y * (splat(ONE) - y))


@elementwise(2)
def _softplus_gradient(dy, x):
    return dy * _sigmoid_of(x)


@elementwise(1)
def _silu(x):
    return x * _sigmoid_of(x)


@elementwise(2)
def _silu_gradient(dy, x):
    s = _sigmoid_of(x)
    return dy * (s * (splat(ONE) + x * (splat(ONE) - s)))


# erf z = 1 − (a₁t + … + a₅t⁵)·e^(−z²) for z ≥ 0, with t = 1/(1 + p·z): Abramowitz & Stegun 1964,
# "Handbook of Mathematical Functions", 7.1.26, absolute error 1.5e-7
P = F32(0.3275911)
A1, A2, A3, A4, A5 = map(F32, (0.254829592, -0.284496736, 1.421413741, -1.453152027, 1.061405429))
SQRT_HALF, DENSITY_AT_0 = F32(math.sqrt(0.5)), F32(1 / math.sqrt(2 * math.pi))


@njit_inline
def _normal_of(x):
    """Return the cumulative distribution function Φ(x) = (1 + erf(x/√2))/2, and e^(−x²/2)."""
    z = SQRT_HALF * fabs(x)
    gauss = exp(-HALF * (x * x))
    t = splat(ONE) / fma(splat(P), z, splat(ONE))
    series = fma(splat(A5), t, splat(A4))
    series = fma(series, t, splat(A3))
    series = fma(series, t, splat(A2))
    series = fma(series, t, splat(A1))
    erf = splat(ONE) - series * t * gauss
    return fma(splat(HALF), copysign(erf, x), splat(HALF)), gauss


@elementwise(1)
def _gelu(x):
    return x * _normal_of(x)[0]


@elementwise(2)
def _gelu_gradient(dy, x):
    below, gauss = _normal_of(x)
    return dy * (below + x * (DENSITY_AT_0 * gauss))


# Activations without parameters; a gradient is computed from dy and x, or from dy and y if it is simpler


def _forward(name: str, kernel: Any, min_size: int = MIN_SIZE) -> Callable[[ndarray], ndarray]:
    """Return the forward pass: the kernel if it pays, else the definition."""
    definition = getattr(reference, f"{name}_forward")

    def forward(x: ndarray) -> ndarray:
        return run(kernel, x) if pays(min_size, x) else definition(x)

    return forward


def _backward(name: str, kernel: Any, of_y: bool) -> Callable[[ndarray, ndarray, ndarray], ndarray]:
    """Return the backward pass, from dy and y or x."""
    definition = getattr(reference, f"{name}_backward")

    def backward(dy: ndarray, x: ndarray, y: ndarray) -> ndarray:
        array = y if of_y else x
        return run(kernel, dy, array) if pays(MIN_SIZE, dy, array) else definition(dy, x, y)

    return backward


sigmoid_forward = _forward("sigmoid", _sigmoid, MIN_SIZE_SEVERAL)
sigmoid_backward = _backward("sigmoid", _sigmoid_gradient, of_y=True)
tanh_forward = _forward("tanh", _tanh)
tanh_backward = _backward("tanh", _tanh_gradient, of_y=True)
silu_forward = _forward("silu", _silu)
silu_backward = _backward("silu", _silu_gradient, of_y=False)
softplus_backward = _backward("softplus", _softplus_gradient, of_y=False)
