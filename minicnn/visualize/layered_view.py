"""`layered_view`: a model as a row of boxes, visualkeras' picture."""

import os
from collections.abc import Collection, Mapping, Sequence
from math import ceil, floor
from typing import TYPE_CHECKING, Any

import numpy as np

from minicnn.models import Model
from minicnn.visualize.arguments import refuse
from minicnn.visualize.boxes import Box, Point, box_of, box_sizes, place
from minicnn.visualize.colours import RGBA, as_rgba, shaded
from minicnn.visualize.figure import as_image, new_canvas, save_figure
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
    from matplotlib.text import Text
    from PIL.Image import Image

Colour = str | tuple[int, ...]

PIXELS_PER_INCH = 100
GAP = 6  # pixels between boxes, captions and legend
BETWEEN = 10  # pixels from one caption to the next
WIDEST_ROW = 1200  # pixels; captions that need more are upright


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
    sizes = box_sizes(
        [layer.output_shape for _, layer in layers],
        {"z": min_z, "xy": min_xy}, {"z": max_z, "xy": max_xy}, {"z": scale_z, "xy": scale_xy},
        one_dim_orientation,
    )  # fmt: skip
    boxes = [
        box_of(size, draw_volume and index not in index_2D, draw_reversed)
        for size, (index, _) in zip(sizes, layers, strict=True)
    ]
    paints = paints_of(layers, color_map)
    captions = captions_of(layers, text_callable, show_dimension, legend)
    entries = {kind.__name__: paint for kind, paint in paints.items()} if legend else {}
    text = text_look(font, font_color, "".join([*(caption for caption, _ in captions), *entries]))
    line = as_rgba(connector_fill, "connector_fill"), connector_width if draw_funnel else None

    figure, axes = new_canvas(facecolor=as_rgba(background_fill, "background_fill"))
    figure.set_dpi(PIXELS_PER_INCH)
    axes.set(xlim=(0, PIXELS_PER_INCH), ylim=(PIXELS_PER_INCH, 0))  # a unit is a pixel
    _place(
        axes,
        boxes,
        captions,
        spacing,
        text | {"linespacing": _line_spacing(axes, text, text_vspacing)},
    )
    _draw_boxes(
        axes, boxes, [paints[type(layer)] for _, layer in layers], shade_step, line, draw_reversed
    )
    _fit(figure, axes, entries, padding, legend_text_spacing_offset, text)
    if to_file is not None:
        save_figure(figure, to_file, PIXELS_PER_INCH)
    return as_image(figure, PIXELS_PER_INCH)


def _line_spacing(axes: "Axes", look: Mapping[str, Any], pixels: float) -> float:
    """Return matplotlib's line spacing for a number of pixels between lines."""

    def height(text: str, **spacing: Any) -> float:
        probe = axes.text(0, 0, text, **look, **spacing)
        measured = probe.get_window_extent().height
        probe.remove()
        return measured

    # Measured, since its definition differs between versions of matplotlib.
    single, double = (
        height("lp\nlp", linespacing=one) - height("lp", linespacing=one) for one in (1.0, 2.0)
    )
    return 1 + (height("lp") + pixels - single) / (double - single)


def _place(
    axes: "Axes",
    boxes: Sequence[Box],
    captions: Sequence[tuple[str, bool]],
    spacing: float,
    look: Mapping[str, Any],
) -> None:
    """Write the captions, and position boxes and captions in a row without overlaps."""
    texts = [
        axes.text(
            0, 0, text, ha="center", va="bottom" if above else "top", parse_math=False, **look
        )
        for text, above in captions
    ]
    sides = [above for _, above in captions]  # none, or one for each box
    widths = _widths(texts)
    if sum(np.maximum(widths, [box.width for box in boxes[: len(texts)]])) > WIDEST_ROW:
        for text, above in zip(texts, sides, strict=True):
            # From bottom to top; the end next to the box is the same for all lines.
            text.set(rotation=90, multialignment="left" if above else "right")
        widths = _widths(texts)
    needed = widths + [BETWEEN * bool(text) for text, _ in captions]
    rows = [needed * sides, needed * np.logical_not(sides)] if texts else []
    height = round(place(boxes, spacing, rows))
    for box in boxes:
        box.left, box.top = round(box.left), round(box.top)
    for text, above, box in zip(texts, sides, boxes, strict=False):
        text.set_position((box.middle, -GAP if above else height + GAP))


