"""Compare random calls, right and wrong, by the kernels and by NumPy: the same result or error.

All arrays have guard bytes around them, results and scratch memory too. The bytes are NaN if they are
read as floats: a kernel that reads beyond an array computes something else, and one that writes there is
noticed.
"""

from contextlib import contextmanager

import numpy as np
import pytest
from hypothesis import assume, event, given, settings
from hypothesis import strategies as st

from minicnn import ops
from minicnn.ops import reference

pytest.importorskip("numba")

from minicnn.kernels.runtime import memory_pool, scratch

GUARD = 192  # bytes
TOLERANCE = {"float16": 2e-2, "float32": 1e-4, "float64": 1e-12}  # of the largest value

guarded = []  # buffers of the running example


def guard(shape, dtype, offset=0):
    """Return an array between guard bytes, `offset` bytes from where it should start."""
    size = int(np.prod(shape)) * np.dtype(dtype).itemsize
    buffer = np.full(size + 2 * GUARD, 255, np.uint8)
    start = GUARD - buffer.ctypes.data % 64 + offset
    guarded.append((buffer, start, start + size))
    return buffer[start : start + size].view(dtype).reshape(shape)


def assert_guards_are_untouched():
    for buffer, start, stop in guarded:
        assert (buffer[:start] == 255).all()
        assert (buffer[stop:] == 255).all()


