import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from minicnn import steps
from minicnn.layers import BatchNormalization, Conv2D, Dense, Flatten, MaxPooling2D
from minicnn.models import Sequential
from minicnn.visualize import plot_step
from minicnn.visualize.step_tables import sources_of, tables_of

IMAGE = np.array([
    [1, 0, 0, 0, 0, 1],
    [0, 1, 0, 0, 1, 0],
    [0, 0, 1, 1, 0, 0],
    [1, 0, 0, 0, 1, 0],
    [0, 1, 0, 0, 1, 0],
    [0, 0, 1, 0, 1, 0],
])  # fmt: skip
FILTER = np.array([[1, -1, -1], [-1, 1, -1], [-1, -1, 1]])
# The lecture's feature map
MAP = np.array([[3, -1, -3, -1], [-3, 1, 0, -3], [-3, -3, 0, 1], [3, -2, -2, -1]])


def tables(walk, index):
    step = walk[index]
    return tables_of(walk, step, sources_of(walk, [step]))


def labels(rows):
    return [[table.label for table in row] for row in rows]


def texts(figure):
    return [text.get_text() for text in figure.axes[0].texts]


def test_the_lectures_step():
    walk = steps.conv2d(IMAGE, FILTER)
    rows = tables(walk, (1, 2))
    assert labels(rows) == [["input", "output"], ["window", "filter", "products"]]
    (image, done), (window, kernel, products) = rows
    np.testing.assert_array_equal(image.cells, IMAGE)
    assert image.used == [(row, column) for row in (1, 2, 3) for column in (2, 3, 4)]
    np.testing.assert_array_equal(done.cells[:1], MAP[:1])
    np.testing.assert_array_equal(done.cells[1], [*MAP[1, :3], np.nan])
    assert np.isnan(done.cells[2:]).all()
    assert done.used == [(1, 2)]
    np.testing.assert_array_equal(window.cells, IMAGE[1:4, 2:5])
    np.testing.assert_array_equal(kernel.cells, FILTER)
    np.testing.assert_array_equal(products.cells, IMAGE[1:4, 2:5] * FILTER)
    assert products.cells.sum() == MAP[1, 2]
    figure = plot_step(walk, (1, 2))
    assert texts(figure)[-1] == walk[1, 2].equation
    assert "output[1, 2]: rows 1 to 3, columns 2 to 4" in texts(figure)


def test_numbers_and_pictures_are_those_of_the_tables():
    """Every table is an image of its numbers, and every number is written into its cell."""
    axes = plot_step(steps.conv2d(IMAGE, FILTER), (3, 3)).axes[0]
    expected = [IMAGE, MAP, IMAGE[3:, 3:], FILTER, IMAGE[3:, 3:] * FILTER]
    assert len(axes.images) == len(expected)
    for image, cells in zip(axes.images, expected, strict=True):
        np.testing.assert_array_equal(image.get_array(), cells)
        left, right, bottom, top = image.get_extent()
        assert (right - left, bottom - top) == pytest.approx(cells.shape[::-1])
        inside = {
            (int(text.get_position()[1] - top), int(text.get_position()[0] - left)): text.get_text()
            for text in axes.texts
            if left < text.get_position()[0] < right and top < text.get_position()[1] < bottom
        }
        written = [
            [inside[row, column] for column in range(len(cells))] for row in range(len(cells))
        ]
        np.testing.assert_array_equal(np.char.replace(written, "−", "-").astype(float), cells)


def frames(axes):
    """Return the frames around used cells: (left, top, width, height)."""
    from matplotlib.colors import to_hex

    from minicnn.visualize.colours import VERMILION

    return [
        (*patch.get_xy(), patch.get_width(), patch.get_height())
        for patch in axes.patches
        if to_hex(patch.get_edgecolor()).upper() == VERMILION
    ]


