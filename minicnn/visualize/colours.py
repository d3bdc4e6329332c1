"""The colours of all pictures: distinguishable for the colour-blind, the same meaning everywhere.

The single colours are those of Okabe & Ito 2008, "Color Universal Design".
"""

from collections.abc import Iterable
from typing import Any, NamedTuple

import numpy as np
from numpy import ndarray

from minicnn import layers

BLUE, VERMILION, GREY = "#0072B2", "#D55E00", "#999999"
ORANGE = "#E69F00"

SIGNED = "RdBu"  # blue above zero, red below, white at zero
AMOUNTS = "viridis"  # dark for nothing, bright for much
HEAT = "inferno"  # black for nothing, over red to yellow

# By `Layer.family`; what a layer of the library has of it follows from its name.
FAMILIES = {
    "convolution": BLUE,
    "custom": "#8C564B",
    "dense": "#009E73",
    "maximum": VERMILION,
    "index_map": GREY,
    "elementwise": "#CC79A7",
    "activation": "#56B4E9",
    "normalization": "#F0E442",
    "learnt_slopes": "#44AA99",
    "merge": ORANGE,
    "chain": "#004C77",
}
PALEST = 0.75  # white in the palest colour of a family
# Tol 2021, "Colour schemes", from the muted one; for custom layers.
CUSTOM = ("#882255", "#332288", "#999933", "#CC6677", "#117733", "#AA4499")


RGBA = tuple[float, ...]  # 0…1; the opacity may be missing


class Shade(NamedTuple):
    """Colours of numbers: a matplotlib colour map, and the numbers at its two ends."""

    colours: str
    least: float
    greatest: float

    def drawing(self) -> dict[str, Any]:
        """Return the arguments of matplotlib's `imshow`."""
        return {"cmap": self.colours, "vmin": self.least, "vmax": self.greatest}

    def colour(self, value: float) -> ndarray:
        """Return red, green, blue and opacity of a number, each from 0 to 1."""
        import matplotlib as mpl

        fraction = (value - self.least) / (self.greatest - self.least)
        return np.asarray(mpl.colormaps[self.colours](fraction))


def shade_of(values: ndarray) -> Shade:
    """Choose the shade for numbers: by sign if some are negative, otherwise by amount from 0."""
    if values.min(initial=0.0) < 0:
        return signed_shade(values)
    return Shade(AMOUNTS, 0.0, float(values.max(initial=0.0)) or 1.0)


def signed_shade(values: ndarray) -> Shade:
    """Choose the shade for numbers whose sign matters most, such as weights: white is zero."""
    strongest = float(np.abs(values).max(initial=0.0)) or 1.0
    return Shade(SIGNED, -strongest, strongest)


def readable_on(colour: ndarray) -> str:
    """Return black or white, whichever has more contrast (relative luminance, WCAG 2.1)."""
    red, green, blue = (((part + 0.055) / 1.055) ** 2.4 for part in colour[:3])
    return "black" if 0.2126 * red + 0.7152 * green + 0.0722 * blue > 0.179 else "white"


def colours_of_layers(classes: Iterable[type]) -> dict[type, str]:
    """Choose a colour for every class of layer: the same in all pictures."""
    library = _library_colours()
    classes = list(dict.fromkeys(classes))
    custom = [kind for kind in classes if kind not in library]
    chosen = {kind: CUSTOM[number % len(CUSTOM)] for number, kind in enumerate(custom)}
    return {kind: library.get(kind) or chosen[kind] for kind in classes}


def _library_colours() -> dict[type, str]:
    """Return the colour of each layer of the library: its family's, paler for longer names."""
    from matplotlib.colors import to_hex, to_rgb

    families: dict[str, list[type[layers.Layer]]] = {}
    for kind in {getattr(layers, name) for name in layers.__all__} - {layers.Layer}:
        if isinstance(kind, type) and issubclass(kind, layers.Layer):
            families.setdefault(kind.family, []).append(kind)
    colours: dict[type, str] = {}
    for family, members in families.items():
        base = np.array(to_rgb(FAMILIES.get(family, "#595959")))
        members.sort(key=lambda kind: ("1D" in kind.__name__, len(kind.__name__), kind.__name__))
        for white, kind in zip(np.linspace(0, PALEST, len(members)), members, strict=True):
            colours[kind] = to_hex(base + (1 - base) * white).upper()
    return colours | {layers.InputLayer: "#FFFFFF"}


def as_rgba(colour: Any, argument: str = "a colour") -> RGBA:
    """Return a colour as red, green, blue and perhaps opacity, each from 0 to 1."""
    from PIL import ImageColor

    message = (
        f"{argument} must be a name such as 'orange', '#E69F00' or (230, 159, 0), got {colour!r}."
    )
    try:
        numbers = ImageColor.getrgb(colour) if isinstance(colour, str) else tuple(map(int, colour))
    except (TypeError, ValueError) as error:
        raise ValueError(message) from error
    if len(numbers) not in (3, 4) or not all(0 <= part <= 255 for part in numbers):
        raise ValueError(message)
    return tuple(part / 255 for part in numbers)


def shaded(colour: RGBA, percent: float) -> RGBA:
    """Return a colour mixed with white, or with black if `percent` is negative."""
    red, green, blue, *opacity = colour
    part, target = min(abs(percent) / 100, 1.0), float(percent > 0)
    return (*(channel + (target - channel) * part for channel in (red, green, blue)), *opacity)
