"""`layered_view`: what it is given, and the picture put together."""

import os
from collections.abc import Collection, Mapping
from typing import TYPE_CHECKING, Any

from minicnn.visualize.layered_view.arguments import (
    ADVICE,
    check_not_negative,
    drawn_layers,
    paints_of,
)
from minicnn.visualize.layered_view.box import box_of
from minicnn.visualize.layered_view.canvas import Colour, as_numbers
from minicnn.visualize.layered_view.captions import TextCallable, captions_of
from minicnn.visualize.layered_view.file import write_picture
from minicnn.visualize.layered_view.legend import Legend
from minicnn.visualize.layered_view.lettering import Lettering, font_for
from minicnn.visualize.layered_view.row import Look, draw_row
from minicnn.visualize.layered_view.sizes import Scale, box_sizes
from minicnn.visualize.unknown_arguments import refuse

if TYPE_CHECKING:
    from PIL.Image import Image


def layered_view(
    model: Any,
    to_file: str | os.PathLike[str] | None = None,
    min_z: float = 20,
    min_xy: float = 20,
    max_z: float = 400,
    max_xy: float = 2000,
    scale_z: float | None = None,
    scale_xy: float | None = None,
    type_ignore: Collection[type] | None = None,
    index_ignore: Collection[int] | None = None,
    color_map: Mapping[type, Mapping[str, Any]] | None = None,
    one_dim_orientation: str = "z",
    index_2D: Collection[int] = (),
    background_fill: Colour = "white",
    draw_volume: bool = True,
    draw_reversed: bool = False,
    padding: float = 10,
    text_callable: TextCallable | None = None,
    text_vspacing: float = 4,
    spacing: float = 10,
    draw_funnel: bool = True,
    shade_step: float = 10,
    legend: bool = False,
    legend_text_spacing_offset: float = 15,
    font: Any = None,
    font_color: Colour = "black",
    show_dimension: bool | None = None,
    connector_fill: Colour = "gray",
    connector_width: float = 1,
    **unknown: Any,
) -> "Image":
    """Draw a model as a row of boxes, as large as what its layers give; as visualkeras does.

    A box is as high as a layer's output has rows, as deep as it has columns, and as broad as it
    has channels.

    Parameters
    ----------
    model : Sequential
    to_file : str or PathLike, optional
        Where to write the picture as well; the ending decides the format.
    min_z, min_xy, max_z, max_xy : float
        Pixels that a box is broad (z), and high and deep (xy), at least and at most.
    scale_z, scale_xy : float, optional
        Pixels a channel and a cell; by default such that the whole fits a page. visualkeras has
        ``scale_z=1.5, scale_xy=4``.
    type_ignore : collection of class, optional
        Kinds of layers to leave out: ``[Dropout, Flatten]``.
    index_ignore : collection of int, optional
        Places of layers to leave out, from 0.
    color_map : dict, optional
        Colours by kind of layer: ``{Conv2D: {"fill": "orange", "outline": "black"}}``.
    one_dim_orientation : "x", "y" or "z"
        Where a vector's box goes: to the back, upwards or along the row.
    index_2D : collection of int
        Places of layers to draw as flat boxes.
    background_fill : str or tuple of int
        A name, ``"#rrggbb"``, or red, green, blue and opacity.
    draw_volume : bool
        Whether boxes have a depth.
    draw_reversed : bool
        Whether the boxes' backs lie to the left.
    padding : float
        Pixels around the picture.
    text_callable : callable, optional
        ``(index, layer) -> (text, above)``: what is written at each layer, and whether above it.
    text_vspacing : float
        Pixels between two lines of it.
    spacing : float
        Pixels between two boxes.
    draw_funnel : bool
        Whether lines join the boxes.
    shade_step : float
        How much lighter upper faces are, and how much darker the sides, in per cent.
    legend : bool
        Whether to say which colour is which kind of layer.
    legend_text_spacing_offset : float
        Pixels between two entries of the legend.
    font : PIL.ImageFont, optional
        By default DejaVu Sans, or an installed one with Korean letters where they are needed.
    font_color : str or tuple of int
    show_dimension : bool, optional
        Whether to write each layer's dimensions at it, with its name or what `text_callable`
        returns; by default where there is a legend and no `text_callable`.
    connector_fill : str or tuple of int
        Colour of the lines between the boxes.
    connector_width : float
        Their width in pixels.
    **unknown
        Anything else is an error that says what to write instead.

    Returns
    -------
    PIL.Image.Image
        With opacity (``"RGBA"``).

    Raises
    ------
    TypeError, ValueError
        If something does not fit; with what to write.
    NotReadyError
        If the model has not been built.
    UnknownNameError
        For a misspelt argument.

    Examples
    --------
    >>> from minicnn import Sequential, layers
    >>> model = Sequential([layers.Conv2D(64, 3, input_shape=(28, 28, 1))])
    >>> layered_view(model, scale_xy=4, scale_z=1.5, padding=0).size  # 26·4·(1 + ⅓) + 1 high
    (132, 140)
    """
    refuse(layered_view, unknown, ADVICE)
    check_not_negative(
        padding=padding, spacing=spacing, text_vspacing=text_vspacing, shade_step=shade_step,
        connector_width=connector_width, legend_text_spacing_offset=legend_text_spacing_offset,
    )  # fmt: skip
    layers = drawn_layers(model, type_ignore, index_ignore, index_2D)
    paints = paints_of(layers, color_map)
    scale = Scale(min_z, min_xy, max_z, max_xy, scale_z, scale_xy, one_dim_orientation)
    sizes = box_sizes([layer.output_shape for _, layer in layers], scale)
    boxes = [
        box_of(size, draw_volume and index not in index_2D, draw_reversed)
        for (index, _), size in zip(layers, sizes, strict=True)
    ]
    background = as_numbers(background_fill, "background_fill")
    look = Look(
        background, padding, spacing, draw_funnel, draw_reversed, shade_step,
        as_numbers(connector_fill, "connector_fill"), connector_width,
    )  # fmt: skip

    if show_dimension is None:
        show_dimension = legend and text_callable is None
    captions = captions_of(layers, text_callable, show_dimension)
    texts = [caption.text for caption in captions]
    texts += [kind.__name__ for kind in paints] if legend else []
    if font is None and texts:
        font = font_for(texts)
    lettering = Lettering(font, as_numbers(font_color, "font_color"), text_vspacing)

    entries = Legend(paints, lettering, legend_text_spacing_offset, draw_volume, shade_step)
    least_width = entries.widest() + 2 * padding if legend else 0
    drawn_paints = [paints[type(layer)] for _, layer in layers]
    picture = draw_row(boxes, drawn_paints, captions, lettering, look, least_width)
    if legend:
        picture = entries.below(picture, padding, background)
    if to_file is not None:
        write_picture(picture, to_file, background)
    return picture
