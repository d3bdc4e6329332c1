"""Wrong arguments raise the same error before any arithmetic, with kernels and with NumPy."""

from inspect import signature

import numpy as np
import pytest

from minicnn import ops
from minicnn.errors import ShapeError, UnknownNameError
from minicnn.layers import AveragePooling2D, BatchNormalization, Conv2D, Dense, MaxPooling2D
from minicnn.ops import arguments, image_arguments, reference


@pytest.fixture(params=["chosen", "numpy"], autouse=True)
def version(request, monkeypatch):
    if request.param == "numpy":
        versions = {name: getattr(reference, name) for name in reference.__all__}
        monkeypatch.setattr(ops, "_versions", versions)


def zeros(*shape):
    return np.zeros(shape, "float32")


X, KERNEL = zeros(2, 6, 6, 4), zeros(3, 3, 4, 8)
Y, CONV = ops.conv2d_forward(X, KERNEL, activation="relu")
POOLED, MAX = ops.max_pool2d_forward(X, (2, 2), (2, 2))
_, AVERAGE = ops.average_pool2d_forward(X, (2, 2), (2, 2))
_, GLOBAL = ops.global_max_pool2d_forward(X)
_, ENLARGED = ops.upsample2d_forward(X, (2, 2))
_, DENSE = ops.dense_forward(zeros(3, 5), zeros(5, 2))
CHANNELS = [np.ones(4, "float32")] * 4
LARGE = zeros(32, 16, 16, 4)  # normalised by kernels
_, NORMALIZED = ops.batch_normalization_forward(LARGE, *CHANNELS, training=True)

WRONG_SHAPES = {
    "images without a batch": (ops.conv2d_forward, X[0], KERNEL),
    "channels": (ops.conv2d_forward, zeros(2, 6, 6, 1), KERNEL),
    "channels of groups": (ops.conv2d_forward, X, KERNEL, None, (1, 1), "valid", (1, 1), 2),
    "filters of groups": (ops.conv2d_forward, X, zeros(3, 3, 2, 3), None, (1, 1), "valid", (1, 1), 2),
    "a kernel of three axes": (ops.conv2d_forward, X, KERNEL[0]),
    "a kernel without filters": (ops.conv2d_forward, X, zeros(3, 3, 4, 0)),
    "bias": (ops.conv2d_forward, X, KERNEL, zeros(7)),
    "a bias of two axes": (ops.conv2d_forward, X, KERNEL, zeros(1, 8)),
    "an image smaller than the kernel": (ops.conv2d_forward, zeros(2, 2, 6, 4), KERNEL),
    "a dilated kernel that does not fit": (ops.conv2d_forward, X, KERNEL, None, (1, 1), "valid", (3, 1)),
    "an image without pixels": (ops.conv2d_forward, zeros(2, 0, 6, 4), KERNEL, None, (1, 1), "same"),
    "dy, flat": (ops.conv2d_backward, Y.reshape(-1, 8), CONV),
    "dy, axes exchanged": (ops.conv2d_backward, zeros(4, 2, 4, 8), CONV),
    "dy of one filter": (ops.conv2d_backward, Y[..., :1], CONV),
    "features": (ops.dense_forward, zeros(3, 4), zeros(5, 2)),
    "one example": (ops.dense_forward, zeros(5), zeros(5, 2)),
    "no features": (ops.dense_forward, zeros(2, 6, 0), zeros(0, 3)),
    "bias of dense": (ops.dense_forward, zeros(3, 5), zeros(5, 2), zeros(3)),
    "dy of dense": (ops.dense_backward, zeros(2, 3), DENSE),
    "a pool larger than the image": (ops.max_pool2d_forward, X, (7, 2), (2, 2)),
    "dy of a pool, flat": (ops.max_pool2d_backward, POOLED.reshape(-1, 4), MAX),
    "dy of an average, flat": (ops.average_pool2d_backward, POOLED.reshape(-1, 4), AVERAGE),
    "dy of the global maximum": (ops.global_max_pool2d_backward, zeros(2, 4), GLOBAL),
    "features to enlarge": (ops.upsample2d_forward, zeros(3, 4), (2, 2)),
    "dy of an enlarged image": (ops.upsample2d_backward, zeros(2, 6, 6, 4), ENLARGED),
    "gamma": (ops.batch_normalization_forward, LARGE, zeros(3), *CHANNELS[1:]),
    "moving mean": (ops.batch_normalization_forward, LARGE, *CHANNELS[:2], zeros(1), CHANNELS[0]),
    "dy of one pixel": (ops.batch_normalization_backward, zeros(32, 1, 1, 4), NORMALIZED),
    "dy of an activation": (ops.relu_backward, zeros(4, 3), zeros(3, 4), zeros(3, 4)),
    "summands": (ops.add_forward, zeros(3, 4), zeros(3, 5)),
    "dy of a sum": (ops.add_backward, zeros(4, 3), zeros(3, 4)),
    "y of an activation": (ops.tanh_backward, zeros(3, 4), zeros(3, 4), zeros(4, 3)),
    "targets": (ops.softmax_cross_entropy_forward, zeros(3, 4), zeros(3, 5)),
    "labels": (ops.sparse_softmax_cross_entropy_forward, zeros(3, 4), np.zeros((3, 1), int)),
    "no classes": (ops.softmax_forward, zeros(3, 0)),
    "noise": (ops.dropout_forward, zeros(3, 4), 0.5, 1, 0, (3, 2)),
}  # fmt: skip


@pytest.mark.parametrize("case", WRONG_SHAPES)
def test_wrong_shapes(case):
    operation, *arrays = WRONG_SHAPES[case]
    with pytest.raises(ShapeError, match=r"takes|does not fit|splits"):
        operation(*arrays)


