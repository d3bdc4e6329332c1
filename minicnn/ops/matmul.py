"""Products of small matrices, float32, from inside compiled code, on one core.

A block of `ROWS` × 2·LANES numbers of the result stays in registers while it is summed up: each
step loads two vectors of a row of `b` and multiplies them by `ROWS` single numbers of `a`. This is the
inner kernel of every fast BLAS (Goto & van de Geijn 2008, "Anatomy of high-performance matrix
multiplication"); what BLAS does around it, copying into blocks that fit the caches, is not
needed here, where all operands come in such blocks. Calling BLAS costs more for a matrix of
36 × 64 than it should, and its speed depends on how it was built.
"""

from minicnn.ops.jit import part_of
from minicnn.ops.simd import LANES, add_product, load, splat, store

ROWS = 6  # 6 × 2 sums, 2 vectors of b and 1 of a fill 15 of the 16 (AVX2) or 32 registers
WIDTH = 2 * LANES
MATRICES = "f4[:, :], f4[:, :], f4[:, :], b1"


@part_of(f"void({MATRICES}, i8, i8, i8, i8)")
def _six_rows(a, b, out, add, i, j, first, second):
    """Six rows of the result, `first` + `second` columns from j on."""
    h = j + LANES
    f, s = (first, second) if add else (0, 0)  # without `add` the sums start at zero
    p0, q0 = load(out, i, j, f), load(out, i, h, s)
    p1, q1 = load(out, i + 1, j, f), load(out, i + 1, h, s)
    p2, q2 = load(out, i + 2, j, f), load(out, i + 2, h, s)
    p3, q3 = load(out, i + 3, j, f), load(out, i + 3, h, s)
    p4, q4 = load(out, i + 4, j, f), load(out, i + 4, h, s)
    p5, q5 = load(out, i + 5, j, f), load(out, i + 5, h, s)
    for k in range(a.shape[1]):
        p, q = load(b, k, j, first), load(b, k, h, second)
        x = splat(a[i, k])
        p0, q0 = add_product(x, p, p0), add_product(x, q, q0)
        x = splat(a[i + 1, k])
        p1, q1 = add_product(x, p, p1), add_product(x, q, q1)
        x = splat(a[i + 2, k])
        p2, q2 = add_product(x, p, p2), add_product(x, q, q2)
        x = splat(a[i + 3, k])
        p3, q3 = add_product(x, p, p3), add_product(x, q, q3)
        x = splat(a[i + 4, k])
        p4, q4 = add_product(x, p, p4), add_product(x, q, q4)
        x = splat(a[i + 5, k])
        p5, q5 = add_product(x, p, p5), add_product(x, q, q5)
    store(p0, out, i, j, first)
    store(q0, out, i, h, second)
    store(p1, out, i + 1, j, first)
    store(q1, out, i + 1, h, second)
    store(p2, out, i + 2, j, first)
    store(q2, out, i + 2, h, second)
    store(p3, out, i + 3, j, first)
    store(q3, out, i + 3, h, second)
    store(p4, out, i + 4, j, first)
    store(q4, out, i + 4, h, second)
    store(p5, out, i + 5, j, first)
    store(q5, out, i + 5, h, second)


@part_of(f"void({MATRICES}, i8, i8, i8, i8)")
def _one_row(a, b, out, add, i, j, first, second):
    """One row of the result: what is left of six."""
    h = j + LANES
    f, s = (first, second) if add else (0, 0)
    p0, q0 = load(out, i, j, f), load(out, i, h, s)
    for k in range(a.shape[1]):
        x = splat(a[i, k])
        p0, q0 = add_product(x, load(b, k, j, first), p0), add_product(x, load(b, k, h, second), q0)
    store(p0, out, i, j, first)
    store(q0, out, i, h, second)


@part_of(f"void({MATRICES})")
def multiply(a, b, out, add):
    """Set out = a @ b, or out += a @ b where `add`.

    Parameters
    ----------
    a : (rows, inner) float32, of any strides: a transposed matrix will do
    b : (inner, columns) float32, rows contiguous
    out : (rows, columns) float32, rows contiguous
    add : bool
    """
    rows, columns = out.shape
    for j in range(0, columns, WIDTH):
        first = min(columns - j, LANES)
        second = min(max(columns - j - LANES, 0), LANES)
        i = 0
        while i + ROWS <= rows:
            _six_rows(a, b, out, add, i, j, first, second)
            i += ROWS
        while i < rows:
            _one_row(a, b, out, add, i, j, first, second)
            i += 1
