"""Text for Pillow's pictures: a font that has its letters, its size, and how it is put in place."""

from collections.abc import Iterable
from typing import TYPE_CHECKING, Any, NamedTuple

from minicnn.errors import DataWarning
from minicnn.visualize.figure import korean_fonts

if TYPE_CHECKING:
    from PIL.Image import Image

_FONT_SIZE = 13
_TALL_AND_DEEP = "Ágj한"


class Lettering(NamedTuple):
    """How text looks: the font, its colour, and pixels between two lines."""

    font: Any
    colour: Any
    line_spacing: float

    def line_height(self) -> int:
        """Return how high a line is, in pixels."""
        return int(self.font.getbbox(_TALL_AND_DEEP)[3])

    def width(self, text: str) -> int:
        """Return how wide the widest line is, in pixels."""
        return max(int(self.font.getlength(line) + 0.999) for line in text.split("\n"))

    def mask(self, text: str, alignment: float = 0.0) -> "Image":
        """Return white text on black."""
        from PIL import Image, ImageDraw

        lines = text.split("\n")
        step = self.line_height() + self.line_spacing
        mask = Image.new(
            "L", (max(self.width(text), 1), round(step * len(lines) - self.line_spacing))
        )
        draw = ImageDraw.Draw(mask)
        for number, line in enumerate(lines):
            start = (mask.width - self.font.getlength(line)) * alignment
            draw.text((round(start), round(number * step)), line, font=self.font, fill=255)
        return mask

    def write(self, picture: "Image", mask: "Image", left: float, top: float) -> None:
        """Put text, as `mask` returned it, on a picture."""
        picture.paste(self.colour, (round(left), round(top)), mask)


def font_for(texts: Iterable[str]) -> Any:
    """Return a font that has the letters of all texts: DejaVu Sans, or one with Korean letters."""
    from matplotlib import font_manager
    from PIL import ImageFont

    letters = {letter for text in texts for letter in text if not letter.isspace()}
    usual = font_manager.findfont("DejaVu Sans")  # which comes with matplotlib
    if not _missing(letters, usual):
        return ImageFont.truetype(usual, _FONT_SIZE)
    for name in korean_fonts():
        for entry in font_manager.fontManager.ttflist:
            if entry.name == name and entry.style == "normal" and entry.weight in (400, "normal"):
                return ImageFont.truetype(entry.fname, _FONT_SIZE, index=getattr(entry, "index", 0))
    _warn_of_missing(_missing(letters, usual))
    return ImageFont.truetype(usual, _FONT_SIZE)


def _missing(letters: set[str], path: str) -> set[str]:
    """Return the letters that the font in a file does not have."""
    from matplotlib.ft2font import FT2Font

    font = FT2Font(path)
    return {letter for letter in letters if not font.get_char_index(ord(letter))}


def _warn_of_missing(letters: set[str]) -> None:
    from warnings import warn

    warn(
        f"no font is installed that has the letters {' '.join(sorted(letters))}: they are drawn as "
        "empty boxes. Install NanumGothic, or give a font: "
        "layered_view(model, font=PIL.ImageFont.truetype('MyFont.ttf', 13)).",
        DataWarning,
        stacklevel=4,
    )
