"""Initial values of weights: constants, and random numbers scaled to a layer's size.

An initializer is called with a shape and returns an array of it. Layers accept a name
("glorot_uniform"), an object (``HeNormal(seed=1)``) or a function of ``(shape, dtype)``.
"""

import math
from collections.abc import Callable
from typing import Any

import numpy as np
from numpy import ndarray

from minicnn import checks
from minicnn.errors import ShapeError, suggest_names
from minicnn.naming import snake_case
from minicnn.random import generator
from minicnn.registry import Registry
from minicnn.serialization import Configurable

TRUNCATED_STDDEV = 0.87962566103423978  # of a standard normal truncated at ±2


class Initializer(Configurable):
    """Base class: subclasses return the initial values of a weight in `__call__`."""

    keras_module = "keras.initializers"

    def __call__(self, shape: tuple[int, ...], dtype: Any = "float32") -> ndarray:
        """Return an array of this shape and dtype."""
        raise NotImplementedError(f"{type(self).__name__} needs a method __call__(shape, dtype).")

    def _number(self, name: str, value: Any, ge: float | None = None) -> float:
        return checks.finite_number(type(self).__name__, name, value, ge=ge)

    def _seed(self, seed: Any) -> int | None:
        if isinstance(seed, dict):  # a SeedGenerator in a file of Keras
            seed = seed.get("config", {}).get("seed")
        seed = seed.next() if hasattr(seed, "next") else seed
        return None if seed is None else checks.integer(type(self).__name__, "seed", seed, None)


class Zeros(Initializer):
    """Zeros.

    Examples
    --------
    >>> Zeros()((2,))
    array([0., 0.], dtype=float32)
    """

    def __call__(self, shape: tuple[int, ...], dtype: Any = "float32") -> ndarray:
        """Return an array of this shape and dtype."""
        return np.zeros(shape, dtype)


class Ones(Initializer):
    """Ones.

    Examples
    --------
    >>> Ones()((2,))
    array([1., 1.], dtype=float32)
    """

    def __call__(self, shape: tuple[int, ...], dtype: Any = "float32") -> ndarray:
        """Return an array of this shape and dtype."""
        return np.ones(shape, dtype)


class Constant(Initializer):
    """A single value, or an array that has the weight's shape.

    Parameters
    ----------
    value : float or array

    Raises
    ------
    TypeError
        If it does not consist of real numbers.
    ShapeError
        When called with a shape that it does not fit.

    Examples
    --------
    >>> Constant(0.5)((2,))
    array([0.5, 0.5], dtype=float32)
    """

    def __init__(self, value: Any = 0.0) -> None:
        if np.asarray(value).dtype.kind not in "biuf":
            raise TypeError(f"Constant: value must be a number or an array of them, got {value!r}.")
        self.value = value

    def __call__(self, shape: tuple[int, ...], dtype: Any = "float32") -> ndarray:
        """Return an array of this shape and dtype."""
        try:
            return np.full(shape, self.value, dtype)
        except ValueError:
            raise ShapeError(
                f"Constant: value must fit the weight's shape {tuple(shape)}, got an array of shape "
                f"{np.shape(self.value)}."
            ) from None


class RandomUniform(Initializer):
    """Uniformly distributed between `minval` and `maxval`.

    Parameters
    ----------
    minval, maxval : float
    seed : int, optional
        Return the same values at every call.

    Examples
    --------
    >>> bool(abs(RandomUniform()((1000,))).max() <= 0.05)
    True
    """

    def __init__(
        self, minval: float = -0.05, maxval: float = 0.05, seed: int | None = None
    ) -> None:
        self.minval = self._number("minval", minval)
        self.maxval = self._number("maxval", 1.0 if maxval is None else maxval, ge=self.minval)
        self.seed = self._seed(seed)

    def __call__(self, shape: tuple[int, ...], dtype: Any = "float32") -> ndarray:
        """Return an array of this shape and dtype."""
        return generator(self.seed).uniform(self.minval, self.maxval, shape).astype(dtype)


class RandomNormal(Initializer):
    """Normally distributed.

    Parameters
    ----------
    mean, stddev : float
    seed : as in `RandomUniform`

    Examples
    --------
    >>> RandomNormal()((2, 3)).shape
    (2, 3)
    """

    def __init__(self, mean: float = 0.0, stddev: float = 0.05, seed: int | None = None) -> None:
        self.mean, self.stddev = self._number("mean", mean), self._number("stddev", stddev, ge=0)
        self.seed = self._seed(seed)

    def __call__(self, shape: tuple[int, ...], dtype: Any = "float32") -> ndarray:
        """Return an array of this shape and dtype."""
        return generator(self.seed).normal(self.mean, self.stddev, shape).astype(dtype)


