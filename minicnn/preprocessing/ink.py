"""Measure the ink on each pixel: its contrast to the paper, even if that is unevenly lit.

The paper's brightness is estimated from the picture itself. A *closing* (a maximum filter, then a
minimum filter) removes everything dark that is narrower than its square and leaves the rest unchanged:
strokes disappear; paper, shadows and their edges stay. The difference is ink. A *white top-hat*
does the same for light strokes on a dark background.

Source: J. Serra 1982, "Image Analysis and Mathematical Morphology", chapter II.
"""

import numpy as np
from numpy import ndarray

STROKE = 0.25
"""Largest width of a stroke, as a fraction of the picture's longer side; in MNIST it is a seventh."""

DARKEST_PAPER = 32.0  # of 255; below that the ratio of two brightnesses is mostly noise
BLUR = 1 / 800  # of the longer side: removes a camera's noise, but no strokes


def ink_on_paper(grey: ndarray, dark_on_light: bool) -> tuple[ndarray, float]:
    """Return the contrast of each pixel to the paper around it, and the deviation of its noise."""
    from scipy.ndimage import gaussian_filter, grey_closing, white_tophat

    blur = max(grey.shape) * BLUR
    smooth = gaussian_filter(grey, blur, mode="nearest") if blur > 0.3 else grey
    width = max(3, round(STROKE * max(grey.shape)) | 1)  # odd: the square has a centre
    # Add paper around it: otherwise a margin beside the border would be as narrow as a stroke.
    smooth = np.pad(smooth, width, "edge")
    square = (width, width)
    if dark_on_light:
        paper = grey_closing(smooth, square)
        ink = (paper - smooth) / np.maximum(paper, DARKEST_PAPER)
    else:
        ink = white_tophat(smooth, square) / 255
    # Noise makes paper a little darker than its brightest neighbours: that is not ink.
    ink -= np.median(ink)
    noise = 1.4826 * float(np.median(np.abs(ink)))  # σ, for normal noise
    return ink[width:-width, width:-width], noise
