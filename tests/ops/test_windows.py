"""Positions of windows: by their defining inequalities, and by brute force."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from minicnn.errors import UnknownNameError
from minicnn.ops.windows import effective_size, output_size, padding_amounts, window_indices

sizes, windows, strides, dilations = (
    st.integers(1, 40), st.integers(1, 9), st.integers(1, 12), st.integers(1, 4),
)  # fmt: skip


@given(window=windows, dilation=dilations)
def test_extent_reaches_from_the_first_cell_to_the_last(window, dilation):
    cells = [number * dilation for number in range(window)]
    assert effective_size(window, dilation) == cells[-1] - cells[0] + 1


@given(size=sizes, window=windows, stride=strides, dilation=dilations)
def test_valid_is_the_most_positions_that_fit(size, window, stride, dilation):
    count, reach = (
        output_size(size, window, stride, "valid", dilation),
        effective_size(window, dilation),
    )
    if count:
        assert (count - 1) * stride + reach <= size  # the last window is on the image
    assert count * stride + reach > size  # and one more would not be


@given(size=sizes, window=windows, stride=strides, dilation=dilations)
def test_valid_by_trying_every_place(size, window, stride, dilation):
    fitting = [
        first
        for first in range(0, size, stride)
        if all(first + cell * dilation < size for cell in range(window))
    ]
    assert output_size(size, window, stride, "valid", dilation) == len(fitting)
    for position, first in enumerate(fitting):
        covered = window_indices(position, size, window, stride, "valid", dilation)
        assert covered == [first + cell * dilation for cell in range(window)]


@given(size=sizes, window=windows, stride=strides, dilation=dilations)
def test_same_has_a_position_for_every_stride(size, window, stride, dilation):
    count = output_size(size, window, stride, "same", dilation)
    assert (count - 1) * stride < size <= count * stride


@given(size=sizes, window=windows, stride=strides, dilation=dilations)
def test_same_pads_as_little_as_lets_them_fit(size, window, stride, dilation):
    before, after = padding_amounts(size, window, stride, "same", dilation)
    count = output_size(size, window, stride, "same", dilation)
    needed = (count - 1) * stride + effective_size(window, dilation)
    assert needed <= size + before + after
    assert before + after == 0 or needed == size + before + after
    assert 0 <= after - before <= 1  # half on each side, the odd one after


@given(size=sizes, window=windows, stride=strides, dilation=dilations)
def test_same_windows_lie_on_the_padded_image(size, window, stride, dilation):
    before, after = padding_amounts(size, window, stride, "same", dilation)
    positions = [
        window_indices(position, size, window, stride, "same", dilation)
        for position in range(output_size(size, window, stride, "same", dilation))
    ]
    assert positions[0][0] == -before
    assert positions[-1][-1] < size + after
    assert all(later[0] - one[0] == stride for one, later in zip(positions, positions[1:]))  # noqa: B905, RUF007
    if dilation == 1 and stride <= window:  # no cell of the image is left out
        assert set(range(size)) <= {cell for covered in positions for cell in covered}


@given(size=sizes, window=windows, stride=strides)
def test_valid_adds_nothing(size, window, stride):
    assert padding_amounts(size, window, stride, "valid") == (0, 0)


@pytest.mark.parametrize("function", [output_size, padding_amounts])
def test_misspelt_padding(function):
    with pytest.raises(UnknownNameError, match=r"'smae'. Did you mean 'same'"):
        function(6, 3, 1, "smae")
