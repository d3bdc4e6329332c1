"""How much ink lies on each pixel: what stands out from the paper, however unevenly that is lit.

The paper's brightness is taken from the picture itself. A *closing* (each pixel the brightest of its
neighbourhood, then the darkest of those) wipes out everything dark that is narrower than its square
and leaves the rest as it was: strokes go, paper, shadows and their edges stay. What it has changed is
ink. The *opening* does the same for light strokes on a dark ground.

Source: J. Serra 1982, "Image Analysis and Mathematical Morphology", chapter II.
"""

from typing import NamedTuple

import numpy as np
from numpy import ndarray

STROKE = 0.25
"""Of the picture's longer side: what is wider is no stroke. MNIST's are a seventh of the digit."""

DARKEST_PAPER = 32.0  # of 255; darker than that a ratio of two brightnesses is mostly noise
BLUR = 1 / 800  # of the longer side: takes a camera's noise away, and hardly any stroke


class Ink(NamedTuple):
    """What is drawn on a picture."""

    amount: ndarray
    noise: float


def ink_on_paper(grey: ndarray, dark_on_light: bool) -> Ink:
    """Return how much each pixel stands out from the paper around it."""
    from scipy.ndimage import gaussian_filter

    blur = max(grey.shape) * BLUR
    smooth = gaussian_filter(grey, blur, mode="nearest") if blur > 0.3 else grey
    width = max(3, round(STROKE * max(grey.shape)) | 1)  # odd: it has a middle
    # More paper around it: else a margin beside the border would be narrow like a stroke.
    smooth = np.pad(smooth, width, "edge")
    if dark_on_light:
        paper = _closing(smooth, width)
        ink = (paper - smooth) / np.maximum(paper, DARKEST_PAPER)
    else:
        ink = (smooth + _closing(-smooth, width)) / 255
    # Noise makes paper a little darker than its brightest neighbours: that is no ink.
    ink -= np.median(ink)
    noise = 1.4826 * float(np.median(np.abs(ink)))  # of normal noise this is σ
    return Ink(ink[width:-width, width:-width], noise)


def _closing(grey: ndarray, width: int) -> ndarray:
    """Return the closing with a square of `width` pixels."""
    from scipy.ndimage import maximum_filter, minimum_filter

    return minimum_filter(maximum_filter(grey, width), width)
