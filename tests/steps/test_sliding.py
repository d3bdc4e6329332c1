"""Positions of windows, in words and numbers."""

import re
from math import ceil, floor

import pytest
from hypothesis import given

from minicnn.errors import ShapeError
from minicnn.steps.windows import Sliding, span_text

from ..ops import naive
from ..ops.cases import slidings


@given(slidings())
def test_covered_and_reached_are_each_others_inverse(case):
    shape, window, strides, padding, rates, _ = case
    sliding = Sliding("", shape[1:3], window, strides, padding, rates)
    for axis in (0, 1):
        firsts = naive.positions(shape[axis + 1], window[axis], strides[axis], padding, rates[axis])
        cells = {
            position: [first + cell * rates[axis] for cell in range(window[axis])]
            for position, first in enumerate(firsts)
        }
        assert {one: sliding.covered(axis, one) for one in range(sliding.positions(axis))} == cells
        for cell in range(shape[axis + 1]):
            positions, inside = sliding.reached(axis, cell)
            seen = {p: covered.index(cell) for p, covered in cells.items() if cell in covered}
            assert dict(zip(positions, inside, strict=True)) == seen


@given(slidings())
def test_the_sizes_equation_is_true(case):
    """Evaluate the written formula, with floor and ceiling brackets."""
    shape, window, strides, padding, rates, _ = case
    sliding = Sliding("", shape[1:3], window, strides, padding, rates)
    for axis in (0, 1):
        left, right = sliding.size_equation(axis).split(",")[0].split(" = ")
        left = left.replace("−", "-").replace("⌊", "floor(").replace("⌈", "ceil(")
        left = re.sub("[⌋⌉]", ")", left)
        value = eval(left, {"floor": floor, "ceil": ceil})  # digits, brackets and signs only
        assert value == int(right) == sliding.positions(axis)


@pytest.mark.parametrize(
    ("rows", "columns", "words"),
    [
        ([0, 1, 2], [4], "rows 0 to 2, column 4"),
        ([-1, 0], [0, 2], "rows −1 to 0, columns 0, 2"),
        (range(0, 20, 2), [1], "rows 0, 2, …, 18, column 1"),
    ],
)
def test_spans(rows, columns, words):
    assert span_text(rows, columns) == words


def test_a_window_that_does_not_fit():
    with pytest.raises(ShapeError, match=r"steps.conv2d covers 5×3 cells, .* only 4×6"):
        Sliding("steps.conv2d", (4, 6), (3, 3), (1, 1), "valid", (2, 1))
