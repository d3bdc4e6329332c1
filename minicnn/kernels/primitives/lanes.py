"""What looks at the single lanes of vectors: choosing between two, and folding one to a number.

`minicnn.kernels.primitives.simd` has the vectors, and the arithmetic in which every lane is for itself.
"""

from typing import Any

from llvmlite import ir
from numba import types
from numba.extending import intrinsic

from minicnn.kernels.primitives.simd import INT, LANES, VECTOR, vector

_MASK = ir.VectorType(ir.IntType(1), LANES)


@intrinsic
def positive_lanes(typing: Any, a: Any) -> Any:
    """Return a number whose bit k tells whether lane k is > 0."""

    def emit(context: Any, builder: Any, signature: Any, arguments: Any) -> Any:
        mask = builder.fcmp_ordered(">", arguments[0], ir.Constant(VECTOR, [0.0] * LANES))
        return builder.zext(builder.bitcast(mask, ir.IntType(LANES)), ir.IntType(64))

    return types.intp(vector), emit


@intrinsic
def where_lanes(typing: Any, bits: Any, value: Any) -> Any:
    """Return `value` in the lanes whose bits are set, elsewhere 0; the inverse of `positive_lanes`."""

    def emit(context: Any, builder: Any, signature: Any, arguments: Any) -> Any:
        bits, value = arguments
        mask = builder.bitcast(builder.trunc(bits, ir.IntType(LANES)), _MASK)
        return builder.select(mask, value, ir.Constant(VECTOR, [0.0] * LANES))

    return vector(types.intp, vector), emit


@intrinsic
def where_equal(typing: Any, a: Any, b: Any, value: Any) -> Any:
    """Return `value` in the lanes where `a` = `b`, elsewhere 0."""

    def emit(context: Any, builder: Any, signature: Any, arguments: Any) -> Any:
        a, b, value = arguments
        zeros = ir.Constant(VECTOR, [0.0] * LANES)
        return builder.select(builder.fcmp_ordered("==", a, b), value, zeros)

    return vector(vector, vector, vector), emit


@intrinsic
def where_wins(typing: Any, value: Any, most: Any, a: Any, b: Any) -> Any:
    """Return `a` in the lanes where `value` > `most`, or is the first that is NaN, elsewhere `b`."""

    def emit(context: Any, builder: Any, signature: Any, arguments: Any) -> Any:
        value, most, a, b = arguments
        larger_or_nan = builder.fcmp_unordered(">", value, most)
        none_before = builder.fcmp_ordered("ord", most, most)
        return builder.select(builder.and_(larger_or_nan, none_before), a, b)

    return vector(vector, vector, vector, vector), emit


@intrinsic
def larger_or_nan(typing: Any, value: Any, most: Any) -> Any:
    """Return the larger of two vectors, lane by lane; NaN where either is."""

    def emit(context: Any, builder: Any, signature: Any, arguments: Any) -> Any:
        value, most = arguments
        larger = builder.select(builder.fcmp_ordered(">", value, most), value, most)
        return builder.select(builder.fcmp_unordered("uno", value, value), value, larger)

    return vector(vector, vector), emit


def _folded(builder: Any, value: Any, combine: Any) -> Any:
    """Emit combining all lanes: both halves of a vector, then the halves of the result, and so on."""
    far = LANES // 2
    while far > 0:
        order = ir.Constant(ir.VectorType(INT, LANES), [lane ^ far for lane in range(LANES)])
        value, far = combine(value, builder.shuffle_vector(value, value, order)), far // 2
    return builder.extract_element(value, ir.Constant(INT, 0))


@intrinsic
def sum_of(typing: Any, a: Any) -> Any:
    """Return the sum of a vector's numbers."""

    def emit(context: Any, builder: Any, signature: Any, arguments: Any) -> Any:
        return _folded(builder, arguments[0], builder.fadd)

    return types.float32(vector), emit


@intrinsic
def largest_of(typing: Any, a: Any) -> Any:
    """Return the largest of a vector's numbers; any of them where one is NaN."""

    def emit(context: Any, builder: Any, signature: Any, arguments: Any) -> Any:
        def combine(a: Any, b: Any) -> Any:
            return builder.select(builder.fcmp_ordered("<", a, b), b, a)

        return _folded(builder, arguments[0], combine)

    return types.float32(vector), emit
