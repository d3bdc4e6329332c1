"""What `layered_view` is given: which layers to draw, in which colours, and what does not fit."""

from collections.abc import Collection, Mapping, Sequence
from typing import Any

from minicnn.errors import unknown_name
from minicnn.layers import Layer
from minicnn.visualize.built import built_layers
from minicnn.visualize.kinds import colours_of_kinds
from minicnn.visualize.layered_view.canvas import Colour, as_numbers, shaded
from minicnn.visualize.layered_view.legend import Paint

_OUTLINE_SHADE = -50  # per cent, from the fill to black

# What visualkeras takes besides, and what to write in its place.
ADVICE = {
    "sizing_mode": "By default the sizes fit one picture; scale_xy and scale_z set them.",
    "dimension_caps": "Write max_xy and max_z.",
    "relative_base_size": "Write scale_xy and scale_z.",
    "styles": "Write color_map={Conv2D: {'fill': 'orange', 'outline': 'black'}}.",
    "layered_groups": "Write text_callable=lambda index, layer: (text, True).",
    "image_fit": "There are no pictures on the boxes.",
    "image_axis": "There are no pictures on the boxes.",
    "logo_groups": "There are no pictures on the boxes.",
    "logos_legend": "There are no pictures on the boxes.",
}


def check_not_negative(**numbers: float) -> None:
    """Raise `ValueError` for the first number below 0, by its name."""
    for name, value in numbers.items():
        if not value >= 0:
            raise ValueError(f"{name} takes a number of 0 or more, got {value!r}.")


def drawn_layers(
    model: Any,
    type_ignore: Collection[type] | None,
    index_ignore: Collection[int] | None,
    index_2d: Collection[int],
) -> list[tuple[int, Layer]]:
    """Return the layers that are not to be left out, with their places in the model."""
    layers = built_layers(model, "layered_view")
    kinds, places = tuple(type_ignore or ()), tuple(index_ignore or ())
    for kind in kinds:
        if not isinstance(kind, type):
            raise TypeError(f"type_ignore takes classes such as [Dropout, Flatten], got {kind!r}.")
    for name, numbers in (("index_ignore", places), ("index_2D", index_2d)):
        wrong = [number for number in numbers if number not in range(len(layers))]
        if wrong:
            raise ValueError(
                f"{name} takes places of layers, 0 to {len(layers) - 1} here, got {wrong[0]!r}."
            )
    drawn = [
        (index, layer)
        for index, layer in enumerate(layers)
        if type(layer) not in kinds and index not in places
    ]
    if not drawn:
        raise ValueError("type_ignore and index_ignore leave no layer to draw.")
    return drawn


def paints_of(
    layers: Sequence[tuple[int, Layer]],
    color_map: Mapping[type, Mapping[str, Any]] | None,
) -> dict[type, Paint]:
    """Return the colours of every kind of layer, in the order of the model."""
    given: dict[type, dict[str, Colour]] = {}
    for kind, parts in (color_map or {}).items():
        if not isinstance(kind, type):
            raise TypeError(
                "color_map takes classes of layers, {Conv2D: {'fill': 'orange'}}, got the key "
                f"{kind!r}."
            )
        where = f"color_map[{kind.__name__}]"
        for part in parts:
            if part not in ("fill", "outline"):
                raise unknown_name(f"colour in {where}", part, ["fill", "outline"])
        given[kind] = {
            part: as_numbers(colour, f"{where}[{part!r}]") for part, colour in parts.items()
        }
    paints = {}
    for kind, usual in colours_of_kinds(type(layer) for _, layer in layers).items():
        parts = given.get(kind, {})
        fill = parts.get("fill", usual)
        paints[kind] = Paint(fill, parts.get("outline", shaded(fill, _OUTLINE_SHADE)))
    return paints