class TruncatedNormal(RandomNormal):
    """Normally distributed; values beyond two standard deviations are drawn again.

    Parameters
    ----------
    mean, stddev : float
        Of the normal distribution before truncation.
    seed : as in `RandomUniform`

    Examples
    --------
    >>> bool(abs(TruncatedNormal(stddev=1.0)((1000,))).max() <= 2)
    True
    """

    def __call__(self, shape: tuple[int, ...], dtype: Any = "float32") -> ndarray:
        """Return an array of this shape and dtype."""
        stream = generator(self.seed)
        values = stream.standard_normal(shape)
        while (outside := np.abs(values) > 2).any():
            values = np.where(outside, stream.standard_normal(shape), values)
        return (self.mean + self.stddev * values).astype(dtype)


class Orthogonal(Initializer):
    """An orthogonal matrix, from the QR decomposition of a normally distributed one.

    Weights of more than two axes are flattened to ``(all other axes, last axis)``. If there are
    more columns than rows, the rows are orthogonal instead.

    Source: Saxe, McClelland & Ganguli 2014, "Exact solutions to the nonlinear dynamics of learning
    in deep linear neural networks", arXiv:1312.6120.

    Parameters
    ----------
    gain : float
        Factor of the result.
    seed : as in `RandomUniform`

    Examples
    --------
    >>> q = Orthogonal()((4, 2))
    >>> bool(np.allclose(q.T @ q, np.eye(2), atol=1e-6))
    True
    """

    def __init__(self, gain: float = 1.0, seed: int | None = None) -> None:
        self.gain, self.seed = self._number("gain", gain), self._seed(seed)

    def __call__(self, shape: tuple[int, ...], dtype: Any = "float32") -> ndarray:
        """Return an array of this shape and dtype."""
        if len(shape) < 2:
            raise ShapeError(f"Orthogonal: shape must have at least 2 axes, got {tuple(shape)}.")
        rows, columns = math.prod(shape[:-1]), shape[-1]
        matrix = generator(self.seed).standard_normal((max(rows, columns), min(rows, columns)))
        q, r = np.linalg.qr(matrix)
        q *= np.sign(np.diag(r))  # makes the distribution uniform
        return (self.gain * (q.T if rows < columns else q)).reshape(shape).astype(dtype)


class Identity(Initializer):
    """The identity matrix times `gain`, for square or rectangular weights of two axes.

    Parameters
    ----------
    gain : float

    Examples
    --------
    >>> Identity()((2, 2))
    array([[1., 0.],
           [0., 1.]], dtype=float32)
    """

    def __init__(self, gain: float = 1.0) -> None:
        self.gain = self._number("gain", gain)

    def __call__(self, shape: tuple[int, ...], dtype: Any = "float32") -> ndarray:
        """Return an array of this shape and dtype."""
        if len(shape) != 2:
            raise ShapeError(f"Identity: shape must have 2 axes, got {tuple(shape)}.")
        return (self.gain * np.eye(*shape)).astype(dtype)


def fans(shape: tuple[int, ...]) -> tuple[int, int]:
    """Return the numbers of inputs per output and of outputs per input, for a kernel's shape.

    >>> fans((3, 3, 64, 32))
    (576, 288)
    """
    if len(shape) < 2:
        size = shape[0] if shape else 1
        return size, size
    taps = math.prod(shape[:-2])
    return shape[-2] * taps, shape[-1] * taps


