"""The networks of the estimators: named ones, functions that build one, and models as templates."""

from inspect import Parameter, signature
from typing import Any

from minicnn.errors import ShapeError, unknown_name
from minicnn.layers import Conv2D, Dense, Flatten, Layer, MaxPooling2D
from minicnn.models import Sequential

NETWORKS = ("auto", "lecture")


def make_network(
    network: Any, input_shape: tuple[int, ...], outputs: int, activation: str
) -> Sequential:
    """Return a new, built model."""
    if isinstance(network, str):
        if network not in NETWORKS:
            raise unknown_name("network", network, NETWORKS)
        # In float64 for rows, which costs little: results do not depend on how rows are batched.
        dtype = "float64" if len(input_shape) == 1 else "float32"
        top = Dense(outputs, activation=activation, dtype=dtype)
        model = Sequential([*_hidden_layers(network, input_shape), top])
    elif isinstance(network, Sequential):
        model = copy_untrained(network)
    elif callable(network):
        model = network(*(input_shape, outputs)[: _positional(network)])
    else:
        raise TypeError(
            "network must be 'auto', 'lecture', a Sequential or a function of (input_shape, outputs) "
            f"that returns a Sequential, got {network!r}."
        )
    if not isinstance(model, Sequential):
        raise TypeError(f"the function for network must return a Sequential, got {model!r}.")
    model.build((None, *input_shape))
    if model.output_shape != (None, outputs):
        raise ShapeError(
            f"the data need a network with {outputs} outputs, and the output of this one has shape "
            f"{model.output_shape}. End it with Dense({outputs})."
        )
    return model


def copy_untrained(model: Any) -> Any:
    """Return a model of the same layers with new weights, compiled alike if it is compiled."""
    copy = type(model).from_config(model.get_config())
    if model.compiled is not None:
        optimizer = model.optimizer
        copy.compile(
            type(optimizer).from_config(optimizer.get_config()), **model.compiled.arguments
        )
    return copy


def _positional(function: Any) -> int:
    """Return how many of two positional arguments a function takes."""
    parameters = signature(function).parameters.values()
    kinds = [parameter.kind for parameter in parameters if parameter.default is parameter.empty]
    if Parameter.VAR_POSITIONAL in kinds:
        return 2
    return min(2, sum(kind is not Parameter.VAR_KEYWORD for kind in kinds))


def _hidden_layers(network: str, input_shape: tuple[int, ...]) -> list[Layer]:
    """Return the lecture's two convolutions, or a small network that suits the examples."""
    if network == "lecture":
        return [Conv2D(64, 3, activation="relu"), Conv2D(32, 3, activation="relu"), Flatten()]
    if len(input_shape) == 1:
        return [Dense(64, activation="relu", dtype="float64")]
    return [
        Conv2D(16, 3, padding="same", activation="relu"),
        MaxPooling2D(2, padding="same"),
        Conv2D(32, 3, padding="same", activation="relu"),
        MaxPooling2D(2, padding="same"),
        Flatten(),
    ]
