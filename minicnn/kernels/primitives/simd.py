"""Vectors of a CPU's own width, for compiled code that must stay in registers.

numba turns loops over arrays into vector instructions by itself; what it cannot do is to keep sums
of a matrix product in registers from one step to the next. With a type for such a vector it can:

    row = load(b, k, j, LANES)              # LANES neighbouring cells of a row
    total = add_product(splat(a), row, total)
    twice = F32(2) * (total - row)          # + − * / as for single numbers

Each is one instruction. `LANES` is 16 where the CPU has AVX-512, else 8.
"""

import operator
from typing import Any

import llvmlite.binding
from llvmlite import ir
from numba import types
from numba.core import cgutils
from numba.extending import intrinsic, models, overload, register_model

HOST_FEATURES = llvmlite.binding.get_host_cpu_features()
LANES = 16 if HOST_FEATURES.get("avx512f") else 8

_FLOAT, INT = ir.FloatType(), ir.IntType(32)
VECTOR = ir.VectorType(_FLOAT, LANES)


class _Vector(types.Type):
    """numba's name for a register of `LANES` float32 numbers."""

    def __init__(self) -> None:
        super().__init__(name=f"float32x{LANES}")


vector = _Vector()


@register_model(_Vector)
class _VectorModel(models.PrimitiveModel):
    """How LLVM sees it."""

    def __init__(self, manager: Any, kind: Any) -> None:
        super().__init__(manager, kind, VECTOR)


def _repeat(builder: Any, value: Any, lanes: int = LANES) -> Any:
    """Emit a vector of copies of one value."""
    vector_type = ir.VectorType(value.type, lanes)
    one = builder.insert_element(ir.Constant(vector_type, ir.Undefined), value, ir.Constant(INT, 0))
    zeros = ir.Constant(ir.VectorType(INT, lanes), [0] * lanes)
    return builder.shuffle_vector(one, ir.Constant(vector_type, ir.Undefined), zeros)


def _first(builder: Any, count: Any) -> Any:
    """Emit a mask of the first `count` lanes: whole numbers as wide as a lane are compared at once."""
    lanes = ir.Constant(ir.VectorType(INT, LANES), list(range(LANES)))
    return builder.icmp_signed("<", lanes, _repeat(builder, builder.trunc(count, INT)))


def cell_address(
    context: Any, builder: Any, array_type: Any, array: Any, row: Any, column: Any
) -> Any:
    """Emit the address of ``array[row, column]`` as that of a vector."""
    view = context.make_array(array_type)(context, builder, array)
    address = cgutils.get_item_pointer(
        context, builder, array_type, view, [row, column], wraparound=False
    )
    return builder.bitcast(address, VECTOR.as_pointer())


def _call(builder: Any, name: str, arguments: list[Any], result: Any) -> Any:
    """Emit a call of LLVM's own function `name` for vectors of this width."""
    kind = ir.FunctionType(result, [argument.type for argument in arguments])
    function = cgutils.get_or_insert_function(builder.module, kind, f"llvm.{name}")
    return builder.call(function, arguments)


def masked_load(builder: Any, place: Any, count: Any, others: Any = None) -> Any:
    """Emit reading the first `count` lanes; the others are zeros, or those of the vector `others`."""
    if others is None:
        others = ir.Constant(VECTOR, [0.0] * LANES)
    alignment = ir.Constant(INT, 4)  # of one number
    given = [place, alignment, _first(builder, count), others]
    return _call(builder, f"masked.load.v{LANES}f32.p0", given, VECTOR)


def masked_store(builder: Any, value: Any, place: Any, count: Any) -> None:
    """Emit writing the first `count` lanes."""
    given = [value, place, ir.Constant(INT, 4), _first(builder, count)]
    _call(builder, f"masked.store.v{LANES}f32.p0", given, ir.VoidType())


@intrinsic
def splat(typing: Any, number: Any) -> Any:
    """Return a vector of copies of one float32 number."""

    def emit(context: Any, builder: Any, signature: Any, arguments: Any) -> Any:
        return _repeat(builder, arguments[0])

    return vector(types.float32), emit


