"""The weights of a layer: arrays with names, of which training changes some."""

from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from contextvars import ContextVar
from typing import Any

import numpy as np
from numpy import ndarray

from minicnn import constraints, initializers, regularizers
from minicnn.console import printable
from minicnn.errors import NotReadyError, ShapeError
from minicnn.tensors import Variable, as_variable

_OPTIONS: dict[str, Callable[[Any], Any]] = {
    "initializer": initializers.get,
    "regularizer": regularizers.get,
    "constraint": constraints.get,
}


_is_abstract: ContextVar[bool] = ContextVar("abstract_build", default=False)


@contextmanager
def abstract_build() -> Iterator[None]:
    """Make every weight that is added in the block a single zero, repeated.

    The config in a file is compared with the arrays in the file before either is trusted: here a
    layer of 10¹² units costs nothing.
    """
    token = _is_abstract.set(True)
    try:
        yield
    finally:
        _is_abstract.reset(token)


def _initialize(initializer: Any, shape: tuple[Any, ...], dtype: str) -> ndarray:
    """Return the initial values of a weight."""
    if _is_abstract.get():
        return np.lib.stride_tricks.as_strided(np.zeros(1, dtype), shape, (0,) * len(shape))
    return np.array(initializers.get(initializer)(shape, dtype), dtype)


