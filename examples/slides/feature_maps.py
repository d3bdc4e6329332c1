"""Feature maps: each filter produces one, so two filters give 2×4×4 numbers.

python feature_maps.py
"""

import numpy as np
from convolution import slide
from filters import FILTER_1, FILTER_2, IMAGE, show

from minicnn.layers import Conv2D

maps = np.array([slide(IMAGE, FILTER_1), slide(IMAGE, FILTER_2)])
show("filter 1's map", maps[0])
show("filter 2's map", maps[1])
assert maps[0].tolist() == [[3, -1, -3, -1], [-3, 1, 0, -3], [-3, -3, 0, 1], [3, -2, -2, -1]]
assert maps[1].tolist() == [[-1, -1, -1, -1], [-1, -1, -2, 1], [-1, -1, -2, 1], [-1, 0, -4, 3]]
print("two maps:", maps.shape)
assert maps.shape == (2, 4, 4)

# A layer with two filters computes both. The last axis of its output is the filter: 4×4×2.
layer = Conv2D(2, kernel_size=3, use_bias=False)
layer.build((None, 6, 6, 1))
layer.set_weights([np.stack([FILTER_1, FILTER_2], axis=-1)[:, :, np.newaxis, :]])  # (3, 3, 1, 2)
y = layer(IMAGE.reshape(1, 6, 6, 1))[0]
print("from the layer:", y.shape)
assert (np.moveaxis(y, -1, 0) == maps).all()