def test_window_and_new_cell_are_framed():
    axes = plot_step(steps.conv2d(IMAGE, FILTER), (1, 2)).axes[0]
    (left, _, _, top), (left_done, _, _, top_done) = (one.get_extent() for one in axes.images[:2])
    assert frames(axes) == [
        (left + 2, top + 1, 3, 3),
        (left_done + 2, top_done + 1, 1, 1),
    ]


def test_padding_is_seen_as_such():
    image, _ = tables(steps.conv2d(IMAGE, FILTER, padding="same"), (0, 0))[0]
    np.testing.assert_array_equal(image.cells, np.pad(IMAGE, 1))
    np.testing.assert_array_equal(
        image.padding, np.pad(np.zeros((6, 6), bool), 1, constant_values=True)
    )
    assert image.used == [(row, column) for row in range(3) for column in range(3)]
    axes = plot_step(steps.conv2d(IMAGE, FILTER, padding="same"), (0, 0)).axes[0]
    assert sum(patch.get_hatch() is not None for patch in axes.patches) == 8 * 8 - 6 * 6 + 5


def test_a_dilated_filter_is_framed_cell_by_cell():
    walk = steps.conv2d(IMAGE, [[1, 2], [3, 4]], dilation_rate=2)
    assert tables(walk, (1, 0))[0][0].used == [(1, 0), (1, 2), (3, 0), (3, 2)]
    assert len(frames(plot_step(walk, (1, 0)).axes[0])) == 4 + 1


@settings(max_examples=25)
@given(
    size=st.tuples(st.integers(3, 6), st.integers(3, 6)),
    window=st.integers(1, 3),
    stride=st.integers(1, 2),
    padding=st.sampled_from(["valid", "same"]),
    seed=st.integers(0, 99),
)
def test_a_weights_gradient_shows_the_cells_that_it_met(size, window, stride, padding, seed):
    """Cells and dy are found again by position; their products add up to the gradient."""
    random = np.random.default_rng(seed)
    image, kernel = random.integers(1, 9, size), random.integers(-3, 4, (window, window))
    walk = steps.conv2d(image, kernel, strides=stride, padding=padding)
    dy = random.integers(-3, 4, walk.output.shape)
    back = walk.backward(dy).kernel
    index = tuple(int(one) for one in random.integers(0, window, 2))
    (cells, upstream, done), *_ = tables(back, index)
    assert (cells.label, upstream.label, done.label) == ("input", "dy", "dkernel")
    np.testing.assert_array_equal(upstream.cells, dy)
    met = np.array([cells.cells[place] for place in cells.used])
    assert (met * dy.ravel()).sum() == back.gradient[index] == done.cells[index]
    order = index[0] * window + index[1]
    np.testing.assert_array_equal(np.isnan(done.cells.ravel()), np.arange(window**2) > order)


def test_a_pixels_gradient_shows_the_outputs_that_it_reached():
    dy = np.arange(1, 17).reshape(4, 4)
    back = steps.conv2d(IMAGE, FILTER).backward(dy).input
    (upstream, done), (_, weights, _) = tables(back, (1, 1))
    assert upstream.used == [(0, 0), (0, 1), (1, 0), (1, 1)]
    np.testing.assert_array_equal(weights.cells, FILTER[1::-1, 1::-1])
    assert done.cells[1, 1] == (dy[:2, :2] * FILTER[1::-1, 1::-1]).sum()


def test_the_bias_shows_all_dy_once():
    dy = np.arange(16).reshape(4, 4)
    rows = tables(steps.conv2d(IMAGE, FILTER, bias=1).backward(dy).bias, 0)
    assert labels(rows) == [["dy", "dbias"]]
    np.testing.assert_array_equal(rows[0][0].cells, dy)
    np.testing.assert_array_equal(rows[0][1].cells, [[dy.sum()]])


