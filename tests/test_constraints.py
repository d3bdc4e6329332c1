"""Constraints: their values and configs, and that training respects them."""

import json

import numpy as np
import pytest

from minicnn import Sequential, constraints, layers
from minicnn.errors import UnknownNameError
from minicnn.models import load_model

ALL = [
    constraints.NonNeg(),
    constraints.MaxNorm(0.7, axis=1),
    constraints.UnitNorm(axis=[0, 1]),
    constraints.MinMaxNorm(0.2, 0.9, rate=0.5),
]


@pytest.mark.parametrize("constraint", ALL, ids=lambda constraint: type(constraint).__name__)
def test_configs_make_the_same_constraint(constraint):
    again = constraints.get(json.loads(json.dumps(constraints.serialize(constraint))))
    assert type(again) is type(constraint)
    weight = np.random.default_rng(0).normal(size=(3, 4))
    np.testing.assert_array_equal(again(weight), constraint(weight))


@pytest.mark.parametrize(
    ("identifier", "kind"),
    [("max_norm", "MaxNorm"), ("maxnorm", "MaxNorm"), ("NonNeg", "NonNeg"), ("nonneg", "NonNeg"),
     ("unit_norm", "UnitNorm"), ("min_max_norm", "MinMaxNorm"), (constraints.UnitNorm, "UnitNorm")],
)  # fmt: skip
def test_names(identifier, kind):
    assert type(constraints.get(identifier)).__name__ == kind


def test_mistakes():
    assert constraints.get(None) is None
    with pytest.raises(UnknownNameError, match="Did you mean 'max_norm'"):
        constraints.get("max_nrm")
    with pytest.raises(TypeError, match="constraint must be a name such as 'non_neg'"):
        constraints.get(3)
    with pytest.raises(ValueError, match="MaxNorm: max_value must be a number >= 0, got -1"):
        constraints.MaxNorm(-1)
    with pytest.raises(UnknownNameError, match="argument of Flatten 'kernel_constraint'"):
        layers.Flatten(kernel_constraint="non_neg")


def trained(constraint, **options):
    model = Sequential([
        layers.Conv2D(3, 2, input_shape=(4, 4, 1), kernel_constraint=constraint),
        layers.BatchNormalization(gamma_constraint=constraint),
        layers.Flatten(),
        layers.Dense(2, kernel_constraint=constraint, bias_constraint="non_neg", **options),
    ])  # fmt: skip
    model.compile("sgd", "mse")
    random = np.random.default_rng(0)
    model.fit(random.normal(size=(8, 4, 4, 1)), -np.ones((8, 2)), epochs=2, verbose=0)
    return model


def test_training_keeps_to_constraints():
    model = trained("non_neg")
    for weight in model.trainable_weights:
        if weight.name != "beta":
            assert weight.min() >= 0 or weight.path.endswith("conv2d/bias")
    assert model.layers[-1].kernel.min() == 0  # the constraint was needed
    norms = np.linalg.norm(trained(constraints.UnitNorm()).layers[-1].kernel, axis=0)
    np.testing.assert_allclose(norms, 1, rtol=1e-5)


def test_a_frozen_layer_is_left_alone():
    model = trained(constraints.MaxNorm(0.1), trainable=False)
    assert np.linalg.norm(model.layers[-1].kernel, axis=0).max() > 0.2
    assert np.linalg.norm(model.layers[0].kernel, axis=0).max() <= 0.1001


def test_a_function_as_constraint():
    layer = layers.Dense(1, kernel_constraint=lambda weight: np.clip(weight, -0.1, 0.1))
    layer.build((None, 50))
    layer.apply_constraints()
    assert np.abs(layer.kernel).max() <= np.float32(0.1)


def test_the_name_of_keras_1():
    with pytest.warns(DeprecationWarning, match="W_constraint is now called kernel_constraint"):
        assert isinstance(layers.Dense(1, W_constraint="maxnorm").kernel_constraint,
                          constraints.MaxNorm)  # fmt: skip


@pytest.mark.parametrize("name", ["model.keras", "model.h5"])
def test_files_keep_constraints(name, tmp_path):
    trained(constraints.MaxNorm(0.3)).save(tmp_path / name)
    again = load_model(tmp_path / name)
    assert again.layers[-1].kernel_constraint.max_value == 0.3
    assert isinstance(again.layers[-1].bias_constraint, constraints.NonNeg)
    assert again.layers[0].bias_constraint is None


@pytest.mark.parametrize(
    ("layer", "shape", "names"),
    [
        (layers.LayerNormalization, (3,), ["beta", "gamma"]),
        (layers.PReLU, (3,), ["alpha"]),
        (lambda **options: layers.DepthwiseConv2D(2, **options), (4, 4, 2), ["depthwise", "bias"]),
        (lambda **options: layers.SeparableConv2D(3, 2, **options), (4, 4, 2),
         ["depthwise", "pointwise", "bias"]),
        (lambda **options: layers.Conv2DTranspose(3, 2, **options), (4, 4, 2), ["kernel", "bias"]),
        (lambda **options: layers.Conv1D(3, 2, **options), (4, 2), ["kernel", "bias"]),
    ],
    ids=["LayerNormalization", "PReLU", "DepthwiseConv2D", "SeparableConv2D", "Conv2DTranspose",
         "Conv1D"],
)  # fmt: skip
def test_every_layer_with_weights_takes_them(layer, shape, names):
    made = layer(**{f"{name}_constraint": lambda weight: np.full_like(weight, 7) for name in names})
    made.build((None, *shape))
    made.apply_constraints()
    assert len(made.weights) == len(names)
    for weight in made.weights:
        assert (weight == 7).all()
    config = layer(**{f"{name}_constraint": "non_neg" for name in names}).get_config()
    again = type(made).from_config(json.loads(json.dumps(config)))
    for name in names:
        assert isinstance(getattr(again, f"{name}_constraint"), constraints.NonNeg)
