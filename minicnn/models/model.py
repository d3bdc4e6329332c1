"""A model: layers that are connected, trained and used as one."""

from collections.abc import Callable, Mapping, Sequence
from typing import Any, Self

from minicnn.errors import unknown_name
from minicnn.graph import Graph
from minicnn.layers import Input, InputLayer, Layer
from minicnn.layers.shapes import Shape
from minicnn.layers.symbolic import Call, SymbolicTensor, as_tensors, is_symbolic
from minicnn.layers.weights import HasWeights
from minicnn.models.batch_trainer import BatchTrainer
from minicnn.models.config import MODELS, known_classes, layer_from_config, layer_to_config
from minicnn.models.file_methods import FileMethods
from minicnn.models.functional_config import calls_to_config, tensors_from_config
from minicnn.models.structure import (
    NotBuiltError,
    Structure,
    given_names,
    is_model,
    layers_in,
    leaf_layers,
    tensor_list,
    unique_names,
)
from minicnn.models.summary import summary as print_summary
from minicnn.models.summary import summary_html
from minicnn.models.trainer import Trainer
from minicnn.naming import snake_case, unique_name
from minicnn.tensors import as_tensor
from minicnn.training import inputs as training_inputs


class Model(Trainer, FileMethods, Layer):
    """Layers that are connected in any way, trained and used as one.

    Call layers, or other models, on the tensors from `Input`, and give the first and the last tensors
    to `Model`. A model is a layer itself and may be part of other models.

    A subclass may call ``super().__init__(inputs=…, outputs=…)``, or define ``call(self, x)``, which
    connects layers in the same way; it runs once, when the model is built.

    Parameters
    ----------
    inputs : SymbolicTensor, or a list or dict of them
    outputs : SymbolicTensor, or a list or dict of them
    name : str, optional
    trainable : bool
        Whether training changes the weights.

    Raises
    ------
    ValueError
        If the outputs depend on an `Input` that is not among the inputs.

    Examples
    --------
    >>> from minicnn import layers
    >>> x = layers.Input((28, 28, 1))
    >>> maps = layers.Conv2D(8, 3, activation="relu", name="maps")(x)
    >>> both = layers.Concatenate()([layers.MaxPooling2D()(maps), layers.AveragePooling2D()(maps)])
    >>> y = layers.Dense(10, activation="softmax")(layers.Flatten()(both))
    >>> model = Model(x, y)
    >>> model.output_shape, model.count_params()
    ((None, 10), 27130)

    The output of any layer is the output of another model, which shares the weights:

    >>> import numpy as np
    >>> feature_maps = Model(model.input, model.get_layer("maps").output)
    >>> feature_maps.predict(np.zeros((1, 28, 28, 1)), verbose=0).shape
    (1, 26, 26, 8)
    """

    keras_module = "keras"
    declares_shapes = False

    def __init__(
        self,
        inputs: Any = None,
        outputs: Any = None,
        name: str | None = None,
        trainable: bool = True,
    ) -> None:
        BatchTrainer.__init__(self)
        HasWeights.__init__(self)
        kind = "functional" if type(self) is Model else snake_case(type(self).__name__)
        self.name = unique_name(kind) if name is None else name
        self.dtype = "float32"
        self.declared_shape: Shape | None = None
        self._first_output = None
        self._structure: Structure | None = None
        self._tensors: tuple[list[SymbolicTensor], list[SymbolicTensor]] = ([], [])
        self._names = training_inputs.Names()
        self._nested: list[Any] | None = None
        self._flat: tuple[list[Graph], Graph] | None = None
        if inputs is not None or outputs is not None:
            self._connect(inputs, outputs)
        if not trainable:
            self.trainable = False

    def _connect(self, inputs: Any, outputs: Any) -> None:
        """Take over the calls that lead from the inputs to the outputs."""
        names = [given_names(inputs), given_names(outputs)]
        starts, ends = tensor_list("inputs", inputs), tensor_list("outputs", outputs)
        self._set_structure(Structure.between(starts, ends), starts, ends)
        own = self._names
        self._names = training_inputs.Names(names[0] or own.inputs, names[1] or own.outputs)

    def _set_structure(
        self, structure: Structure, inputs: list[SymbolicTensor], outputs: list[SymbolicTensor]
    ) -> None:
        self._structure, self._flat, self._tensors = structure, None, (inputs, outputs)
        self._nested = None
        first = [structure.calls[number].layer for number, _ in structure.inputs]
        last = [structure.calls[number].layer for number, _ in structure.outputs]
        self._names = training_inputs.Names(
            unique_names(first, "input"), unique_names(last, "output")
        )

    # The structure

    @property
    def graph(self) -> Graph:
        """The layers and their connections, without models in models; see `minicnn.graph`."""
        structure = self._required_structure()
        if self._nested is None:
            self._nested = [layer for layer, _ in structure.calls if is_model(layer)]
        nested = [model.graph for model in self._nested]
        if self._flat is None or self._flat[0] != nested:  # a model in it may have changed
            self._flat = nested, structure.flat(leaf_layers(self.layers))
        return self._flat[1]

    def _required_structure(self) -> Structure:
        if self._structure is None:
            raise NotBuiltError(
                f"{self.describe()} does not know its layers' connections yet. Call "
                "model.build((None, 28, 28, 1)) with the shape of its input, or train it."
            )
        return self._structure

    @property
    def names(self) -> training_inputs.Names:
        """Names of the inputs and outputs."""
        return self._names

    @property
    def layers(self) -> list[Layer]:
        """The layers, models included, in the order of Keras; with the `InputLayer`."""
        connected = [] if self._structure is None else self._structure.layers()
        if not hasattr(self, "call"):
            return connected
        attributes = [value for name, value in vars(self).items() if not name.startswith("_")]
        inside = [layer for layer in connected if not isinstance(layer, InputLayer)]
        return list(dict.fromkeys(layers_in(attributes) + inside))

    @property
    def built(self) -> bool:  # type: ignore[override]
        """Whether the weights exist."""
        return self._structure is not None

    @property
    def inputs(self) -> list[SymbolicTensor]:
        """The symbolic inputs, for other models."""
        self._required_structure()
        return self._tensors[0]

    @property
    def outputs(self) -> list[SymbolicTensor]:
        """The symbolic outputs."""
        self._required_structure()
        return self._tensors[1]

    @property
    def input(self) -> Any:
        """The symbolic input; a list if there are several."""
        return self.inputs[0] if len(self.inputs) == 1 else self.inputs

    @property
    def output(self) -> Any:
        """The symbolic output; a list if there are several."""
        return self.outputs[0] if len(self.outputs) == 1 else self.outputs

    @property
    def input_shapes(self) -> list[Shape]:
        """Shape of a batch of each input, with None for the batch."""
        return [(None, *tensor.shape[1:]) for tensor in self.inputs]

    @property
    def output_shapes(self) -> list[Shape]:
        """Shape of a batch of each output, with None for the batch."""
        return [(None, *tensor.shape[1:]) for tensor in self.outputs]

    @property
    def input_shape(self) -> Any:  # type: ignore[override]
        """Shape of a batch that the model takes, with None for the batch; a list for several inputs."""
        return self.input_shapes[0] if len(self.input_shapes) == 1 else self.input_shapes

    @property
    def output_shape(self) -> Any:  # type: ignore[override]
        """Shape of a batch of outputs, with None for the batch; a list for several outputs."""
        return self.output_shapes[0] if len(self.output_shapes) == 1 else self.output_shapes

    def build(self, input_shape: Any = None) -> None:
        """Connect the layers by running `call`, and create the weights; does nothing if built.

        Parameters
        ----------
        input_shape : tuple
            Of a batch, with None for the batch: ``(None, 28, 28, 1)``.

        Raises
        ------
        NotImplementedError
            If a subclass neither calls ``super().__init__(inputs=…, outputs=…)`` nor has a `call`.
        """
        if self.built:
            return
        call = getattr(self, "call", None)
        if call is None:
            raise NotImplementedError(
                f"{type(self).__name__} does not say how its layers are connected: call "
                "super().__init__(inputs=..., outputs=...), or define call(self, x)."
            )
        several = isinstance(input_shape[0], (list, tuple))
        tensors = [Input(shape[1:]) for shape in (input_shape if several else [input_shape])]
        outputs = call(tensors if several else tensors[0])
        if not is_symbolic(outputs):
            raise TypeError(
                f"call of {type(self).__name__} returned {type(outputs).__name__}. It must return what "
                "its layers return when they are called on its input."
            )
        self._connect(tensors, outputs)

    def compute_output_shape(self, input_shape: Any) -> Any:
        """Return the shape of the output for a shape of input; lists for several.

        Raises
        ------
        ShapeError
            If the model cannot take such an input.
        """
        several = isinstance(input_shape[0], (list, tuple))
        outputs = self.graph.output_shapes(list(input_shape) if several else [input_shape])
        return outputs[0] if len(outputs) == 1 else outputs

    def __call__(self, x: Any, training: bool | None = False) -> Any:
        """Return the outputs for one batch, or symbolic tensors for symbolic tensors.

        Parameters
        ----------
        x : array (batch, ...), or a list or dict of them
        training : bool
            Whether layers such as `Dropout` behave as in training.
        """
        if is_symbolic(x):
            return self._call_on_tensors(x)
        prepared = self.prepare_input(
            training_inputs.arrays(x, names=self.names).x, "__call__", training=False
        )
        y = self.compute_outputs(prepared, bool(training))
        return [as_tensor(one) for one in y] if isinstance(y, list) else as_tensor(y)

    def _call_on_tensors(self, x: Any) -> Any:
        if isinstance(x, Mapping):
            x = [x[name] for name in self.input_names]
        tensors = as_tensors(self.describe(), x)
        shapes = [tensor.shape for tensor in tensors]
        if not self.built:
            self.build(shapes if len(shapes) > 1 else shapes[0])
        computed = self.compute_output_shape(shapes)
        output_shapes = [computed] if len(self.graph.outputs) == 1 else computed
        call = Call(self, tensors)
        made = [SymbolicTensor(call, s, self.dtype, i) for i, s in enumerate(output_shapes)]
        return self._record_call(made[0] if len(made) == 1 else made)

    def __getstate__(self) -> dict[str, Any]:
        return vars(self) | {"_first_output": None, "_tensors": ([], []), "_flat": None}

    def __setstate__(self, state: dict[str, Any]) -> None:
        vars(self).update(state)
        if self._structure is not None:
            tensors = self._structure.replay(lambda layer, x: layer(x))
            self._tensors = (
                [tensors[one] for one in self._structure.inputs],
                [tensors[one] for one in self._structure.outputs],
            )

    # Layers and weights

    def get_layer(self, name: str | None = None, index: int | None = None) -> Layer:
        """Return a layer, by name or by index.

        Raises
        ------
        UnknownNameError
            If no layer has the name; with a suggestion.
        ValueError
            If the index is out of range, or not exactly one of both is given.
        """
        layers = self.layers
        if (name is None) == (index is None):
            raise ValueError("get_layer takes a name or an index, and only one of them.")
        if index is not None:
            if not -len(layers) <= index < len(layers):
                raise ValueError(f"the model has {len(layers)} layers, got index={index}.")
            return layers[index]
        for layer in layers:
            if layer.name == name:
                return layer
        raise unknown_name("layer", name, [layer.name for layer in layers])

    def weight_owners(self) -> list[tuple[HasWeights, str]]:
        """Return the layer and the name of each weight, layer by layer."""
        return [pair for layer in leaf_layers(self.layers) for pair in layer.weight_owners()]

    @property
    def trainable(self) -> bool:
        """Whether training changes any layer; setting it sets it for all of them."""
        layers = self.layers
        return any(layer.trainable for layer in layers) if layers else self._trainable

    @trainable.setter
    def trainable(self, value: bool) -> None:
        self._trainable = bool(value)
        for layer in self.layers:
            layer.trainable = value

    _trainable = True

    def summary(
        self,
        line_length: int | None = None,
        positions: Sequence[float] | None = None,
        print_fn: Callable[[str], Any] | None = None,
        expand_nested: bool = False,
        show_trainable: bool = False,
    ) -> None:
        """Print a table of the layers, their output shapes and numbers of parameters.

        Parameters
        ----------
        line_length : int, optional
            Characters in a line.
        positions : list of float, optional
            Where the columns end, as fractions of the line.
        print_fn : callable, optional
            Called with the text instead of `print`.
        expand_nested : bool
            Whether to show the layers of models in the model too.
        show_trainable : bool
            Whether to show which layers are trained.
        """
        print_summary(self, line_length, positions, print_fn, expand_nested, show_trainable)

    def __repr__(self) -> str:
        return f"<{type(self).__name__} name={self.name}, built={self.built}>"

    def _repr_html_(self) -> str:
        return summary_html(self)

    # Config

    def get_config(self) -> dict[str, Any]:
        """Return layers and connections as Keras writes them: what makes an equal model, untrained."""
        calls = calls_to_config(self._required_structure(), self.layers, layer_to_config)
        return {"name": self.name, "trainable": self.trainable, **calls}

    @classmethod
    def from_config(
        cls, config: Mapping[str, Any], custom_objects: Mapping[str, Any] | None = None
    ) -> Self:
        """Make a model from the result of `get_config`, with new weights.

        Parameters
        ----------
        config : dict
        custom_objects : dict of str to class, optional
            Custom layers by name of their class.

        Raises
        ------
        UnknownNameError
            If a layer's class is neither minicnn's nor among `custom_objects`.

        Examples
        --------
        >>> from minicnn.layers import Dense, Input
        >>> x = Input((3,))
        >>> model = Model(x, Dense(2)(x))
        >>> Model.from_config(model.get_config()).count_params()
        8
        """
        known = known_classes(custom_objects)
        inputs, outputs = tensors_from_config(config, lambda one: layer_from_config(one, known))
        return cls(inputs=inputs, outputs=outputs, name=config.get("name"))


MODELS |= {"Model": Model, "Functional": Model}
