import numpy as np
import pytest

from minicnn.layers import (
    AveragePooling2D,
    BatchNormalization,
    Conv2D,
    Cropping2D,
    Dense,
    Flatten,
    Layer,
    MaxPooling2D,
    UpSampling2D,
    ZeroPadding2D,
)
from minicnn.models import Sequential
from minicnn.visualize.grad_cam import map_extent

STACKS = {
    "valid": [Conv2D(1, 3), Conv2D(1, (5, 3))],
    "same": [Conv2D(1, 3, padding="same"), BatchNormalization(), Conv2D(1, 4, padding="same")],
    "pooled": [Conv2D(1, 3), AveragePooling2D(2), Conv2D(1, 3)],
    "strides": [Conv2D(1, 3, strides=2, padding="same"), AveragePooling2D((3, 2), strides=2)],
    "cropped": [Cropping2D(((1, 2), (3, 0))), Conv2D(1, 3)],
    "dilated": [ZeroPadding2D(((1, 2), (3, 0))), Conv2D(1, 3, dilation_rate=2)],
}


@pytest.mark.parametrize("name", STACKS)
def test_each_cell_lies_in_the_middle_of_the_pixels_that_it_depends_on(name):
    """Which pixels these are is found out by changing them, away from the border."""
    size = (33, 29)
    model = Sequential(STACKS[name])
    model.build((None, *size, 1))
    for layer in model.layers:
        if isinstance(layer, Conv2D):
            layer.set_weights([np.ones(weight.shape) for weight in layer.get_weights()])
    left, right, bottom, top = map_extent(model.layers)
    rows, columns = model.output_shape[1:3]
    row, column = rows // 2, columns // 2
    before = model(np.zeros((1, *size, 1)))
    seen = []
    for place in np.ndindex(size):
        image = np.zeros((1, *size, 1))
        image[0][place] = 1
        if (model(image) - before)[0, row, column, 0]:
            seen.append(place)
    middle = (np.min(seen, axis=0) + np.max(seen, axis=0)) / 2
    height, width = (bottom - top) / rows, (right - left) / columns
    assert top + (row + 0.5) * height == pytest.approx(middle[0])
    assert left + (column + 0.5) * width == pytest.approx(middle[1])


def test_a_layer_of_ones_own_is_spread_over_what_it_takes():
    class Halves(Layer):
        def compute_output_shape(self, input_shape):
            batch, height, width, channels = input_shape
            return batch, height // 2, width // 2, channels

        def forward(self, x, training=False):
            return x[:, ::2, ::2], None

    model = Sequential([Halves(input_shape=(8, 6, 1)), Conv2D(1, 1), Flatten(), Dense(2)])
    assert map_extent(model.layers[:2]) == (-0.5, 5.5, 7.5, -0.5)


def test_max_pooling_of_the_whole_image():
    model = Sequential([MaxPooling2D(4, input_shape=(4, 4, 1))])
    assert map_extent(model.layers) == (-0.5, 3.5, 3.5, -0.5)


def test_enlarged_maps_cover_the_same_image():
    model = Sequential([Conv2D(1, 3, input_shape=(8, 6, 1)), UpSampling2D(2)])
    assert map_extent(model.layers) == map_extent(model.layers[:1])
