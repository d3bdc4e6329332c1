"""Arguments of Keras 1 and 2 whose values had another form, not only another name."""

import pytest

from minicnn.layers import Conv2D, Dense


def test_the_shape_with_its_batch():
    with pytest.warns(DeprecationWarning, match="batch_input_shape is now called input_shape"):
        layer = Dense(2, batch_input_shape=(None, 5))
    assert layer.declared_shape == (None, 5)


def test_rows_and_columns_of_a_kernel_by_name():
    with pytest.warns(DeprecationWarning, match="is now called"):
        layer = Conv2D(nb_filter=8, nb_row=3, nb_col=5, border_mode="same")
    assert (layer.filters, layer.kernel_size, layer.strides) == (8, (3, 5), (1, 1))


def test_rows_and_columns_of_a_kernel_by_position():
    """Keras 1 wrote Convolution2D(8, 3, 5); in Keras 3 the third number is the stride."""
    with pytest.warns(DeprecationWarning, match="is now called"):
        layer = Conv2D(8, 3, 5, border_mode="same", subsample=(2, 2))
    assert (layer.kernel_size, layer.strides) == ((3, 5), (2, 2))
    assert Conv2D(8, 3, 2).strides == (2, 2)
