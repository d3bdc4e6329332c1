"""The exponential function, a vector at a time; for numbers that are not positive.

Softmax, sigmoid, tanh and ELU need no others: they can all be written so that nothing overflows. As
usual (Cody & Waite 1980, "Software Manual for the Elementary Functions", chapter 6) a power of two is
taken out, so that the series only has to be right near 0:

    x = n·ln 2 + r, |r| ≤ ln 2 / 2:    eˣ = 2ⁿ·eʳ
"""

import math
from typing import Any

import numpy as np
from llvmlite import ir
from numba.extending import intrinsic

from minicnn.kernels.primitives.simd import INT, LANES, VECTOR, add_product, larger, splat, vector
from minicnn.kernels.runtime.jit import part

F32 = np.float32
LEAST = F32(-88)  # e⁻⁸⁸ = 2⁻¹²⁷: here n is −127, and 2ⁿ without a bit
LOG2_E = F32(1 / math.log(2))
LN2_HIGH = F32(355 / 512)  # so few digits that its products with n are exact
LN2_LOW = F32(math.log(2) - 355 / 512)
SHIFT = F32(1.5 * 2**23 + 127)  # so large that what is added to it is rounded to a whole number
SERIES = [F32(1 / math.factorial(k)) for k in range(8)]
C2, C3, C4, C5, C6, C7 = SERIES[2:]


@intrinsic
def _power_of_two(typing: Any, shifted: Any) -> Any:
    """Return 2ⁿ, lane by lane, of SHIFT + n: its last bits, 127 + n, are the exponent of 2ⁿ."""

    def emit(context: Any, builder: Any, signature: Any, arguments: Any) -> Any:
        whole = ir.VectorType(INT, LANES)
        bits = builder.bitcast(arguments[0], whole)
        return builder.bitcast(builder.shl(bits, ir.Constant(whole, [23] * LANES)), VECTOR)

    return vector(vector), emit


@part
def _parts(x: Any) -> Any:
    """Return eʳ − 1 and 2ⁿ."""
    x = larger(x, splat(LEAST))  # NaN stays
    shifted = add_product(x, splat(LOG2_E), splat(SHIFT))
    n = shifted - splat(SHIFT)
    r = add_product(n, splat(-LN2_LOW), add_product(n, splat(-LN2_HIGH), x))
    rest = add_product(splat(C7), r, splat(C6))
    rest = add_product(rest, r, splat(C5))
    rest = add_product(rest, r, splat(C4))
    rest = add_product(rest, r, splat(C3))
    rest = add_product(rest, r, splat(C2))
    return add_product(rest, r * r, r), _power_of_two(shifted)


@part
def exponential(x: Any) -> Any:
    """Return eˣ of a vector of numbers ≤ 0, within 2e-7 of it; 0 where it has no normal float32."""
    rest, power = _parts(x)
    return add_product(rest, power, power)


@part
def exponential_less_one(x: Any) -> Any:
    """Return eˣ − 1 of a vector of numbers ≤ 0, which is exact near 0 too."""
    rest, power = _parts(x)
    return add_product(rest, power, power - splat(F32(1)))
