"""Take page.png and page.ko.png: the page that `minicnn explain` writes, in a browser.

    minicnn train
    python -m docs.pictures.page minicnn-output/model.keras

In the project's folder, with what the browser tests need: Chromium, its driver and selenium. A digit
is drawn with the mouse, and a cell of the first layer picked.
"""

import base64
import io
import sys
import tempfile
from pathlib import Path

import minicnn
from minicnn.atomic import atomic_write
from minicnn.datasets import mnist
from minicnn.models import Sequential, load_model
from tests.explaining.browser import Page, chromium

STROKE = ((-66, -80), (62, -80), (-22, 92))  # a seven, in pixels from the board's middle
MAP, ROW, COLUMN = 59, 12, 15  # on the left edge of the stroke, which this filter looks for
SCROLL = 345  # pixels: the numbers, and of the maps above what has room
COLOURS = 256
NAMES = {"en": "page.png", "ko": "page.ko.png"}


def write_page(model: Sequential, language: str, folder: Path) -> Path:
    """Write the page with a test image of each digit."""
    _, (x_test, y_test) = mnist.load_data()
    firsts = [int((y_test == digit).argmax()) for digit in range(10)]
    return minicnn.explain(
        model, x_test[firsts][..., None], y_test[firsts], folder / "page.html", language
    )


def pick_cell(page: Page) -> None:
    """Choose a cell of the first layer by its map, row and column."""
    page.select("#inspector", "0")
    fields = [
        field
        for field in page.all("#inspector .controls input[type=number]")
        if field.is_displayed()
    ]
    for field, value in zip(fields, (MAP, ROW, COLUMN), strict=True):
        page.run(
            "arguments[0].value = arguments[1]; arguments[0].dispatchEvent(new Event('input'))",
            field,
            value,
        )
        page.settle()


def photograph(page: Page, path: Path) -> None:
    """Write what is seen of the page, in few colours: a small file."""
    from PIL import Image

    shot = base64.b64decode(page.tell("Page.captureScreenshot", format="png")["data"])
    picture = Image.open(io.BytesIO(shot)).convert("RGB")
    with atomic_write(path) as file:
        picture.quantize(COLOURS, dither=Image.Dither.NONE).save(file, "PNG", optimize=True)


def take(model: Sequential, folder: Path) -> None:
    """Take both pictures."""
    with tempfile.TemporaryDirectory() as pages, chromium() as driver:
        for language, name in NAMES.items():
            page = Page(driver, write_page(model, language, Path(pages)))
            page.tell("Emulation.setScrollbarsHidden", hidden=True)
            page.click("#board .row button")  # clear
            page.draw(*STROKE)
            pick_cell(page)
            page.run(
                "document.activeElement.blur(); scrollTo({top: arguments[0], behavior: 'instant'})",
                SCROLL,
            )
            page.settle()
            photograph(page, folder / name)
            print("taken:", folder / name)


if __name__ == "__main__":
    if len(sys.argv) != 2:
        sys.exit(__doc__)
    take(load_model(sys.argv[1]), Path(__file__).parent)
