"""Products of small matrices, float32, from inside compiled code, on one core.

A block of the result stays in registers while it is summed up, six rows of two vectors or, where few
columns are left, twelve rows of one: each step loads a row of `b` and multiplies it by one number of
each row of `a`. This is the inner kernel of every fast BLAS (Goto & van de Geijn 2008, "Anatomy of
high-performance matrix multiplication"); what BLAS does around it, copying into blocks that fit the
caches, is not needed here, where all operands come in such blocks. Calling BLAS costs more for a matrix
of 36 × 64 than it should, and its speed depends on how it was built.
"""

import numpy as np

from minicnn.ops.jit import part_of
from minicnn.ops.simd import LANES, add_product, larger, load, splat, store

F32 = np.float32
ROWS = 6  # 6 × 2 sums, 2 vectors of b and 1 of a fill 15 of the 16 (AVX2) or 32 registers
MATRIX = "f4[:, :]"


@part_of(f"void({MATRIX}, {MATRIX}, {MATRIX}, {MATRIX}, i8, i8, f4, i8, i8)")
def _six_rows(a, b, out, begin, down, known, least, i, j):
    """Six rows of the result, up to two vectors of columns from j on; fewer at the end."""
    last, left = out.shape[0] - 1, out.shape[1] - j
    h, first, second = j + LANES, min(left, LANES), min(left - LANES, LANES)
    f, s = min(first, known), min(second, known)
    r0 = i
    r1 = min(i + 1, last)
    r2 = min(i + 2, last)
    r3 = min(i + 3, last)
    r4 = min(i + 4, last)
    r5 = min(i + 5, last)
    p0, q0 = load(begin, r0 * down, j, f), load(begin, r0 * down, h, s)
    p1, q1 = load(begin, r1 * down, j, f), load(begin, r1 * down, h, s)
    p2, q2 = load(begin, r2 * down, j, f), load(begin, r2 * down, h, s)
    p3, q3 = load(begin, r3 * down, j, f), load(begin, r3 * down, h, s)
    p4, q4 = load(begin, r4 * down, j, f), load(begin, r4 * down, h, s)
    p5, q5 = load(begin, r5 * down, j, f), load(begin, r5 * down, h, s)
    for k in range(a.shape[1]):
        p, q = load(b, k, j, first), load(b, k, h, second)
        x = splat(a[r0, k])
        p0, q0 = add_product(x, p, p0), add_product(x, q, q0)
        x = splat(a[r1, k])
        p1, q1 = add_product(x, p, p1), add_product(x, q, q1)
        x = splat(a[r2, k])
        p2, q2 = add_product(x, p, p2), add_product(x, q, q2)
        x = splat(a[r3, k])
        p3, q3 = add_product(x, p, p3), add_product(x, q, q3)
        x = splat(a[r4, k])
        p4, q4 = add_product(x, p, p4), add_product(x, q, q4)
        x = splat(a[r5, k])
        p5, q5 = add_product(x, p, p5), add_product(x, q, q5)
    floor = splat(least)
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
        return
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


