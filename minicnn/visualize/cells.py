"""Matrices drawn cell by cell: one image, and many small tiles on one sheet."""

from collections.abc import Sequence
from typing import TYPE_CHECKING, Any, NamedTuple

import numpy as np
from numpy import ndarray

from minicnn.preprocessing.model_input import Range, to_brightness
from minicnn.steps.notation import cell_texts
from minicnn.visualize.colours import GREY, Shade, readable_on

if TYPE_CHECKING:
    from matplotlib.axes import Axes

Point = tuple[float, float]

GAP = 0.15  # between tiles, in widths of one
SMALL, DARK = 8, "#444444"  # of labels: points, colour


class Tile(NamedTuple):
    """A matrix and its position, in widths of a tile from the upper left corner."""

    cells: ndarray
    right: float
    down: float
    above: str = ""
    beside: str = ""


def draw_image(
    axes: "Axes", image: ndarray, title: str = "", black_white: Range | None = None, **options: Any
) -> None:
    """Draw an image in its own colours, on axes without ticks.

    `black_white` are the numbers that are drawn black and white, by default those of its own range.
    """
    values = to_brightness(image, black_white)
    if values.ndim == 3 and values.shape[2] != 3:
        values = values.mean(axis=2)
    axes.imshow(values, interpolation="nearest", **Shade("gray", 0, 1).drawing(), **options)
    bare(axes, title)


def draw_cells(axes: "Axes", cells: ndarray, shade: Shade, **place: Any) -> Any:
    """Draw a matrix, a square for each cell; return matplotlib's `AxesImage`."""
    return axes.imshow(cells, interpolation="nearest", **shade.drawing(), **place)


def draw_tiles(axes: "Axes", tiles: Sequence[Tile], shade: Shade, numbers: bool = False) -> Any:
    """Draw many matrices on one sheet; return an `AxesImage` that a colour bar can be made of."""
    small: dict[str, Any] = {"fontsize": SMALL, "color": DARK}
    for cells, right, down, above, beside in tiles:
        height, width = cells.shape
        tall = height / width
        image = draw_cells(axes, cells, shade, extent=(right, right + 1, down + tall, down))
        outline(axes, right, down, 1, tall, edgecolor=GREY, lw=0.6)
        axes.text(right + 0.5, down - 0.04, above, ha="center", **small)
        axes.text(right - 0.06, down + tall / 2, beside, ha="right", va="center", **small)
        if numbers:
            write_numbers(axes, cells, shade, (right, down), width, 9)
    axes.set_xlim(min(tile.right for tile in tiles) - 0.05, width_of(tiles) + 0.05)
    axes.set_ylim(height_of(tiles) + 0.05, min(tile.down for tile in tiles) - 0.05)
    axes.set_aspect("equal")
    axes.axis("off")
    return image


def tile_grid(maps: ndarray, numbers: Sequence[int], across: int) -> list[Tile]:
    """Lay some of the maps (rows, columns, maps) out in rows, each with its number above."""
    tall = maps.shape[0] / maps.shape[1]
    positions = [divmod(index, across) for index in range(len(numbers))]
    return [
        Tile(maps[:, :, number], right * (1 + GAP), down * (tall + 2 * GAP), above=str(number))
        for number, (down, right) in zip(numbers, positions, strict=True)
    ]


def width_of(tiles: Sequence[Tile]) -> float:
    """Return the right edge of the tiles."""
    return max(tile.right for tile in tiles) + 1


def height_of(tiles: Sequence[Tile]) -> float:
    """Return the lower edge of the tiles."""
    return max(tile.down + tile.cells.shape[0] / tile.cells.shape[1] for tile in tiles)


def outline(
    axes: "Axes", left: float, top: float, width: float, height: float, **look: Any
) -> None:
    """Draw the frame of a rectangle."""
    from matplotlib.patches import Rectangle

    axes.add_patch(Rectangle((left, top), width, height, fill=False, **look))


def part_of(chosen: int, count: int, what: str) -> str:
    """Return "3 of 8 maps", or "8 maps" for all of them."""
    what = what if count == 1 else f"{what}s"
    return f"{count} {what}" if chosen == count else f"{chosen} of {count} {what}"


def show_whole(axes: "Axes", size: Sequence[int]) -> None:
    """Show the whole of an image of (height, width), and nothing else."""
    axes.set(xlim=(-0.5, size[1] - 0.5), ylim=(size[0] - 0.5, -0.5))


def bare(axes: "Axes", title: str = "") -> None:
    """Remove the ticks of axes, and frame them in grey."""
    axes.set_xticks([])
    axes.set_yticks([])
    axes.set_title(title)
    for side in axes.spines.values():
        side.set_color(GREY)


def write_numbers(
    axes: "Axes", cells: ndarray, shade: Shade, corner: Point, per_unit: float, size: float
) -> None:
    """Write the number into each cell that has one; `per_unit` cells are as wide as a unit."""
    known = np.isfinite(cells)
    written = cell_texts(np.where(known, cells, 0))
    for row, column in np.argwhere(known):
        axes.text(
            corner[0] + (column + 0.5) / per_unit, corner[1] + (row + 0.5) / per_unit,
            written[row][column], ha="center", va="center", fontsize=size,
            color=readable_on(shade.colour(cells[row, column])),
        )  # fmt: skip