WRONG_OPTIONS = {
    "stride 0": ({"strides": (0, 1)}, "strides must be an integer >= 1 or a pair"),
    "negative dilation": ({"dilation_rate": (1, -1)}, "dilation_rate must be an integer >= 1"),
    "half a stride": ({"strides": (1.5, 1)}, "strides must be"),
    "three strides": ({"strides": (1, 1, 1)}, "strides must be"),
    "no groups": ({"groups": 0}, "groups must be an integer >= 1"),
    "text for groups": ({"groups": "2"}, "groups must be an integer >= 1, got '2'"),
    "activation": ({"activation": "tanh"}, "unknown activation of conv2d_forward 'tanh'"),
    "padding": ({"padding": "sane"}, "unknown padding of conv2d_forward 'sane'. Did you mean 'same'"),
}  # fmt: skip


@pytest.mark.parametrize("case", WRONG_OPTIONS)
def test_wrong_options(case):
    options, message = WRONG_OPTIONS[case]
    with pytest.raises(ValueError, match=message):
        ops.conv2d_forward(X, KERNEL, **options)


@pytest.mark.parametrize("pool_size", [(0, 2), (2, -1), 1.5, (2,), "22"])
def test_pools_without_pixels(pool_size):
    with pytest.raises(ValueError, match="pool_size must be an integer >= 1 or a pair"):
        ops.max_pool2d_forward(X, pool_size, (1, 1))


def test_labels_that_are_no_classes():
    for label in (-1, 4):
        with pytest.raises(ValueError, match="labels from 0 to 3 for 4 classes"):
            ops.sparse_softmax_cross_entropy_forward(zeros(2, 4), np.array([0, label]))


def test_numpys_integers_and_lists_are_integers():
    expected, _ = ops.conv2d_forward(X, KERNEL, strides=(2, 2))
    for strides in ([2, 2], np.array([2, 2]), (np.int64(2), np.uint8(2)), 2):
        y, cache = ops.conv2d_forward(X, KERNEL, strides=strides, groups=np.int32(1))
        assert y.shape == expected.shape
        assert all(type(stride) is int for stride in cache.strides)


def test_integers_become_float32_and_x_decides_the_dtype():
    assert ops.conv2d_forward(X.astype(int), KERNEL.astype("float64"))[0].dtype == "float32"
    assert ops.conv2d_forward(X.astype("float64"), KERNEL)[0].dtype == "float64"
    assert ops.relu_forward(np.array([True, False])).dtype == "float32"
    assert ops.relu_forward([[1, -2]]).tolist() == [[1, 0]]
    dx, dkernel, dbias = ops.conv2d_backward(np.ones(Y.shape), CONV)
    assert dx.dtype == dkernel.dtype == dbias.dtype == "float32"
    assert ops.max_pool2d_backward(np.ones(POOLED.shape, int), MAX).dtype == "float32"


@pytest.mark.parametrize("x", [X.astype(complex), X.astype(object), np.array(["a"]), None])
def test_what_are_no_real_numbers(x):
    with pytest.raises(TypeError, match="real numbers"):
        ops.conv2d_forward(x, KERNEL)


def test_masks_are_not_lost():
    with pytest.raises(TypeError, match=r"masked array. Type x.filled\(0\)"):
        ops.relu_forward(np.ma.masked_array([1.0, 2.0], [True, False]))


def test_another_operations_cache():
    with pytest.raises(TypeError, match="takes the cache that conv2d_forward returned, got Dense"):
        ops.conv2d_backward(Y, DENSE)


LAYERS = {
    "Conv2D": (Conv2D(8, 3), (None, 6, 6, 3), (2, 6, 6, 1)),
    "Conv2D with an activation": (Conv2D(8, 3, activation="tanh"), (None, 6, 6, 3), (2, 6, 6, 1)),
    "Dense": (Dense(3), (None, 5), (2, 4)),
    "MaxPooling2D": (MaxPooling2D(), (None, 6, 6, 3), (2, 6, 6)),
    "AveragePooling2D": (AveragePooling2D(), (None, 6, 6, 3), (2, 1, 6, 3)),
    "BatchNormalization": (BatchNormalization(), (None, 6, 6, 3), (64, 8, 8, 4)),
}


@pytest.mark.parametrize("name", LAYERS)
def test_a_layers_forward_pass_refuses_other_shapes(name):
    layer, built_for, shape = LAYERS[name]
    if not layer.built:
        layer(np.zeros((1, *built_for[1:])))
    with pytest.raises(ShapeError):
        layer.forward(zeros(*shape))


def test_the_answers_are_remembered_by_shape():
    before = image_arguments._check_conv2d.cache_info()
    for _ in range(5):
        ops.conv2d_forward(X, KERNEL)
    after = image_arguments._check_conv2d.cache_info()
    assert after.hits >= before.hits + 4
    with pytest.raises(UnknownNameError):
        ops.conv2d_forward(X, KERNEL, padding="none")


@pytest.mark.parametrize("name", reference.__all__)
def test_the_checked_entry_has_the_defaults_of_the_definition(name):
    def defaults(function):
        parameters = signature(function).parameters.values()
        return {one.name: one.default for one in parameters if one.default is not one.empty}

    check, options_pass_through = arguments.find(name)
    if not options_pass_through:
        assert defaults(check) == defaults(getattr(reference, name))


def test_arguments_that_do_not_exist_or_are_missing():
    message = "argument of conv2d_forward 'stride'. Did you mean 'strides'"
    with pytest.raises(TypeError, match=message):
        ops.conv2d_forward(X, KERNEL, stride=1)
    with pytest.raises(TypeError, match=r"Type conv2d_forward\(x, kernel, "):
        ops.conv2d_forward(X)