@part_of(f"void({MATRIX}, {MATRIX}, {MATRIX}, {MATRIX}, i8, i8, f4, i8, i8)")
def _twelve_rows(a, b, out, begin, down, known, least, i, j):
    """Twelve rows of the result, up to one vector of columns from j on; fewer at the end."""
    last, left = out.shape[0] - 1, out.shape[1] - j
    first = min(left, LANES)
    f = min(first, known)
    r0 = i
    r1 = min(i + 1, last)
    r2 = min(i + 2, last)
    r3 = min(i + 3, last)
    r4 = min(i + 4, last)
    r5 = min(i + 5, last)
    r6 = min(i + 6, last)
    r7 = min(i + 7, last)
    r8 = min(i + 8, last)
    r9 = min(i + 9, last)
    r10 = min(i + 10, last)
    r11 = min(i + 11, last)
    p0 = load(begin, r0 * down, j, f)
    p1 = load(begin, r1 * down, j, f)
    p2 = load(begin, r2 * down, j, f)
    p3 = load(begin, r3 * down, j, f)
    p4 = load(begin, r4 * down, j, f)
    p5 = load(begin, r5 * down, j, f)
    p6 = load(begin, r6 * down, j, f)
    p7 = load(begin, r7 * down, j, f)
    p8 = load(begin, r8 * down, j, f)
    p9 = load(begin, r9 * down, j, f)
    p10 = load(begin, r10 * down, j, f)
    p11 = load(begin, r11 * down, j, f)
    for k in range(a.shape[1]):
        p = load(b, k, j, first)
        p0 = add_product(splat(a[r0, k]), p, p0)
        p1 = add_product(splat(a[r1, k]), p, p1)
        p2 = add_product(splat(a[r2, k]), p, p2)
        p3 = add_product(splat(a[r3, k]), p, p3)
        p4 = add_product(splat(a[r4, k]), p, p4)
        p5 = add_product(splat(a[r5, k]), p, p5)
        p6 = add_product(splat(a[r6, k]), p, p6)
        p7 = add_product(splat(a[r7, k]), p, p7)
        p8 = add_product(splat(a[r8, k]), p, p8)
        p9 = add_product(splat(a[r9, k]), p, p9)
        p10 = add_product(splat(a[r10, k]), p, p10)
        p11 = add_product(splat(a[r11, k]), p, p11)
    floor = splat(least)
    if r11 < i + 11:  # the last rows: those that are not there are not written
        n1 = first if i + 1 <= last else 0
        n2 = first if i + 2 <= last else 0
        n3 = first if i + 3 <= last else 0
        n4 = first if i + 4 <= last else 0
        n5 = first if i + 5 <= last else 0
        n6 = first if i + 6 <= last else 0
        n7 = first if i + 7 <= last else 0
        n8 = first if i + 8 <= last else 0
        n9 = first if i + 9 <= last else 0
        n10 = first if i + 10 <= last else 0
        n11 = first if i + 11 <= last else 0
        store(larger(p0, floor), out, r0, j, first)
        store(larger(p1, floor), out, r1, j, n1)
        store(larger(p2, floor), out, r2, j, n2)
        store(larger(p3, floor), out, r3, j, n3)
        store(larger(p4, floor), out, r4, j, n4)
        store(larger(p5, floor), out, r5, j, n5)
        store(larger(p6, floor), out, r6, j, n6)
        store(larger(p7, floor), out, r7, j, n7)
        store(larger(p8, floor), out, r8, j, n8)
        store(larger(p9, floor), out, r9, j, n9)
        store(larger(p10, floor), out, r10, j, n10)
        store(larger(p11, floor), out, r11, j, n11)
        return
    store(larger(p0, floor), out, r0, j, first)
    store(larger(p1, floor), out, r1, j, first)
    store(larger(p2, floor), out, r2, j, first)
    store(larger(p3, floor), out, r3, j, first)
    store(larger(p4, floor), out, r4, j, first)
    store(larger(p5, floor), out, r5, j, first)
    store(larger(p6, floor), out, r6, j, first)
    store(larger(p7, floor), out, r7, j, first)
    store(larger(p8, floor), out, r8, j, first)
    store(larger(p9, floor), out, r9, j, first)
    store(larger(p10, floor), out, r10, j, first)
    store(larger(p11, floor), out, r11, j, first)


@part_of(f"void({MATRIX}, {MATRIX}, {MATRIX}, {MATRIX}, i8, i8, f4)")
def _blocks(a, b, out, begin, down, known, least):
    """Set out = max(begin + a @ b, least), block by block.

    Row i begins with row i·`down` of `begin`, of which `known` columns of a vector count: none, and the
    sums start at zero.
    """
    rows, columns = out.shape
    for j in range(0, columns, 2 * LANES):
        if columns - j > LANES:
            for i in range(0, rows, ROWS):
                _six_rows(a, b, out, begin, down, known, least, i, j)
        else:
            for i in range(0, rows, 2 * ROWS):
                _twelve_rows(a, b, out, begin, down, known, least, i, j)


@part_of(f"void({MATRIX}, {MATRIX}, {MATRIX}, b1)")
def multiply(a, b, out, add):
    """Set out = a @ b, or out += a @ b where `add`.

    Parameters
    ----------
    a : (rows, inner) float32, of any strides: a transposed matrix will do
    b : (inner, columns) float32, rows contiguous
    out : (rows, columns) float32, rows contiguous
    add : bool
    """
    _blocks(a, b, out, out, 1 if add else 0, LANES if add else 0, F32(-np.inf))


@part_of(f"void({MATRIX}, {MATRIX}, {MATRIX}, b1, {MATRIX})")
def multiply_bias(a, b, bias, relu, out):
    """Set out = a @ b + bias, negative numbers to 0 where `relu`.

    Parameters
    ----------
    a, b, out
        As of `multiply`.
    bias : (1, columns) float32
    relu : bool
    """
    _blocks(a, b, out, bias, 0, LANES, F32(0) if relu else F32(-np.inf))
