"""How weights begin: constants, and random numbers scaled to a layer's size.

An initializer is called with a shape and returns an array of it. Where a layer takes one, it takes
a name ("glorot_uniform"), an object (``HeNormal(seed=1)``), or a function of ``(shape, dtype)``.
"""

import math
from collections.abc import Callable
from typing import Any

import numpy as np
from numpy import ndarray

from minicnn.errors import unknown_name
from minicnn.naming import from_identifier, spellings
from minicnn.random import generator

TRUNCATED_DEVIATION = 0.87962566103423978  # of a standard normal cut at ±2


class Initializer:
    """Makes a weight's first values; subclasses say which in `__call__`."""

    def __call__(self, shape: tuple[int, ...], dtype: Any = "float32") -> ndarray:
        """Return an array of this shape and dtype."""
        raise NotImplementedError(f"{type(self).__name__} needs a method __call__(shape, dtype).")

    def get_config(self) -> dict[str, Any]:
        """Return the arguments that make an equal initializer."""
        return dict(vars(self))


class Zeros(Initializer):
    """All 0.

    Examples
    --------
    >>> Zeros()((2,))
    array([0., 0.], dtype=float32)
    """

    def __call__(self, shape: tuple[int, ...], dtype: Any = "float32") -> ndarray:
        """Return an array of this shape and dtype."""
        return np.zeros(shape, dtype)


class Ones(Initializer):
    """All 1.

    Examples
    --------
    >>> Ones()((2,))
    array([1., 1.], dtype=float32)
    """

    def __call__(self, shape: tuple[int, ...], dtype: Any = "float32") -> ndarray:
        """Return an array of this shape and dtype."""
        return np.ones(shape, dtype)


class Constant(Initializer):
    """All the same value, or a given array.

    Parameters
    ----------
    value : float or array

    Examples
    --------
    >>> Constant(0.5)((2,))
    array([0.5, 0.5], dtype=float32)
    """

    def __init__(self, value: Any = 0.0) -> None:
        self.value = value

    def __call__(self, shape: tuple[int, ...], dtype: Any = "float32") -> ndarray:
        """Return an array of this shape and dtype."""
        return np.full(shape, self.value, dtype)


class RandomUniform(Initializer):
    """Evenly between `minval` and `maxval`.

    Parameters
    ----------
    minval, maxval : float
    seed : int, optional
        For the same values at every call.

    Examples
    --------
    >>> bool(abs(RandomUniform()((1000,))).max() <= 0.05)
    True
    """

    def __init__(
        self, minval: float = -0.05, maxval: float = 0.05, seed: int | None = None
    ) -> None:
        self.minval, self.maxval, self.seed = minval, maxval, seed

    def __call__(self, shape: tuple[int, ...], dtype: Any = "float32") -> ndarray:
        """Return an array of this shape and dtype."""
        return generator(self.seed).uniform(self.minval, self.maxval, shape).astype(dtype)


class RandomNormal(Initializer):
    """Normally distributed.

    Parameters
    ----------
    mean, stddev : float
    seed : int, optional
        For the same values at every call.

    Examples
    --------
    >>> RandomNormal()((2, 3)).shape
    (2, 3)
    """

    def __init__(self, mean: float = 0.0, stddev: float = 0.05, seed: int | None = None) -> None:
        self.mean, self.stddev, self.seed = mean, stddev, seed

    def __call__(self, shape: tuple[int, ...], dtype: Any = "float32") -> ndarray:
        """Return an array of this shape and dtype."""
        return generator(self.seed).normal(self.mean, self.stddev, shape).astype(dtype)


class TruncatedNormal(RandomNormal):
    """Normally distributed, values beyond two deviations drawn again.

    Parameters
    ----------
    mean, stddev : float
        Of the normal distribution before it is cut.
    seed : int, optional
        For the same values at every call.

    Examples
    --------
    >>> bool(abs(TruncatedNormal(stddev=1.0)((1000,))).max() <= 2)
    True
    """

    def __call__(self, shape: tuple[int, ...], dtype: Any = "float32") -> ndarray:
        """Return an array of this shape and dtype."""
        stream = generator(self.seed)
        values = stream.standard_normal(shape)
        while (far := np.abs(values) > 2).any():
            values = np.where(far, stream.standard_normal(shape), values)
        return (self.mean + self.stddev * values).astype(dtype)


