"""What `plot_model` writes about a layer."""

from typing import Any, NamedTuple

from minicnn.layers import InputLayer, Layer
from minicnn.layers.arguments import Shape
from minicnn.visualize.kinds import colours_of_kinds


class Card(NamedTuple):
    """A title, its colour, and rows of a label and a value."""

    title: str
    colour: str
    rows: list[tuple[str, str]]


class Shown(NamedTuple):
    """The arguments of `plot_model` that say what is written."""

    shapes: bool
    dtype: bool
    layer_names: bool
    layer_activations: bool
    trainable: bool


def cards_of(model: Any, layers: list[Layer], shown: Shown) -> list[Card]:
    """Return a card for the model's input and one for every layer."""
    config = model.get_config()["layers"][0]["config"]  # model.layers leaves the input out
    first = InputLayer(model.input_shape[1:], name=config["name"], dtype=config["dtype"])
    colours = colours_of_kinds([InputLayer, *(type(layer) for layer in layers)])
    shapes: list[tuple[Shape, Shape]] = [(model.input_shape, model.input_shape)]
    shapes += [(layer.input_shape, layer.output_shape) for layer in layers]
    return [
        Card(_title(layer, shown), colours[type(layer)], _rows(layer, *pair, shown))
        for layer, pair in zip([first, *layers], shapes, strict=True)
    ]


def _title(layer: Layer, shown: Shown) -> str:
    kind = type(layer).__name__
    return f"{layer.name} ({kind})" if shown.layer_names else kind


def _rows(
    layer: Layer, input_shape: Shape, output_shape: Shape, shown: Shown
) -> list[tuple[str, str]]:
    rows = []
    is_input = isinstance(layer, InputLayer)
    if shown.layer_activations and hasattr(layer, "activation"):
        rows.append(("Activation", getattr(layer.activation, "name", str(layer.activation))))
    if shown.shapes:
        rows += [] if is_input else [("Input shape", str(input_shape))]
        rows.append(("Output shape", str(output_shape)))
    if shown.dtype:
        rows.append(("Output dtype", layer.dtype))
    if shown.trainable and not is_input:
        rows.append(("Trainable", "yes" if layer.trainable else "no"))
    return rows
