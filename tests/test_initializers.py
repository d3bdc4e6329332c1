"""How weights begin: bounds, variances, seeds, names."""

import json
import math

import numpy as np
import pytest
from scipy.stats import kstest, norm, truncnorm

from minicnn import initializers, layers
from minicnn.errors import ShapeError, UnknownNameError
from minicnn.keras.random import SeedGenerator
from minicnn.random import set_random_seed

SHAPE = (5, 4, 30, 40)  # fan_in 600, fan_out 800
# name: (variance, bound)
SCALINGS = {
    "GlorotUniform": (2 / 1400, math.sqrt(6 / 1400)),
    "GlorotNormal": (2 / 1400, 2 * math.sqrt(2 / 1400) / 0.8796256610342398),
    "HeUniform": (2 / 600, math.sqrt(6 / 600)),
    "HeNormal": (2 / 600, 2 * math.sqrt(2 / 600) / 0.8796256610342398),
    "LecunUniform": (1 / 600, math.sqrt(3 / 600)),
    "LecunNormal": (1 / 600, 2 * math.sqrt(1 / 600) / 0.8796256610342398),
}


@pytest.mark.parametrize("name", SCALINGS)
def test_variance_and_bounds(name):
    variance, bound = SCALINGS[name]
    values = initializers.get(name)(SHAPE, "float64")
    assert values.shape == SHAPE
    assert values.size == 24_000
    assert abs(values.mean()) < 4 * math.sqrt(variance / values.size)
    assert values.var() == pytest.approx(variance, rel=0.05)
    assert 0.99 * bound < np.abs(values).max() <= bound


@pytest.mark.parametrize(
    ("initializer", "distribution"),
    [
        (initializers.RandomUniform(-1, 3), lambda x: np.clip((x + 1) / 4, 0, 1)),
        (initializers.RandomNormal(2, 3), norm(2, 3).cdf),
        (initializers.TruncatedNormal(2, 3), truncnorm(-2, 2, 2, 3).cdf),
        (
            initializers.VarianceScaling(2, "fan_out", "untruncated_normal"),
            norm(0, math.sqrt(2 / 800)).cdf,
        ),
    ],
    ids=["uniform", "normal", "truncated", "scaled"],
)
def test_distribution(initializer, distribution):
    assert kstest(initializer(SHAPE, "float64").ravel(), distribution).pvalue > 1e-4


@pytest.mark.parametrize("mode", ["fan_in", "fan_out", "fan_avg"])
@pytest.mark.parametrize(
    "distribution", ["truncated_normal", "untruncated_normal", "uniform", "normal"]
)
def test_variance_scaling(mode, distribution):
    fan = {"fan_in": 600, "fan_out": 800, "fan_avg": 700}[mode]
    values = initializers.VarianceScaling(3.0, mode, distribution)(SHAPE, "float64")
    assert values.var() == pytest.approx(3 / fan, rel=0.05)


@pytest.mark.parametrize(
    ("shape", "expected"),
    [
        ((), (1, 1)),
        ((7,), (7, 7)),
        ((3, 5), (3, 5)),
        ((3, 3, 64, 32), (576, 288)),
        ((2, 4, 1, 6), (8, 48)),
    ],
)
def test_fans(shape, expected):
    assert initializers.fans(shape) == expected


def test_constants():
    assert initializers.Zeros()((2, 3)).tolist() == [[0, 0, 0]] * 2
    assert initializers.Ones()((2,)).tolist() == [1, 1]
    assert initializers.Constant(2.5)((2,)).tolist() == [2.5, 2.5]
    assert initializers.Constant([1, 2])((3, 2)).tolist() == [[1, 2]] * 3


@pytest.mark.parametrize("name", initializers.REGISTRY.classes)
class TestEvery:
    @pytest.mark.parametrize("dtype", ["float32", "float64"])
    def test_shape_and_dtype(self, name, dtype):
        shape = (6, 4) if name == "Identity" else (3, 3, 2, 4)
        values = initializers.REGISTRY.classes[name]()(shape, dtype)
        assert (values.shape, values.dtype) == (shape, dtype)

    def test_names(self, name):
        kind = initializers.REGISTRY.classes[name]
        snake = {"RandomUniform": "random_uniform", "HeNormal": "he_normal", "Zeros": "zeros"}.get(
            name, name
        )
        for identifier in (name, snake, kind, kind(), {"class_name": name, "config": {}}):
            assert type(initializers.get(identifier)) is kind

    def test_config_makes_an_equal_one(self, name):
        one = initializers.REGISTRY.classes[name]()
        again = initializers.get(json.loads(json.dumps(initializers.serialize(one))))
        assert type(again) is type(one)
        assert vars(again) == vars(one)

    def test_the_librarys_seed_decides(self, name):
        def values():
            set_random_seed(8)
            return initializers.REGISTRY.classes[name]()((5, 10)).tobytes()

        assert values() == values()


@pytest.mark.parametrize(
    "kind", [initializers.HeNormal, initializers.RandomUniform, initializers.VarianceScaling]
)
def test_a_seed_of_its_own(kind):
    one = kind(seed=5)
    assert one((9,)).tobytes() == one((9,)).tobytes() == kind(seed=5)((9,)).tobytes()
    assert one((9,)).tobytes() != kind(seed=6)((9,)).tobytes()
    assert kind()((9,)).tobytes() != kind()((9,)).tobytes()
    assert initializers.get(initializers.serialize(one)).seed == 5


