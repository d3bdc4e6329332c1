"""Average pooling: compute the mean of every 2×2 window.

python average_pooling.py
"""

from filters import FILTER_1, FILTER_2, IMAGE, show

from minicnn import steps
from minicnn.layers import AveragePooling2D

pooled = {}
for number, weights in ((1, FILTER_1), (2, FILTER_2)):
    feature_map = steps.conv2d(IMAGE, weights).output
    walk = steps.average_pooling2d(feature_map, pool_size=2)
    show(f"filter {number}'s map, 4×4", feature_map)
    show("after average pooling, 2×2", walk.output)
    layer = AveragePooling2D((2, 2))
    assert (layer(feature_map.reshape(1, 4, 4, 1)).ravel() == walk.output.ravel()).all()
    pooled[number] = walk

assert pooled[1].output.tolist() == [[0, -1.75], [-1.25, -0.5]]
assert pooled[2].output.tolist() == [[-1, -0.75], [-0.75, -0.5]]
print("the first element:", pooled[1][0, 0].equation)
