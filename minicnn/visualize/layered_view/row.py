"""The boxes in their row, joined by lines, with their captions: the picture without its legend."""

from collections.abc import Sequence
from typing import TYPE_CHECKING, NamedTuple

from minicnn.visualize.layered_view.box import Box, place
from minicnn.visualize.layered_view.canvas import Canvas, Colour
from minicnn.visualize.layered_view.captions import Caption, CaptionRow, caption_rows
from minicnn.visualize.layered_view.legend import Paint
from minicnn.visualize.layered_view.lettering import Lettering

if TYPE_CHECKING:
    from PIL.Image import Image

_TO_CAPTION = 6  # pixels between boxes and captions


class Look(NamedTuple):
    """The arguments of `layered_view` that are about the row of boxes."""

    background_fill: Colour
    padding: float
    spacing: float
    draw_funnel: bool
    draw_reversed: bool
    shade_step: float
    connector_fill: Colour
    connector_width: float


def draw_row(
    boxes: Sequence[Box],
    paints: Sequence[Paint],
    captions: Sequence[Caption],
    lettering: Lettering,
    look: Look,
    least_width: float,
) -> "Image":
    """Put the boxes in their places and draw them."""
    rows = caption_rows(captions, boxes, lettering) if captions else []
    height = place(boxes, look.spacing, [row.widths for row in rows])
    above = sum(row.height + _TO_CAPTION for row in rows if row.above and row.height)
    below = sum(row.height + _TO_CAPTION for row in rows if not row.above and row.height)
    left, right = _ends(boxes, rows)
    for box in boxes:
        box.left = round(box.left + look.padding - left)
        box.top = round(box.top + look.padding + above)
    canvas = Canvas(
        max(right - left + 1 + 2 * look.padding, least_width),  # 1: for the last line around a box
        height + 1 + above + below + 2 * look.padding,
        look.background_fill,
    )
    _paint(canvas, boxes, paints, look)
    picture = canvas.picture()
    for row in rows:
        lower = 0 if row.above else above + height + _TO_CAPTION
        row.draw(picture, boxes, look.padding + lower)
    return picture


def _ends(boxes: Sequence[Box], rows: Sequence[CaptionRow]) -> tuple[float, float]:
    """Return where the leftmost begins and the rightmost ends, captions included."""
    lefts = [box.left + min(box.shift, 0) for box in boxes]
    rights = [box.right + max(box.shift, 0) for box in boxes]
    for row in rows:
        for box, mask in zip(boxes, row.masks, strict=True):
            if mask is not None:
                lefts.append(box.middle - mask.width / 2)
                rights.append(box.middle + mask.width / 2)
    return min(lefts), max(rights)


def _paint(canvas: Canvas, boxes: Sequence[Box], paints: Sequence[Paint], look: Look) -> None:
    """Draw the boxes from the hindmost to the foremost, each after the lines that it may hide."""
    order = range(len(boxes))
    for number in reversed(order) if look.draw_reversed else order:
        drawn_before = number + 1 if look.draw_reversed else number - 1
        if look.draw_funnel and drawn_before in order:
            first, second = sorted((number, drawn_before))
            _join(canvas, boxes[first], boxes[second], look)
        canvas.box(boxes[number], *paints[number], look.shade_step)


def _join(canvas: Canvas, first: Box, second: Box, look: Look) -> None:
    for start, end in zip(first.corners(first.right), second.corners(second.left), strict=True):
        canvas.line([start, end], look.connector_fill, look.connector_width)
