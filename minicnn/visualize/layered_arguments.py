"""Arguments of `layered_view`: which layers to draw, their colours and captions, the font."""

import os
from collections.abc import Callable, Collection, Mapping, Sequence
from typing import Any

from minicnn.errors import unknown_name
from minicnn.layers import Layer
from minicnn.models import Model
from minicnn.visualize.arguments import built_layers
from minicnn.visualize.colours import RGBA, as_rgba, colours_of_layers, shaded
from minicnn.visualize.figure import fonts_for

TextCallable = Callable[[int, Any], tuple[str, bool]]
Paint = tuple[RGBA, RGBA]  # fill and outline

FONT_SIZE = 13  # pixels
POINTS = 72 / 100  # a pixel, at 100 dots per inch
OUTLINE_SHADE = -50  # percent, from the fill to black

# visualkeras' other arguments, and what to write instead.
ADVICE = {
    "sizing_mode": "By default the sizes fit one picture; scale_xy and scale_z set them.",
    "dimension_caps": "Write max_xy and max_z.",
    "relative_base_size": "Write scale_xy and scale_z.",
    "styles": "Write color_map={Conv2D: {'fill': 'orange', 'outline': 'black'}}.",
    "layered_groups": "Write text_callable=lambda index, layer: (text, True).",
    **dict.fromkeys(
        ("image_fit", "image_axis", "logo_groups", "logos_legend"),
        "There are no pictures on the boxes.",
    ),
}


def drawn_layers(
    model: Model,
    type_ignore: Collection[type] | None,
    index_ignore: Collection[int] | None,
    index_2d: Collection[int],
) -> list[tuple[int, Layer]]:
    """Return the layers that are not ignored, with their indices in the model."""
    layers = built_layers(model, "layered_view")
    of_layers = f"indices of layers, 0 to {len(layers) - 1} here"
    lists: dict[str, list[Any]] = {}
    for name, values, content, example in (
        ("type_ignore", type_ignore, "classes", "[Dropout, Flatten]"),
        ("index_ignore", index_ignore, of_layers, "[0]"),
        ("index_2D", index_2d, of_layers, "[0]"),
    ):
        if values is not None and (isinstance(values, str) or not hasattr(values, "__iter__")):
            raise TypeError(
                f"{name} must be a list of {content}, such as {example}, got {values!r}."
            )
        lists[name] = [] if values is None else list(values)
        for value in lists[name]:
            if name == "type_ignore" and not isinstance(value, type):
                raise TypeError(f"{name} must list {content}, such as {example}, got {value!r}.")
            if name != "type_ignore" and value not in range(len(layers)):
                raise ValueError(f"{name} must list {content}, got {value!r}.")
    drawn = [
        (index, layer)
        for index, layer in enumerate(layers)
        if type(layer) not in lists["type_ignore"] and index not in lists["index_ignore"]
    ]
    if not drawn:
        raise ValueError("type_ignore and index_ignore leave no layer to draw.")
    return drawn


def paints_of(
    layers: Sequence[tuple[int, Layer]], color_map: Mapping[type, Mapping[str, Any]] | None
) -> dict[type, Paint]:
    """Return the colours of every class of layer, in the order of the model."""
    chosen: dict[tuple[type, str], RGBA] = {}
    for kind, parts in (color_map or {}).items():
        if not isinstance(kind, type):
            raise TypeError(
                "the keys of color_map must be classes of layers, {Conv2D: {'fill': 'orange'}}, got "
                f"{kind!r}."
            )
        where = f"color_map[{kind.__name__}]"
        for part, colour in parts.items():
            if part not in ("fill", "outline"):
                raise unknown_name(f"colour in {where}", part, ["fill", "outline"])
            chosen[kind, part] = as_rgba(colour, f"{where}[{part!r}]")
    paints = {}
    for kind, usual in colours_of_layers(type(layer) for _, layer in layers).items():
        fill = chosen.get((kind, "fill"), as_rgba(usual))
        paints[kind] = fill, chosen.get((kind, "outline"), shaded(fill, OUTLINE_SHADE))
    return paints


def check_numbers(**numbers: Any) -> None:
    """Raise `ValueError` for the first that is not a number >= 0, or > 0 for limits and scales."""
    for name, value in numbers.items():
        positive = name.startswith(("min_", "max_", "scale_"))
        is_number = isinstance(value, (int, float)) and (value > 0 if positive else value >= 0)
        if value is not None and not is_number:
            sign = ">" if positive else ">="
            raise ValueError(f"{name} must be a number {sign} 0, got {value!r}.")


def captions_of(
    layers: Sequence[tuple[int, Layer]],
    write: TextCallable | None,
    with_dimension: bool | None,
    legend: bool,
) -> list[tuple[str, bool]]:
    """Return the text at each layer, and whether it is above; none at all by default."""
    if with_dimension is None:
        with_dimension = legend and write is None
    if write is None and not with_dimension:
        return []
    captions = []
    for index, layer in layers:
        answer = (layer.name, False) if write is None else write(index, layer)
        if not (isinstance(answer, tuple) and len(answer) == 2 and isinstance(answer[0], str)):
            raise TypeError(
                "text_callable must return a text and whether it is above the layer, such as "
                f"(layer.name, True), got {answer!r}."
            )
        size = "×".join("?" if size is None else str(size) for size in layer.output_shape[1:])
        captions.append((answer[0] + f"\n{size or 1}" * with_dimension, bool(answer[1])))
    return captions


def text_look(font: Any, colour: Any, text: str) -> dict[str, Any]:
    """Return matplotlib's arguments for a font as visualkeras takes it."""
    from matplotlib.font_manager import FontProperties

    path, size = getattr(font, "path", None), getattr(font, "size", FONT_SIZE)
    if isinstance(font, (str, os.PathLike)):
        path = font
    if hasattr(path, "read") or font is None:  # Pillow's built-in font has no file
        properties = FontProperties(family=fonts_for(text), size=size * POINTS)
    elif isinstance(path, (str, os.PathLike)) and os.path.isfile(path):
        properties = FontProperties(fname=path, size=size * POINTS)
    else:
        raise ValueError(
            "font must be the path of a font file that exists, or a font of Pillow, "
            f"PIL.ImageFont.truetype('NanumGothic.ttf', 13), got {font!r}."
        )
    return {"fontproperties": properties, "color": as_rgba(colour, "font_color")}
