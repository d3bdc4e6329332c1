"""Flattening: turn the feature maps into a vector for the fully connected layer.

python flattening.py
"""

import numpy as np
from filters import FILTER_1, FILTER_2, IMAGE, show

from minicnn import steps
from minicnn.layers import Flatten

maps = np.stack(
    [
        steps.max_pooling2d(steps.conv2d(IMAGE, weights).output).output
        for weights in (FILTER_1, FILTER_2)
    ],
    axis=-1,
)  # (2, 2, 2): rows, columns, maps
show("filter 1's map, pooled", maps[:, :, 0])
show("filter 2's map, pooled", maps[:, :, 1])

flat = Flatten()(maps[np.newaxis])[0]
print(f"{' × '.join(map(str, maps.shape))} numbers become {len(flat)}:", flat)
assert flat.tolist() == [3, -1, 0, 1, 3, 0, 1, 3]  # in the order of rows, columns, maps

for row, column, channel in np.ndindex(maps.shape):
    assert flat[(row * 2 + column) * 2 + channel] == maps[row, column, channel]

# In the lecture's network 32 maps of 24×24 are flattened.
flatten = Flatten()
flatten.build((None, 24, 24, 32))
print("24 × 24 × 32 =", flatten.output_shape[1])
assert flatten.output_shape == (None, 18_432)
