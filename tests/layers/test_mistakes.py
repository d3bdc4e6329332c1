"""Mistakes of learners who write a layer: each message says what came and what to type."""

import numpy as np
import pytest

from minicnn import layers
from minicnn.errors import ShapeError, UnknownNameError

IMAGES = np.zeros((2, 6, 5, 3), "float32")

# what is typed -> what the message must say
ARGUMENTS = {
    "no filters": (
        lambda: layers.Conv2D(0, 3),
        "Conv2D: filters must be an integer >= 1, got 0",
    ),
    "negative filters": (lambda: layers.Conv2D(-4, 3), "filters .* got -4"),
    "fractional filters": (lambda: layers.Conv2D(1.5, 3), r"filters .* got 1\.5"),
    "filters as text": (lambda: layers.Conv2D("8", 3), "filters .* got '8'"),
    "filters that are true": (lambda: layers.Conv2D(True, 3), "filters .* got True"),
    "kernel_size of 0": (
        lambda: layers.Conv2D(8, 0),
        "Conv2D: kernel_size must be an integer >= 1 or a pair of them, got 0",
    ),
    "half a kernel_size": (lambda: layers.Conv2D(8, (3, 2.5)), r"kernel_size .* got \(3, 2\.5\)"),
    "three-dimensional kernel_size": (
        lambda: layers.Conv2D(8, (3, 3, 3)),
        r"kernel_size must be an integer >= 1 or a pair of them, got \(3, 3, 3\)",
    ),
    "kernel_size as text": (lambda: layers.Conv2D(8, "33"), "kernel_size .* got '33'"),
    "strides of 0": (lambda: layers.Conv2D(8, 3, strides=(1, 0)), r"strides .* got \(1, 0\)"),
    "dilation_rate of 0": (lambda: layers.Conv2D(8, 3, dilation_rate=0), "dilation_rate .* got 0"),
    "strides and dilation_rate": (
        lambda: layers.Conv2D(8, 3, strides=2, dilation_rate=2),
        r"strides and dilation_rate cannot both be > 1, got strides=\(2, 2\) and dilation_rate=\(2, 2\)",
    ),
    "groups of 0": (lambda: layers.Conv2D(8, 3, groups=0), "groups .* got 0"),
    "groups that do not divide": (
        lambda: layers.Conv2D(8, 3, groups=3),
        "divisible by groups, got filters=8 and groups=3",
    ),
    "no units": (lambda: layers.Dense(0), "Dense: units must be an integer >= 1, got 0"),
    "fractional units": (lambda: layers.Dense(2.5), r"units .* got 2\.5"),
    "input_dim of 0": (lambda: layers.Dense(2, input_dim=0), "input_dim .* got 0"),
    "pool_size of 0": (lambda: layers.MaxPooling2D(0), "MaxPooling2D: pool_size must .* got 0"),
    "fractional pool": (
        lambda: layers.AveragePooling2D(2.0),
        r"AveragePooling2D: pool_size must .* got 2\.0",
    ),
    "negative pool strides": (lambda: layers.MaxPooling2D(2, strides=-1), "strides .* got -1"),
    "negative padding": (
        lambda: layers.ZeroPadding2D(-1),
        "ZeroPadding2D: padding must be an integer >= 0 .*got -1",
    ),
    "three paddings": (
        lambda: layers.ZeroPadding2D(((1, 1), (1, 1), (1, 1))),
        r"\(\(top, bottom\), \(left, right\)\)",
    ),
    "three croppings": (lambda: layers.Cropping2D((1, 2, 3)), "Cropping2D: cropping must be"),
    "no enlargement": (lambda: layers.UpSampling2D(0), "size must be an integer >= 1"),
    "one factor in a tuple": (lambda: layers.UpSampling2D((2,)), r"got \(2,\)"),
    "interpolation": (lambda: layers.UpSampling2D(interpolation="linear"), "mean 'bilinear'"),
    "axes from 0": (lambda: layers.Permute((0, 1)), "counted from 1"),
    "an axis twice": (lambda: layers.Permute((1, 1)), r"got \(1, 1\)"),
    "everything dropped": (
        lambda: layers.Dropout(1.0),
        r"Dropout: rate must be a number >= 0 and < 1, got 1\.0",
    ),
    "negative rate": (lambda: layers.Dropout(-0.1), r"rate.* got -0\.1"),
    "rate in percent": (lambda: layers.Dropout(50), "rate.* got 50"),
    "rate as text": (lambda: layers.Dropout("half"), "rate.* got 'half'"),
    "negative seed": (lambda: layers.Dropout(0.5, seed=-1), "seed must be an integer >= 0, got -1"),
    "two sizes left open": (
        lambda: layers.Reshape((-1, -1)),
        r"-1 at most once, got \(-1, -1\)",
    ),
    "size of 0": (lambda: layers.Reshape((0, 4)), "Reshape: target_shape must .* got 0"),
    "size of -2": (lambda: layers.Reshape((-2, 4)), "Reshape: target_shape must .* got -2"),
    "fractional size": (
        lambda: layers.Reshape((1.5, 4)),
        r"Reshape: target_shape must .* got 1\.5",
    ),
    "momentum in percent": (
        lambda: layers.BatchNormalization(momentum=99),
        "momentum must be a number >= 0 and <= 1, got 99",
    ),
    "no epsilon": (
        lambda: layers.BatchNormalization(epsilon=0),
        "epsilon must be a number > 0, got 0",
    ),
    "axis of the batch": (
        lambda: layers.BatchNormalization(axis=0),
        "BatchNormalization: axis must not be 0, which is the batch",
    ),
    "fractional axis": (
        lambda: layers.Softmax(axis=1.5),
        r"Softmax: axis must be an integer, got 1\.5",
    ),
    "negative slope": (
        lambda: layers.LeakyReLU(-0.1),
        r"LeakyReLU: negative_slope must be a number >= 0, got -0\.1",
    ),
    "slope as text": (lambda: layers.ReLU(negative_slope="steep"), "negative_slope .*got 'steep'"),
    "negative max_value": (lambda: layers.ReLU(max_value=-1), "max_value .*got -1"),
    "input_shape as a fraction": (
        lambda: layers.Dense(4, input_shape=784.0),
        r"Dense: input_shape must .*tuple such as .*\(784,\), got 784",
    ),
    "input_shape as text": (
        lambda: layers.Conv2D(4, 3, input_shape="28"),
        "Conv2D: input_shape must .*got '28'",
    ),
    "fractional input_shape": (
        lambda: layers.Conv2D(4, 3, input_shape=(28.5, 28, 1)),
        r"input_shape must .*got 28\.5",
    ),
    "empty input_shape": (
        lambda: layers.Conv2D(4, 3, input_shape=(28, 0, 1)),
        "input_shape must .*got 0",
    ),
    "Input of text": (
        lambda: layers.Input("28"),
        r"Input: shape must .*tuple such as \(28, 28, 1\).*got '28'",
    ),
    "Input of nothing": (lambda: layers.Input(), "Input: shape must .*got None"),
    "Input of 0": (lambda: layers.Input((28, 0)), "shape must .*got 0"),
    "pair of one kernel size": (lambda: layers.Conv2D(2, (3,)), r"pair of them, got \(3,\)"),
    "pair of one stride": (lambda: layers.Conv2D(2, 3, strides=(2,)), r"pair .*got \(2,\)"),
    "pair of one pool size": (lambda: layers.MaxPooling2D((2,)), r"pair .*got \(2,\)"),
    "pair of one padding": (lambda: layers.ZeroPadding2D((1,)), r"got \(1,\)"),
    "trainable as text": (
        lambda: layers.Dense(2, trainable="False"),
        "Dense: trainable must be True or False, got 'False'",
    ),
    "use_bias as text": (lambda: layers.Dense(2, use_bias="no"), "use_bias must be True or False"),
    "two shapes": (
        lambda: layers.InputLayer(shape=(3,), batch_shape=(None, 4)),
        "shape and batch_shape",
    ),
    "batch size": (lambda: layers.Input((3,), batch_size=-1), "batch_size must be .* got -1"),
    "a number as name": (lambda: layers.Dense(2, name=3), "name must be a non-empty string, got 3"),
    "a name with a slash": (lambda: layers.Dense(2, name="a/b"), 'name must not contain "/"'),
    "no dtype": (lambda: layers.Dense(2, dtype=""), "dtype of Dense ''"),
    "negative noise_shape": (lambda: layers.Dropout(0.5, (None, -1)), "noise_shape must .*got -1"),
    "no scale": (lambda: layers.Rescaling(None), "Rescaling: scale must be a number"),
    "text as scale": (lambda: layers.Rescaling("half"), "Rescaling: scale must be a number"),
    "NaN as offset": (lambda: layers.Rescaling(1, np.nan), "Rescaling: offset must be a number"),
}