@contextmanager
def by(version):
    """Run operations by "kernels" or by "numpy", with guard bytes around results and scratch memory."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(memory_pool, "empty", lambda shape, dtype=np.float32: guard(shape, dtype))
        patch.setattr(scratch, "_buffer", scratch._Buffer())
        patch.setattr(ops, "SMALL", -1)
        if version == "numpy":
            versions = {name: getattr(reference, name) for name in reference.__all__}
            patch.setattr(ops, "_versions", versions)
        yield


# Arguments. Each call of a case makes the same numbers again, in other memory.

LAYOUTS = ["plain", "strided", "fortran", "unaligned", "read-only", "reversed", "broadcast"]
DTYPES = ["float32"] * 20 + ["float64", "float16", ">f4", "int32", "bool", "complex64"]


def make(shape, dtype="float32", layout="plain", seed=0):
    random = np.random.default_rng([seed, *shape])
    values = (2 * random.normal(size=shape)).astype(dtype)
    if layout == "plain" or values.ndim == 0:
        array = guard(shape, dtype)
    elif layout == "strided":
        array = guard((*shape[:-1], 2 * shape[-1]), dtype)[..., ::2]
    elif layout == "fortran":
        array = guard(shape[::-1], dtype).T
    elif layout == "unaligned":
        array = guard(shape, dtype, offset=1)
    elif layout == "reversed":
        array = guard(shape, dtype)[::-1]
    elif layout == "broadcast":
        array = guard(shape[1:], dtype)
        array[...] = values[:1].reshape(shape[1:]) if shape[0] else 0
        return np.broadcast_to(array, shape)
    else:
        array = guard(shape, dtype)
    array[...] = values
    array.flags.writeable = layout != "read-only"
    return array


arrays = st.tuples(st.sampled_from(DTYPES), st.sampled_from(["plain"] * 7 + LAYOUTS))


@st.composite
def shapes(draw, shape):
    """Draw a shape; in a fifth of the cases one size is changed, or an axis added or removed."""
    kind = draw(st.integers(0, 19))
    axis = draw(st.integers(0, len(shape) - 1))
    if kind == 0:
        return (*shape[:axis], draw(st.integers(0, 9)), *shape[axis + 1 :])
    if kind == 1:
        return shape[:axis] + shape[axis + 1 :]
    if kind == 2:
        return (*shape[:axis], 1, *shape[axis:])
    if kind == 3:
        return (int(np.prod(shape[:-1], dtype=int)), shape[-1])
    return shape


def mostly(values, seldom):
    """Draw one of the values; in a tenth of the cases one that is usually wrong."""
    return st.sampled_from(9 * len(seldom) * list(values) + len(values) * list(seldom))


sizes = [0, -1, 1.5, True, None, "2"]
pairs = mostly(
    [(1, 1), (2, 2), (1, 2), (np.int64(2), 1)], [(1, each) for each in sizes] + [2, (1,)]
)
paddings = mostly(["valid", "same"], ["SAME", "full", None])


def outcome(call):
    """Return the arrays that a call returns, or its error."""
    try:
        with np.errstate(all="ignore"):
            return call()
    except (ValueError, TypeError) as error:
        return type(error).__name__, str(error)


def assert_same(case, magnified=1):
    """Run a case, a function without arguments, by both versions."""
    results = []
    for version in ("kernels", "numpy"):
        guarded.clear()
        with by(version):
            results.append(outcome(case))
        assert_guards_are_untouched()
    got, expected = results
    event(got[0] if got and isinstance(got[0], str) else "results")
    assert len(got) == len(expected), results
    for one, other in zip(got, expected, strict=True):
        if not isinstance(other, np.ndarray):
            assert one == other
            continue
        assert (one.shape, one.dtype) == (other.shape, other.dtype)
        assert np.isfinite(one).all() == np.isfinite(other).all()
        largest = np.abs(other[np.isfinite(other)]).max(initial=1)
        atol = magnified * TOLERANCE.get(other.dtype.name, 1e-4) * largest
        np.testing.assert_allclose(one, other, rtol=0, atol=atol)


@settings(max_examples=150)
@given(data=st.data())
def test_conv2d(data):
    draw = data.draw
    groups = draw(st.sampled_from([1, 1, 1, 2, 3]))
    channels, filters = draw(st.sampled_from([1, 2, 8, 16])), draw(st.sampled_from([1, 3, 6, 16]))
    window = draw(st.sampled_from([(3, 3), (1, 1), (2, 3), (5, 5)]))
    x_shape = draw(shapes((draw(st.integers(0, 3)), 7, 6, channels * groups)))
    kernel_shape = draw(shapes((*window, channels, filters * groups)))
    bias_shape = draw(st.none() | shapes((filters * groups,)))
    of_x, of_kernel, of_bias, of_dy = (draw(arrays) for _ in range(4))
    options = (
        draw(pairs), draw(paddings), draw(pairs), draw(mostly([groups], [0, 2, "2"])),
        draw(mostly(["linear", "relu"], ["tanh"])),
    )  # fmt: skip
    of_dy_shape, change = draw(st.integers(0, 15)), draw(st.booleans())
    input_gradient = draw(st.booleans())

    def case():
        x, kernel = make(x_shape, *of_x), make(kernel_shape, *of_kernel, 1)
        bias = None if bias_shape is None else make(bias_shape, *of_bias, 2)
        y, cache = ops.conv2d_forward(x, kernel, bias, *options)
        if options[-1] == "relu":  # rounding must not decide which outputs are positive
            z, _ = reference.conv2d_forward(*cache[:2], bias, *cache[3:7])
            assume(z.size == 0 or np.abs(z).min() > 1e-3)
        if change and kernel.flags.writeable and kernel.dtype != bool:
            kernel *= 2
        dy = dy_for(y, of_dy_shape, *of_dy)
        dx, dkernel, dbias = ops.conv2d_backward(dy, cache, input_gradient)
        return (y, dkernel, dbias) if dx is None else (y, dx, dkernel, dbias)

    assert_same(case)


def dy_for(y, change, dtype, layout):
    """Draw a gradient for y, y itself, or a gradient of another shape."""
    if change == 0:
        return y
    if change == 1:
        return make((y.size // max(y.shape[-1], 1), y.shape[-1]), dtype, layout, 3)
    if change == 2 and y.ndim > 2:
        return make((y.shape[0], y.shape[2], y.shape[1], *y.shape[3:]), dtype, layout, 3)
    return make(y.shape, dtype, layout, 3)


@settings(max_examples=80)
@given(data=st.data())
def test_dense(data):
    draw = data.draw
    features, units = draw(st.integers(1, 40)), draw(st.integers(1, 20))
    middle = draw(st.sampled_from([(), (), (3,), (2, 2)]))
    x_shape = draw(shapes((draw(st.integers(0, 15)), *middle, features)))
    kernel_shape = draw(shapes((features, units)))
    bias_shape = draw(st.none() | shapes((units,)))
    of_x, of_kernel, of_bias, of_dy = (draw(arrays) for _ in range(4))
    change_dy, change, alias = draw(st.integers(0, 15)), draw(st.booleans()), draw(st.booleans())
    activation = draw(st.sampled_from(["linear", "relu"]))

    def case():
        x, kernel = make(x_shape, *of_x), make(kernel_shape, *of_kernel, 1)
        kernel = x if alias and x_shape == kernel_shape else kernel
        bias = None if bias_shape is None else make(bias_shape, *of_bias, 2)
        y, cache = ops.dense_forward(x, kernel, bias, activation)
        if change and kernel.flags.writeable and kernel.dtype != bool:
            kernel *= 2
        return y, *ops.dense_backward(dy_for(y, change_dy, *of_dy), cache)

    assert_same(case)


@settings(max_examples=100)
@given(data=st.data())
@pytest.mark.parametrize("kind", ["max", "average", "global_max"])
def test_pooling(kind, data):
    draw = data.draw
    channels = draw(st.sampled_from([1, 3, 6, 16, 20]))
    x_shape = draw(shapes((draw(st.integers(0, 3)), 6, 5, channels)))
    options = () if kind == "global_max" else (draw(pairs), draw(pairs), draw(paddings))
    of_x, of_dy = draw(arrays), draw(arrays)
    change_dy = draw(st.integers(0, 15))

    def case():
        y, cache = getattr(ops, f"{kind}_pool2d_forward")(make(x_shape, *of_x), *options)
        dy = dy_for(y, change_dy, *of_dy)
        return y, getattr(ops, f"{kind}_pool2d_backward")(dy, cache)

    assert_same(case)


@settings(max_examples=60)
@given(data=st.data())
def test_batch_normalization(data):
    draw = data.draw
    channels = draw(st.sampled_from([1, 3, 16]))
    x_shape = draw(shapes((draw(st.sampled_from([0, 2, 8, 32])), 16, 24, channels)))
    of_x, of_dy, *of_params = (draw(arrays) for _ in range(6))
    param_shapes = [draw(shapes((channels,))) for _ in range(4)]
    training, change_dy = draw(st.booleans()), draw(st.integers(0, 15))
    # In training, x - mean of equal images is the rounding of the sum: tested in test_normalization
    assume(not training or of_x[1] != "broadcast")
    without = draw(st.sampled_from([(), (), (0,), (1,), (0, 1)]))
    activation = draw(st.sampled_from(["linear", "relu"]))

    def case():
        params = [
            make(*each) for each in zip(param_shapes, *zip(*of_params, strict=True), strict=True)
        ]
        params = [None if number in without else each for number, each in enumerate(params)]
        if params[3].dtype.kind in "fi" and params[3].flags.writeable:
            params[3][...] = np.abs(params[3]) + 1  # a variance
        y, cache = ops.batch_normalization_forward(
            make(x_shape, *of_x), *params, 1e-3, training, activation
        )
        return y, *ops.batch_normalization_backward(dy_for(y, change_dy or 9, *of_dy), cache)

    assert_same(case, magnified=10)  # sums over the batch cancel


@settings(max_examples=60)
@given(data=st.data())
@pytest.mark.parametrize(
    "name", ["relu", "leaky_relu", "elu", "sigmoid", "tanh", "softplus", "silu", "gelu"]
)
def test_activations(name, data):
    draw = data.draw
    shape = draw(shapes((draw(st.sampled_from([0, 3, 700, 3000])), 4, 5)))
    of_x, of_dy = draw(arrays), draw(arrays)
    change_dy = draw(st.integers(0, 15))

    def case():
        x = make(shape, *of_x)
        y = getattr(ops, f"{name}_forward")(x)
        return y, getattr(ops, f"{name}_backward")(dy_for(y, change_dy, *of_dy), x, y)

    assert_same(case)


@settings(max_examples=60)
@given(data=st.data())
def test_add(data):
    draw = data.draw
    size = (draw(st.sampled_from([0, 3, 700, 3000])), 4, 5)
    summands = [(draw(shapes(size)), *draw(arrays)) for _ in range(2)]
    of_dy, change_dy = draw(arrays), draw(st.integers(0, 15))
    activation = draw(st.sampled_from(["linear", "relu"]))

    def case():
        y = ops.add_forward(*(make(*one) for one in summands), activation)
        return y, ops.add_backward(dy_for(y, change_dy, *of_dy), y, activation)

    assert_same(case)


@settings(max_examples=60)
@given(data=st.data())
def test_softmax_cross_entropy(data):
    draw = data.draw
    shape = (draw(st.integers(0, 15)), draw(st.integers(1, 20)))
    logits_shape, targets_shape = draw(shapes(shape)), draw(shapes(shape))
    losses_shape = draw(shapes(shape[:1]))
    of_logits, of_targets, of_dlosses = (draw(arrays) for _ in range(3))

    def case():
        losses, cache = ops.softmax_cross_entropy_forward(
            make(logits_shape, *of_logits), make(targets_shape, *of_targets, 1)
        )
        dlosses = make(losses_shape, *of_dlosses, 2)
        return losses, ops.softmax_cross_entropy_backward(dlosses, cache)

    assert_same(case)


UPDATES = {
    "sgd": (0, {"learning_rate": 0.1}),
    "momentum": (1, {"learning_rate": 0.1, "momentum": 0.9, "nesterov": True}),
    "rmsprop": (1, {"learning_rate": 0.01}),
    "adam": (2, {"step": 2, "learning_rate": 0.01}),
}


@settings(max_examples=60)
@given(data=st.data())
@pytest.mark.parametrize("name", UPDATES)
def test_updates(name, data):
    draw = data.draw
    slots, options = UPDATES[name]
    counts = draw(st.lists(st.sampled_from([(3,), (0,), (4, 5), (3000,)]), max_size=3))
    wrong = draw(st.booleans())
    made = [
        [(draw(shapes(shape)) if wrong else shape, *draw(arrays)) for shape in counts]
        for _ in range(2 + slots)
    ]
    tied, alias = draw(st.booleans()), draw(st.integers(0, 15))

    def case():
        groups = [
            [make(*each, seed=10 * group + number) for number, each in enumerate(row)]
            for group, row in enumerate(made)
        ]
        for group in groups[2:]:
            for array in group:
                if array.flags.writeable and array.dtype.kind == "f":
                    array[...] = np.abs(array)  # means of squares
        if tied and len(counts) > 1:
            groups[0][0] = groups[0][1]
        if alias == 0 and counts:
            groups[1][0] = groups[0][0]
        getattr(ops, f"{name}_update")(*groups, **options)
        return tuple(array for group in groups for array in group)

    assert_same(case)
