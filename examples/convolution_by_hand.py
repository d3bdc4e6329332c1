"""The lecture's convolution, number by number: a 6×6 image, two filters, strides, pooling, padding.

python convolution_by_hand.py
"""

import numpy as np

from minicnn.layers import AveragePooling2D, Conv2D, MaxPooling2D

IMAGE = np.array([
    [1, 0, 0, 0, 0, 1],
    [0, 1, 0, 0, 1, 0],
    [0, 0, 1, 1, 0, 0],
    [1, 0, 0, 0, 1, 0],
    [0, 1, 0, 0, 1, 0],
    [0, 0, 1, 0, 1, 0],
])  # fmt: skip
FILTERS = {
    "filter 1, a line falling to the right": np.array([[1, -1, -1], [-1, 1, -1], [-1, -1, 1]]),
    "filter 2, a line straight down": np.array([[-1, 1, -1], [-1, 1, -1], [-1, 1, -1]]),
}


def by_hand(image, weights, stride):
    """Slide the filter over the image; at each place multiply cell by cell, and add."""
    size = len(weights)
    places = range(0, len(image) - size + 1, stride)
    return np.array([
        [(image[row : row + size, column : column + size] * weights).sum() for column in places]
        for row in places
    ])  # fmt: skip


def by_layer(layer, image, weights=None):
    """Let a layer do it. A layer takes a batch of images with channels: here one of each."""
    batch = image[np.newaxis, :, :, np.newaxis]  # (1, 6, 6, 1)
    if weights is not None:
        layer.build(batch.shape)
        layer.set_weights([weights[:, :, np.newaxis, np.newaxis]])  # (3, 3, 1 channel, 1 filter)
    return layer(batch)[0, :, :, 0]


def show(title, cells):
    print(title)
    print(np.array2string(np.asarray(cells), formatter={"all": "{:5g}".format}))
    print()


show("the image", IMAGE)
for name, weights in FILTERS.items():
    show(name, weights)
    for stride in (1, 2):
        feature_map = by_hand(IMAGE, weights, stride)
        layer = Conv2D(1, kernel_size=3, strides=stride, use_bias=False)
        assert (by_layer(layer, IMAGE, weights) == feature_map).all()
        show(f"its feature map with stride {stride}", feature_map)

first = FILTERS["filter 1, a line falling to the right"]
window = IMAGE[:3, :3]
terms = " + ".join(
    f"{cell}·({weight})" for cell, weight in zip(window.flat, first.flat, strict=True)
)
print("The first cell of filter 1's map is the sum of nine products:")
print(f"{terms} = {(window * first).sum()}\n")

feature_map = by_hand(IMAGE, first, stride=1)
show("filter 1's map after max pooling 2×2", by_layer(MaxPooling2D(2), feature_map))
show("and after average pooling 2×2", by_layer(AveragePooling2D(2), feature_map))

same = Conv2D(1, kernel_size=3, padding="same", use_bias=False)
show(
    "with padding 'same', zeros around the image, the map is as large as it",
    by_layer(same, IMAGE, first),
)