NAMES = {
    "padding": (
        lambda: layers.Conv2D(8, 3, padding="smae"),
        "padding of Conv2D 'smae'. Did you mean 'same'",
    ),
    "padding of a pool": (
        lambda: layers.MaxPooling2D(padding="vaild"),
        "padding of MaxPooling2D 'vaild'. Did you mean 'valid'",
    ),
    "data_format": (
        lambda: layers.Conv2D(8, 3, data_format="channel_last"),
        "Did you mean 'channels_last'",
    ),
    "activation": (
        lambda: layers.Conv2D(8, 3, activation="rely"),
        "activation 'rely'. Did you mean 'relu'",
    ),
    "activation of a dense layer": (
        lambda: layers.Dense(8, activation="sofmax"),
        "activation 'sofmax'. Did you mean 'softmax'",
    ),
    "activation layer": (lambda: layers.Activation("sigmod"), "'sigmod'. Did you mean 'sigmoid'"),
    "kernel_initializer": (
        lambda: layers.Dense(8, kernel_initializer="he_norml"),
        "initializer 'he_norml'. Did you mean 'he_normal'",
    ),
    "bias_initializer": (
        lambda: layers.Dense(8, bias_initializer="zeroes"),
        "Did you mean 'zeros'",
    ),
    "gamma_initializer": (
        lambda: layers.BatchNormalization(gamma_initializer="onse"),
        "Did you mean 'ones'",
    ),
    "kernel_regularizer": (
        lambda: layers.Conv2D(8, 3, kernel_regularizer="l3"),
        "regularizer 'l3'. There are: .*'l1', .*'l2'",
    ),
    "argument that is there twice": (
        lambda: layers.Conv2D(8, 3, stridess=2),
        "argument of Conv2D 'stridess'. Did you mean 'strides'",
    ),
    "argument of a dense layer": (
        lambda: layers.Dense(8, activaton="relu"),
        "argument of Dense 'activaton'. Did you mean 'activation'",
    ),
    "argument of a pool": (
        lambda: layers.MaxPooling2D(pool_siz=2),
        "argument of MaxPooling2D 'pool_siz'. Did you mean 'pool_size'",
    ),
    "argument of dropout": (lambda: layers.Dropout(0.5, sede=1), "'sede'. Did you mean 'seed'"),
}