def test_pooling_marks_the_winner():
    walk = steps.max_pooling2d(MAP)
    (image, done), (window,) = tables(walk, (1, 0))
    assert image.used == [(2, 0), (2, 1), (3, 0), (3, 1)]
    np.testing.assert_array_equal(window.marked, [[False, False], [True, False]])
    np.testing.assert_array_equal(done.cells, [[3, 0], [3, np.nan]])
    back = walk.backward([[1, 2], [3, 4]]).input
    assert tables(back, (3, 0))[0][0].used == [(1, 0)]
    assert texts(plot_step(back, (3, 0)))[-1] == "3·1 = 3"


def test_average_pooling():
    figure = plot_step(steps.average_pooling2d(MAP), (0, 0))
    assert texts(figure)[-1] == "(3 + (−1) + (−3) + 1)/4 = 0"


def test_channels():
    random = np.random.default_rng(0)
    image, kernel = random.random((5, 6, 3)), random.normal(size=(2, 2, 3, 4))
    walk = steps.conv2d(image, kernel)
    (colour, done), *channels = tables(walk, (2, 3, 1))
    np.testing.assert_array_equal(colour.cells, image)
    assert done.label == "output[:, :, 1]"
    np.testing.assert_array_equal(done.cells[:2], walk.output[:2, :, 1])
    assert len(channels) == 3


def test_of_many_channels_the_one_that_gives_the_most():
    random = np.random.default_rng(0)
    image, kernel = random.random((5, 6, 7)), random.normal(size=(2, 2, 7, 4))
    for row, column in np.ndindex(4, 5):
        products = image[row : row + 2, column : column + 2] * kernel[..., 2]
        strongest = int(np.argmax(np.abs(products.sum(axis=(0, 1)))))
        source, _ = tables(steps.conv2d(image, kernel), (row, column, 2))[0]
        assert source.label == f"input[:, :, {strongest}]"
        np.testing.assert_array_equal(source.cells, image[..., strongest])


def test_of_a_large_image_no_numbers_are_written():
    figure = plot_step(steps.conv2d(np.ones((28, 28)), np.ones((3, 3))), (0, 0))
    (picture, _, *_) = figure.axes[0].images
    assert picture.get_cmap().name == "gray"
    assert len(texts(figure)) < 50
    assert figure.get_size_inches().max() < 12


def test_what_has_no_tables_lists_its_terms():
    figure = plot_step(steps.dense([1, 2], [[3, 0], [4, 1]], bias=[10, 0]), 0)
    lines = [text.split() for text in texts(figure)]
    assert ["input[1]", "·", "kernel[1,", "0]", "2·4", "8"] in lines
    assert texts(figure)[-1] == "1·3 + 2·4 + 10 = 21"


def test_every_layer_of_a_trained_network():
    model = Sequential([
        Conv2D(2, 3, activation="relu", input_shape=(8, 8, 1)), BatchNormalization(), MaxPooling2D(2),
        Flatten(), Dense(3, activation="softmax"),
    ])  # fmt: skip
    model.compile("adam", "sparse_categorical_crossentropy")
    trace = steps.trace(model, np.random.default_rng(0).random((8, 8)), 1)
    for number in range(len(model.layers)):
        walk = trace[number]
        index = (0,) * walk.output.ndim
        assert any(text.startswith(walk[index].label) for text in texts(plot_step(walk, index)))
        for gradient in walk.backward().gradients.values():
            plot_step(gradient, (0,) * gradient.gradient.ndim)


def test_a_file(tmp_path):
    plot_step(steps.conv2d(IMAGE, FILTER), (0, 0), tmp_path / "step.png")
    assert (tmp_path / "step.png").stat().st_size > 1000


def test_what_is_no_walk():
    walk = steps.conv2d(IMAGE, FILTER)
    with pytest.raises(
        TypeError, match=r"one gradient at a time.*Write plot_step\(walk.backward\(dy\)"
    ):
        plot_step(walk.backward(MAP), 0)
    with pytest.raises(
        TypeError, match=r"takes a walk such as steps.conv2d\(image, kernel\), got ndarray"
    ):
        plot_step(IMAGE, 0)
    with pytest.raises(IndexError, match=r"from \[0, 0\] to \[3, 3\]"):
        plot_step(walk, (4, 0))
