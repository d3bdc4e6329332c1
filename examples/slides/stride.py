"""Stride: how far the filter moves. With stride 2 the map has 2×2 elements instead of 4×4.

python stride.py
"""

from convolution import slide
from filters import FILTER_1, FILTER_2, IMAGE, show

from minicnn import steps

for stride in (1, 2, 3):
    feature_map = slide(IMAGE, FILTER_1, stride)
    show(f"stride {stride}: ⌊(6 − 3)/{stride}⌋ + 1 = {(6 - 3) // stride + 1}", feature_map)
    assert (steps.conv2d(IMAGE, FILTER_1, strides=stride).output == feature_map).all()
    assert (
        feature_map == slide(IMAGE, FILTER_1)[::stride, ::stride]
    ).all()  # every second, every third

assert slide(IMAGE, FILTER_1, 2).tolist() == [[3, -3], [-3, 0]]
assert slide(IMAGE, FILTER_2, 2).tolist() == [[-1, -1], [-1, -2]]
