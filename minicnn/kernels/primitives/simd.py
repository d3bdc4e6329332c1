"""Vector registers for numba: a type for them, and the instructions on them.

numba vectorizes loops over arrays by itself, but it cannot keep the sums of a matrix product in
registers from one step to the next. With a type for a register it can:

    row = load(b, k, j, LANES)              # LANES neighbouring elements of a row
    total = fma(splat(a), row, total)
    twice = F32(2) * (total - row)          # + − * / as for scalars

Each line compiles to one or two instructions. `LANES` is 16 on a CPU with AVX-512, else 8.
"""

import operator
from collections.abc import Callable
from typing import Any, NamedTuple

import llvmlite.binding
from llvmlite import ir
from numba import types
from numba.core import cgutils
from numba.extending import intrinsic, lower_builtin, models, register_model, type_callable

from minicnn.kernels.runtime.jit import with_parameters

HOST_FEATURES = llvmlite.binding.get_host_cpu_features()
LANES = 16 if HOST_FEATURES.get("avx512f") else 8

F32, I32, I64 = ir.FloatType(), ir.IntType(32), ir.IntType(64)
VECTOR, MASK = ir.VectorType(F32, LANES), ir.VectorType(ir.IntType(1), LANES)
ZEROS = ir.Constant(VECTOR, [0.0] * LANES)


class _Vector(types.Type):
    """numba's type of a register of `LANES` float32 numbers."""

    def __init__(self) -> None:
        super().__init__(name=f"float32x{LANES}")


vector = _Vector()


@register_model(_Vector)
class _VectorModel(models.PrimitiveModel):
    """LLVM's type of it."""

    def __init__(self, manager: Any, kind: Any) -> None:
        super().__init__(manager, kind, VECTOR)


class Array(NamedTuple):
    """An array operand of an instruction."""

    context: Any
    type: Any
    value: Any

    def pointer(self, builder: Any, *index: Any) -> Any:
        """Emit the address of an element."""
        view = self.context.make_array(self.type)(self.context, builder, self.value)
        return cgutils.get_item_pointer(
            self.context, builder, self.type, view, list(index), wraparound=False
        )

    def vector_pointer(self, builder: Any, row: Any, column: Any) -> Any:
        """Emit the address of the vector that starts at an element of a 2-D array."""
        return builder.bitcast(self.pointer(builder, row, column), VECTOR.as_pointer())


def instruction(result: Any, *operands: Any) -> Callable[[Callable[..., Any]], Any]:
    """Make a function for compiled code of one that emits LLVM code for operands of these types.

    Where `Array` stands for a type, any array is accepted.
    """

    def decorate(emit: Callable[..., Any]) -> Any:
        def define(typing: Any, *actual: Any) -> Any:
            expected = [a if e is Array else e for a, e in zip(actual, operands, strict=True)]

            def lower(context: Any, builder: Any, _: Any, values: Any) -> Any:
                wrapped = [
                    Array(context, kind, value) if isinstance(kind, types.Array) else value
                    for kind, value in zip(expected, values, strict=True)
                ]
                emitted = emit(builder, *wrapped)
                return context.get_dummy_value() if result == types.void else emitted

            return result(*expected), lower

        return intrinsic(with_parameters(define, emit, skipped=1))

    return decorate


def repeat(builder: Any, value: Any, lanes: int = LANES) -> Any:
    """Emit a vector with every lane set to one value."""
    kind = ir.VectorType(value.type, lanes)
    undefined = ir.Constant(kind, ir.Undefined)
    first = builder.insert_element(undefined, value, ir.Constant(I32, 0))
    return builder.shuffle_vector(
        first, undefined, ir.Constant(ir.VectorType(I32, lanes), [0] * lanes)
    )


def call(builder: Any, name: str, arguments: list[Any], result: Any = VECTOR) -> Any:
    """Emit a call of one of LLVM's intrinsic functions, such as "fabs" for vectors of this width."""
    kind = ir.FunctionType(result, [argument.type for argument in arguments])
    function = cgutils.get_or_insert_function(builder.module, kind, f"llvm.{name}")
    return builder.call(function, arguments)


def _first_lanes(builder: Any, count: Any) -> Any:
    """Emit a mask of the first `count` lanes; 32-bit numbers, as wide as a lane, compare at once."""
    lanes = ir.Constant(ir.VectorType(I32, LANES), list(range(LANES)))
    return builder.icmp_signed("<", lanes, repeat(builder, builder.trunc(count, I32)))