class VarianceScaling(Initializer):
    """Random values with variance ``scale / fan``, which keeps signals from fading or growing.

    The fan is the number of inputs of an output ("fan_in"), the number of outputs of an input
    ("fan_out"), or the mean of both ("fan_avg").

    Parameters
    ----------
    scale : float
        Positive.
    mode : "fan_in", "fan_out" or "fan_avg"
    distribution : "truncated_normal" (or "normal"), "untruncated_normal" or "uniform"
    seed : as in `RandomUniform`

    Raises
    ------
    ValueError
        If `scale` is not positive.
    UnknownNameError
        If `mode` or `distribution` is misspelt.

    Examples
    --------
    >>> VarianceScaling(scale=2.0)((3, 3, 1, 8)).shape
    (3, 3, 1, 8)
    """

    MODES = ("fan_in", "fan_out", "fan_avg")
    DISTRIBUTIONS = ("truncated_normal", "untruncated_normal", "uniform")

    def __init__(
        self,
        scale: float = 1.0,
        mode: str = "fan_in",
        distribution: str = "truncated_normal",
        seed: int | None = None,
    ) -> None:
        owner = "VarianceScaling"
        if distribution == "normal":
            distribution = "truncated_normal"
        self.scale = checks.finite_number(owner, "scale", scale, gt=0)
        self.mode = checks.choice(owner, "mode", mode, self.MODES)
        self.distribution = checks.choice(owner, "distribution", distribution, self.DISTRIBUTIONS)
        self.seed = self._seed(seed)

    def __call__(self, shape: tuple[int, ...], dtype: Any = "float32") -> ndarray:
        """Return an array of this shape and dtype."""
        fan_in, fan_out = fans(shape)
        fan = {"fan_in": fan_in, "fan_out": fan_out, "fan_avg": (fan_in + fan_out) / 2}[self.mode]
        variance = self.scale / max(fan, 1.0)
        if self.distribution == "uniform":
            limit = math.sqrt(3 * variance)
            return RandomUniform(-limit, limit, self.seed)(shape, dtype)
        stddev = math.sqrt(variance)
        if self.distribution == "untruncated_normal":
            return RandomNormal(0.0, stddev, self.seed)(shape, dtype)
        return TruncatedNormal(0.0, stddev / TRUNCATED_STDDEV, self.seed)(shape, dtype)


class _NamedScaling(VarianceScaling):
    """A `VarianceScaling` with the settings of its class; only the seed is chosen."""

    settings: tuple[float, str, str]

    def __init__(self, seed: int | None = None) -> None:
        super().__init__(*self.settings, seed=seed)


class GlorotUniform(_NamedScaling):
    """Uniform within ``±√(6 / (fan_in + fan_out))``: Keras' default for kernels.

    Source: Glorot & Bengio 2010, "Understanding the difficulty of training deep feedforward
    neural networks".

    Examples
    --------
    >>> bool(abs(GlorotUniform()((3, 3, 1, 5))).max() <= (6 / 54) ** 0.5)
    True
    """

    settings = (1.0, "fan_avg", "uniform")


class GlorotNormal(_NamedScaling):
    """Truncated normal with variance ``2 / (fan_in + fan_out)``; source as `GlorotUniform`."""

    settings = (1.0, "fan_avg", "truncated_normal")


class HeUniform(_NamedScaling):
    """Uniform within ``±√(6 / fan_in)``, for ReLU. Source: He et al. 2015, arXiv:1502.01852."""

    settings = (2.0, "fan_in", "uniform")


class HeNormal(_NamedScaling):
    """Truncated normal with variance ``2 / fan_in``, for ReLU; source as `HeUniform`."""

    settings = (2.0, "fan_in", "truncated_normal")


class LecunUniform(_NamedScaling):
    """Uniform within ``±√(3 / fan_in)``. Source: LeCun et al. 1998, "Efficient BackProp"."""

    settings = (1.0, "fan_in", "uniform")


class LecunNormal(_NamedScaling):
    """Truncated normal with variance ``1 / fan_in``; source as `LecunUniform`."""

    settings = (1.0, "fan_in", "truncated_normal")


REGISTRY: Registry[Callable[..., ndarray]] = Registry(
    "initializer",
    Initializer,
    [
        Zeros, Ones, Constant, RandomUniform, RandomNormal, TruncatedNormal, Orthogonal, Identity,
        VarianceScaling, GlorotUniform, GlorotNormal, HeUniform, HeNormal, LecunUniform, LecunNormal,
    ],
    aliases={"zero": Zeros, "one": Ones, "uniform": RandomUniform, "normal": RandomNormal},
    wrap=lambda function: function,
    example="a name such as 'he_normal', an initializer or a function of (shape, dtype)",
    default=GlorotUniform,
)  # fmt: skip

# Keras has every class under both spellings
globals().update((snake_case(name), cls) for name, cls in REGISTRY.classes.items())

get, serialize, deserialize = REGISTRY.get, REGISTRY.serialize, REGISTRY.deserialize


suggest_names(globals())
