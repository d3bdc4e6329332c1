"""How the layers of a model are connected, without the data that pass through them."""

from collections.abc import Mapping
from typing import Any

from minicnn import checks
from minicnn.errors import unknown_name
from minicnn.graph import Graph
from minicnn.layers import Input, InputLayer, Layer
from minicnn.layers.shapes import Shape
from minicnn.layers.symbolic import Call, SymbolicTensor, as_tensors, is_symbolic
from minicnn.layers.weights import HasWeights
from minicnn.models.structure import (
    NotBuiltError,
    Structure,
    batch_shape,
    is_model,
    layers_in,
    leaf_layers,
    tensor_list,
    unique_names,
)
from minicnn.naming import snake_case, unique_name
from minicnn.training.inputs import Names


def _alone(name: str, doc: str) -> property:
    """Return a property: the only item of a list, or the list if there are several."""

    def get(self: Any) -> Any:
        values = getattr(self, name)
        return values[0] if len(values) == 1 else values

    return property(get, doc=doc)


def _are_several(shape: Any) -> bool:
    """Whether this is a list of shapes."""
    return isinstance(shape, (list, tuple)) and any(isinstance(it, (list, tuple)) for it in shape)


class Network(Layer):
    """Base class of `Model`: layers, their connections and their weights."""

    keras_module = "keras"
    declares_shapes = False

    def __init__(
        self,
        inputs: Any = None,
        outputs: Any = None,
        name: str | None = None,
        trainable: bool = True,
    ) -> None:
        HasWeights.__init__(self)
        kind = type(self).__name__
        kind = "functional" if kind == "Model" else snake_case(kind)
        self.name = unique_name(kind) if name is None else name
        self.dtype = "float32"
        self.declared_shape: Shape | None = None
        self._first_output = None
        self._structure: Structure | None = None
        self._tensors: tuple[list[SymbolicTensor], list[SymbolicTensor]] = ([], [])
        self._names = Names()
        self._nested: list[Any] | None = None
        self._flat: tuple[list[Graph], Graph] | None = None
        if inputs is not None or outputs is not None:
            self._connect(inputs, outputs)
        if not checks.boolean(type(self).__name__, "trainable", trainable):
            self.trainable = False

    def _connect(self, inputs: Any, outputs: Any) -> None:
        """Take over the calls that lead from the inputs to the outputs."""
        starts, ends = tensor_list("inputs", inputs), tensor_list("outputs", outputs)
        self._set_structure(Structure.between(starts, ends), starts, ends)
        if isinstance(inputs, Mapping):
            self._names = self._names._replace(inputs=list(map(str, inputs)))
        if isinstance(outputs, Mapping):
            self._names = self._names._replace(outputs=list(map(str, outputs)), keyed=True)

    def _set_structure(
        self, structure: Structure, inputs: list[SymbolicTensor], outputs: list[SymbolicTensor]
    ) -> None:
        self._structure, self._flat, self._tensors = structure, None, (inputs, outputs)
        self._nested = None
        first = [structure.calls[number].layer for number, _ in structure.inputs]
        last = [structure.calls[number].layer for number, _ in structure.outputs]
        self._names = Names(unique_names(first), unique_names(last))

    # The structure

    @property
    def graph(self) -> Graph:
        """The layers and their connections, without models in models; see `minicnn.graph`."""
        if self._flat is not None and not self._nested:  # the usual case
            return self._flat[1]
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
                f"{self.describe()} is not built: its input shape is not known yet. Call "
                "model.build((None, 28, 28, 1)) with the shape of a batch, or train it; a Sequential "
                "may also start with Input((28, 28, 1))."
            )
        return self._structure

    @property
    def names(self) -> Names:
        """Names of the inputs and outputs."""
        return self._names

    @property
    def layers(self) -> list[Layer]:
        """The layers, models included, in the order of Keras; with the `InputLayer`."""
        connected = [] if self._structure is None else self._structure.layers()
        if not self.has_call:
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
    def input_shapes(self) -> list[Shape]:
        """Shape of a batch of each input, with None for the batch."""
        return [(None, *tensor.shape[1:]) for tensor in self.inputs]

    @property
    def output_shapes(self) -> list[Shape]:
        """Shape of a batch of each output, with None for the batch."""
        return [(None, *tensor.shape[1:]) for tensor in self.outputs]

    input: Any = _alone("inputs", "The symbolic input; a list if there are several.")
    output: Any = _alone("outputs", "The symbolic output; a list if there are several.")
    input_shape: Any = _alone("input_shapes", "Shape of a batch of inputs; a list for several.")
    output_shape: Any = _alone("output_shapes", "Shape of a batch of outputs; a list for several.")

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
        if not self.has_call:
            raise NotImplementedError(
                f"{type(self).__name__} does not say how its layers are connected: call "
                "super().__init__(inputs=..., outputs=...), or define call(self, x)."
            )
        several = _are_several(input_shape)
        shapes = input_shape if several else [input_shape]
        tensors = [Input(batch_shape(self.describe(), shape)[1:]) for shape in shapes]
        outputs = self.call(tensors if several else tensors[0])
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
        several = _are_several(input_shape)
        outputs = self.graph.output_shapes(list(input_shape) if several else [input_shape])
        return outputs[0] if len(outputs) == 1 else outputs

    def _call_on_tensors(self, x: Any) -> Any:
        if isinstance(x, Mapping):
            x = [x[name] for name in self.names.inputs]
        tensors = as_tensors(self.describe(), x)
        shapes = [tensor.shape for tensor in tensors]
        if not self.built:
            self.build(shapes if len(shapes) > 1 else shapes[0])
        call, outputs = Call(self, tensors), self.graph.output_shapes(shapes)
        made = [SymbolicTensor(call, shape, self.dtype, i) for i, shape in enumerate(outputs)]
        return self.names.as_given(self._record_call(made[0] if len(made) == 1 else made))

    def __getstate__(self) -> dict[str, Any]:
        return vars(self) | {"_first_output": None, "_tensors": ([], []), "_flat": None}

    def __setstate__(self, state: dict[str, Any]) -> None:
        vars(self).update(state)
        if self._structure is not None:
            self._tensors = self._structure.replay()

    # Layers and weights

    def get_layer(self, name: str | None = None, index: int | None = None) -> Layer:
        """Return a layer, by name or by index.

        Raises
        ------
        UnknownNameError
            If no layer has the name; with a suggestion.
        ValueError
            If the index is out of range, or if both or neither are passed.
        """
        layers = self.layers
        if (name is None) == (index is None):
            raise ValueError("get_layer takes a name or an index, and only one of them.")
        if index is not None:
            index = checks.integer("get_layer", "index", index, minimum=None)
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
        self._trainable = checks.boolean(type(self).__name__, "trainable", value)
        for layer in self.layers:
            layer.trainable = value

    _trainable = True
