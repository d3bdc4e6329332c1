"""`layered_view`: a model as a row of boxes, visualkeras' picture."""

import os
from collections.abc import Collection, Mapping, Sequence
from math import ceil
from typing import TYPE_CHECKING, Any, NamedTuple

import numpy as np

from minicnn.models import Model
from minicnn.visualize.arguments import refuse
from minicnn.visualize.boxes import Box, Point, Scale, box_of, box_sizes, place
from minicnn.visualize.colours import RGBA, as_rgba, shaded
from minicnn.visualize.figure import as_image, new_figure, save_figure
from minicnn.visualize.layered_arguments import (
    ADVICE,
    POINTS,
    Paint,
    TextCallable,
    captions_of,
    check_numbers,
    drawn_layers,
    paints_of,
    text_look,
)

if TYPE_CHECKING:
    from matplotlib.axes import Axes
    from matplotlib.figure import Figure
    from PIL.Image import Image

Colour = str | tuple[int, ...]

PIXELS_PER_INCH = 100
GAP = 6  # pixels between boxes, captions and legend
BETWEEN = 10  # pixels from one caption to the next
WIDEST_ROW = 1200  # pixels; captions that need more are upright


class Look(NamedTuple):
    """The arguments of `layered_view` about colours, distances and text."""

    background: RGBA
    padding: float
    spacing: float
    draw_funnel: bool
    draw_reversed: bool
    shade_step: float
    connector: RGBA
    connector_width: float
    legend_spacing: float
    line_spacing: float
    text: dict[str, Any]


