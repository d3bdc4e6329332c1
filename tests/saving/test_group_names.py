"""Keras' names of groups."""

import pytest

from minicnn.naming import snake_case
from minicnn.saving.weights_h5 import group_names

# What keras.src.utils.naming.to_snake_case (Keras 3.15) returned.
SNAKES = {
    "Conv2D": "conv2d",
    "DepthwiseConv2D": "depthwise_conv2d",
    "MaxPooling2D": "max_pooling2d",
    "GlobalAveragePooling2D": "global_average_pooling2d",
    "ZeroPadding2D": "zero_padding2d",
    "BatchNormalization": "batch_normalization",
    "ReLU": "re_lu",
    "LeakyReLU": "leaky_re_lu",
    "PReLU": "p_re_lu",
    "ELU": "elu",
    "LSTM": "lstm",
    "MyHTTPLayer": "my_http_layer",
    "Snake_case": "snake_case",
}


@pytest.mark.parametrize(("name", "expected"), SNAKES.items())
def test_snake_case_is_keras(name, expected):
    assert snake_case(name) == expected


def test_numbers_count_classes_apart():
    assert group_names(["ReLU", "Dense", "ReLU", "Dense", "ReLU"]) == [
        "re_lu",
        "dense",
        "re_lu_1",
        "dense_1",
        "re_lu_2",
    ]
