"""A model: layers that are connected, trained and used as one."""

from collections.abc import Mapping
from typing import Any, Self

from minicnn.layers import Input, Layer
from minicnn.layers.symbolic import OPERATORS, is_symbolic
from minicnn.models.config import (
    MODELS,
    described_layers,
    known_classes,
    layer_from_config,
    layer_to_config,
)
from minicnn.models.files import weights, writing
from minicnn.models.functional_config import calls_to_config, tensors_from_config
from minicnn.models.summary import summary as print_summary
from minicnn.models.summary import summary_html
from minicnn.models.trainer import Trainer
from minicnn.serialization import CustomObjects
from minicnn.tensors import as_tensor


class Model(Trainer):
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

    >>> feature_maps = Model(model.input, model.get_layer("maps").output)
    >>> feature_maps.predict(np.zeros((1, 28, 28, 1)), verbose=0).shape
    (1, 26, 26, 8)
    """

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
        y = self.compute_outputs(self.prepare_arrays("__call__", x).x, bool(training))
        tensors = [as_tensor(one) for one in y] if isinstance(y, list) else as_tensor(y)
        return self.names.as_given(tensors)

    summary = print_summary
    _repr_html_ = summary_html
    save = writing.save_model
    save_weights = writing.save_weights
    load_weights = weights.load_weights
    to_json = writing.model_to_json

    # Config

    def get_config(self) -> dict[str, Any]:
        """Return layers and connections as Keras writes them: what makes an equal model, untrained."""
        calls = calls_to_config(self._required_structure(), self.layers, layer_to_config)
        if self.names.keyed:
            ends = calls["output_layers"]
            ends = ends if len(self.output_names) > 1 else [ends]
            calls["output_layers"] = self.names.as_given(ends)
        return {"name": self.name, "trainable": self.trainable, **calls}

    @classmethod
    def from_config(cls, config: Mapping[str, Any], custom_objects: CustomObjects = None) -> Self:
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
        described_layers(config)
        inputs, outputs = tensors_from_config(config, lambda one: layer_from_config(one, known))
        return cls(inputs=inputs, outputs=outputs, name=config.get("name"))


MODELS |= {"Model": Model, "Functional": Model}


def _call_of_layers(layer: Layer, x: Any) -> Any:
    """Connect the layers that a custom layer's `call` uses, as a model of the layer's name."""
    made = vars(layer).get("_connected")
    if made is None:
        several = isinstance(x, (list, tuple))
        starts = [Input(tensor.shape[1:]) for tensor in (x if several else [x])]
        outputs = layer.call(starts if several else starts[0])
        made = layer._connected = Model(starts, outputs, name=layer.name)  # type: ignore[attr-defined]
    return made(x)


OPERATORS["call"] = _call_of_layers
