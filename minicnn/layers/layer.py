"""The base class of all layers: weights, shapes, and a forward and a backward pass.

A custom layer needs three methods, `build`, `forward` and `backward`:

>>> class Scale(Layer):
...     def build(self, input_shape):
...         self.add_weight("scale", shape=input_shape[-1:], initializer="ones")
...     def forward(self, x, training=False):
...         return x * self.scale, x                       # output, and the cache that backward needs
...     def backward(self, dy, cache):
...         x = cache
...         axes = tuple(range(x.ndim - 1))
...         return dy * self.scale, {"scale": (dy * x).sum(axis=axes)}
>>> Scale()(np.array([[1.0, 2.0]]))
array([[1., 2.]], dtype=float32)
"""

from collections.abc import Callable, Mapping, Sequence
from functools import wraps
from typing import Any, NamedTuple

import numpy as np
from numpy import ndarray

from minicnn import checks, regularizers
from minicnn.errors import NotReadyError, ShapeError, unknown_name
from minicnn.layers import description
from minicnn.layers.abstract import initialize
from minicnn.layers.shapes import Shape, dtype_name, example_shape
from minicnn.legacy import current_name
from minicnn.naming import snake_case, unique_name
from minicnn.serialization import Configurable, argument_names

Gradients = dict[str, ndarray]

# Ends of the names of arguments that Keras has and minicnn does not
UNSUPPORTED = (
    "_constraint",
    "activity_regularizer",
    "quantization_config",
    "renorm",
    "synchronized",
)


class WeightInfo(NamedTuple):
    """What a layer stores about a weight besides its values."""

    trainable: bool
    regularizer: regularizers.Regularizer | None