@intrinsic
def load(typing: Any, array: Any, row: Any, column: Any, count: Any) -> Any:
    """Return `count` ≤ LANES neighbours in a row of a 2-D array, from `column` on; then zeros."""

    def emit(context: Any, builder: Any, signature: Any, arguments: Any) -> Any:
        place = cell_address(context, builder, array, *arguments[:3])
        return masked_load(builder, place, arguments[3])

    return vector(array, types.intp, types.intp, types.intp), emit


@intrinsic
def load_or(typing: Any, array: Any, row: Any, column: Any, count: Any, other: Any) -> Any:
    """Return `count` ≤ LANES neighbours in a row of a 2-D array, then copies of a number."""

    def emit(context: Any, builder: Any, signature: Any, arguments: Any) -> Any:
        *place, count, other = arguments
        others = _repeat(builder, other)
        return masked_load(builder, cell_address(context, builder, array, *place), count, others)

    return vector(array, types.intp, types.intp, types.intp, types.float32), emit


@intrinsic
def store(typing: Any, value: Any, array: Any, row: Any, column: Any, count: Any) -> Any:
    """Write the first `count` ≤ LANES numbers of a vector to a row of a 2-D array."""

    def emit(context: Any, builder: Any, signature: Any, arguments: Any) -> Any:
        place = cell_address(context, builder, array, *arguments[1:4])
        masked_store(builder, arguments[0], place, arguments[4])
        return context.get_dummy_value()

    return types.void(vector, array, types.intp, types.intp, types.intp), emit


@intrinsic
def address(typing: Any, array: Any) -> Any:
    """Return where an array's first number is in memory, in bytes."""

    def emit(context: Any, builder: Any, signature: Any, arguments: Any) -> Any:
        view = context.make_array(array)(context, builder, arguments[0])
        return builder.ptrtoint(view.data, ir.IntType(64))

    return types.intp(array), emit


@intrinsic
def number_at(typing: Any, address: Any) -> Any:
    """Return the float32 number at an address."""

    def emit(context: Any, builder: Any, signature: Any, arguments: Any) -> Any:
        return builder.load(builder.inttoptr(arguments[0], _FLOAT.as_pointer()), align=4)

    return types.float32(types.intp), emit


@intrinsic
def load_at(typing: Any, address: Any, count: Any) -> Any:
    """Return `count` ≤ LANES neighbours in memory, from an address (in bytes) on; then zeros."""

    def emit(context: Any, builder: Any, signature: Any, arguments: Any) -> Any:
        place = builder.inttoptr(arguments[0], VECTOR.as_pointer())
        return masked_load(builder, place, arguments[1])

    return vector(types.intp, types.intp), emit


@intrinsic
def store_at(typing: Any, value: Any, address: Any, count: Any) -> Any:
    """Write the first `count` ≤ LANES numbers of a vector to memory, from an address on."""

    def emit(context: Any, builder: Any, signature: Any, arguments: Any) -> Any:
        value, address, count = arguments
        masked_store(builder, value, builder.inttoptr(address, VECTOR.as_pointer()), count)
        return context.get_dummy_value()

    return types.void(vector, types.intp, types.intp), emit


@intrinsic
def stream_at(typing: Any, value: Any, address: Any) -> Any:
    """Write a whole vector to memory around the caches, at a multiple of its size."""

    def emit(context: Any, builder: Any, signature: Any, arguments: Any) -> Any:
        value, address = arguments
        written = builder.store(
            value, builder.inttoptr(address, VECTOR.as_pointer()), align=LANES * 4
        )
        mark = builder.module.add_metadata([ir.Constant(INT, 1)])
        written.set_metadata("nontemporal", mark)
        return context.get_dummy_value()

    return types.void(vector, types.intp), emit


@intrinsic
def square_root(typing: Any, a: Any) -> Any:
    """Return the square root, lane by lane."""

    def emit(context: Any, builder: Any, signature: Any, arguments: Any) -> Any:
        return _call(builder, f"sqrt.v{LANES}f32", arguments, VECTOR)

    return vector(vector), emit


