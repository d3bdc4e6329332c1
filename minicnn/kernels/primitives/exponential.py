"""The exponential of vectors of numbers ≤ 0, which is all that softmax, sigmoid, tanh and ELU need.

They can be written so that nothing overflows. As usual (Cody & Waite 1980, "Software Manual for the
Elementary Functions", chapter 6), a power of two is factored out, and a series is accurate for the rest:

    x = n·ln 2 + r, |r| ≤ ln 2 / 2:    eˣ = 2ⁿ·eʳ
"""

import math
from typing import Any

import numpy as np
from llvmlite import ir

from minicnn.kernels.primitives.simd import (
    I32,
    LANES,
    VECTOR,
    fma,
    instruction,
    maximum,
    splat,
    vector,
)
from minicnn.kernels.runtime.jit import njit_inline

F32 = np.float32
MIN = F32(-88)  # e⁻⁸⁸ = 2⁻¹²⁷: here n is −127, and 2ⁿ becomes 0
LOG2_E = F32(1 / math.log(2))
LN2_HIGH = F32(355 / 512)  # few enough bits for exact products with n
LN2_LOW = F32(math.log(2) - 355 / 512)
SHIFT = F32(1.5 * 2**23 + 127)  # large enough that a sum with it is rounded to an integer
SERIES = [F32(1 / math.factorial(k)) for k in range(8)]
C2, C3, C4, C5, C6, C7 = SERIES[2:]


@instruction(vector, vector)
def _power_of_two(builder, shifted):
    """Return 2ⁿ of SHIFT + n: the last bits of that, 127 + n, are the exponent bits of 2ⁿ."""
    integers = ir.VectorType(I32, LANES)
    bits = builder.bitcast(shifted, integers)
    return builder.bitcast(builder.shl(bits, ir.Constant(integers, [23] * LANES)), VECTOR)


@njit_inline
def _reduced(x: Any) -> Any:
    """Return eʳ − 1 and 2ⁿ."""
    x = maximum(x, splat(MIN))  # NaN stays
    shifted = fma(x, splat(LOG2_E), splat(SHIFT))
    n = shifted - splat(SHIFT)
    r = fma(n, splat(-LN2_LOW), fma(n, splat(-LN2_HIGH), x))
    series = fma(splat(C7), r, splat(C6))
    series = fma(series, r, splat(C5))
    series = fma(series, r, splat(C4))
    series = fma(series, r, splat(C3))
    series = fma(series, r, splat(C2))
    return fma(series, r * r, r), _power_of_two(shifted)


@njit_inline
def exp(x: Any) -> Any:
    """Return eˣ for x ≤ 0, with a relative error of 2e-7; 0 below the smallest normal float32."""
    expm1_r, power = _reduced(x)
    return fma(expm1_r, power, power)


@njit_inline
def expm1(x: Any) -> Any:
    """Return eˣ − 1 for x ≤ 0, accurate near 0 too."""
    expm1_r, power = _reduced(x)
    return fma(expm1_r, power, power - splat(F32(1)))
