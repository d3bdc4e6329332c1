"""Names as Keras gives and understands them."""

import pytest

from minicnn.naming import clear_session, snake_case, unique_name


@pytest.mark.parametrize(
    ("name", "expected"),
    [
        ("Conv2D", "conv2d"), ("MaxPooling2D", "max_pooling2d"),
        ("AveragePooling2D", "average_pooling2d"), ("BatchNormalization", "batch_normalization"),
        ("GlobalAveragePooling2D", "global_average_pooling2d"),
        ("ZeroPadding2D", "zero_padding2d"), ("ReLU", "re_lu"), ("LeakyReLU", "leaky_re_lu"),
        ("InputLayer", "input_layer"), ("Dense", "dense"), ("MyOwnLayer", "my_own_layer"),
        ("HTTPServer", "http_server"), ("RMSprop", "rm_sprop"), ("AdamW", "adam_w"),
    ],
)  # fmt: skip
def test_snake_case(name, expected):
    assert snake_case(name) == expected


def test_names_are_counted_by_prefix():
    given = [unique_name(prefix) for prefix in ("conv2d", "dense", "conv2d", "conv2d", "dense")]
    assert given == ["conv2d", "dense", "conv2d_1", "conv2d_2", "dense_1"]


def test_a_new_session_counts_anew():
    unique_name("flatten")
    clear_session()
    assert unique_name("flatten") == "flatten"