@intrinsic
def magnitude(typing: Any, a: Any) -> Any:
    """Return the numbers without their signs."""

    def emit(context: Any, builder: Any, signature: Any, arguments: Any) -> Any:
        return _call(builder, f"fabs.v{LANES}f32", arguments, VECTOR)

    return vector(vector), emit


@intrinsic
def with_sign(typing: Any, a: Any, b: Any) -> Any:
    """Return the magnitudes of one vector with the signs of another."""

    def emit(context: Any, builder: Any, signature: Any, arguments: Any) -> Any:
        return _call(builder, f"copysign.v{LANES}f32", arguments, VECTOR)

    return vector(vector, vector), emit


@intrinsic
def add_product(typing: Any, a: Any, b: Any, total: Any) -> Any:
    """Return ``a·b + total``, lane by lane, rounded once (a fused multiply-add)."""

    def emit(context: Any, builder: Any, signature: Any, arguments: Any) -> Any:
        return _call(builder, f"fma.v{LANES}f32", arguments, VECTOR)

    return vector(vector, vector, vector), emit


@intrinsic
def larger(typing: Any, a: Any, b: Any) -> Any:
    """Return the larger of two vectors, lane by lane; NaN where `a` is."""

    def emit(context: Any, builder: Any, signature: Any, arguments: Any) -> Any:
        a, b = arguments
        return builder.select(builder.fcmp_ordered("<", a, b), b, a)

    return vector(vector, vector), emit


def _arithmetic(instruction: str) -> Any:
    """Return the intrinsic for an instruction of LLVM on two vectors."""

    @intrinsic
    def compute(typing: Any, a: Any, b: Any) -> Any:
        def emit(context: Any, builder: Any, signature: Any, arguments: Any) -> Any:
            # "contract" lets a product and a sum become one fused multiply-add
            return getattr(builder, instruction)(*arguments, flags=("contract",))

        return vector(vector, vector), emit

    return compute


_add, _subtract = _arithmetic("fadd"), _arithmetic("fsub")
_multiply, _divide = _arithmetic("fmul"), _arithmetic("fdiv")


@overload(operator.add, strict=False)
def _plus(a: Any, b: Any) -> Any:
    return (lambda a, b: _add(a, b)) if a == b == vector else None


@overload(operator.sub, strict=False)
def _minus(a: Any, b: Any) -> Any:
    return (lambda a, b: _subtract(a, b)) if a == b == vector else None


@overload(operator.mul, strict=False)
def _times(a: Any, b: Any) -> Any:
    """A vector times a vector, or a single number, which comes first."""
    if a == types.float32 and b == vector:
        return lambda a, b: _multiply(splat(a), b)
    return (lambda a, b: _multiply(a, b)) if a == b == vector else None


@overload(operator.truediv, strict=False)
def _over(a: Any, b: Any) -> Any:
    return (lambda a, b: _divide(a, b)) if a == b == vector else None


def _whole(array_type: Any) -> Any:
    """Return LLVM's type for `LANES` neighbours in an array of whole numbers."""
    return ir.VectorType(ir.IntType(array_type.dtype.bitwidth), LANES)


@intrinsic
def load_whole(typing: Any, array: Any, row: Any, column: Any) -> Any:
    """Return LANES neighbours in a row of a 2-D array of unsigned whole numbers."""

    def emit(context: Any, builder: Any, signature: Any, arguments: Any) -> Any:
        place = cell_address(context, builder, array, *arguments)
        stored = builder.load(builder.bitcast(place, _whole(array).as_pointer()), align=1)
        return builder.uitofp(stored, VECTOR)

    return vector(array, types.intp, types.intp), emit


@intrinsic
def store_whole(typing: Any, value: Any, array: Any, row: Any, column: Any) -> Any:
    """Write LANES numbers from 0 on, that are whole, to a row of a 2-D array of unsigned ones."""

    def emit(context: Any, builder: Any, signature: Any, arguments: Any) -> Any:
        place = cell_address(context, builder, array, *arguments[1:])
        whole = builder.fptoui(arguments[0], _whole(array))
        builder.store(whole, builder.bitcast(place, _whole(array).as_pointer()), align=1)
        return context.get_dummy_value()

    return types.void(vector, array, types.intp, types.intp), emit