def layered_view(
    model: Model,
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
    """Draw a model as a row of boxes, as large as the outputs of its layers; as visualkeras does.

    The height of a box is the number of rows of the output, its depth the number of columns, and
    its width the number of channels.

    Parameters
    ----------
    model : Model
    to_file : str or PathLike, optional
        Where to write the picture as well; the ending decides the format: ``.png``, ``.svg``, …
    min_z, min_xy, max_z, max_xy : float
        Limits of the width (z), and of the height and depth (xy) of a box, in pixels.
    scale_z, scale_xy : float, optional
        Pixels per channel and per cell; by default such that the whole fits a page. The defaults of
        visualkeras are ``scale_z=1.5, scale_xy=4``.
    type_ignore : collection of class, optional
        Classes of layers to leave out: ``[Dropout, Flatten]``.
    index_ignore : collection of int, optional
        Indices of layers to leave out, from 0.
    color_map : dict, optional
        Colours by class of layer: ``{Conv2D: {"fill": "orange", "outline": "black"}}``.
    one_dim_orientation : "x", "y" or "z"
        Direction of the box of a vector: to the back, upwards or along the row.
    index_2D : collection of int
        Indices of layers to draw as flat boxes.
    background_fill : str or tuple of int
        A name, ``"#rrggbb"``, or red, green, blue and opacity.
    draw_volume : bool
        Whether boxes have a depth.
    draw_reversed : bool
        Whether the boxes extend to the left instead of the right.
    padding : float
        Pixels around the picture.
    text_callable : callable, optional
        ``(index, layer) -> (text, above)``: the text at each layer, and whether it is above.
    text_vspacing : float
        Pixels between two lines of it.
    spacing : float
        Pixels between two boxes.
    draw_funnel : bool
        Whether lines join the boxes.
    shade_step : float
        How much lighter the upper faces are, and how much darker the sides, in percent.
    legend : bool
        Whether to list the colours of the layers.
    legend_text_spacing_offset : float
        Pixels between two entries of the legend.
    font : PIL.ImageFont or path of a font file, optional
        By default DejaVu Sans, or an installed font with Korean letters if necessary.
    font_color : str or tuple of int
    show_dimension : bool, optional
        Whether to write the output size at each layer, below its name or what `text_callable`
        returns; by default if there is a legend and no `text_callable`.
    connector_fill : str or tuple of int
        Colour of the lines between the boxes.
    connector_width : float
        Their width in pixels.
    **unknown
        Other arguments of visualkeras raise an error that says what to write instead.

    Returns
    -------
    PIL.Image.Image
        In mode ``"RGBA"``.

    Raises
    ------
    TypeError, ValueError
        If an argument is invalid, or the model has no layers.
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
    check_numbers(
        padding=padding, spacing=spacing, text_vspacing=text_vspacing, shade_step=shade_step,
        connector_width=connector_width, legend_text_spacing_offset=legend_text_spacing_offset,
        min_z=min_z, min_xy=min_xy, max_z=max_z, max_xy=max_xy, scale_z=scale_z, scale_xy=scale_xy,
    )  # fmt: skip
    layers = drawn_layers(model, type_ignore, index_ignore, index_2D)
    paints = paints_of(layers, color_map)
    scale = Scale(min_z, min_xy, max_z, max_xy, scale_z, scale_xy, one_dim_orientation)
    sizes = box_sizes([layer.output_shape for _, layer in layers], scale)
    boxes = [
        box_of(size, draw_volume and index not in index_2D, draw_reversed)
        for size, (index, _) in zip(sizes, layers, strict=True)
    ]
    captions = captions_of(layers, text_callable, show_dimension, legend)
    entries = {kind.__name__: paint for kind, paint in paints.items()} if legend else {}
    text = text_look(font, font_color, "".join([*(caption for caption, _ in captions), *entries]))
    look = Look(
        as_rgba(background_fill, "background_fill"), padding, spacing, draw_funnel, draw_reversed,
        shade_step, as_rgba(connector_fill, "connector_fill"), connector_width,
        legend_text_spacing_offset, text_vspacing, text,
    )  # fmt: skip
    figure = _draw(boxes, [paints[type(layer)] for _, layer in layers], captions, entries, look)
    if to_file is not None:
        save_figure(figure, to_file, PIXELS_PER_INCH)
    return as_image(figure, PIXELS_PER_INCH)


class Caption:
    """The text at a layer, above or below its box, measured in pixels."""

    def __init__(self, axes: "Axes", renderer: Any, text: str, above: bool, look: Look) -> None:
        self.above = above
        self.artist = axes.text(
            0, 0, text, ha="center", va="bottom" if above else "top", parse_math=False, **look.text
        )
        self.width, self.height = np.round(self.artist.get_window_extent(renderer).size)
        self.margin = BETWEEN if text else 0

    def turn(self) -> None:
        """Write from bottom to top; the end next to the box is the same for all lines."""
        self.artist.set(rotation=90, multialignment="left" if self.above else "right")
        self.width, self.height = self.height, self.width


def _draw(
    boxes: Sequence[Box],
    paints: Sequence[Paint],
    texts: Sequence[tuple[str, bool]],
    legend: Mapping[str, Paint],
    look: Look,
) -> "Figure":
    """Position boxes, captions and legend from top to bottom, and draw them."""
    from matplotlib.backends.backend_agg import FigureCanvasAgg

    figure = new_figure(1, 1)
    figure.set_layout_engine("none")
    figure.set(facecolor=look.background, dpi=PIXELS_PER_INCH)
    axes = figure.add_axes((0.0, 0.0, 1.0, 1.0))
    axes.axis("off")
    renderer = FigureCanvasAgg(figure).get_renderer()
    look.text["linespacing"] = _line_spacing(axes, renderer, look)
    captions = [Caption(axes, renderer, *text, look) for text in texts]
    pairs = list(zip(captions, boxes, strict=False))  # no captions, or one for each box
    if sum(max(box.width, caption.width) for caption, box in pairs) > WIDEST_ROW:
        for caption in captions:
            caption.turn()

    rows = [
        [(caption.width + caption.margin) * (caption.above is above) for caption in captions]
        for above in (True, False)
        if captions
    ]
    height = place(boxes, look.spacing, rows)
    upper, lower = (
        max((caption.height + GAP for caption in captions if caption.above is above), default=0)
        for above in (True, False)
    )
    ends = [(box.left + min(box.shift, 0), box.right + max(box.shift, 0)) for box in boxes]
    for caption, box in pairs:
        ends.append((box.middle - caption.width / 2, box.middle + caption.width / 2))
    left, right = min(ends)[0], max(end for _, end in ends)
    top = look.padding + upper
    for box in boxes:
        box.left, box.top = round(box.left + look.padding - left), round(box.top + top)
    for caption, box in pairs:
        y = round(top - GAP if caption.above else top + height + GAP)
        caption.artist.set_position((box.middle, y))
    _draw_boxes(axes, boxes, paints, look)
    width = ceil(right - left + 1 + 2 * look.padding)  # 1: the last line
    bottom = ceil(top + height + 1 + lower + look.padding)
    width, bottom = _draw_legend(axes, renderer, legend, (width, bottom), look)
    figure.set_size_inches((width + 1e-3) / PIXELS_PER_INCH, (bottom + 1e-3) / PIXELS_PER_INCH)
    axes.set(xlim=(0, width), ylim=(bottom, 0))  # pixels from the upper left corner
    return figure


def _line_spacing(axes: "Axes", renderer: Any, look: Look) -> float:
    """Return matplotlib's line spacing for `look.line_spacing` pixels between lines."""

    def height(text: str, **spacing: Any) -> float:
        probe = axes.text(0, 0, text, **look.text, **spacing)
        measured = probe.get_window_extent(renderer).height
        probe.remove()
        return measured

    # Measured, since its definition differs between versions of matplotlib.
    single, double = (
        height("lp\nlp", linespacing=one) - height("lp", linespacing=one) for one in (1.0, 2.0)
    )
    return 1 + (height("lp") + look.line_spacing - single) / (double - single)


def _draw_legend(
    axes: "Axes", renderer: Any, entries: Mapping[str, Paint], size: tuple[int, int], look: Look
) -> tuple[int, int]:
    """Draw a legend below a picture of a size, in rows not wider than it; return the new size."""
    from matplotlib.patches import Patch

    if not entries:
        return size
    width, top = size
    patches = [
        Patch(facecolor=fill, edgecolor=line, label=name) for name, (fill, line) in entries.items()
    ]
    font = look.text["fontproperties"]
    columns = len(patches)
    while True:
        by_column = [patch for column in range(columns) for patch in patches[column::columns]]
        legend = axes.legend(
            handles=by_column, ncols=columns, prop=font, labelcolor=look.text["color"],
            loc="upper left", bbox_to_anchor=(look.padding, top), bbox_transform=axes.transData,
            columnspacing=look.legend_spacing * POINTS / font.get_size_in_points(),
            frameon=False, handlelength=1, handleheight=1, handletextpad=0.5, labelspacing=0.4,
            borderpad=0, borderaxespad=0,
        )  # fmt: skip
        needed, height = legend.get_window_extent(renderer).size
        if columns == 1 or needed <= width - 2 * look.padding:
            return max(width, ceil(needed + 2 * look.padding)), ceil(top + height + look.padding)
        columns -= 1


def _draw_boxes(axes: "Axes", boxes: Sequence[Box], paints: Sequence[Paint], look: Look) -> None:
    """Draw the boxes from back to front, each after the lines that it may hide."""
    order = range(len(boxes))
    for number in reversed(order) if look.draw_reversed else order:
        drawn_before = number + 1 if look.draw_reversed else number - 1
        if look.draw_funnel and drawn_before in order:
            first, second = (boxes[index] for index in sorted((number, drawn_before)))
            starts = (*first.front()[1:3], *first.back()[1:3])
            ends = (*second.front()[::3], *second.back()[::3])
            for line in zip(starts, ends, strict=True):
                _polygon(axes, line, None, look.connector, look.connector_width)
        _draw_box(axes, boxes[number], paints[number], look.shade_step)


def _draw_box(axes: "Axes", box: Box, paint: Paint, shade_step: float) -> None:
    """Draw a box lit from above: the upper face lighter, the side darker."""
    fill, outline = paint
    faces = [(box.front(), 0.0)]
    if box.shift:
        faces = [(box.upper(), shade_step), (box.side(), -shade_step), *faces]
    for corners, lighter in faces:
        _polygon(axes, corners, shaded(fill, lighter), outline, 1)


def _polygon(
    axes: "Axes", corners: Sequence[Point], fill: RGBA | None, line: RGBA, width: float
) -> None:
    from matplotlib.patches import Polygon

    middles = [(x + 0.5, y + 0.5) for x, y in corners]  # of pixels: a line fills them
    axes.add_patch(
        Polygon(
            middles, closed=fill is not None, fill=fill is not None, facecolor=fill,
            edgecolor=line, linewidth=width * POINTS, joinstyle="round",
        )
    )  # fmt: skip
