"""Steps and walks as text: the lecture's example to the letter, and 80 columns for everything."""

import numpy as np
import pytest
from hypothesis import given, settings

from minicnn import steps
from minicnn.steps.notation import cell_texts, number_text, sum_text
from minicnn.steps.table import Table
from minicnn.steps.text import tables_text

from ..ops.cases import convolutions
from .lecture import FILTER_1, IMAGE, MAP_1


def test_the_lectures_first_step():
    assert str(steps.conv2d(IMAGE, FILTER_1)[0, 0]).splitlines() == [
        "output[0, 0]: rows 0 to 2, columns 0 to 2",
        "",
        "  window   filter     products",
        "  1 0 0     1 −1 −1   1 0 0",
        "  0 1 0  × −1  1 −1 = 0 1 0",
        "  0 0 1    −1 −1  1   0 0 1",
        "",
        "1·1 + 0·(−1) + 0·(−1) + 0·(−1) + 1·1 + 0·(−1) + 0·(−1) + 0·(−1) + 1·1 = 3",
    ]


def test_padding_cells_are_in_parentheses():
    drawn = str(steps.conv2d(IMAGE, FILTER_1, padding="same")[0, 0])
    assert "  (0)(0)(0)    1 −1 −1" in drawn
    assert "  (0) 1  0  × −1  1 −1" in drawn


def test_the_winner_is_in_brackets():
    drawn = str(steps.max_pooling2d(MAP_1)[1, 1]).splitlines()
    assert drawn[2:5] == ["  window", "    0  [1]", "   −2  −1"]


def test_a_whole_walk():
    drawn = str(steps.conv2d(IMAGE, FILTER_1, strides=2, padding="same"))
    assert drawn.startswith('conv2d: image 6×6, kernel 3×3, strides (2, 2), padding "same"\n')
    assert "  0 0 1 1 0 0 ∗ −1 −1  1 = " in drawn
    assert drawn.endswith("Rows and columns: 6/2 = 3, with 0 cells of padding before and 1 after.")


def test_gradients_together():
    back = steps.conv2d(IMAGE, FILTER_1, bias=0).backward(MAP_1)
    drawn = str(back)
    for name in ("dinput", "dkernel", "dbias"):
        assert f"  {name}\n" in drawn
    assert repr(back) == "<gradients: input (6, 6), kernel (3, 3), bias (1,)>"


def test_a_representation_is_one_line():
    walk = steps.conv2d(IMAGE, FILTER_1)
    assert repr(walk).endswith('padding "valid": 16 steps, output of shape (4, 4)>')
    assert repr(walk[0, 1]).startswith("<output[0, 1]: 0·1 + 0·(−1)")


def assert_readable(drawn: str) -> None:
    assert max(map(len, drawn.splitlines())) <= 80, drawn
    assert drawn == drawn.strip("\n")
    assert all(line == line.rstrip() for line in drawn.splitlines())


@given(convolutions(largest=9))
@settings(max_examples=40)
def test_never_wider_than_80_columns(case):
    x, kernel, bias = case.arrays()
    options = {name: value for name, value in case.options.items() if name != "activation"}
    walk = steps.conv2d(x[0] * 10.0 ** (case.sliding.seed % 12 - 6), kernel, bias, **options)
    back = walk.backward(np.random.default_rng(0).normal(size=walk.output.shape))
    corner = (0,) * 3
    for drawn in (walk, walk[corner], back, back.input[corner], back.kernel[*corner, 0]):
        assert_readable(str(drawn))


def test_large_walks_are_readable_too():
    random = np.random.default_rng(0)
    deep = steps.conv2d(random.normal(size=(26, 26, 64)), random.normal(size=(3, 3, 64, 32)))
    wide = steps.dense(random.normal(size=18432), random.normal(size=(18432, 10)), np.ones(10))
    pooled = steps.average_pooling2d(random.normal(size=(28, 28, 8)), 14)
    for walk in (deep, wide, pooled):
        back = walk.backward(random.normal(size=walk.output.shape))
        for drawn in (
            walk,
            next(iter(walk)),
            *(next(iter(one)) for one in back.gradients.values()),
        ):
            assert_readable(str(drawn))
            assert len(str(drawn).splitlines()) <= 40


def test_what_is_left_out_is_counted():
    """The three strongest of 64 channels are drawn, with the sum of the others."""
    image, kernel = np.ones((3, 3, 64)), np.ones((3, 3, 64, 1))
    image[:, :, [5, 17, 40]] = [[[10, 20, -30]]]
    drawn = str(steps.conv2d(image, kernel)[0, 0])
    assert "channel 5: 90; channel 17: 180; channel 40: −270; the 61 weaker"
    assert "channels: 549" in drawn
    assert "572 more" in drawn
    assert drawn.endswith("= 549")


def test_long_lists_of_terms_name_the_largest():
    drawn = str(steps.dense(np.arange(40), np.ones((40, 1)))[0])
    lines = drawn.splitlines()
    assert lines[2].split() == ["input[39]", "·", "kernel[39,", "0]", "39·1", "39"]
    assert lines[14].split() == ["28", "smaller", "ones", str(sum(range(28)))]


@pytest.mark.parametrize(
    ("value", "written"),
    [
        (0, "0"), (-0.0, "0"), (3.0, "3"), (-3, "−3"), (0.5, "0.5"), (1 / 3, "0.3333"),
        (-1234.56, "−1235"), (1e-9, "1e−09"), (float("nan"), "nan"), (float("-inf"), "−inf"),
        (1e30, "1e+30"),
    ],
)  # fmt: skip
def test_numbers(value, written):
    assert number_text(value) == written


def test_tables_have_the_decimals_that_their_numbers_need():
    assert cell_texts(np.array([[3.5, -2.0]])) == [["3.5", "−2.0"]]
    assert cell_texts(np.array([[1 / 3, 0.0]])) == [["0.333", "0"]]
    assert cell_texts(np.array([[123.456, 0.1]])) == [["123.5", "0.1"]]
    assert cell_texts(np.array([[2e-7, 0.0]])) == [["2e−07", "0"]]
    assert cell_texts(np.array([[np.nan, 0.25]])) == [["nan", "0.25"]]


def test_sums():
    assert sum_text(["a"] * 30, None, 1).count("a") == 30
    assert sum_text(["a"] * 31, None, 1) == "a + a + a + … 27 more … + a = 1"


def test_a_table_is_cut_in_the_middle():
    wide = Table("numbers", np.arange(100).reshape(4, 25))
    lines = tables_text([[wide]]).splitlines()
    assert lines[1].split()[:2] == ["0", "1"]
    assert "…" in lines[1]
    assert lines[1].split()[-1] == "24"
    assert len(lines) == 5