WITH_DATA_FORMAT = {
    "Conv2D": lambda **more: layers.Conv2D(8, 3, **more),
    "MaxPooling2D": layers.MaxPooling2D,
    "AveragePooling2D": layers.AveragePooling2D,
    "GlobalMaxPooling2D": layers.GlobalMaxPooling2D,
    "GlobalAveragePooling2D": layers.GlobalAveragePooling2D,
    "ZeroPadding2D": layers.ZeroPadding2D,
    "Flatten": layers.Flatten,
}

# a layer and what it is called with
INPUTS = {
    "kernel larger than the images": (
        layers.Conv2D(8, (3, 6), name="edges"),
        IMAGES,
        'the kernel of Conv2D "edges" covers 6 columns, and its images have only 5.*'
        'kernel_size, padding="same"',
    ),
    "dilated kernel larger than the images": (
        layers.Conv2D(8, 3, dilation_rate=(3, 1)),
        IMAGES,
        "covers 7 rows, and its images have only 6",
    ),
    "pool larger than the images": (
        layers.MaxPooling2D(7),
        IMAGES,
        "the pool of MaxPooling2D .* covers 7 rows.*only 6.*smaller pool_size",
    ),
    "no channel axis": (
        layers.Conv2D(8, 3),
        IMAGES[..., 0],
        r"\(batch, height, width, channels\), got \(2, 6, 5\)\..*images\[\.\.\., np\.newaxis\]",
    ),
    "no batch axis": (
        layers.MaxPooling2D(),
        IMAGES[0],
        r"got \(6, 5, 3\)\. image\[np\.newaxis\] adds a missing batch axis",
    ),
    "a bare image": (
        layers.GlobalMaxPooling2D(),
        IMAGES[0, ..., 0],
        r"got \(6, 5\)\. image\[np\.newaxis, :, :, np\.newaxis\]",
    ),
    "nothing left": (layers.Cropping2D(3), IMAGES, "leaves nothing of images"),
    "axes that are not there": (layers.Permute((2, 1)), IMAGES, "reorders 2 axes"),
    "a film": (layers.ZeroPadding2D(), IMAGES[None], r"got \(1, 2, 6, 5, 3\)\. Reshape them first"),
    "channels that groups do not divide": (
        layers.Conv2D(8, 3, groups=2),
        IMAGES,
        "channels into 2 groups, got images with 3 channels",
    ),
    "features without a batch axis": (
        layers.Dense(8),
        np.zeros(4),
        r"Dense .* takes features of shape .*got \(4,\)\. x\[np\.newaxis\]",
    ),
    "a shape that does not fit": (
        layers.Reshape((7, 7)),
        IMAGES,
        r"target_shape \(7, 7\), which does not fit the 90 elements of .*\(2, 6, 5, 3\)",
    ),
    "an open shape that does not fit": (layers.Reshape((7, -1)), IMAGES, r"\(7, -1\).*90 elements"),
    "an axis that is not there": (
        layers.BatchNormalization(axis=4),
        IMAGES,
        r"along axis 4, got an input of shape \(2, 6, 5, 3\)",
    ),
    "an axis before the first": (layers.Softmax(axis=-4), IMAGES, "Softmax .* works along axis -4"),
    "noise_shape with another number of axes": (
        layers.Dropout(0.5, (None, 1)),
        IMAGES,
        r"has noise_shape \(None, 1\), got an input of shape \(2, 6, 5, 3\)",
    ),
    "noise_shape of another size": (
        layers.Dropout(0.5, (None, 1, 4, 1)),
        IMAGES,
        r"noise_shape \(None, 1, 4, 1\), got .*1, or None",
    ),
    "scales for other channels": (
        layers.Rescaling([1, 2]),
        IMAGES,
        r"scale must be one number or one for each channel, got 2 for .*6, 5, 3",
    ),
    "offsets for other channels": (
        layers.Rescaling(1, [1, 2]),
        IMAGES[..., :1],
        "offset must be one number",
    ),
}

