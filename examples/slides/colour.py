"""RGB: a colour image has 3 channels, and a filter 3 layers of weights; all 27 products are added.

python colour.py
"""

import numpy as np
from convolution import slide
from filters import FILTER_1, FILTER_2, IMAGE, show

from minicnn import steps

# The image in red, its mirror image in green, nothing in blue; and a filter for each of them
image = np.stack([IMAGE, IMAGE[:, ::-1], 0 * IMAGE], axis=-1)
weights = np.stack([FILTER_1, FILTER_2, FILTER_2], axis=-1)
print("image", image.shape, "filter", weights.shape, end="\n\n")
assert (image.shape, weights.shape) == ((6, 6, 3), (3, 3, 3))

channels = [slide(image[:, :, k], weights[:, :, k]) for k in range(3)]
for name, one in zip(("red", "green", "blue"), channels, strict=True):
    show(f"{name} gives", one)

# One filter makes one map, however many channels it sees.
walk = steps.conv2d(image, weights)
show("together, one map", walk.output)
assert (walk.output == sum(channels)).all()

first = image[:3, :3] * weights
print(f"its first cell: {first[..., 0].sum()} + {first[..., 1].sum()} + 0 = {first.sum()}")
assert first.size == 27
assert first.sum() == walk.output[0, 0]
