"""Steps and walks as HTML: well-formed, every number there, nothing loaded."""

from html.parser import HTMLParser

import numpy as np
import pytest

from minicnn import steps
from minicnn.steps.html import drawing_html
from minicnn.steps.step import Step

from .lecture import FILTER_1, IMAGE, MAP_1


class Reader(HTMLParser):
    """Collects the texts and styles of cells, and sees that every tag is closed in its turn."""

    def __init__(self, text):
        super().__init__()
        self.open, self.cells, self.tags = [], [], set()
        self.feed(text)
        self.close()
        assert self.open == []

    def handle_starttag(self, tag, attributes):
        self.open.append(tag)
        self.tags.add(tag)
        if tag == "td":
            self.cells.append(["", dict(attributes)])

    def handle_endtag(self, tag):
        assert self.open.pop() == tag

    def handle_data(self, data):
        if self.open and self.open[-1] == "td":
            self.cells[-1][0] += data


def drawings():
    walk = steps.conv2d(IMAGE, FILTER_1, padding="same", bias=1)
    back = walk.backward(np.ones((6, 6)))
    dense = steps.dense([1, 2], [[3], [4]])
    pooled = steps.max_pooling2d(MAP_1)
    return [
        walk, walk[0, 0], back, back.kernel, back.kernel[0, 0], back.input[0, 0], back.bias[0],
        dense, dense[0], pooled, pooled[0, 0],
    ]  # fmt: skip


@pytest.mark.parametrize("drawn", drawings(), ids=repr)
def test_it_is_well_formed_and_loads_nothing(drawn):
    html = drawn._repr_html_()
    tags = Reader(html).tags
    assert tags <= {"div", "strong", "table", "caption", "tbody", "tr", "td", "span", "pre"}
    assert "url(" not in html
    assert "http" not in html


def test_every_number_of_a_step():
    step = steps.conv2d(IMAGE, FILTER_1)[0, 0]
    cells = [cell for cell, _ in Reader(step._repr_html_()).cells]
    expected = [*IMAGE[:3, :3].ravel(), *FILTER_1.ravel(), *np.eye(3, dtype=int).ravel()]
    assert cells[:3] == ["1", "0", "0"]
    # read table by table, row by row
    assert [int(cell.replace("−", "-")) for cell in cells] == expected


def test_signs_have_colours_and_strength():
    """Blue is positive, red-orange negative; 0 has none."""
    styles = {
        cell: attributes["style"]
        for cell, attributes in Reader(steps.max_pooling2d(MAP_1)._repr_html_()).cells
    }
    assert "rgba(0, 114, 178, 0.55)" in styles["3"]
    assert "rgba(213, 94, 0, 0.55)" in styles["−3"]
    assert "rgba(213, 94, 0, 0.18)" in styles["−1"]
    assert "0.00)" in styles["0"]


def test_padding_is_dashed_and_the_winner_framed():
    padded = Reader(steps.conv2d(IMAGE, FILTER_1, padding="same")[0, 0]._repr_html_()).cells
    dashed = ["dashed" in attributes["style"] for _, attributes in padded[:9]]
    assert dashed == [True, True, True, True, False, False, True, False, False]
    assert padded[0][1]["title"] == "padding"
    won = Reader(steps.max_pooling2d(MAP_1)[1, 1]._repr_html_()).cells
    assert ["currentColor" in attributes["style"] for _, attributes in won] == [0, 1, 0, 0]


def test_names_are_escaped():
    assert "<script>" not in drawing_html(
        Step("<script>", (), 1, note="a < b", equation="a<b & c").drawing
    )


def test_large_images_are_cut():
    cells = Reader(steps.max_pooling2d(np.ones((200, 200)), 100)._repr_html_()).cells
    assert len(cells) == 33 * 33 + 4
