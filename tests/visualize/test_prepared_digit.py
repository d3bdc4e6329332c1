import numpy as np
import pytest
from matplotlib.backends.backend_agg import FigureCanvasAgg
from PIL import Image

from minicnn.preprocessing import prepare_digit
from minicnn.visualize import plot_prepared_digit


@pytest.fixture
def paper():
    page = np.full((100, 160), 230, np.uint8)
    page[20:80, 50:60] = 30
    return page


def test_before_ink_and_after(paper):
    before, ink, after = plot_prepared_digit(paper).axes
    np.testing.assert_array_equal(before.images[0].get_array(), paper)
    np.testing.assert_array_equal(after.images[0].get_array(), prepare_digit(paper))
    assert ink.images[0].get_array()[50, 55] == 1
    assert ink.images[0].get_array()[50, 90] == 0


def test_the_frames_stand_around_the_digit(paper):
    before, ink, after = plot_prepared_digit(paper).axes
    for axes, expected in ((before, (49.5, 19.5, 10, 60)), (ink, (49.5, 19.5, 10, 60))):
        (frame,) = axes.patches
        assert (*frame.get_xy(), frame.get_width(), frame.get_height()) == pytest.approx(
            expected,
            abs=2.1,  # a stroke's edge is where its blur ends
        )
    (frame,) = after.patches
    assert (frame.get_width(), frame.get_height()) == (20, 20)
    left, top = frame.get_xy()
    rows, columns = np.nonzero(after.images[0].get_array())
    assert left < columns.min()
    assert columns.max() < left + 20
    assert top == rows.min() - 0.5


def test_it_is_written_too(paper, tmp_path):
    plot_prepared_digit(paper, tmp_path / "deep" / "digit.png")
    with Image.open(tmp_path / "deep" / "digit.png") as image:
        assert image.width > image.height > 200


def test_the_way_round_is_passed_on(paper):
    with pytest.raises(ValueError, match="no digit was found"):
        plot_prepared_digit(paper, dark_on_light=False)


def test_all_texts_are_inside_the_picture(paper):
    figure = plot_prepared_digit(paper)
    FigureCanvasAgg(figure).draw()
    width, height = figure.get_size_inches() * figure.dpi
    left, bottom, right, top = figure.get_tightbbox().extents * figure.dpi
    assert left >= 0
    assert bottom >= 0
    assert right <= width
    assert top <= height
