"""ReLU, the activation function of the lecture's layers: replace negative numbers with 0.

python relu.py
"""

from filters import FILTER_1, IMAGE, show

from minicnn import steps

feature_map = steps.conv2d(IMAGE, FILTER_1).output
walk = steps.activation(feature_map, "relu")
show("the feature map", feature_map)
show("after ReLU", walk.output)
assert walk.output.tolist() == [[3, 0, 0, 0], [0, 1, 0, 0], [0, 0, 0, 1], [3, 0, 0, 0]]
print(walk[0, 0].equation)
print(walk[0, 1].equation)
