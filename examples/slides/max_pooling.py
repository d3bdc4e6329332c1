"""Max pooling: keep the largest value of every 2×2 window; the map gets smaller.

python max_pooling.py
"""

import numpy as np
from filters import FILTER_1, FILTER_2, IMAGE, show

from minicnn import steps
from minicnn.layers import MaxPooling2D

pooled = {}
for number, weights in ((1, FILTER_1), (2, FILTER_2)):
    feature_map = steps.conv2d(IMAGE, weights).output
    walk = steps.max_pooling2d(feature_map, pool_size=2)
    show(f"filter {number}'s map, 4×4", feature_map)
    show("after max pooling, 2×2", walk.output)
    assert (
        MaxPooling2D((2, 2))(feature_map.reshape(1, 4, 4, 1)).ravel() == walk.output.ravel()
    ).all()
    pooled[number] = walk

assert pooled[1].output.tolist() == [[3, 0], [3, 1]]
assert pooled[2].output.tolist() == [[-1, 1], [0, 3]]
print(pooled[1][0, 0])

# Of equal maxima the first is selected; backward, only the selected element gets the gradient.
print("\ngradient of the map if that of each output is 1:")
print(pooled[2].backward(np.ones((2, 2), int)).input.gradient)
assert pooled[2].backward(np.ones((2, 2), int)).input.gradient.tolist() == [
    [1, 0, 0, 0], [0, 0, 0, 1], [0, 0, 0, 0], [0, 1, 0, 1],
]  # fmt: skip
