"""Products of small matrices, float32, from inside compiled code, on one core.

A block of the result stays in registers while it is summed up, six rows of two vectors or, where few
columns are left, nine rows of one: each step loads a row of `b` and multiplies it by one number of
each row of `a`. This is the inner kernel of every fast BLAS (Goto & van de Geijn 2008, "Anatomy of
high-performance matrix multiplication"); what BLAS does around it, copying into blocks that fit the
caches, is not needed here, where all operands come in such blocks. Calling BLAS costs more for a matrix
of 36 × 64 than it should, and its speed depends on how it was built.

Where the numbers of `a` lie is told by two tables of distances, in bytes: a[i, k] is rows[i] + inner[k]
after the first number. So `a` can be a matrix, its transpose (exchange the tables), or all windows of
an image, which lie over each other in it and need not be copied anywhere (`minicnn.kernels.im2col`).
"""

from functools import lru_cache

import numpy as np
from numpy import ndarray

from minicnn.kernels.primitives.simd import (
    LANES,
    add_product,
    address,
    larger,
    load,
    number_at,
    splat,
    store,
)
from minicnn.kernels.runtime.jit import part_of

F32 = np.float32
ROWS = 6  # 6 × 2 sums, 2 vectors of b and 1 of a fill 15 of the 16 (AVX2) or 32 registers
ROWS_OF_ONE = 9  # 9 × 1 sums: as many as leave a register of addresses for each row
MATRIX, TABLE = "f4[:, :]", "i8[::1]"


@lru_cache(maxsize=1024)
def distances(count: int, numbers: int = 1) -> ndarray:
    """Return a table: where `count` rows or columns of a matrix begin, in bytes."""
    return np.arange(count, dtype=np.int64) * (numbers * F32(0).itemsize)


@part_of(f"void(i8, {TABLE}, {TABLE}, {MATRIX}, {MATRIX}, {MATRIX}, i8, b1, f4, i8)")
def _two_vectors(a, rows, inner, b, out, begin, down, begun, least, j):
    """All rows of the result, six at a time, of up to two vectors of columns from j on."""
    last, left = out.shape[0] - 1, out.shape[1] - j
    h, first, second = j + LANES, min(left, LANES), min(left - LANES, LANES)
    floor = splat(least)
    for i in range(0, out.shape[0], ROWS):
        r0 = i
        r1 = min(i + 1, last)
        r2 = min(i + 2, last)
        r3 = min(i + 3, last)
        r4 = min(i + 4, last)
        r5 = min(i + 5, last)
        a0, a1, a2 = a + rows[r0], a + rows[r1], a + rows[r2]
        a3, a4, a5 = a + rows[r3], a + rows[r4], a + rows[r5]
        if begun:
            p0, q0 = load(begin, r0 * down, j, first), load(begin, r0 * down, h, second)
            p1, q1 = load(begin, r1 * down, j, first), load(begin, r1 * down, h, second)
            p2, q2 = load(begin, r2 * down, j, first), load(begin, r2 * down, h, second)
            p3, q3 = load(begin, r3 * down, j, first), load(begin, r3 * down, h, second)
            p4, q4 = load(begin, r4 * down, j, first), load(begin, r4 * down, h, second)
            p5, q5 = load(begin, r5 * down, j, first), load(begin, r5 * down, h, second)
        else:
            p0 = p1 = p2 = p3 = p4 = p5 = splat(F32(0))
            q0 = q1 = q2 = q3 = q4 = q5 = splat(F32(0))
        for k in range(b.shape[0]):
            at, p, q = inner[k], load(b, k, j, first), load(b, k, h, second)
            x = splat(number_at(a0 + at))
            p0, q0 = add_product(x, p, p0), add_product(x, q, q0)
            x = splat(number_at(a1 + at))
            p1, q1 = add_product(x, p, p1), add_product(x, q, q1)
            x = splat(number_at(a2 + at))
            p2, q2 = add_product(x, p, p2), add_product(x, q, q2)
            x = splat(number_at(a3 + at))
            p3, q3 = add_product(x, p, p3), add_product(x, q, q3)
            x = splat(number_at(a4 + at))
            p4, q4 = add_product(x, p, p4), add_product(x, q, q4)
            x = splat(number_at(a5 + at))
            p5, q5 = add_product(x, p, p5), add_product(x, q, q5)
        if r5 < i + 5:  # the last rows: those that are not there are not written
            n1 = first if i + 1 <= last else 0
            m1 = second if i + 1 <= last else 0
            n2 = first if i + 2 <= last else 0
            m2 = second if i + 2 <= last else 0
            n3 = first if i + 3 <= last else 0
            m3 = second if i + 3 <= last else 0
            n4 = first if i + 4 <= last else 0
            m4 = second if i + 4 <= last else 0
            n5 = first if i + 5 <= last else 0
            m5 = second if i + 5 <= last else 0
            store(larger(p0, floor), out, r0, j, first)
            store(larger(q0, floor), out, r0, h, second)
            store(larger(p1, floor), out, r1, j, n1)
            store(larger(q1, floor), out, r1, h, m1)
            store(larger(p2, floor), out, r2, j, n2)
            store(larger(q2, floor), out, r2, h, m2)
            store(larger(p3, floor), out, r3, j, n3)
            store(larger(q3, floor), out, r3, h, m3)
            store(larger(p4, floor), out, r4, j, n4)
            store(larger(q4, floor), out, r4, h, m4)
            store(larger(p5, floor), out, r5, j, n5)
            store(larger(q5, floor), out, r5, h, m5)
            continue
        store(larger(p0, floor), out, r0, j, first)
        store(larger(q0, floor), out, r0, h, second)
        store(larger(p1, floor), out, r1, j, first)
        store(larger(q1, floor), out, r1, h, second)
        store(larger(p2, floor), out, r2, j, first)
        store(larger(q2, floor), out, r2, h, second)
        store(larger(p3, floor), out, r3, j, first)
        store(larger(q3, floor), out, r3, h, second)
        store(larger(p4, floor), out, r4, j, first)
        store(larger(q4, floor), out, r4, h, second)
        store(larger(p5, floor), out, r5, j, first)
        store(larger(q5, floor), out, r5, h, second)


