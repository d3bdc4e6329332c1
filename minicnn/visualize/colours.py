"""The colours of all pictures: told apart by the colour-blind, the same meaning everywhere.

The single colours are those of Okabe & Ito 2008, "Color Universal Design".
"""

from typing import Any, NamedTuple

import numpy as np
from numpy import ndarray

BLUE, VERMILION, GREY = "#0072B2", "#D55E00", "#999999"
ORANGE = "#E69F00"

SIGNED = "RdBu"  # blue above zero, red below, white at zero
AMOUNTS = "viridis"  # dark for nothing, bright for much
HEAT = "inferno"  # black for nothing, over red to yellow


class Shade(NamedTuple):
    """Which colour a number has: a matplotlib colour map, and the numbers at its two ends."""

    colours: str
    least: float
    greatest: float

    def drawing(self) -> dict[str, Any]:
        """Return the arguments of matplotlib's `imshow`."""
        return {"cmap": self.colours, "vmin": self.least, "vmax": self.greatest}

    def colour(self, value: float) -> ndarray:
        """Return red, green, blue and opacity of a number, each from 0 to 1."""
        import matplotlib as mpl

        share = (value - self.least) / (self.greatest - self.least)
        return np.asarray(mpl.colormaps[self.colours](share))


def shade_of(values: ndarray) -> Shade:
    """Choose the shade for numbers: by sign where some are negative, else by amount from 0."""
    if values.min(initial=0.0) < 0:
        return signed_shade(values)
    return Shade(AMOUNTS, 0.0, float(values.max(initial=0.0)) or 1.0)


def signed_shade(values: ndarray) -> Shade:
    """Choose the shade for numbers whose sign says the most, such as weights: white is zero."""
    strongest = float(np.abs(values).max(initial=0.0)) or 1.0
    return Shade(SIGNED, -strongest, strongest)


def readable_on(colour: ndarray) -> str:
    """Return black or white, whichever stands out more (relative luminance, WCAG 2.1)."""
    red, green, blue = (((part + 0.055) / 1.055) ** 2.4 for part in colour[:3])
    return "black" if 0.2126 * red + 0.7152 * green + 0.0722 * blue > 0.179 else "white"
