"""Padding: surround the image with zeros, so that the feature map keeps its size.

python padding.py
"""

import numpy as np
from convolution import slide
from filters import FILTER_1, IMAGE, show

from minicnn import steps

padded = np.pad(IMAGE, 1)  # one pixel on every side for a 3×3 filter
show("the image with a border of zeros", padded)

walk = steps.conv2d(IMAGE, FILTER_1, padding="same")
show("the map, 6×6 like the image", walk.output)
assert walk.output.shape == (6, 6)
assert (walk.output == slide(padded, FILTER_1)).all()
assert (walk.output[1:-1, 1:-1] == slide(IMAGE, FILTER_1)).all()  # the map without padding
assert (walk.output[0, 0], walk.output[0, 5], walk.output[5, 0]) == (2, 0, -1)

# The corner pixel is part of one window without padding, and of four with it.
for padding, times in (("valid", 1), ("same", 4)):
    walk = steps.conv2d(IMAGE, FILTER_1, padding=padding)
    corner = walk.backward(np.ones_like(walk.output)).input[0, 0]
    print(f"padding {padding!r}: the corner contributes to {len(corner.terms)} outputs")
    assert len(corner.terms) == times
