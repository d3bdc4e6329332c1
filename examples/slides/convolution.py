"""Convolution: multiply a window of the image by the filter, add, slide, repeat.

python convolution.py
"""

import numpy as np
from filters import FILTER_1, IMAGE, show

from minicnn import steps
from minicnn.layers import Conv2D


def slide(image, weights, stride=1):
    """Return the feature map: the sum of products at every position of the filter."""
    size = len(weights)
    positions = range(0, len(image) - size + 1, stride)
    return np.array([
        [(image[row : row + size, column : column + size] * weights).sum() for column in positions]
        for row in positions
    ])  # fmt: skip


if __name__ == "__main__":
    # The first position is the upper left corner of the image: the sum of nine products.
    products = IMAGE[:3, :3] * FILTER_1
    show("the first nine products", products)
    assert products.sum() == 3

    # All positions: 4 rows and 4 columns, because (6 − 3)/1 + 1 = 4.
    feature_map = slide(IMAGE, FILTER_1)
    show("the feature map", feature_map)
    assert feature_map.tolist() == [
        [3, -1, -3, -1],
        [-3, 1, 0, -3],
        [-3, -3, 0, 1],
        [3, -2, -2, -1],
    ]

    # The layer does the same for batches of images with channels; here both are 1.
    layer = Conv2D(1, kernel_size=3, use_bias=False)
    layer.build((None, 6, 6, 1))
    layer.set_weights([FILTER_1.reshape(3, 3, 1, 1)])  # rows, columns, channels, filters
    assert (layer(IMAGE.reshape(1, 6, 6, 1))[0, :, :, 0] == feature_map).all()

    # `steps` shows every sum.
    print(steps.conv2d(IMAGE, FILTER_1)[0, 0])