class Layer(Configurable):
    """Base class of all layers.

    A forward pass changes nothing on the layer: it returns what the backward pass needs as a cache. So
    several threads may predict with one model, and any tool may call any layer.

    Parameters
    ----------
    name : str, optional
        Unique in its model; made from the name of the class by default.
    dtype : "float32" or "float64"
        Of the weights and the output.
    trainable : bool
        Whether training changes the weights.
    input_shape : tuple, optional
        Shape of one example, without the batch axis; for the first layer of a model.
    **unknown
        Anything else is an error that suggests the right argument.

    Attributes
    ----------
    family : str
        How viewers and exporters see the layer: one of `minicnn.layers.description.FAMILIES`. The
        method of that name describes the computation. A subclass that redefines part of the
        computation is "custom" unless it sets its own.
    built : bool
        Whether the weights exist.
    input_shape, output_shape : tuple
        With None for the batch, once built.

    Raises
    ------
    UnknownNameError
        For an unknown argument or dtype.
    ValueError
        If `name` contains "/", `trainable` is not a boolean, or `input_shape` is not a shape.
    """

    family = "custom"
    keras_module = "keras.layers"
    not_in_config = ("input_shape", "input_dim")

    def __init__(
        self,
        name: str | None = None,
        dtype: Any = "float32",
        trainable: bool = True,
        input_shape: Sequence[int | None] | None = None,
        **unknown: Any,
    ) -> None:
        kind = type(self).__name__
        if unknown:
            raise unknown_name(
                f"argument of {kind}", next(iter(unknown)), argument_names(type(self))
            )
        self.name = unique_name(snake_case(kind)) if name is None else name
        self.dtype = dtype_name(kind, dtype)
        self.trainable = trainable
        self.declared_shape: Shape | None = None
        if input_shape is not None:
            self.declared_shape = (None, *example_shape(kind, "input_shape", input_shape))
        self.built = False
        self.input_shape: Shape = ()
        self.output_shape: Shape = ()
        self._weights: dict[str, WeightInfo] = {}
        # What every training step asks of them, unless the layer is frozen
        self._gradient_names: tuple[str, ...] = ()
        self._penalties: dict[str, regularizers.Regularizer] = {}

    def __init_subclass__(cls, **options: Any) -> None:
        """Make every `build` check and declare the shapes first, and run only once."""
        super().__init_subclass__(**options)
        if not description.restates_family(cls):
            cls.family = "custom"
        if "build" in cls.__dict__:
            cls.build = _declaring_shapes(cls.__dict__["build"])  # type: ignore[method-assign, assignment]

    def __call__(self, x: Any, training: bool = False) -> ndarray:
        """Return the layer's output for a batch; build the layer first if necessary."""
        x = np.asarray(x, self.dtype)
        self.compute_output_shape(x.shape)  # raises where x does not fit
        if not self.built:
            self.build((None, *x.shape[1:]))
        return self.forward(x, training)[0]

    @property
    def name(self) -> str:
        """The name; unique in a model."""
        return self._name

    @name.setter
    def name(self, value: str) -> None:
        self._name = checks.text(type(self).__name__, "name", value)
        if "/" in value:
            raise ValueError(
                f'{type(self).__name__}: name must not contain "/", which separates names in files, '
                f"got {value!r}."
            )

    @property
    def trainable(self) -> bool:
        """Whether training changes the weights."""
        return self._trainable

    @trainable.setter
    def trainable(self, value: bool) -> None:
        self._trainable = checks.boolean(type(self).__name__, "trainable", value)

    # Methods for subclasses to define

    def build(self, input_shape: Shape) -> None:
        """Create the weights with `add_weight`; a layer without weights does nothing.

        Parameters
        ----------
        input_shape : tuple
            With None for the batch.
        """

    def compute_output_shape(self, input_shape: Shape) -> Shape:
        """Return the shape of the output for a shape of input; both with the batch axis.

        Raises
        ------
        ShapeError
            If the layer cannot take such an input.
        """
        return tuple(input_shape)

    def forward(self, x: ndarray, training: bool = False) -> tuple[ndarray, Any]:
        """Return the output and the cache that `backward` needs."""
        raise NotImplementedError(f"{type(self).__name__} needs a method forward(x, training).")

    def backward(self, dy: ndarray, cache: Any) -> tuple[ndarray, Gradients]:
        """Return ∂loss/∂x and ∂loss/∂weight by name, from ∂loss/∂y and the cache of `forward`.

        A layer with weights may take a third argument, ``input_gradient=True``: when it is False,
        nobody needs ∂loss/∂x, and None may be returned in its place.
        """
        raise NotImplementedError(f"{type(self).__name__} needs a method backward(dy, cache).")

    # Self-description: a subclass defines the one that its family names

    def index_map(self, input_shape: Shape, training: bool = False) -> description.IndexMap:
        """Return which inputs make each output; families "index_map" and "maximum"."""
        raise NotImplementedError(f"{self.describe()} is not an index map, but {self.family}.")

    def elementwise(self, input_shape: Shape, training: bool = False) -> description.Elementwise:
        """Return scale and offset of each number; family "elementwise"."""
        raise NotImplementedError(f"{self.describe()} is not elementwise, but {self.family}.")

    def convolution(self) -> description.Convolution:
        """Return kernel, bias and geometry of the filters; family "convolution"."""
        raise NotImplementedError(f"{self.describe()} is not a convolution, but {self.family}.")

    def normalization(self) -> description.Normalization:
        """Return the statistics and weights used in a prediction; family "normalization"."""
        raise NotImplementedError(f"{self.describe()} is not a normalization, but {self.family}.")

    def update_state(self, cache: Any) -> None:
        """Update what training changes besides the weights; called once per training step."""

    # Weights

    def add_weight(
        self,
        name: str,
        shape: Sequence[int | None],
        initializer: Any = "glorot_uniform",
        trainable: bool = True,
        regularizer: Any = None,
    ) -> ndarray:
        """Create a weight and store it as the attribute `name`.

        Parameters
        ----------
        name : str
        shape : tuple of int
        initializer : str, Initializer or callable
        trainable : bool
            False for weights without a gradient, such as moving averages.
        regularizer : str or Regularizer, optional
            Its penalty is added to the loss.

        Returns
        -------
        array of the layer's dtype

        Raises
        ------
        ShapeError
            If a size is unknown, or the initializer returned another shape.
        """
        if any(size is None for size in shape):
            raise ShapeError(
                f'the weight "{name}" of {self.describe()} needs all sizes of its shape, got '
                f"{tuple(shape)}. Give the model a complete input shape, for example Input((28, 28, 1))."
            )
        values = initialize(initializer, tuple(shape), self.dtype)
        if values.shape != tuple(shape):
            raise ShapeError(
                f'the weight "{name}" of {self.describe()} has shape {tuple(shape)}, and its '
                f"initializer, called with (shape, dtype), returned an array of shape {values.shape}."
            )
        self._weights[name] = WeightInfo(trainable, regularizers.get(regularizer))
        self._weights = dict(sorted(self._weights.items(), key=lambda pair: not pair[1].trainable))
        infos = {one: info for one, info in self._weights.items() if info.trainable}
        self._gradient_names = tuple(infos)
        self._penalties = {
            one: info.regularizer for one, info in infos.items() if info.regularizer is not None
        }
        setattr(self, name, values)
        return getattr(self, name)

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
        return list(self._gradient_names) if self.trainable else []

    @property
    def weights(self) -> list[ndarray]:
        """The arrays of the weights, trainable ones first."""
        return [getattr(self, name) for name in self.weight_names]

    @property
    def trainable_weights(self) -> list[ndarray]:
        """The arrays that training changes."""
        return [getattr(self, name) for name in self.trainable_names]

    @property
    def non_trainable_weights(self) -> list[ndarray]:
        """The arrays that gradients do not change."""
        trainable = self.trainable_names
        return [getattr(self, name) for name in self.weight_names if name not in trainable]

    @property
    def penalties(self) -> Mapping[str, regularizers.Regularizer]:
        """The regularizers by name of their weight; empty if the layer is frozen."""
        return self._penalties if self.trainable else {}

    def get_weights(self) -> list[ndarray]:
        """Return copies of the weights."""
        return [weight.copy() for weight in self.weights]

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
        if not self.built and len(weights):
            raise NotReadyError(
                f"{self.describe()} has no weights yet. Build the model before setting weights: "
                "model.build((None, 28, 28, 1)) for example."
            )
        if len(weights) != len(self.weights):
            raise ShapeError(
                f"{self.describe()} has {len(self.weights)} weights "
                f"({', '.join(self.weight_names) or 'none'}), got {len(weights)}."
            )
        arrays = [np.asarray(weight) for weight in weights]
        for name, old, new in zip(self.weight_names, self.weights, arrays, strict=True):
            if new.dtype.kind not in "biuf":
                raise TypeError(
                    f"the weight {name} of {self.describe()} must be an array of real numbers, got "
                    f"one of {new.dtype}."
                )
            if new.shape != old.shape:
                raise ShapeError(
                    f"the weight {name} of {self.describe()} has shape {old.shape}, got {new.shape}. "
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

    # Config

    @classmethod
    def from_config(cls, config: dict[str, Any]) -> "Layer":
        """Make a layer from the result of `get_config`, or of Keras' method of that name.

        Arguments that minicnn does not have are ignored if they are switched off.

        Raises
        ------
        ValueError
            If the config needs a feature that minicnn does not have.
        """
        known = argument_names(cls)
        for name, value in config.items():
            if name not in known and name.endswith(UNSUPPORTED) and value:
                raise ValueError(
                    f'the layer "{config.get("name")}" ({cls.__name__}) asks for {name}={value!r}, '
                    "which minicnn does not have."
                )
        arguments = {current_name(name, known) or name: value for name, value in config.items()}
        return cls(**{name: value for name, value in arguments.items() if name in known})

    def describe(self) -> str:
        """Return class and name for a message: ``Conv2D "conv2d"``."""
        return f'{type(self).__name__} "{self.name}"'

    def __repr__(self) -> str:
        return f"<{type(self).__name__} name={self.name}, built={self.built}>"


def _declaring_shapes(build: Callable[[Any, Shape], None]) -> Callable[[Any, Shape], None]:
    """Wrap a layer's `build`: check and declare the shapes, and create the weights only once."""

    @wraps(build)
    def wrapped(layer: Layer, input_shape: Shape) -> None:
        if layer.built:
            return
        shape = (None, *input_shape[1:])
        output_shape = layer.compute_output_shape(shape)  # raises where the shape does not fit
        layer.input_shape, layer.output_shape = shape, output_shape
        build(layer, shape)
        layer.built = True

    return wrapped


Layer.build = _declaring_shapes(Layer.build)  # type: ignore[method-assign, assignment]
