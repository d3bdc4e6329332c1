"""Sheets of filters and feature maps, cell by cell."""

import numpy as np
import pytest

from minicnn.callbacks.tensorboard.pictures import LINE, filter_sheet, map_sheet


def test_a_filter_fills_a_tile_and_a_channel_a_column():
    kernel = np.zeros((2, 2, 3, 4))  # three channels, four filters
    kernel[0, 1, 2, 1] = 1  # upper right cell of the tile for channel 2 of filter 1
    sheet = filter_sheet(kernel)
    cell = 256 // (4 * 2)
    step = 2 * cell + LINE
    white = np.argwhere(sheet[..., 0] == 255)
    top, left = white.min(axis=0)
    assert (top, left) == (step, 2 * step + cell)
    assert len(white) == cell * cell
    assert sheet.shape == (4 * step - LINE, 3 * step - LINE, 3)


def test_filters_of_one_channel_form_a_square():
    sheet = filter_sheet(np.ones((3, 3, 1, 64)))
    assert sheet.shape == (8 * (30 + LINE) - LINE, 8 * (30 + LINE) - LINE, 3)


def test_all_equal_is_grey():
    assert set(filter_sheet(np.ones((5, 5))).ravel().tolist()) == {128}


@pytest.mark.parametrize("shape", [(200,), (10, 300), (300, 10)])
def test_vectors_and_matrices_lie_on_their_side(shape):
    sheet = filter_sheet(np.random.default_rng(0).normal(size=shape))
    assert sheet.shape[0] < sheet.shape[1]
    assert (sheet.min(), sheet.max()) == (0, 255)


def test_feature_map_in_its_place():
    output = np.zeros((1, 4, 4, 5))
    output[0, 3, 0, 4] = 7  # lower left cell of the fifth map: second row, second of three
    sheet = map_sheet(output)
    cell = 256 // 12
    step = 4 * cell + LINE
    assert tuple(np.argwhere(sheet[..., 0] == 255).min(axis=0)) == (step + 3 * cell, step)


def test_not_finite_is_grey():
    output = np.array([0.0, np.nan, 2.0, np.inf]).reshape(1, 2, 2, 1)
    sheet = map_sheet(output)
    assert sheet[0, 0, 0] == 0
    assert sheet[0, -1, 0] == sheet[-1, -1, 0] == 128
    assert sheet[-1, 0, 0] == 255


def test_what_a_screen_cannot_show_is_cut_off():
    assert filter_sheet(np.zeros((18432, 10))).shape == (10, 1024, 3)
    assert filter_sheet(np.zeros((1, 1, 100, 200))).shape[0] < 64 * 8


def test_what_is_no_image():
    assert map_sheet(np.zeros((1, 10))) is None
    assert filter_sheet(np.zeros((2, 2, 2))) is None
    assert filter_sheet(np.zeros((0, 3))) is None