def _widths(texts: Sequence["Text"]) -> np.ndarray:
    return np.array([text.get_window_extent().width for text in texts]).round()


def _draw_boxes(
    axes: "Axes",
    boxes: Sequence[Box],
    paints: Sequence[Paint],
    shade_step: float,
    connector: tuple[RGBA, float | None],
    reverse: bool,
) -> None:
    """Draw the boxes from back to front, each after the lines that it may hide."""
    line, width = connector
    pairs = list(zip(boxes, paints, strict=True))
    before: Box | None = None
    for box, (fill, outline) in reversed(pairs) if reverse else pairs:
        if before and width is not None:
            first, second = (box, before) if reverse else (before, box)
            starts = (*first.front()[1:3], *first.back()[1:3])
            ends = (*second.front()[::3], *second.back()[::3])
            for ends_of_line in zip(starts, ends, strict=True):
                _polygon(axes, ends_of_line, line, width)
        for corners, lighter in box.faces():
            _polygon(axes, corners, outline, 1, shaded(fill, lighter * shade_step))
        before = box


def _polygon(
    axes: "Axes", corners: Sequence[Point], line: RGBA, width: float, fill: RGBA | None = None
) -> None:
    from matplotlib.patches import Polygon

    filled = fill is not None
    middles = [(x + 0.5, y + 0.5) for x, y in corners]  # of pixels: a line fills them
    axes.add_patch(
        Polygon(
            middles, closed=filled, fill=filled, facecolor=fill, edgecolor=line,
            linewidth=width * POINTS, joinstyle="round",
        )
    )  # fmt: skip


def _fit(
    figure: "Figure",
    axes: "Axes",
    entries: Mapping[str, Paint],
    padding: float,
    spacing: float,
    look: Mapping[str, Any],
) -> None:
    """Show all that is drawn, with a legend below it in rows that are not wider."""
    from matplotlib.patches import Patch
    from matplotlib.transforms import Bbox

    drawn = Bbox.union([artist.get_window_extent() for artist in (*axes.patches, *axes.texts)])
    extent = drawn.transformed(axes.transData.inverted())
    margin = padding + 0.5  # half a line
    left, top = (floor(round(end - margin, 6)) for end in extent.min)
    right, bottom = (ceil(round(end + margin, 6)) for end in extent.max)
    patches = [
        Patch(facecolor=fill, edgecolor=line, label=name) for name, (fill, line) in entries.items()
    ]
    font = look["fontproperties"]
    for columns in range(len(patches), 0, -1):
        legend = axes.legend(
            handles=[patch for column in range(columns) for patch in patches[column::columns]],
            ncols=columns, prop=font, labelcolor=look["color"],
            loc="upper left", bbox_to_anchor=(left + padding, bottom), bbox_transform=axes.transData,
            columnspacing=spacing * POINTS / font.get_size_in_points(),
            frameon=False, handlelength=1, handleheight=1, handletextpad=0.5, labelspacing=0.4,
            borderpad=0, borderaxespad=0,
        )  # fmt: skip
        width, height = legend.get_window_extent().size
        if columns == 1 or width + 2 * padding <= right - left:
            right = max(right, ceil(left + width + 2 * padding))
            bottom = ceil(bottom + height + padding)
            break
    inches = [(size + 1e-3) / PIXELS_PER_INCH for size in (right - left, bottom - top)]
    figure.set_size_inches(inches[0], inches[1])
    axes.set(xlim=(left, right), ylim=(bottom, top))
