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

import weakref
from collections.abc import Mapping, Sequence
from typing import Any, ClassVar, Self

from numpy import ndarray

from minicnn import checks, regularizers
from minicnn.errors import ShapeError, unknown_name
from minicnn.layers import called, description
from minicnn.layers.channels_first import channels_first
from minicnn.layers.contract import Gradients, check_arguments, declaring_shapes, open_batch
from minicnn.layers.shapes import Shape, dtype_name, example_shape
from minicnn.layers.symbolic import OPERATORS, Call, SymbolicTensor, as_tensors, is_symbolic
from minicnn.layers.weights import HasWeights
from minicnn.legacy import current_name
from minicnn.naming import snake_case, unique_name
from minicnn.serialization import Configurable, argument_names
from minicnn.tensors import as_tensor

Backward = tuple[ndarray | None, Gradients]

# Ends of the names of arguments that Keras has and minicnn does not
UNSUPPORTED = ("_constraint", "quantization_config", "renorm")


class Layer(HasWeights, Configurable):
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
    activity_regularizer : str or Regularizer, optional
        Its penalty on the output, divided by the batch size, is added to the loss.
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
    ValueError
        If an argument is invalid, such as a `name` with "/"; this holds for all layers. An unknown
        argument or option is an `UnknownNameError`, a ValueError that suggests the nearest name.
    """

    family = "custom"
    keras_module: ClassVar[str] = "keras.layers"
    not_in_config: ClassVar[tuple[str, ...]] = ("input_shape", "input_dim")
    # Values that are left out of configs, because not all versions of Keras know the argument
    omitted_defaults: ClassVar[Mapping[str, Any]] = {}
    activity_regularizer: regularizers.Regularizer | None = None
    declares_shapes = True  # whether `build` is wrapped: checked, and run once
    has_call = False  # whether there is a method `call` of a custom class

    def __init__(
        self,
        name: str | None = None,
        dtype: Any = "float32",
        trainable: bool = True,
        input_shape: Sequence[int | None] | None = None,
        activity_regularizer: Any = None,
        **unknown: Any,
    ) -> None:
        super().__init__()
        kind = type(self).__name__
        if unknown:
            raise unknown_name(
                f"argument of {kind}", next(iter(unknown)), argument_names(type(self))
            )
        self.name = unique_name(snake_case(kind)) if name is None else name
        self.dtype = dtype_name(kind, dtype)
        self.trainable = trainable
        self.activity_regularizer = regularizers.get(activity_regularizer)
        self.declared_shape: Shape | None = None
        if input_shape is not None:
            self.declared_shape = (None, *example_shape(kind, "input_shape", input_shape))
        self.built = False
        self._first_output: weakref.ref[SymbolicTensor] | None = None
        self.input_shape: Shape = ()
        self.output_shape: Shape = ()

    @classmethod
    def translate_old_arguments(
        cls, args: tuple[Any, ...], kwargs: dict[str, Any]
    ) -> tuple[tuple[Any, ...], dict[str, Any]]:
        """Take the batch axis from `batch_input_shape`."""
        if isinstance(kwargs.get("batch_input_shape"), (list, tuple)):
            kwargs = kwargs | {"batch_input_shape": tuple(kwargs["batch_input_shape"])[1:]}
        return args, kwargs

    def __init_subclass__(cls, **options: Any) -> None:
        """Make every `build` check and declare the shapes first, and run only once."""
        super().__init_subclass__(**options)
        check_arguments(cls)
        if cls.call is not Layer.call:
            cls.has_call = True
            if cls.declares_shapes:
                called.use_in_passes(cls, Layer)
        if not description.restates_family(cls):
            cls.family = "custom"
        if "build" in cls.__dict__ and cls.declares_shapes:
            cls.build = declaring_shapes(cls.__dict__["build"])  # type: ignore[method-assign, assignment]

    def __call__(self, x: Any, training: bool | None = False) -> Any:
        """Return the layer's output for a batch; build the layer first if necessary.

        Parameters
        ----------
        x : array (batch, ...), or a list of them for a layer with several inputs
            Or symbolic tensors from `Input` and other layers, to build a `minicnn.models.Model`.
        training : bool
            Whether to behave as in training.

        Returns
        -------
        array or SymbolicTensor
        """
        if is_symbolic(x):
            return self._call_symbolically(x)
        several = isinstance(x, (list, tuple)) and any(isinstance(item, ndarray) for item in x)
        kind, taken = self.describe(), x if several else [x]
        arrays: Any = [checks.real_array(kind, item, self.dtype) for item in taken]
        arrays = arrays if several else arrays[0]
        shape: Any = [item.shape for item in arrays] if several else arrays.shape
        self._check_number_of_inputs(shape)
        self.compute_output_shape(shape)  # raises if x does not fit
        self.build(open_batch(shape))
        return as_tensor(self.forward(arrays, bool(training))[0])

    def _check_number_of_inputs(self, shape: Any) -> None:
        if isinstance(shape, list) and self.family not in ("merge", "custom"):
            raise ShapeError(
                f"{self.describe()} takes one array, got a list of {len(shape)}. Join them first, for "
                "example with Concatenate()."
            )

    def _check_initialized(self) -> None:
        if "_weights" not in vars(self):
            raise TypeError(
                f"{type(self).__name__}.__init__ must begin with super().__init__(), and pass on name "
                "and the other options: super().__init__(**options)."
            )

    def _call_symbolically(self, x: Any) -> SymbolicTensor:
        if self.calls_layers():
            return OPERATORS["call"](self, x)
        inputs = as_tensors(self.describe(), x)
        shape: Any = (
            [tensor.shape for tensor in inputs] if isinstance(x, (list, tuple)) else x.shape
        )
        self._check_number_of_inputs(shape)
        output_shape = self.compute_output_shape(shape)
        self.build(shape)
        return self._record_call(SymbolicTensor(Call(self, inputs), output_shape, self.dtype))

    def _record_call(self, output: Any) -> Any:
        """Remember the first call for `input` and `output`, but do not keep its tensors alive."""
        first = output[0] if isinstance(output, list) else output
        if self._first_output is None or self._first_output() is None:
            self._first_output = weakref.ref(first)
        return output

    @property
    def output(self) -> Any:
        """The symbolic output of the layer's first call in a model, for ``Model(inputs, outputs)``."""
        first = None if self._first_output is None else self._first_output()
        if first is None:
            raise AttributeError(
                f"{self.describe()} has no output yet: it is not in a model that knows the shape of its "
                "input. Start the model with Input((28, 28, 1)), or call model.build((None, 28, 28, 1))."
            )
        return first

    @property
    def input(self) -> Any:
        """The symbolic input of the layer's first call in a model; a list if there are several."""
        inputs = self.output.call.inputs or (self.output,)  # of an `InputLayer`
        return inputs[0] if len(inputs) == 1 else list(inputs)

    def __getstate__(self) -> dict[str, Any]:
        """Leave out the symbolic tensors, which refer to other layers."""
        return vars(self) | {"_first_output": None}

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
    def data_format(self) -> str:
        """Order of the axes of images, for layers that have one."""
        try:
            return str(vars(self)["data_format"])
        except KeyError:
            raise AttributeError(f"{type(self).__name__} has no data_format") from None

    @data_format.setter
    def data_format(self, value: str) -> None:
        vars(self)["data_format"] = value
        if value == "channels_first":
            kind: Any = type(self)
            self.__class__ = channels_first(kind)

    @property
    def trainable(self) -> bool:
        """Whether training changes the weights."""
        return self._trainable

    @trainable.setter
    def trainable(self, value: bool) -> None:
        self._trainable = checks.boolean(type(self).__name__, "trainable", value)
        self.trained = self._gradient_names if value else ()

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
        several = bool(input_shape) and isinstance(input_shape[0], (tuple, list))
        return tuple(input_shape[0] if several else input_shape)  # type: ignore[arg-type]

    def forward(self, x: ndarray, training: bool = False) -> tuple[ndarray, Any]:
        """Return the output and the cache that `backward` needs."""
        raise NotImplementedError(f"{type(self).__name__} needs a method forward(x, training).")

    def forward_through(
        self, x: Any, following: "Sequence[Layer]", training: bool, caches: bool
    ) -> tuple[ndarray, Any, int]:
        """Compute this layer, and as many of those that follow as one pass over memory can.

        A layer that can redefines it. Each of `following` alone reads the output of the one before;
        `training` and `caches` are as in `minicnn.graph.Graph.forward`. Returns output, cache and how
        many of the following layers the output has passed: `backward` begins with the gradient of the
        last one.
        """
        return *self.forward(x, training), 0

    def backward(self, dy: ndarray, cache: Any) -> tuple[Any, Gradients]:
        """Return ∂loss/∂x and ∂loss/∂weight by name, from ∂loss/∂y and the cache of `forward`.

        A layer with weights may take a third argument, ``input_gradient=True``: when it is False,
        nobody needs ∂loss/∂x, and None may be returned in its place.
        """
        raise NotImplementedError(f"{type(self).__name__} needs a method backward(dy, cache).")

    def call(self, x: Any, training: bool | None = False) -> Any:
        """Return the output for arrays.

        A subclass may define it, as in Keras, instead of `forward` and `backward`; its gradients are
        measured. There, ``super().call(x)`` is the output of its base class.
        """
        return called.base_output(self, x, bool(training))

    def add_loss(self, loss: Any) -> None:
        """Refuse a loss of a single layer."""
        raise NotImplementedError(
            f"{type(self).__name__}.add_loss: losses are added to models. Compute the loss from the "
            "outputs of layers, and call model.add_loss(loss)."
        )

    def calls_layers(self) -> bool:
        """Whether a method `call`, as in Keras, uses layers that are attributes."""
        parts = vars(self).values() if self.has_call else ()
        return any(isinstance(value, Layer) for value in parts)

    # Self-description: a subclass defines the one that its family names

    def chain(self) -> "list[Layer]":
        """Return built layers that compute the same, one after the other; family "chain"."""
        raise NotImplementedError(f"{self.describe()} is not a chain of layers, but {self.family}.")

    def index_map(self, input_shape: Shape, training: bool = False) -> description.IndexMap:
        """Return which inputs make each output; families "index_map" and "maximum"."""
        raise NotImplementedError(f"{self.describe()} is not an index map, but {self.family}.")

    def elementwise(self, input_shape: Shape, training: bool = False) -> description.Elementwise:
        """Return scale and offset of each number; family "elementwise"."""
        raise NotImplementedError(f"{self.describe()} is not elementwise, but {self.family}.")

    def convolution(self) -> description.Convolution:
        """Return kernel, bias and geometry of the filters; family "convolution"."""
        raise NotImplementedError(f"{self.describe()} is not a convolution, but {self.family}.")

    def learnt_slopes(self, input_shape: Shape) -> description.LearntSlopes:
        """Return which slope belongs to each number; family "learnt_slopes"."""
        raise NotImplementedError(f"{self.describe()} has no learnt slopes, but {self.family}.")

    def normalization(self) -> description.Normalization:
        """Return the statistics and weights used in a prediction; family "normalization"."""
        raise NotImplementedError(f"{self.describe()} is not a normalization, but {self.family}.")

    def update_state(self, cache: Any) -> None:
        """Update what training changes besides the weights; called once per training step."""

    # Config

    def get_config(self) -> dict[str, Any]:
        omitted = {"activity_regularizer": None, **self.omitted_defaults}
        config = super().get_config().items()
        return {key: value for key, value in config if key not in omitted or value != omitted[key]}

    @classmethod
    def from_config(cls, config: Mapping[str, Any]) -> Self:
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

    def __repr__(self) -> str:
        return f"<{type(self).__name__} name={self.name}, built={self.built}>"


Layer.build = declaring_shapes(Layer.build)  # type: ignore[method-assign, assignment]