def masked_load(builder: Any, pointer: Any, count: Any, others: Any = ZEROS) -> Any:
    """Emit a load of the first `count` lanes; the other lanes come from the vector `others`."""
    arguments = [pointer, ir.Constant(I32, 4), _first_lanes(builder, count), others]
    return call(builder, f"masked.load.v{LANES}f32.p0", arguments)


def masked_store(builder: Any, value: Any, pointer: Any, count: Any) -> None:
    """Emit a store of the first `count` lanes."""
    arguments = [value, pointer, ir.Constant(I32, 4), _first_lanes(builder, count)]
    call(builder, f"masked.store.v{LANES}f32.p0", arguments, ir.VoidType())


# Memory. Arrays are 2-D with contiguous rows; addresses are in bytes.


@instruction(vector, Array, types.intp, types.intp, types.intp)
def load(builder, array, row, column, count):
    """Load `count` ≤ LANES neighbours of a row, from `column` on; the other lanes are 0."""
    return masked_load(builder, array.vector_pointer(builder, row, column), count)


@instruction(vector, Array, types.intp, types.intp, types.intp, types.float32)
def load_or(builder, array, row, column, count, other):
    """Load `count` ≤ LANES neighbours of a row; the other lanes are set to a scalar."""
    pointer = array.vector_pointer(builder, row, column)
    return masked_load(builder, pointer, count, repeat(builder, other))


@instruction(types.void, vector, Array, types.intp, types.intp, types.intp)
def store(builder, value, array, row, column, count):
    """Store the first `count` ≤ LANES lanes in a row."""
    masked_store(builder, value, array.vector_pointer(builder, row, column), count)


@instruction(types.intp, Array)
def address(builder, array):
    """Return the address of an array's first element."""
    return builder.ptrtoint(
        array.context.make_array(array.type)(array.context, builder, array.value).data, I64
    )


@instruction(vector, types.intp, types.intp)
def load_at(builder, address, count):
    """Load `count` ≤ LANES neighbours from an address on; the other lanes are 0."""
    return masked_load(builder, builder.inttoptr(address, VECTOR.as_pointer()), count)


@instruction(types.void, vector, types.intp, types.intp)
def store_at(builder, value, address, count):
    """Store the first `count` ≤ LANES lanes from an address on."""
    masked_store(builder, value, builder.inttoptr(address, VECTOR.as_pointer()), count)


@instruction(types.void, vector, types.intp)
def stream_at(builder, value, address):
    """Store a whole vector past the caches, at an address that is a multiple of its size."""
    pointer = builder.inttoptr(address, VECTOR.as_pointer())
    stored = builder.store(value, pointer, align=LANES * 4)
    non_temporal = builder.module.add_metadata([ir.Constant(I32, 1)])
    stored.set_metadata("nontemporal", non_temporal)


def _integers(array: Array) -> Any:
    """Return LLVM's type of `LANES` elements of an integer array."""
    return ir.VectorType(ir.IntType(array.type.dtype.bitwidth), LANES)


@instruction(vector, Array, types.intp, types.intp)
def load_unsigned(builder, array, row, column):
    """Load LANES neighbours of a row of unsigned integers."""
    pointer = array.vector_pointer(builder, row, column)
    stored = builder.load(builder.bitcast(pointer, _integers(array).as_pointer()), align=1)
    return builder.uitofp(stored, VECTOR)


@instruction(types.void, vector, Array, types.intp, types.intp)
def store_unsigned(builder, value, array, row, column):
    """Store a vector of whole numbers ≥ 0 in a row of unsigned integers."""
    pointer = array.vector_pointer(builder, row, column)
    integers = builder.fptoui(value, _integers(array))
    builder.store(integers, builder.bitcast(pointer, _integers(array).as_pointer()), align=1)


# Arithmetic, lane by lane


@instruction(vector, types.float32)
def splat(builder, number):
    """Return a vector with every lane set to a scalar."""
    return repeat(builder, number)


@instruction(vector, vector)
def sqrt(builder, a):
    """Return the square root."""
    return call(builder, f"sqrt.v{LANES}f32", [a])


@instruction(vector, vector)
def fabs(builder, a):
    """Return the absolute value."""
    return call(builder, f"fabs.v{LANES}f32", [a])


@instruction(vector, vector, vector)
def copysign(builder, a, b):
    """Return the magnitude of `a` with the sign of `b`."""
    return call(builder, f"copysign.v{LANES}f32", [a, b])


