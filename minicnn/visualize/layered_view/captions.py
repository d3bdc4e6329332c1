"""What is written above and below the boxes."""

from collections.abc import Callable, Sequence
from typing import TYPE_CHECKING, Any, NamedTuple

from minicnn.layers import Layer
from minicnn.visualize.layered_view.box import Box
from minicnn.visualize.layered_view.lettering import Lettering

if TYPE_CHECKING:
    from PIL.Image import Image

TextCallable = Callable[[int, Any], tuple[str, bool]]

_BETWEEN, _BETWEEN_UPRIGHT = 10, 18  # pixels from one caption to the next
_WIDEST_ROW = 1200  # pixels; beyond, captions stand upright


class Caption(NamedTuple):
    """A text, and whether it stands above its box, not below."""

    text: str
    above: bool


def dimension(layer: Layer) -> str:
    """Return the shape of what a layer gives, without the batch."""
    sizes = ["?" if size is None else str(size) for size in layer.output_shape[1:]]
    return "×".join(sizes) or "1"


def captions_of(
    layers: Sequence[tuple[int, Layer]], write: TextCallable | None, with_dimension: bool
) -> list[Caption]:
    """Return what is written at each layer."""
    if write is None and not with_dimension:
        return []
    captions = []
    for index, layer in layers:
        text, above = _written(write, index, layer)
        last_line = [dimension(layer)] if with_dimension else []
        captions.append(Caption("\n".join([text, *last_line]), above))
    return captions


def _written(write: TextCallable | None, index: int, layer: Layer) -> tuple[str, bool]:
    if write is None:
        return layer.name, False
    answer = write(index, layer)
    if not (isinstance(answer, tuple) and len(answer) == 2 and isinstance(answer[0], str)):
        raise TypeError(
            "text_callable returns a text and whether it stands above the layer, "
            f"(layer.name, True) for example, got {answer!r}."
        )
    return answer[0], bool(answer[1])


class CaptionRow:
    """The captions above, or those below: how much room they need, and how they are drawn."""

    def __init__(
        self, captions: Sequence[Caption], above: bool, upright: bool, lettering: Lettering
    ) -> None:
        self.above, self.lettering = above, lettering
        self.masks = [
            self._mask(caption.text, upright) if caption.above is above and caption.text else None
            for caption in captions
        ]
        between = _BETWEEN_UPRIGHT if upright else _BETWEEN
        self.widths = [0 if mask is None else mask.width + between for mask in self.masks]
        self.height = max((mask.height for mask in self.masks if mask is not None), default=0)

    def draw(self, picture: "Image", boxes: Sequence[Box], top: float) -> None:
        """Write the captions in a row that begins at `top`, each in the middle of its box."""
        for mask, box in zip(self.masks, boxes, strict=True):
            if mask is not None:
                lower = self.height - mask.height if self.above else 0
                self.lettering.write(picture, mask, box.middle - mask.width / 2, top + lower)

    def _mask(self, text: str, upright: bool) -> "Image":
        from PIL import Image

        if not upright:
            return self.lettering.mask(text, alignment=0.5)
        # Read from below: what is next to the box is the end below it, the beginning above it.
        mask = self.lettering.mask(text, alignment=0.0 if self.above else 1.0)
        return mask.transpose(Image.Transpose.ROTATE_90)


def caption_rows(
    captions: Sequence[Caption], boxes: Sequence[Box], lettering: Lettering
) -> list[CaptionRow]:
    """Return the rows of captions above and below; upright where they would make a row too wide."""
    flat = [CaptionRow(captions, above, False, lettering) for above in (True, False)]
    width = max(
        sum(max(box.width, room) for box, room in zip(boxes, row.widths, strict=True))
        for row in flat
    )
    if width <= _WIDEST_ROW:
        return flat
    return [CaptionRow(captions, above, True, lettering) for above in (True, False)]
