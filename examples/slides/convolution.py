"""Convolution: lay the filter on the image, multiply cell by cell, add; slide on, and repeat.

python convolution.py
"""

import numpy as np
from filters import FILTER_1, IMAGE, show

from minicnn import steps
from minicnn.layers import Conv2D


def slide(image, weights, stride=1):
    """Return the feature map: for every place of the filter the sum of its products."""
    size = len(weights)
    places = range(0, len(image) - size + 1, stride)
    return np.array([
        [(image[row : row + size, column : column + size] * weights).sum() for column in places]
        for row in places
    ])  # fmt: skip


if __name__ == "__main__":
    # The first place: the image's upper left corner. Nine products, added.
    products = IMAGE[:3, :3] * FILTER_1
    show("the first nine products", products)
    assert products.sum() == 3

    # All places: 4 down and 4 across, as (6 − 3)/1 + 1 = 4.
    feature_map = slide(IMAGE, FILTER_1)
    show("the feature map", feature_map)
    assert feature_map.tolist() == [
        [3, -1, -3, -1],
        [-3, 1, 0, -3],
        [-3, -3, 0, 1],
        [3, -2, -2, -1],
    ]

    # A layer does the same with a batch of images that have channels: here one of each.
    layer = Conv2D(1, kernel_size=3, use_bias=False)
    layer.build((None, 6, 6, 1))
    layer.set_weights([FILTER_1.reshape(3, 3, 1, 1)])  # rows, columns, channels, filters
    assert (layer(IMAGE.reshape(1, 6, 6, 1))[0, :, :, 0] == feature_map).all()

    # And this shows every sum.
    print(steps.conv2d(IMAGE, FILTER_1)[0, 0])
