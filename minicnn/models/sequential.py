"""A model whose layers form a chain."""

from collections.abc import Iterable, Mapping, Sequence
from typing import Any, Self

from minicnn.errors import NotReadyError, ShapeError
from minicnn.graph import Graph
from minicnn.layers import InputLayer, Layer
from minicnn.layers.shapes import Shape
from minicnn.layers.symbolic import SymbolicTensor
from minicnn.models.config import (
    MODELS,
    described_layers,
    known_classes,
    layer_from_config,
    layer_to_config,
)
from minicnn.models.model import Model
from minicnn.models.structure import LayerCall, Structure, batch_shape, is_model, leaf_layers
from minicnn.serialization import CustomObjects


class Sequential(Model):
    """A chain of layers, trained and used as one.

    Parameters
    ----------
    layers : list of Layer, optional
        Models are layers too.
    trainable : bool
        Whether training changes the weights.
    name : str, optional

    Raises
    ------
    TypeError
        If one of them is not a layer.
    ValueError
        If two have the same name.
    ShapeError
        If a layer cannot take the output of the one before it.

    Examples
    --------
    >>> from minicnn.layers import Conv2D, Dense, Flatten
    >>> model = Sequential()
    >>> model.add(Conv2D(64, kernel_size=3, activation="relu", input_shape=(28, 28, 1)))
    >>> model.add(Conv2D(32, kernel_size=3, activation="relu"))
    >>> model.add(Flatten())
    >>> model.add(Dense(10, activation="softmax"))
    >>> model.output_shape, model.count_params()
    ((None, 10), 203434)
    """

    def __init__(
        self,
        layers: Sequence[Layer | SymbolicTensor] | None = None,
        trainable: bool = True,
        name: str | None = None,
    ) -> None:
        self._layers: list[Layer] = []
        super().__init__(name=name, trainable=trainable)
        if layers is not None and not isinstance(layers, Iterable):
            raise TypeError(
                "Sequential takes a list of layers, got a single one. Write "
                f"Sequential([{type(layers).__name__}(...)])."
            )
        for layer in layers or ():
            self.add(layer)
        if not trainable:
            self.trainable = False

    def add(self, layer: Layer | SymbolicTensor) -> None:
        """Append a layer; its weights are created now if the shape of the input is known.

        Parameters
        ----------
        layer : Layer
            Not a layer's class: ``Flatten()``, not ``Flatten``.

        Raises
        ------
        TypeError, ValueError, ShapeError
            As for the class.
        """
        if isinstance(layer, SymbolicTensor) and isinstance(layer.call.layer, InputLayer):
            layer = layer.call.layer
        layer = self._checked(layer)
        if isinstance(layer, InputLayer):
            self._extend([], layer)
            return
        shape = None  # of the input, if it is known: declared, or from another model
        if self.built:
            shape = self.outputs[0].shape
        elif not self._layers:
            shape = layer.declared_shape or (layer.input_shape if layer.built else None)
        if shape is None:
            self._layers.append(layer)
            return
        _check_fits(layer, shape)
        start = None if self.built else InputLayer(batch_shape=shape, dtype=layer.dtype)
        self._extend([layer], start)

    def _extend(self, layers: Sequence[Layer], start: InputLayer | None = None) -> None:
        """Call layers one after the other, on the last output or a new start, and append them.

        If one of them does not fit, the model is as it was.
        """
        if start is None:
            earlier, calls = self._layers, self._required_structure().calls
            inputs, outputs = self._tensors
        else:
            earlier, calls = [], [LayerCall(start, ())]
            inputs = outputs = [start.tensor()]
        for layer in layers:
            outputs = [layer(outputs[0])]
            # The layer that made the tensor: a model in its place if its `call` uses layers
            earlier = [*earlier, outputs[0].call.layer]
            calls = [*calls, LayerCall(earlier[-1], ((len(calls) - 1, 0),))]
        self._layers = earlier
        self._set_structure(Structure.chain(calls), inputs, outputs)

    def pop(self) -> Layer:
        """Remove the last layer and return it.

        Raises
        ------
        NotReadyError
            If there is none.
        """
        if not self._layers:
            raise NotReadyError("the model has no layers to remove.")
        layer = self._layers.pop()
        if self._structure is not None:
            calls, outputs = self._structure.calls[:-1], list(self.outputs[0].call.inputs)
            self._set_structure(Structure.chain(calls), self.inputs, outputs)
        return layer

    def build(self, input_shape: Shape | None = None) -> None:
        """Create all weights.

        Parameters
        ----------
        input_shape : tuple
            Of a batch, with None for the batch: ``(None, 28, 28, 1)``. Not needed if the model has an
            `Input`, or its first layer an `input_shape`.

        Raises
        ------
        NotReadyError
            If the shape is not known.
        ShapeError
            If a layer cannot take the output of the one before it, or the model has another input shape.
        """
        if self.built:
            if input_shape is not None and (None, *input_shape[1:]) != self.input_shape:
                raise ShapeError(
                    f"{self.describe()} has the input shape {self.input_shape}, got "
                    f"{tuple(input_shape)}. Make a new model for another shape."
                )
            return
        if input_shape is None:
            raise NotReadyError(
                "build needs the shape of the input: model.build((None, 28, 28, 1)) for example."
            )
        start = shape = batch_shape(self.describe(), input_shape)
        for layer in self._layers:  # all of them first: a shape that does not fit builds nothing
            _check_fits(layer, shape)
            if _is_unconnected(layer):
                break
            shape = layer.compute_output_shape(shape)
        self._extend(self._layers, InputLayer(batch_shape=start))

    @property
    def graph(self) -> Graph:
        """The layers as a graph, without models in models; see `minicnn.graph`."""
        return (
            super().graph if self._structure is not None else Graph.chain(leaf_layers(self._layers))
        )

    @property
    def layers(self) -> list[Layer]:
        """The layers, from the first to the last; as in Keras without the `InputLayer`."""
        return list(self._layers)

    def get_config(self) -> dict[str, Any]:
        """Return name and layers as Keras writes them: what makes an equal model, untrained."""
        structure = self._structure
        layers = self._layers if structure is None else [call.layer for call in structure.calls]
        config: dict[str, Any] = {
            "name": self.name,
            "trainable": self.trainable or not self._layers,
            "dtype": "float32",
            "layers": [layer_to_config(layer) for layer in layers],
        }
        if structure is not None:
            config["build_input_shape"] = self.input_shape
        return config

    @classmethod
    def from_config(cls, config: Mapping[str, Any], custom_objects: CustomObjects = None) -> Self:
        """Make a model from the result of `get_config`; parameters and errors as in `Model`.

        Examples
        --------
        >>> from minicnn.layers import Dense
        >>> model = Sequential([Dense(2, input_shape=(3,))])
        >>> Sequential.from_config(model.get_config()).count_params()
        8
        """
        known = known_classes(custom_objects)
        layers = [layer_from_config(described, known) for described in described_layers(config)]
        model = cls(layers, name=config.get("name"))
        shape = config.get("build_input_shape")
        if shape is not None and not model.built:
            model.build(tuple(shape))
        return model

    def _checked(self, layer: Any) -> Layer:
        """Return a layer if it can be added."""
        if isinstance(layer, type) and issubclass(layer, Layer):
            raise TypeError(
                f"{layer.__name__} is a class of layers, not a layer: write {layer.__name__}()."
            )
        if not isinstance(layer, Layer):
            raise TypeError(f"Sequential takes layers such as Dense(10), got {layer!r}.")
        if isinstance(layer, InputLayer):
            if self._layers or self.built:
                raise ValueError("Input must be the first item, and there can be only one.")
        elif any(layer is other for other in self._layers):
            raise ValueError(
                f"{layer.describe()} is in the model already. Make a second one: "
                f"{type(layer).__name__}(...)."
            )
        elif any(layer.name == other.name for other in self._layers):
            raise ValueError(
                f'the model has a layer named "{layer.name}" already. Give one of them another name.'
            )
        return layer


MODELS["Sequential"] = Sequential


def _is_unconnected(layer: Layer) -> bool:
    """Whether the layers in a model, or those that a layer's `call` uses, are not connected yet."""
    return not layer.built if is_model(layer) else layer.calls_layers()


def _check_fits(layer: Layer, input_shape: Shape) -> None:
    """Raise if a layer cannot take an input of this shape."""
    if _is_unconnected(layer):
        return
    if layer.built and layer.input_shape != (None, *input_shape[1:]):
        raise ShapeError(
            f"{layer.describe()} was built for inputs of shape {layer.input_shape}, in another model "
            f"perhaps, and here they have {input_shape}. Make a new one: {type(layer).__name__}(...)."
        )
    layer.compute_output_shape(input_shape)