# a layer used with IMAGES before, and what it is called with afterwards
LATER = {
    "other channels": (
        layers.Conv2D(8, 3, name="edges"),
        IMAGES[..., :1],
        'Conv2D "edges" takes images with 3 channels, got 1',
    ),
    "other features": (layers.Dense(8), IMAGES[..., :2], "takes 3 features, got 2"),
    "other channels to normalise": (
        layers.BatchNormalization(),
        IMAGES[..., :2],
        "takes 3 channels, got 2",
    ),
}


@pytest.mark.parametrize("name", ARGUMENTS)
def test_arguments(name):
    make, text = ARGUMENTS[name]
    with pytest.raises(ValueError, match=text):
        make()


@pytest.mark.parametrize("name", NAMES)
def test_names(name):
    make, text = NAMES[name]
    with pytest.raises(UnknownNameError, match=text):
        make()


@pytest.mark.parametrize("name", WITH_DATA_FORMAT)
def test_data_format(name):
    with pytest.raises(UnknownNameError, match=f"data_format of {name} 'NCHW'.*'channels_first'"):
        WITH_DATA_FORMAT[name](data_format="NCHW")
    assert WITH_DATA_FORMAT[name](data_format="channels_last").data_format == "channels_last"


@pytest.mark.parametrize("name", INPUTS)
def test_inputs(name):
    layer, x, text = INPUTS[name]
    with pytest.raises(ShapeError, match=text):
        layer(x, training=True)


@pytest.mark.parametrize(
    "name", ["kernel larger than the images", "no channel axis", "a shape that does not fit"]
)
def test_a_failed_build_leaves_the_layer_new(name):
    layer, x, _ = INPUTS[name]
    with pytest.raises(ShapeError):
        layer(x)
    assert (layer.built, layer.input_shape, layer.output_shape, layer.weights) == (
        False,
        (),
        (),
        [],
    )


@pytest.mark.parametrize("name", LATER)
def test_inputs_after_the_first(name):
    layer, x, text = LATER[name]
    layer(IMAGES)
    with pytest.raises(ShapeError, match=text):
        layer(x)


@pytest.mark.parametrize(
    "layer", [layers.Conv2D(2, 3, name="edges"), layers.Dense(2, name="edges")]
)
def test_channels_that_are_not_known(layer):
    with pytest.raises(ShapeError, match=r'"kernel" of .* "edges" needs all sizes .*Input'):
        layer.build((None, 8, 8, None))
    assert not layer.built


def test_a_kernel_size_is_needed():
    message = (
        r"Conv2D: missing a required argument: 'kernel_size'. Type Conv2D\(filters, kernel_size, "
    )
    with pytest.raises(TypeError, match=message):
        layers.Conv2D(8)
    with pytest.raises(TypeError, match=r"of Conv2D 'kernal_size'. Did you mean 'kernel_size'"):
        layers.Conv2D(8, kernal_size=3)
    with pytest.raises(TypeError, match="Dense: too many positional arguments"):
        layers.Dense(*range(30))


def test_a_constructor_without_super_is_an_error_at_once():
    class Forgetful(layers.Layer):
        def __init__(self, size):
            self.size = size

    with pytest.raises(TypeError, match=r"Forgetful.__init__ must begin with super\(\).__init__"):
        Forgetful(3)


@pytest.mark.parametrize(
    ("methods", "answer"),
    [
        ({"forward": lambda self, x: (x, None)}, r"def forward\(self, x, training=False\)"),
        ({"backward": lambda self, dy: (dy, {})}, r"def backward\(self, dy, cache\)"),
    ],
)
def test_methods_with_other_arguments_are_an_error_at_once(methods, answer):
    with pytest.raises(TypeError, match=f"Odd.*{answer}"):
        type("Odd", (layers.Layer,), methods)
