"""Sizes and positions as numbers: nothing overlaps, for any layers."""

from itertools import pairwise

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from minicnn.visualize.boxes import box_of, box_sizes, place
from minicnn.visualize.colours import shaded

pixels = st.floats(1, 500)
sizes = st.tuples(pixels, pixels, pixels).map(np.array)
numbers = st.one_of(st.none(), st.integers(1, 5000))
shapes = st.lists(
    st.one_of(st.tuples(st.none(), numbers), st.tuples(st.none(), numbers, numbers, numbers)),
    min_size=1,
    max_size=12,
)


@given(
    st.lists(st.tuples(sizes, pixels, pixels), min_size=1, max_size=8),
    st.floats(0, 50),
    st.booleans(),
)
def test_neither_boxes_nor_captions_overlap(given_boxes, spacing, reverse):
    boxes = [box_of(size, True, reverse) for size, _, _ in given_boxes]
    rooms = [[above for _, above, _ in given_boxes], [below for _, _, below in given_boxes]]
    height = place(boxes, spacing, rooms)
    for before, after in pairwise(boxes):
        assert after.left >= before.right + spacing - 1e-6
        assert after.left + after.shift >= before.right + before.shift + spacing - 1e-6
    for room in rooms:
        ends = [
            (box.middle - one / 2, box.middle + one / 2)
            for box, one in zip(boxes, room, strict=True)
        ]
        assert all(left[1] <= right[0] + 1e-6 for left, right in pairwise(ends))
    for box in boxes:  # centred on one line, and none leaves the picture
        assert box.top - box.rise + (box.height + box.rise) / 2 == pytest.approx(height / 2)
        assert box.top - box.rise >= -1e-6
        assert box.top + box.height <= height + 1e-6


@given(shapes, st.sampled_from("xyz"), st.one_of(st.none(), st.floats(0.1, 10)))
def test_sizes_stay_within_their_limits(layers, orientation, scale):
    found = box_sizes(
        layers, {"z": 20, "xy": 30}, {"z": 400, "xy": 2000}, {"z": scale, "xy": scale}, orientation
    )
    assert len(found) == len(layers)
    for x, y, z in found:
        assert 20 <= z <= 400
        assert min(x, y) >= 30
        assert max(x, y) <= (2000 if scale else 250)


@given(st.lists(st.integers(1, 300), min_size=2, max_size=6))
def test_more_cells_never_make_a_smaller_box(edges):
    layers = [(None, edge, edge, edge) for edge in sorted(edges)]
    limits = {"z": 20, "xy": 20}, {"z": 400, "xy": 2000}
    found = box_sizes(layers, *limits, {"z": None, "xy": None}, "z")
    assert (np.diff(found, axis=0) >= 0).all()


def test_rows_go_upwards_and_columns_to_the_back():
    limits = {"z": 1, "xy": 1}, {"z": 999, "xy": 999}
    (size,) = box_sizes([(None, 30, 60, 90)], *limits, {"z": 2, "xy": 3}, "z")
    assert size.tolist() == [180, 90, 180]  # x, y, z


def test_a_box_has_the_corners_of_its_faces():
    box = box_of(np.array([30, 20, 50]), True, False)
    box.left, box.top = 5, 40
    assert box.front() == [(5, 40), (55, 40), (55, 60), (5, 60)]
    upper, side, front = (corners for corners, _ in box.faces())
    assert upper == [(5, 40), (55, 40), (65, 30), (15, 30)]
    assert side == [(55, 40), (55, 60), (65, 50), (65, 30)]
    assert front == box.front()
    turned = box_of(np.array([30, 20, 50]), True, True)
    turned.left, turned.top = 5, 40
    assert turned.faces()[1][0] == [(5, 40), (5, 60), (-5, 50), (-5, 30)]


@given(st.tuples(*[st.floats(0, 1)] * 3), st.floats(0, 100))
def test_lighter_and_darker(colour, percent):
    lighter, darker = shaded(colour, percent), shaded(colour, -percent)
    assert all(
        0 <= one <= two + 1e-9 and two <= three + 1e-9 <= 1 + 1e-8
        for one, two, three in zip(darker, colour, lighter, strict=True)
    )
