import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from minicnn.errors import ShapeError
from minicnn.layers import Conv2D, Dense, Flatten
from minicnn.models import Sequential
from minicnn.visualize import occlusion, plot_occlusion


def network(height, width, channels=1, classes=3):
    return Sequential([
        Conv2D(4, 2, activation="relu", input_shape=(height, width, channels)), Flatten(),
        Dense(classes, activation="softmax"),
    ])  # fmt: skip


def by_brute_force(model, image, size, stride, class_index, colour):
    """Pixel by pixel: is it in the square whose middle is the block's middle?"""
    height, width = image.shape[:2]
    found = {}
    for row in range(0, height, stride):
        for column in range(0, width, stride):
            covered = image.copy()
            first_row, first_column = row - (size - stride) // 2, column - (size - stride) // 2
            for i in range(height):
                for j in range(width):
                    if 0 <= i - first_row < size and 0 <= j - first_column < size:
                        covered[i, j] = colour
            found[row // stride, column // stride] = model(covered[np.newaxis])[0, class_index]
    shape = np.max(list(found), axis=0) + 1
    return np.array([found[place] for place in np.ndindex(*shape)]).reshape(shape)


@settings(max_examples=15)
@given(
    size=st.integers(1, 6),
    share=st.floats(0.1, 1),
    height=st.integers(3, 7),
    width=st.integers(3, 7),
    channels=st.sampled_from([1, 3]),
    seed=st.integers(0, 99),
)
def test_against_brute_force(size, share, height, width, channels, seed):
    stride = max(int(size * share), 1)
    random = np.random.default_rng(seed)
    image = random.random((height, width, channels)).astype(np.float32)
    colour = random.random(channels)
    model = network(height, width, channels)
    found = occlusion(model, image, size, stride, class_index=1, colour=colour)
    expected = by_brute_force(model, image, size, stride, 1, colour)
    np.testing.assert_allclose(found, expected, rtol=1e-4, atol=1e-6)


def test_covered_by_the_median_of_each_channel_by_default():
    image = np.random.default_rng(5).integers(0, 256, (5, 6, 3), dtype=np.uint8)
    model = network(5, 6, 3)
    median = [np.sort(image[..., channel].ravel())[14:16].mean() for channel in range(3)]
    found = occlusion(model, image, 3, 2, class_index=0)
    expected = occlusion(model, image, 3, 2, class_index=0, colour=np.array(median, np.uint8))
    np.testing.assert_array_equal(found, expected)


def test_only_the_pixel_that_matters():
    model = Sequential([Flatten(input_shape=(4, 4, 1)), Dense(2, activation="softmax")])
    kernel = np.zeros((16, 2))
    kernel[6, 1] = 50  # row 1, column 2
    model.set_weights([kernel, np.zeros(2)])
    image = np.zeros((4, 4))
    image[1, 2] = 1
    expected = np.ones((4, 4))
    expected[1, 2] = 0.5
    np.testing.assert_allclose(occlusion(model, image, size=1), expected)
    around = occlusion(model, image, size=3)
    np.testing.assert_allclose(around[0:3, 1:4], 0.5)
    assert (around == 0.5).sum() == 9


def test_picture_marks_the_worst_square():
    model = Sequential([Flatten(input_shape=(4, 6, 1)), Dense(2, activation="softmax")])
    kernel = np.zeros((24, 2))
    kernel[15] = -3, 3  # row 2, column 3
    model.set_weights([kernel, [1, 0]])
    image = np.zeros((4, 6))
    image[2, 3] = 1
    figure = plot_occlusion(model, image, size=2, stride=2, class_names=["no", "yes"])
    original, found, covered = figure.axes[:3]
    certain = 1 / (1 + np.exp(-5))
    assert original.get_title() == f"yes: {100 * certain:.1f} %"
    np.testing.assert_allclose(found.images[0].get_array(), occlusion(model, image, 2, 2))
    assert found.images[0].get_extent() == [-0.5, 5.5, 3.5, -0.5]
    left = 1 / (1 + np.exp(1))
    assert (
        covered.get_title() == f"covered here: yes {100 * left:.1f} %,\nno {100 - 100 * left:.1f} %"
    )
    assert not covered.images[0].get_array().any()
    (square,) = covered.patches
    assert (square.get_xy(), square.get_width(), square.get_height()) == ((1.5, 1.5), 2, 2)


def test_a_file(tmp_path):
    plot_occlusion(network(5, 5), np.ones((5, 5)), 2, path=tmp_path / "o.png")
    assert (tmp_path / "o.png").stat().st_size > 1000


def test_what_cannot_be_asked():
    model, image = network(5, 5), np.zeros((5, 5))
    with pytest.raises(
        ValueError, match="some pixels are never covered: use a stride of at most 2"
    ):
        occlusion(model, image, 2, 3)
    with pytest.raises(ValueError, match="size must be an integer >= 1, got 0"):
        occlusion(model, image, 0)
    with pytest.raises(ShapeError, match=r"one per channel, \(1,\), got \(3,\)"):
        occlusion(model, image, 2, colour=[0, 0, 0])
    scores = Sequential([Flatten(input_shape=(2, 1, 1)), Dense(2)])
    scores.set_weights([[[5, -5], [0, 0]], [0, 0]])
    with pytest.raises(ValueError, match=r"from -5 to 5\. End the model with softmax"):
        occlusion(scores, [[1], [0]], 1)
