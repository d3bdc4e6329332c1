"""A picture as a file: the ending decides the format, and a failure leaves the old one."""

import os
from pathlib import Path
from typing import TYPE_CHECKING

from minicnn.atomic import atomic_write
from minicnn.errors import unknown_name
from minicnn.visualize.layered_view.canvas import Colour

if TYPE_CHECKING:
    from PIL.Image import Image

_WITHOUT_OPACITY = ("JPEG", "PDF", "EPS")
_USUAL_ENDINGS = (".bmp", ".gif", ".jpg", ".pdf", ".png", ".tiff", ".webp")


def write_picture(picture: "Image", path: str | os.PathLike[str], background: Colour) -> None:
    """Write a picture to a file: the whole of it, or nothing."""
    from PIL import Image

    path = Path(path)
    ending = path.suffix.lower() or ".png"
    kind = Image.registered_extensions().get(ending)
    if kind not in Image.SAVE:
        raise unknown_name("ending of to_file", ending, _USUAL_ENDINGS)
    if kind in _WITHOUT_OPACITY:
        below = Image.new("RGBA", picture.size, background)
        picture = Image.alpha_composite(below, picture).convert("RGB")
    with atomic_write(path) as file:
        picture.save(file, format=kind)