@instruction(vector, vector, vector, vector)
def fma(builder, a, b, c):
    """Return ``a·b + c``, rounded once (a fused multiply-add)."""
    return call(builder, f"fma.v{LANES}f32", [a, b, c])


def emit_maximum(builder: Any, a: Any, b: Any) -> Any:
    """Emit the larger of two vectors; NaN where `a` is."""
    return builder.select(builder.fcmp_ordered("<", a, b), b, a)


maximum = instruction(vector, vector, vector)(emit_maximum)


@instruction(vector, vector, vector)
def minimum(builder, a, b):
    """Return the smaller of two vectors; NaN where `a` is."""
    return builder.select(builder.fcmp_ordered(">", a, b), b, a)


@instruction(vector, vector, vector)
def maximum_or_nan(builder, a, b):
    """Return the larger of two vectors; NaN where either is."""
    larger = builder.select(builder.fcmp_ordered(">", a, b), a, b)
    return builder.select(builder.fcmp_unordered("uno", a, a), a, larger)


def _define(function: Any, left: Any, emit: Callable[..., Any]) -> None:
    """Define an operator of Python for an operand of the type `left` and a vector."""

    @type_callable(function)
    def type_operator(_: Any) -> Any:
        return lambda a, b: vector if (a, b) == (left, vector) else None

    @lower_builtin(function, left, vector)
    def lower(_context: Any, builder: Any, _signature: Any, operands: Any) -> Any:
        return emit(builder, *operands)


CONTRACT = ("contract",)  # lets a product and a sum become one fused multiply-add
_define(operator.add, vector, lambda builder, a, b: builder.fadd(a, b, flags=CONTRACT))
_define(operator.sub, vector, lambda builder, a, b: builder.fsub(a, b, flags=CONTRACT))
_define(operator.mul, vector, lambda builder, a, b: builder.fmul(a, b, flags=CONTRACT))
_define(operator.truediv, vector, lambda builder, a, b: builder.fdiv(a, b, flags=CONTRACT))
_define(
    operator.mul,
    types.float32,
    lambda builder, a, b: builder.fmul(repeat(builder, a), b, flags=CONTRACT),
)


# Masks and reductions


@instruction(types.intp, vector)
def movemask(builder, a):
    """Return an integer whose bit k is set where lane k is > 0."""
    bits = builder.bitcast(builder.fcmp_ordered(">", a, ZEROS), ir.IntType(LANES))
    return builder.zext(bits, I64)


@instruction(vector, types.intp, vector)
def select_bits(builder, bits, value):
    """Return `value` in the lanes whose bits are set, else 0; the inverse of `movemask`."""
    mask = builder.bitcast(builder.trunc(bits, ir.IntType(LANES)), MASK)
    return builder.select(mask, value, ZEROS)


@instruction(vector, vector, vector, vector)
def select_equal(builder, a, b, value):
    """Return `value` in the lanes where ``a = b``, else 0."""
    return builder.select(builder.fcmp_ordered("==", a, b), value, ZEROS)


@instruction(vector, vector, vector, vector, vector)
def select_greater(builder, a, b, if_greater, otherwise):
    """Return `if_greater` in the lanes where ``a > b``, else `otherwise`."""
    return builder.select(builder.fcmp_ordered(">", a, b), if_greater, otherwise)


@instruction(vector, vector, vector, vector, vector)
def select_larger(builder, a, b, if_larger, otherwise):
    """Return `if_larger` in the lanes where ``a > b``, or only `a` is NaN, else `otherwise`."""
    larger_or_nan = builder.fcmp_unordered(">", a, b)
    not_nan_before = builder.fcmp_ordered("ord", b, b)
    return builder.select(builder.and_(larger_or_nan, not_nan_before), if_larger, otherwise)


def _reduce(builder: Any, value: Any, combine: Any) -> Any:
    """Emit combining all lanes: the two halves, then the halves of the result, and so on."""
    distance = LANES // 2
    while distance > 0:
        order = ir.Constant(ir.VectorType(I32, LANES), [lane ^ distance for lane in range(LANES)])
        value = combine(value, builder.shuffle_vector(value, value, order))
        distance //= 2
    return builder.extract_element(value, ir.Constant(I32, 0))


@instruction(types.float32, vector)
def reduce_sum(builder, a):
    """Return the sum of the lanes."""
    return _reduce(builder, a, builder.fadd)


@instruction(types.float32, vector)
def reduce_max(builder, a):
    """Return the largest lane; an unspecified one if any is NaN."""
    return _reduce(builder, a, lambda a, b: emit_maximum(builder, a, b))