def test_arguments_survive_a_config():
    for one in (
        initializers.VarianceScaling(2.0, "fan_out", "uniform", seed=3),
        initializers.TruncatedNormal(1.0, 2.0, seed=3),
        initializers.Constant(np.array([1.0, 2.0])),
    ):
        again = initializers.get(json.loads(json.dumps(initializers.serialize(one))))
        np.testing.assert_array_equal(again((4, 2)), one((4, 2)))


def test_none_means_glorot_uniform_as_for_keras_layers():
    assert isinstance(initializers.get(None), initializers.GlorotUniform)
    layer = layers.Dense(50, kernel_initializer=None, bias_initializer=None)
    layer.build((None, 50))
    assert layer.kernel.std() == pytest.approx((2 / 100) ** 0.5, rel=0.1)
    assert layer.bias.any()


@pytest.mark.parametrize("shape", [(4, 4), (3, 3, 2, 7), (2, 9), (9, 1)])
def test_orthogonal(shape):
    matrix = initializers.Orthogonal(gain=3.0, seed=1)(shape, "float64").reshape(-1, shape[-1]) / 3
    rows, columns = matrix.shape
    product = matrix @ matrix.T if rows < columns else matrix.T @ matrix
    np.testing.assert_allclose(product, np.eye(min(rows, columns)), atol=1e-12)


def test_orthogonal_is_uniform_over_rotations():
    """Without the correction of signs, the first column of Q never points up."""
    firsts = [initializers.Orthogonal()((2, 2))[0, 0] for _ in range(100)]
    assert 20 < sum(first > 0 for first in firsts) < 80


def test_identity():
    assert initializers.Identity(2.0)((2, 3)).tolist() == [[2, 0, 0], [0, 2, 0]]


@pytest.mark.parametrize(
    ("kind", "shape", "axes"),
    [(initializers.Identity, (2, 2, 2), "2 axes"), (initializers.Orthogonal, (3,), "at least 2")],
)
def test_shapes_without_a_matrix(kind, shape, axes):
    with pytest.raises(ShapeError, match=f"{kind.__name__}: shape must have {axes}"):
        kind()(shape)


@pytest.mark.parametrize(
    ("old", "today"),
    [("normal", "RandomNormal"), ("uniform", "RandomUniform"), ("zero", "Zeros"), ("one", "Ones")],
)
def test_names_of_keras_1(old, today):
    assert type(initializers.get(old)).__name__ == today


def test_functions_of_ones_own():
    def diagonal(shape, dtype):
        return np.eye(*shape, dtype=dtype)

    layer = layers.Dense(3, kernel_initializer=diagonal, bias_initializer=initializers.Constant(1))
    assert layer(np.array([[5, 6, 7]])).tolist() == [[6, 7, 8]]
    config = initializers.serialize(diagonal)
    assert config["config"] == "diagonal"
    assert initializers.deserialize(config, {"diagonal": diagonal}) is diagonal


@pytest.mark.parametrize(
    ("identifier", "text"),
    [("glorot_unifrom", "Did you mean 'glorot_uniform'"), ("HeNorml", "Did you mean"),
     ({"class_name": "os.system", "config": {}}, "initializer 'os.system'"), ({}, "initializer None")],
    ids=str,
)  # fmt: skip
def test_unknown_names(identifier, text):
    with pytest.raises(UnknownNameError, match="unknown initializer") as caught:
        initializers.get(identifier)
    assert text in str(caught.value)


def test_mistakes():
    with pytest.raises(ValueError, match="scale must be a number > 0, got 0"):
        initializers.VarianceScaling(0)
    with pytest.raises(
        UnknownNameError, match=r"mode of VarianceScaling 'fan_inn'. Did you mean 'fan_in'"
    ):
        initializers.VarianceScaling(mode="fan_inn")
    with pytest.raises(UnknownNameError, match="distribution of VarianceScaling 'unifrom'"):
        initializers.VarianceScaling(distribution="unifrom")
    with pytest.raises(NotImplementedError, match=r"Own needs a method __call__\(shape, dtype\)"):
        type("Own", (initializers.Initializer,), {})()((2,))


def test_seeds_as_keras_has_them():
    config = {"module": "keras.random", "class_name": "SeedGenerator", "config": {"seed": 7}}
    expected = initializers.HeNormal(seed=7)((3, 4))
    np.testing.assert_array_equal(initializers.HeNormal(seed=config)((3, 4)), expected)
    negative = initializers.HeNormal(seed=-1)
    np.testing.assert_array_equal(negative((3, 4)), negative((3, 4)))
    drawn = initializers.HeNormal(seed=SeedGenerator(7))
    np.testing.assert_array_equal(drawn((3, 4)), drawn((3, 4)))
    values = initializers.RandomUniform(0, None)((1000,))  # TensorFlow 1: up to 1
    assert 0 <= values.min() < 0.05
    assert 0.95 < values.max() <= 1
