"""Arguments of the wrong kind are errors that name the argument, raised where it was passed."""

import numpy as np
import pytest

from minicnn import constraints, initializers, layers, losses, metrics
from minicnn.errors import ShapeError
from minicnn.optimizers import schedules

MISTAKES = [
    (lambda: initializers.GlorotUniform(seed="7"), "GlorotUniform: seed must be an integer, got"),
    (lambda: initializers.HeNormal(seed=1.5), "HeNormal: seed"),
    (lambda: initializers.RandomNormal(stddev=-1), "RandomNormal: stddev must be a number >= 0"),
    (lambda: initializers.TruncatedNormal(mean="x"), "TruncatedNormal: mean"),
    (lambda: initializers.RandomUniform(1, 0.05), "RandomUniform: maxval must be a number >= 1"),
    (lambda: initializers.Constant("x"), "Constant: value"),
    (lambda: initializers.Constant([1, 2])((3, 4)), r"weight's shape \(3, 4\), got .* \(2,\)"),
    (lambda: layers.Normalization(axis="x"), "Normalization: axis"),
    (lambda: layers.PReLU(shared_axes=1.5), "PReLU: shared_axes must be an integer >= 1"),
    (lambda: layers.PReLU(shared_axes=[9])(np.ones((2, 3))), "works along axis 9"),
    (lambda: layers.RandomContrast(0.1, value_range=1), "RandomContrast: value_range"),
    (lambda: layers.RandomContrast(0.1, value_range=(0, 1, 2)), "RandomContrast: value_range"),
    (lambda: layers.Dot(1, normalize="no"), "Dot: normalize must be True or False"),
    (lambda: losses.MeanSquaredError(name=3), "MeanSquaredError: name must be a non-empty string"),
    (lambda: losses.MeanSquaredError(reduction=["sum"]), "unknown reduction"),
    (lambda: losses.FunctionLoss(None), "must be a function of"),
    (lambda: losses.CosineSimilarity(axis=3)(np.eye(2), np.eye(2)), r"along axis 3, .* \(2, 2\)"),
    (lambda: losses.SparseCategoricalCrossentropy(ignore_class=(1, 2)), "ignore_class must be"),
    (lambda: metrics.AUC(name=""), "AUC: name must be a non-empty string"),
    (lambda: metrics.AUC(thresholds=2), "AUC: thresholds must be a number >= 0 and <= 1"),
    (lambda: metrics.MeanMetricWrapper(3), "fn must be a function"),
    (lambda: constraints.MaxNorm(axis="x"), "MaxNorm: axis must be an integer"),
    (lambda: constraints.UnitNorm([0, 1, 2])(np.ones((2, 3))), "a weight with 2 axes"),
    (lambda: schedules.PiecewiseConstantDecay(None, [1.0]), "boundaries must be a number"),
    (lambda: schedules.ExponentialDecay(0.1, 10, 0.5, name=3), "name must be a non-empty string"),
]


@pytest.mark.parametrize(("mistake", "message"), MISTAKES, ids=[message for _, message in MISTAKES])
def test_the_message_names_the_argument(mistake, message):
    with pytest.raises((ValueError, TypeError, AttributeError), match=message):
        mistake()


@pytest.mark.parametrize(
    "layer",
    [layers.Conv2D(2, 3), layers.Dense(2), layers.Flatten(), layers.Dropout(0.5), layers.PReLU()],
)
def test_what_is_no_array_is_named(layer):
    for x in (None, "text", [[1, 2], [3]], {}, np.ones((2, 6, 6, 2)) * 1j):
        with pytest.raises(TypeError, match="takes an array of real numbers, got"):
            layer(x)
    with pytest.raises(ShapeError, match="takes one array, got a list of 2"):
        layer([np.ones((2, 6, 6, 2))] * 2)
    with pytest.raises(ShapeError, match="takes one array, got a list of 2"):
        layer([layers.Input((6, 6, 2)), layers.Input((6, 6, 2))])


def test_images_and_batches_are_expected():
    with pytest.raises(ShapeError, match="takes a batch of examples"):
        layers.Flatten()(1.0)
    with pytest.raises(ShapeError, match="takes images"):
        layers.RandomContrast(0.1)(np.ones((2, 3)), training=True)
    with pytest.raises(TypeError, match="weights must be a list of arrays"):
        layers.Flatten().set_weights(None)


@pytest.mark.parametrize(
    ("layer", "built_for", "given"),
    [
        (layers.PReLU(), (2, 6, 6, 2), (2, 6, 6, 1)),  # would be broadcast to (2, 6, 6, 2)
        (layers.PReLU(), (2, 6, 6, 2), (2, 6, 6, 4)),
        (layers.PReLU(shared_axes=[1, 2]), (2, 6, 6, 2), (2, 6, 6, 1)),
        (layers.Normalization(), (4, 3), (4, 1)),
        (layers.Normalization(axis=(1, 2)), (4, 3, 2), (4, 3, 3)),
    ],
)
def test_weights_are_not_broadcast_over_another_shape(layer, built_for, given):
    layer(np.ones(built_for))
    with pytest.raises(ShapeError, match="got"):
        layer(np.ones(given))
    with pytest.raises(ShapeError, match="got"):
        layer.forward(np.ones(given, "float32"))


def test_slopes_that_are_shared_take_images_of_any_size():
    layer = layers.PReLU("ones", shared_axes=[1, 2])
    layer(np.ones((2, 6, 6, 2)))
    assert np.array_equal(layer(-np.ones((1, 3, 5, 2))), -np.ones((1, 3, 5, 2)))


def test_thresholds_may_be_one_number():
    labels, predictions = [0, 0, 1, 1], [0.1, 0.4, 0.35, 0.8]
    one = metrics.AUC(thresholds=0.5)(labels, predictions)
    assert one == pytest.approx(metrics.AUC(thresholds=[0.5])(labels, predictions))
    assert one == pytest.approx(0.75)  # corners (0, 0), (0, 1/2), (1, 1)
