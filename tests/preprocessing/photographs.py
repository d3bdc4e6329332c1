"""Photographs that never were: a digit of strokes, or one of MNIST, on paper in uneven light."""

from typing import NamedTuple

import numpy as np
from hypothesis import strategies as st
from numpy import ndarray
from PIL import Image, ImageDraw
from scipy.ndimage import rotate

# Corners of the strokes, in a square of side 1
STROKES = {
    "one": [[(0.5, 0), (0.5, 1)]],
    "four": [[(0.6, 0), (0.05, 0.65), (0.95, 0.65)], [(0.65, 0.3), (0.65, 1)]],
    "seven": [[(0.1, 0.05), (0.9, 0.05), (0.4, 1)]],
    "zero": [[(0.5, 0), (0.15, 0.3), (0.15, 0.7), (0.5, 1), (0.85, 0.7), (0.85, 0.3), (0.5, 0)]],
    "five": [
        [(0.85, 0.02), (0.2, 0.02), (0.2, 0.45), (0.7, 0.45), (0.85, 0.7), (0.6, 1), (0.15, 0.9)]
    ],
}
THICK = 0.13  # of the digit's size, as MNIST's strokes are


def drawn(name: str, size: int, thick: float = THICK) -> ndarray:
    """Ink, 0 to 1, in a square of `size` pixels: drawn four times as large, then averaged."""
    large = Image.new("L", (4 * size, 4 * size))
    pen = ImageDraw.Draw(large)
    inside = 4 * size * (1 - thick)
    for stroke in STROKES[name]:
        corners = [
            (2 * size * thick + x * inside, 2 * size * thick + y * inside) for x, y in stroke
        ]
        pen.line(corners, fill=255, width=round(4 * size * thick), joint="curve")
        for x, y in (corners[0], corners[-1]):
            radius = 2 * size * thick
            pen.ellipse((x - radius, y - radius, x + radius, y + radius), fill=255)
    return np.asarray(large.resize((size, size), Image.Resampling.BOX)) / 255


def enlarged(digit: ndarray, size: int) -> ndarray:
    """An image of MNIST as ink, 0 to 1, in a square of `size` pixels."""
    large = Image.fromarray(digit).resize((size, size), Image.Resampling.BICUBIC)
    return np.clip(np.asarray(large) / 255, 0, 1)


class Scene(NamedTuple):
    """Parameters of a photograph of a digit; positions and sizes are fractions."""

    height: int = 300
    width: int = 300
    size: float = 0.5
    down: float = 0.5
    across: float = 0.5
    dark_on_light: bool = True
    shade: float = 0.0  # how much of the light is lost from one corner to the other
    shadow: float = 0.0  # how much of it in a shadow with a sharp edge
    noise: float = 0.0  # of the camera, in 255ths
    seed: int = 0

    def photograph(self, ink_of_size) -> ndarray:
        """uint8 (height, width), of ``ink_of_size(pixels)`` on paper."""
        ink = ink_of_size(max(round(self.size * min(self.height, self.width)), 1))
        page = np.zeros((self.height, self.width))
        top = int(self.down * (self.height - len(ink)))
        left = int(self.across * (self.width - len(ink)))
        page[top : top + len(ink), left : left + len(ink)] = ink
        paper, pen = (230, 50) if self.dark_on_light else (40, 220)
        seen = (paper + (pen - paper) * page) * self._light()
        seen += np.random.default_rng(self.seed).normal(0, self.noise, seen.shape)
        return np.clip(seen, 0, 255).astype(np.uint8)

    def _light(self) -> ndarray:
        down, across = np.mgrid[0 : self.height, 0 : self.width]
        down, across = down / self.height, across / self.width
        shadow = self.shadow * (across + 0.7 * down > 0.9)
        return (1 - self.shade * (down + across) / 2) * (1 - shadow)


scenes = st.builds(
    Scene,
    height=st.integers(120, 500),
    width=st.integers(120, 500),
    size=st.floats(0.25, 0.7),
    down=st.floats(0.1, 0.9),
    across=st.floats(0.1, 0.9),
    dark_on_light=st.booleans(),
    shade=st.floats(0, 0.5),
    shadow=st.just(0.0),
    noise=st.floats(0, 5),
    seed=st.integers(0, 1000),
)


class SheetScene(NamedTuple):
    """Parameters of a photograph of a sheet, perhaps squared, that lies at an angle on a desk."""

    angle: float = 0.0  # degrees
    desk: float | None = None  # its brightness; None: the sheet fills the picture
    squares: float = 0.0  # contrast of the lines; the pen's is 0.8
    pitch: float = 26.0  # pixels from line to line
    height: int = 330
    width: int = 440

    def photograph(self, ink: ndarray) -> ndarray:
        """uint8 (height, width), of ink on the sheet."""
        side = 760
        page = np.full((side, side), 230.0)
        place = np.arange(side) % self.pitch
        lines = np.clip(1.2 - np.minimum(place, self.pitch - place), 0, 1)
        page *= 1 - self.squares * np.maximum(lines[:, np.newaxis], lines)
        top, left = (side - ink.shape[0]) // 2, (side - ink.shape[1]) // 2 + 9
        under = page[top : top + ink.shape[0], left : left + ink.shape[1]]
        under[...] = under * (1 - ink) + 45 * ink
        middle = side // 2
        if self.desk is not None:
            sheet = np.zeros(page.shape, bool)
            half_height, half_width = int(0.42 * self.height), int(0.4 * self.width)
            sheet[
                middle - half_height : middle + half_height,
                middle - half_width : middle + half_width,
            ] = 1
            page = np.where(sheet, page, self.desk)
        page = rotate(page, self.angle, reshape=False, order=1, mode="nearest")
        page = page[middle - self.height // 2 :, middle - self.width // 2 :][
            : self.height, : self.width
        ]
        noise = np.random.default_rng(0).normal(0, 3, page.shape)
        return np.clip(page + noise, 0, 255).astype(np.uint8)
