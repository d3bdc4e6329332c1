"""RGB: image and filter have 3 channels, and all 27 products are added.

python colour.py
"""

import numpy as np
from convolution import slide
from filters import FILTER_1, FILTER_2, IMAGE, show

from minicnn import steps

# The image in red, its mirror image in green, zeros in blue, and weights for each channel
image = np.stack([IMAGE, IMAGE[:, ::-1], 0 * IMAGE], axis=-1)
weights = np.stack([FILTER_1, FILTER_2, FILTER_2], axis=-1)
print("image", image.shape, "filter", weights.shape, end="\n\n")
assert (image.shape, weights.shape) == ((6, 6, 3), (3, 3, 3))

channels = [slide(image[:, :, k], weights[:, :, k]) for k in range(3)]
for name, channel in zip(("red", "green", "blue"), channels, strict=True):
    show(f"sums of the {name} channel", channel)

# One filter produces one feature map, regardless of the number of channels.
walk = steps.conv2d(image, weights)
show("the feature map", walk.output)
assert (walk.output == sum(channels)).all()

first = image[:3, :3] * weights
print(f"its first element: {first[..., 0].sum()} + {first[..., 1].sum()} + 0 = {first.sum()}")
assert first.size == 27
assert first.sum() == walk.output[0, 0]