class HasWeights:
    """Base class of `Layer`: named weights."""

    name: str
    dtype: str
    built: bool
    trainable: bool
    trained: tuple[str, ...] = ()  # names of the weights that training changes now; read every step
    _gradient_names: tuple[str, ...] = ()

    def __init__(self) -> None:
        self._weights: dict[str, bool] = {}  # whether gradients change it
        self._penalties: dict[str, regularizers.Regularizer] = {}
        self._constraints: dict[str, Callable[[ndarray], ndarray]] = {}

    def describe(self) -> str:
        """Return class and name for a message: ``Conv2D "conv2d"``."""
        return f'{type(self).__name__} "{printable(self.name)}"'

    def set_weight_options(self, arguments: Mapping[str, Any]) -> None:
        """Store the arguments of a constructor that `add_weight` reads, such as `bias_regularizer`."""
        for name, value in arguments.items():
            if (get := _OPTIONS.get(name.rpartition("_")[2])) is not None:
                setattr(self, name, get(value))

    def add_weight(
        self,
        name: Any = None,
        shape: Any = (),
        initializer: Any = None,
        trainable: bool = True,
        regularizer: Any = None,
        constraint: Any = None,
        dtype: Any = None,
    ) -> Variable:
        """Create a weight and store it as the attribute `name`.

        The shape may come first, as in Keras 3.

        An option that is not passed is the layer's attribute of that name, ``<name>_initializer`` for
        example, if there is one; a name is shortened by ``_kernel`` at its end.

        Parameters
        ----------
        name : str, optional
        shape : tuple of int
        initializer : str, Initializer or callable, optional
            "glorot_uniform" by default.
        trainable : bool
            False for weights without a gradient, such as moving averages.
        regularizer : str or Regularizer, optional
            Its penalty is added to the loss.
        constraint : str, Constraint or callable, optional
            Applied after every update.
        dtype : str, optional
            That of the layer, which all its weights have.

        Returns
        -------
        Variable
            An array of the layer's dtype that also has ``numpy()`` and ``assign(values)``.

        Raises
        ------
        ShapeError
            If a size is unknown, or the initializer returned another shape.
        ValueError
            If `dtype` is not that of the layer.
        """
        if dtype is not None and np.dtype(dtype) != np.dtype(self.dtype):
            raise ValueError(
                f"the weights of {self.describe()} have the layer's dtype, {self.dtype}, got {dtype!r}. "
                f"Leave dtype out, or give it to the layer: {type(self).__name__}(..., dtype=...)."
            )
        if name is not None and not isinstance(name, str):
            shape, initializer, name = name, shape or initializer, None
        shape = (shape,) if isinstance(shape, int) else tuple(shape)
        name = name or f"variable_{len(self._weights)}"
        if any(size is None for size in shape):
            raise ShapeError(
                f'the weight "{name}" of {self.describe()} needs all sizes of its shape, got '
                f"{tuple(shape)}. Give the model a complete input shape, for example Input((28, 28, 1))."
            )

        def option(kind: str, value: Any) -> Any:
            attribute = f"{name.removesuffix('_kernel')}_{kind}"
            return getattr(self, attribute, None) if value is None else value

        initializer = option("initializer", initializer) or "glorot_uniform"
        values: Any = _initialize(initializer, tuple(shape), self.dtype)
        if values.shape != tuple(shape):
            raise ShapeError(
                f'the weight "{name}" of {self.describe()} has shape {tuple(shape)}, and its '
                f"initializer, called with (shape, dtype), returned an array of shape {values.shape}."
            )
        self._weights[name] = trainable
        self._weights = dict(sorted(self._weights.items(), key=lambda pair: not pair[1]))
        self._gradient_names = tuple(name for name, trained in self._weights.items() if trained)
        self.trained = self._gradient_names if self.trainable else ()
        penalty = regularizers.get(option("regularizer", regularizer))
        if trainable and penalty is not None:
            self._penalties[name] = penalty
        if (checked := constraints.get(option("constraint", constraint))) is not None:
            self._constraints[name] = checked
        setattr(self, name, values.view(Variable))
        return as_variable(self, name)

    def apply_constraints(self) -> None:
        """Apply the constraints to the weights, in place, unless the layer is frozen."""
        if self.trainable:
            for name, constraint in self._constraints.items():
                weight = getattr(self, name)
                weight[...] = constraint(weight)

    @property
    def is_constrained(self) -> bool:
        """Whether any weight has a constraint."""
        return bool(self._constraints)

    @property
    def weight_names(self) -> list[str]:
        """Names of all weights, trainable ones first, in the order of Keras."""
        return list(self._weights)

    @property
    def gradient_names(self) -> tuple[str, ...]:
        """Names of the weights that `backward` returns gradients of, whether frozen or not."""
        return self._gradient_names

    @property
    def trainable_names(self) -> list[str]:
        """Names of the weights that training changes now: none if the layer is frozen."""
        return list(self.trained)

    def weight_owners(self) -> list[tuple["HasWeights", str]]:
        """Return the layer and the name of each weight; a model has the weights of its layers."""
        return [(self, name) for name in self._weights]

    @property
    def weights(self) -> list[Variable]:
        """The arrays of the weights, trainable ones first."""
        return [as_variable(owner, name) for owner, name in self.weight_owners()]

    @property
    def trainable_weights(self) -> list[Variable]:
        """The arrays that training changes."""
        return self._weights_where(trained=True)

    @property
    def non_trainable_weights(self) -> list[Variable]:
        """The arrays that gradients do not change."""
        return self._weights_where(trained=False)

    variables, trainable_variables = weights, trainable_weights  # Keras has both names
    non_trainable_variables = non_trainable_weights

    def _weights_where(self, trained: bool) -> list[Variable]:
        return [
            as_variable(owner, name)
            for owner, name in self.weight_owners()
            if (name in owner.trained) == trained
        ]

    @property
    def penalties(self) -> Mapping[str, regularizers.Regularizer]:
        """The regularizers by name of their weight; empty if the layer is frozen."""
        return self._penalties if not self._penalties or self.trainable else {}

    def get_weights(self) -> list[ndarray]:
        """Return copies of the weights."""
        return [weight.numpy().copy() for weight in self.weights]

    def set_weights(self, weights: Sequence[Any]) -> None:
        """Replace all weights; if one does not fit, none is changed.

        Parameters
        ----------
        weights : list of arrays
            In the order of `get_weights`.

        Raises
        ------
        NotReadyError
            If the layer has not been built.
        ShapeError
            If the number of arrays or a shape differs.
        TypeError
            If an array does not contain real numbers.
        """
        self.assign(self.validate_weights(weights))

    def validate_weights(self, weights: Sequence[Any]) -> list[ndarray]:
        """Return `weights` as arrays that `assign` can copy; raise as `set_weights` does."""
        if not isinstance(weights, Sequence | ndarray):
            raise TypeError(
                f"{self.describe()}: weights must be a list of arrays, as get_weights returns, got "
                f"{type(weights).__name__}."
            )
        if not self.built and len(weights):
            raise NotReadyError(
                f"{self.describe()} has no weights yet. Build the model before setting weights: "
                "model.build((None, 28, 28, 1)) for example."
            )
        owners = self.weight_owners()
        if len(weights) != len(owners):
            names = [name for _, name in owners][:8] + ["…"] * (len(owners) > 8)
            raise ShapeError(
                f"{self.describe()} has {len(owners)} weights ({', '.join(names) or 'none'}), got "
                f"{len(weights)}. These are the weights of another model."
            )
        arrays = [np.asarray(weight) for weight in weights]
        for (owner, name), new in zip(owners, arrays, strict=True):
            old = getattr(owner, name)
            if new.dtype.kind not in "biuf":
                raise TypeError(
                    f"the weight {name} of {owner.describe()} must be an array of real numbers, got "
                    f"one of {new.dtype}."
                )
            if new.shape != old.shape:
                raise ShapeError(
                    f"the weight {name} of {owner.describe()} has shape {old.shape}, got {new.shape}. "
                    "These are the weights of another model."
                )
        return arrays

    def assign(self, arrays: Sequence[ndarray]) -> None:
        """Copy values into the weights; the weights stay the same arrays."""
        for weight, array in zip(self.weights, arrays, strict=True):
            weight[...] = array

    def count_params(self) -> int:
        """Return the number of scalars in the weights.

        Raises
        ------
        NotReadyError
            If the layer has not been built.
        """
        if not self.built:
            raise NotReadyError(
                f"{self.describe()} has no weights yet, so they cannot be counted. Build the model "
                "first: model.build((None, 28, 28, 1)) for example."
            )
        return sum(weight.size for weight in self.weights)
