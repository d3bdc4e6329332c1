"""A model as a list of layers, each taking what the one before it gives."""

from collections.abc import Callable, Mapping, Sequence
from os import PathLike
from typing import Any

from numpy import ndarray

from minicnn import layers as layer_classes
from minicnn.errors import NotReadyError, ShapeError, unknown_name
from minicnn.graph import Graph
from minicnn.layers import InputLayer, Layer
from minicnn.layers.shapes import Shape
from minicnn.layers.symbolic import SymbolicTensor
from minicnn.models.config import layer_from_config, layer_to_config
from minicnn.models.files import weights, writing
from minicnn.models.model import Model
from minicnn.models.summary import summary as print_summary
from minicnn.models.summary import summary_html
from minicnn.naming import unique_name


class Sequential(Model):
    """A stack of layers, trained and used as one.

    Parameters
    ----------
    layers : list of Layer, optional
    trainable : bool
        Whether training changes the weights.
    name : str, optional

    Raises
    ------
    TypeError
        If one of them is no layer.
    ValueError
        If two have the same name.
    ShapeError
        If a layer cannot take what the one before it gives.

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
        layers: Sequence[Layer] | None = None,
        trainable: bool = True,
        name: str | None = None,
    ) -> None:
        super().__init__()
        self.name = unique_name("sequential") if name is None else str(name)
        self._input: InputLayer | None = None
        self._layers: list[Layer] = []
        self._graph: Graph | None = None
        if isinstance(layers, Layer):
            raise TypeError(
                "Sequential takes a list of layers, got a single one. Write "
                f"Sequential([{type(layers).__name__}(...)])."
            )
        for layer in layers or ():
            self.add(layer)
        if not trainable:
            self.trainable = False

    # The stack

    def add(self, layer: Layer) -> None:
        """Put a layer on top; its weights are made now if the shape of its input is known.

        Parameters
        ----------
        layer : Layer
            Not a layer's class: ``Flatten()``, not ``Flatten``.

        Raises
        ------
        TypeError, ValueError, ShapeError
            As the class says.
        """
        if isinstance(layer, SymbolicTensor) and isinstance(layer.call.layer, InputLayer):
            layer = layer.call.layer
        self._check_addable(layer)
        if isinstance(layer, InputLayer):
            self._input = layer
            return
        given = self._input
        if not self._layers and given is None and layer.declared_shape is not None:
            given = InputLayer(batch_shape=layer.declared_shape, dtype=layer.dtype)
        if given is not None:
            shape = (
                self._layers[-1].output_shape if self._layers else (None, *given.batch_shape[1:])
            )
            _output_shape(layer, shape)
            layer.build(shape)
        self._input = given  # only now: a layer that does not fit leaves the model as it was
        self._layers.append(layer)
        self._graph = None

    def pop(self) -> Layer:
        """Take the top layer off and return it.

        Raises
        ------
        NotReadyError
            If there is none.
        """
        if not self._layers:
            raise NotReadyError("the model has no layers to take off.")
        self._graph = None
        return self._layers.pop()

    def build(self, input_shape: Shape | None = None) -> None:
        """Make all weights.

        Parameters
        ----------
        input_shape : tuple
            Of a batch, with None for the batch: ``(None, 28, 28, 1)``. Not needed where the model
            has it from an `Input` or a layer's `input_shape`.

        Raises
        ------
        NotReadyError
            If the shape is not known.
        ShapeError
            If a layer cannot take what the one before it gives.
        """
        given = self._input
        if given is None:
            if input_shape is None:
                raise NotReadyError(
                    "build needs the shape of the input: model.build((None, 28, 28, 1)) for example."
                )
            given = InputLayer(batch_shape=(None, *input_shape[1:]))
        shapes: list[Shape] = [(None, *given.batch_shape[1:])]
        for layer in self._layers:  # all of them first: a shape that does not fit builds nothing
            shapes.append(_output_shape(layer, shapes[-1]))
        for layer, shape in zip(self._layers, shapes[:-1], strict=True):
            layer.build(shape)
        self._input = given

    @property
    def graph(self) -> Graph:
        """The layers as a chain, with the forward and the backward pass."""
        if self._graph is None:
            self._graph = Graph.chain(self._layers)
        return self._graph

    @property
    def layers(self) -> list[Layer]:
        """The layers, from the first to the last; as in Keras without the `InputLayer`."""
        return list(self._layers)

    @property
    def built(self) -> bool:
        """Whether all weights have been made."""
        return self._input is not None and all(layer.built for layer in self._layers)

    @property
    def input_shape(self) -> Shape:
        """Shape of a batch that the model takes, with None for the batch."""
        if self._input is None:
            raise NotReadyError(
                "the model's input shape is not known yet. Begin it with Input((28, 28, 1)), or call "
                "model.build((None, 28, 28, 1))."
            )
        return (None, *self._input.batch_shape[1:])

    @property
    def output_shape(self) -> Shape:
        """Shape of a batch of outputs, with None for the batch."""
        return self._layers[-1].output_shape if self._layers and self.built else self.input_shape

    def get_layer(self, name: str | None = None, index: int | None = None) -> Layer:
        """Return a layer, by name or by place.

        Raises
        ------
        UnknownNameError
            If no layer has the name; with the nearest that one has.
        ValueError
            If there is no such place, or neither is given.
        """
        if index is not None:
            if not -len(self._layers) <= index < len(self._layers):
                raise ValueError(f"the model has {len(self._layers)} layers, got index={index}.")
            return self._layers[index]
        if name is None:
            raise ValueError("get_layer takes a name or an index.")
        for layer in self._layers:
            if layer.name == name:
                return layer
        raise unknown_name("layer", name, [layer.name for layer in self._layers])

    # Weights

    @property
    def weights(self) -> list[ndarray]:
        """The arrays themselves of all layers' weights, layer by layer."""
        return [weight for layer in self._layers for weight in layer.weights]

    @property
    def trainable_weights(self) -> list[ndarray]:
        """The arrays that training changes."""
        return [weight for layer in self._layers for weight in layer.trainable_weights]

    @property
    def non_trainable_weights(self) -> list[ndarray]:
        """The arrays that training's gradients leave alone."""
        return [weight for layer in self._layers for weight in layer.non_trainable_weights]

    @property
    def trainable(self) -> bool:
        """Whether training changes any layer; setting it sets it for all of them."""
        return any(layer.trainable for layer in self._layers)

    @trainable.setter
    def trainable(self, value: bool) -> None:
        for layer in self._layers:
            layer.trainable = bool(value)

    def get_weights(self) -> list[ndarray]:
        """Return copies of all weights, layer by layer."""
        return [weight for layer in self._layers for weight in layer.get_weights()]

    def set_weights(self, weights: Sequence[Any]) -> None:
        """Replace all weights, or none where one does not fit.

        Parameters
        ----------
        weights : list of arrays
            In the order of `get_weights`.

        Raises
        ------
        NotReadyError
            If the model has not been built.
        ShapeError
            If number or shapes differ.
        """
        if not self.built:
            raise NotReadyError(
                "the model has no weights yet. Call model.build((None, 28, 28, 1)) with the shape of "
                "its input first."
            )
        if len(weights) != len(self.weights):
            raise ShapeError(
                f'the model "{self.name}" has {len(self.weights)} weights, got {len(weights)}. '
                "These are the weights of another model."
            )
        rest = list(weights)
        fitting = []
        for layer in self._layers:
            count = len(layer.weights)
            fitting.append(layer.validate_weights(rest[:count]))
            rest = rest[count:]
        for layer, arrays in zip(self._layers, fitting, strict=True):
            layer.assign(arrays)

    def count_params(self) -> int:
        """Return how many numbers all weights hold.

        Raises
        ------
        NotReadyError
            If the model has not been built.
        """
        if self._layers and not self.built:
            raise NotReadyError(
                "the model has no weights yet, so they cannot be counted. Call "
                "model.build((None, 28, 28, 1)) with the shape of its input first."
            )
        return sum(layer.count_params() for layer in self._layers)

    def summary(
        self, line_length: int | None = None, print_fn: Callable[[str], Any] | None = None
    ) -> None:
        """Print a table of the layers, their output shapes and numbers of parameters.

        Parameters
        ----------
        line_length : int, optional
            Characters a line.
        print_fn : callable, optional
            Takes the text instead of `print`.
        """
        print_summary(self, line_length, print_fn)

    # Files and config

    def save(
        self,
        filepath: str | PathLike[str],
        overwrite: bool = True,
        include_optimizer: bool = True,
    ) -> None:
        """Write the model to a ``.keras`` or ``.h5`` file; see `minicnn.models.save_model`."""
        writing.save_model(self, filepath, overwrite, include_optimizer)

    def save_weights(self, filepath: str | PathLike[str], overwrite: bool = True) -> None:
        """Write the weights to a ``.weights.h5`` (with the optimizer's state) or ``.h5`` file."""
        writing.save_weights(self, filepath, overwrite)

    def load_weights(
        self,
        filepath: str | PathLike[str],
        skip_mismatch: bool = False,
        by_name: bool = False,
    ) -> None:
        """Read the weights, all or none, from a file; see `minicnn.models.files.weights`."""
        weights.load_weights(self, filepath, skip_mismatch, by_name)

    def to_json(self, **options: Any) -> str:
        """Return the layers, without weights, as JSON; see `minicnn.models.model_from_json`."""
        return writing.model_to_json(self, **options)

    def get_config(self) -> dict[str, Any]:
        """Return name and layers as Keras writes them: what makes an equal model, without weights."""
        stack = self._layers if self._input is None else [self._input, *self._layers]
        config: dict[str, Any] = {
            "name": self.name,
            "trainable": self.trainable or not self._layers,
            "dtype": "float32",
            "layers": [layer_to_config(layer) for layer in stack],
        }
        if self._input is not None:
            config["build_input_shape"] = self.input_shape
        return config

    @classmethod
    def from_config(
        cls, config: Mapping[str, Any], custom_objects: Mapping[str, type[Layer]] | None = None
    ) -> "Sequential":
        """Make a model from what `get_config` returned, with new weights.

        Parameters
        ----------
        config : dict
        custom_objects : dict of str to class, optional
            Layers of your own, by name of their class.

        Raises
        ------
        UnknownNameError
            If a layer's class is neither minicnn's nor among `custom_objects`.

        Examples
        --------
        >>> from minicnn.layers import Dense
        >>> model = Sequential([Dense(2, input_shape=(3,))])
        >>> Sequential.from_config(model.get_config()).count_params()
        8
        """
        classes = {name: getattr(layer_classes, name) for name in layer_classes.__all__}
        known = {**classes, **(custom_objects or {})}
        model = cls(
            [layer_from_config(one, known) for one in config["layers"]], name=config.get("name")
        )
        shape = config.get("build_input_shape")
        if shape is not None and not model.built:
            model.build(tuple(shape))
        return model

    def __repr__(self) -> str:
        return f"<Sequential name={self.name}, built={self.built}>"

    def _repr_html_(self) -> str:
        return summary_html(self)

    def _check_addable(self, layer: Any) -> None:
        if isinstance(layer, type) and issubclass(layer, Layer):
            raise TypeError(
                f"{layer.__name__} is a class of layers, not a layer: write {layer.__name__}()."
            )
        if isinstance(layer, Model):
            raise TypeError(
                "Sequential takes layers, got a whole model. Add its layers one by one: "
                "for layer in model.layers: new.add(layer)."
            )
        if not isinstance(layer, Layer):
            raise TypeError(f"Sequential takes layers such as Dense(10), got {layer!r}.")
        if isinstance(layer, InputLayer):
            if self._layers or self._input is not None:
                raise ValueError("Input comes first, and only once.")
        elif any(layer is other for other in self._layers):
            raise ValueError(
                f"{layer.describe()} is in the model already. Make a second one: "
                f"{type(layer).__name__}(...)."
            )
        elif any(layer.name == other.name for other in self._layers):
            raise ValueError(
                f'the model has a layer named "{layer.name}" already. Give one of them another name.'
            )


def _output_shape(layer: Layer, input_shape: Shape) -> Shape:
    """Return the shape of the output for a layer that can take the input, built or not."""
    if layer.built and layer.input_shape != input_shape:
        raise ShapeError(
            f"{layer.describe()} was built for inputs of shape {layer.input_shape}, in another model "
            f"perhaps, and here they have {input_shape}. Make a new one: {type(layer).__name__}(...)."
        )
    return layer.compute_output_shape(input_shape)