class VarianceScaling(Initializer):
    """Random values whose variance is ``scale / fan``, so that signals neither fade nor grow.

    fan is how many inputs feed an output ("fan_in"), how many outputs an input feeds ("fan_out"),
    or the mean of both ("fan_avg").

    Parameters
    ----------
    scale : float
        Positive.
    mode : "fan_in", "fan_out" or "fan_avg"
    distribution : "truncated_normal", "untruncated_normal" or "uniform"
    seed : int, optional
        For the same values at every call.

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
        if scale <= 0:
            raise ValueError(f"VarianceScaling takes a positive scale, got {scale}.")
        if mode not in self.MODES:
            raise unknown_name("mode of VarianceScaling", mode, self.MODES)
        distribution = "truncated_normal" if distribution == "normal" else distribution
        if distribution not in self.DISTRIBUTIONS:
            raise unknown_name("distribution of VarianceScaling", distribution, self.DISTRIBUTIONS)
        self.scale, self.mode, self.distribution, self.seed = scale, mode, distribution, seed

    def __call__(self, shape: tuple[int, ...], dtype: Any = "float32") -> ndarray:
        """Return an array of this shape and dtype."""
        fan_in, fan_out = fans(shape)
        fan = {"fan_in": fan_in, "fan_out": fan_out, "fan_avg": (fan_in + fan_out) / 2}[self.mode]
        variance = self.scale / max(fan, 1.0)
        if self.distribution == "uniform":
            limit = math.sqrt(3 * variance)
            return RandomUniform(-limit, limit, self.seed)(shape, dtype)
        deviation = math.sqrt(variance)
        if self.distribution == "untruncated_normal":
            return RandomNormal(0.0, deviation, self.seed)(shape, dtype)
        return TruncatedNormal(0.0, deviation / TRUNCATED_DEVIATION, self.seed)(shape, dtype)


class _NamedScaling(VarianceScaling):
    """A `VarianceScaling` with a name of its own: only the seed is left to choose."""

    settings: tuple[float, str, str]

    def __init__(self, seed: int | None = None) -> None:
        super().__init__(*self.settings, seed=seed)

    def get_config(self) -> dict[str, Any]:
        return {"seed": self.seed}


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
    """Uniform within ``±√(6 / fan_in)``, for ReLU.

    Source: He et al. 2015, "Delving deep into rectifiers", arXiv:1502.01852.
    """

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


KNOWN: dict[str, type[Initializer]] = {
    one.__name__: one
    for one in (
        Zeros, Ones, Constant, RandomUniform, RandomNormal, TruncatedNormal, VarianceScaling,
        GlorotUniform, GlorotNormal, HeUniform, HeNormal, LecunUniform, LecunNormal,
    )
}  # fmt: skip


def get(identifier: Any) -> Callable[..., ndarray]:
    """Return the initializer that a name, config, class, object or function stands for.

    Parameters
    ----------
    identifier : str, dict, class, Initializer, callable or None
        None means zeros.

    Raises
    ------
    UnknownNameError
        If the name is misspelt.

    Examples
    --------
    >>> get("he_normal").get_config()
    {'seed': None}
    """
    if identifier is None:
        return Zeros()
    if isinstance(identifier, type) and issubclass(identifier, Initializer):
        return identifier()
    if callable(identifier):
        return identifier
    return from_identifier("initializer", identifier, spellings(KNOWN))


def serialize(initializer: Callable[..., ndarray]) -> Any:
    """Return the config, as Keras writes it, that `get` makes an equal initializer of.

    Examples
    --------
    >>> serialize(Zeros())["class_name"]
    'Zeros'
    """
    if not isinstance(initializer, Initializer):
        return getattr(initializer, "__name__", type(initializer).__name__)
    config = {
        name: value.tolist() if isinstance(value, ndarray) else value
        for name, value in initializer.get_config().items()
    }
    return {
        "module": "keras.initializers",
        "class_name": type(initializer).__name__,
        "config": config,
        "registered_name": None,
    }


def fans(shape: tuple[int, ...]) -> tuple[int, int]:
    """Return how many inputs feed each output, and how many outputs each input feeds.

    Parameters
    ----------
    shape : tuple of int
        Of the weight: ``(features, units)``, or ``(kernel_height, kernel_width, channels, filters)``.

    Examples
    --------
    >>> fans((3, 3, 64, 32))
    (576, 288)
    """
    if len(shape) < 2:
        size = shape[0] if shape else 1
        return size, size
    cells = math.prod(shape[:-2])
    return shape[-2] * cells, shape[-1] * cells