@part_of(f"void(i8, {TABLE}, {TABLE}, {MATRIX}, {MATRIX}, {MATRIX}, i8, b1, f4, i8)")
def _one_vector(a, rows, inner, b, out, begin, down, begun, least, j):
    """All rows of the result, nine at a time, of up to one vector of columns from j on."""
    last, left = out.shape[0] - 1, out.shape[1] - j
    first = min(left, LANES)
    floor = splat(least)
    for i in range(0, out.shape[0], ROWS_OF_ONE):
        r0 = i
        r1 = min(i + 1, last)
        r2 = min(i + 2, last)
        r3 = min(i + 3, last)
        r4 = min(i + 4, last)
        r5 = min(i + 5, last)
        r6 = min(i + 6, last)
        r7 = min(i + 7, last)
        r8 = min(i + 8, last)
        a0, a1, a2 = a + rows[r0], a + rows[r1], a + rows[r2]
        a3, a4, a5 = a + rows[r3], a + rows[r4], a + rows[r5]
        a6, a7, a8 = a + rows[r6], a + rows[r7], a + rows[r8]
        if begun:
            p0 = load(begin, r0 * down, j, first)
            p1 = load(begin, r1 * down, j, first)
            p2 = load(begin, r2 * down, j, first)
            p3 = load(begin, r3 * down, j, first)
            p4 = load(begin, r4 * down, j, first)
            p5 = load(begin, r5 * down, j, first)
            p6 = load(begin, r6 * down, j, first)
            p7 = load(begin, r7 * down, j, first)
            p8 = load(begin, r8 * down, j, first)
        else:
            p0 = p1 = p2 = p3 = p4 = p5 = p6 = p7 = p8 = splat(F32(0))
        for k in range(b.shape[0]):
            at, p = inner[k], load(b, k, j, first)
            p0 = add_product(splat(number_at(a0 + at)), p, p0)
            p1 = add_product(splat(number_at(a1 + at)), p, p1)
            p2 = add_product(splat(number_at(a2 + at)), p, p2)
            p3 = add_product(splat(number_at(a3 + at)), p, p3)
            p4 = add_product(splat(number_at(a4 + at)), p, p4)
            p5 = add_product(splat(number_at(a5 + at)), p, p5)
            p6 = add_product(splat(number_at(a6 + at)), p, p6)
            p7 = add_product(splat(number_at(a7 + at)), p, p7)
            p8 = add_product(splat(number_at(a8 + at)), p, p8)
        if r8 < i + 8:  # the last rows: those that are not there are not written
            n1 = first if i + 1 <= last else 0
            n2 = first if i + 2 <= last else 0
            n3 = first if i + 3 <= last else 0
            n4 = first if i + 4 <= last else 0
            n5 = first if i + 5 <= last else 0
            n6 = first if i + 6 <= last else 0
            n7 = first if i + 7 <= last else 0
            n8 = first if i + 8 <= last else 0
            store(larger(p0, floor), out, r0, j, first)
            store(larger(p1, floor), out, r1, j, n1)
            store(larger(p2, floor), out, r2, j, n2)
            store(larger(p3, floor), out, r3, j, n3)
            store(larger(p4, floor), out, r4, j, n4)
            store(larger(p5, floor), out, r5, j, n5)
            store(larger(p6, floor), out, r6, j, n6)
            store(larger(p7, floor), out, r7, j, n7)
            store(larger(p8, floor), out, r8, j, n8)
            continue
        store(larger(p0, floor), out, r0, j, first)
        store(larger(p1, floor), out, r1, j, first)
        store(larger(p2, floor), out, r2, j, first)
        store(larger(p3, floor), out, r3, j, first)
        store(larger(p4, floor), out, r4, j, first)
        store(larger(p5, floor), out, r5, j, first)
        store(larger(p6, floor), out, r6, j, first)
        store(larger(p7, floor), out, r7, j, first)
        store(larger(p8, floor), out, r8, j, first)


@part_of(f"void(i8, {TABLE}, {TABLE}, {MATRIX}, {MATRIX}, {MATRIX}, i8, b1, f4)")
def _blocks(a, rows, inner, b, out, begin, down, begun, least):
    """Set out = max(begin + a @ b, least), block by block."""
    for j in range(0, out.shape[1], 2 * LANES):
        if out.shape[1] - j > LANES:
            _two_vectors(a, rows, inner, b, out, begin, down, begun, least, j)
        else:
            _one_vector(a, rows, inner, b, out, begin, down, begun, least, j)


@part_of(f"void({MATRIX}, {TABLE}, {TABLE}, {MATRIX}, {MATRIX}, b1)")
def multiply(a, rows, inner, b, out, add):
    """Set out = a @ b, or out += a @ b where `add`."""
    least = F32(-np.inf)
    _blocks(address(a), rows, inner, b, out, out, 1, add, least)


@part_of(f"void({MATRIX}, {TABLE}, {TABLE}, {MATRIX}, {MATRIX}, b1, {MATRIX})")
def multiply_bias(a, rows, inner, b, bias, relu, out):
    """Set out = a @ b + bias, negative numbers to 0 where `relu`."""
    least = F32(0) if relu else F32(-np.inf)
    _blocks(address(a), rows, inner, b, out, bias, 0, True, least)
