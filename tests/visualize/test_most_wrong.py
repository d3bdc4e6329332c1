import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from minicnn.errors import ShapeError
from minicnn.layers import Activation, Dense, Flatten
from minicnn.models import Sequential
from minicnn.visualize import plot_most_wrong
from minicnn.visualize.colours import BLUE, VERMILION
from minicnn.visualize.results import most_wrong


@given(
    images=st.integers(1, 30),
    classes=st.integers(2, 5),
    count=st.integers(1, 12),
    seed=st.integers(0, 999),
)
def test_in_the_order_of_the_loss(images, classes, count, seed):
    random = np.random.default_rng(seed)
    probabilities = random.dirichlet(np.ones(classes), images)
    actual = random.integers(0, classes, images)
    expected = []
    for image in range(images):
        likeliest = max(range(classes), key=lambda number, row=image: probabilities[row, number])
        if likeliest != actual[image]:
            loss = -np.log(probabilities[image, actual[image]])
            expected.append((loss, image, likeliest))
    expected.sort(reverse=True)
    found = most_wrong(probabilities, actual, count)
    assert [one.image for one in found] == [image for _, image, _ in expected[:count]]
    for one, (loss, image, likeliest) in zip(found, expected, strict=False):
        assert (one.actual, one.predicted) == (actual[image], likeliest)
        assert one.p_actual == pytest.approx(np.exp(-loss))
        assert one.p_predicted == probabilities[image].max()


def test_of_two_as_unlikely_the_surer_mistake_comes_first():
    probabilities = np.array([[0.0, 0.6, 0.4], [0.0, 0.9, 0.1]])
    assert [one.image for one in most_wrong(probabilities, np.array([0, 0]), 2)] == [1, 0]


def guess(size=4):
    """A network that returns softmax of its pixels."""
    return Sequential([Flatten(input_shape=(1, size, 1)), Activation("softmax")])


def images(*rows):
    return np.array(rows, np.float32)[:, np.newaxis, :, np.newaxis]


X = images([3, 0, 0, 0], [0, 9, 0, 0], [0, 2, 0, 5], [6, 0, 1, 0])
Y = [0, 2, 1, 2]  # the last three are wrong


def panels(figure):
    """Return (title, cells, texts of the bars, widths of the bars) of each image."""
    drawn = [axes for axes in figure.axes if axes.images]
    bars = [axes for axes in figure.axes if axes.patches]
    return [
        (
            image.get_title(),
            np.asarray(image.images[0].get_array()),
            [text.get_text() for text in answer.texts],
            [bar.get_width() for bar in answer.patches],
        )
        for image, answer in zip(drawn, bars, strict=True)
    ]


@pytest.mark.parametrize("y", [Y, np.eye(4)[Y], np.reshape(Y, (4, 1)), np.array(Y, float)])
def test_picture(y):
    figure = plot_most_wrong(guess(), X, y, class_names=["cat", "dog", "cow", "hen"])
    shown = panels(figure)
    assert [title for title, *_ in shown] == ["image 1", "image 3", "image 2"]
    for (title, cells, texts, widths), (said, right) in zip(
        shown, [("dog", "cow"), ("cat", "cow"), ("hen", "dog")], strict=True
    ):
        index = int(title.split()[1])
        np.testing.assert_allclose(cells, X[index, ..., 0] / 16)  # the full scale that X uses
        p = np.exp(X[index].ravel()) / np.exp(X[index]).sum()
        np.testing.assert_allclose(sorted(widths), sorted([p.max(), p[Y[index]]]), rtol=1e-5)
        assert texts[0] == f"says {said}"
        assert texts[2] == f"is {right}"
        assert texts[1] == ("> 99.9 %" if p.max() > 0.999 else f"{100 * p.max():.1f} %")


def test_right_and_wrong_have_different_colours_and_words():
    from matplotlib.colors import to_hex

    figure = plot_most_wrong(guess(), X, Y)
    answer = next(axes for axes in figure.axes if axes.patches)
    assert [to_hex(bar.get_facecolor()).upper() for bar in answer.patches] == [VERMILION, BLUE]


@pytest.mark.parametrize("count", [1, 2, 4, 5, 8])
def test_so_many_and_no_empty_panel(count):
    rows = np.zeros((10, 4))
    rows[:, 1] = np.arange(1, 11)
    figure = plot_most_wrong(guess(), images(*rows), np.zeros(10, int), count=count)
    assert len(panels(figure)) == count
    assert len(figure.axes) == 2 * count


def test_without_a_mistake_the_picture_says_so():
    figure = plot_most_wrong(guess(), X[:1], [0])
    assert figure.get_suptitle() == "No mistake in 1 image."
    assert plot_most_wrong(guess(), X[[0, 0]], [0, 0]).get_suptitle() == "No mistake in 2 images."


def test_one_sigmoid():
    model = Sequential([Flatten(input_shape=(1, 1, 1)), Dense(1, activation="sigmoid")])
    model.set_weights([[[1]], [0]])
    ((_, _, texts, _),) = panels(plot_most_wrong(model, images([2], [-2]), [0, 0]))
    share = 100 / (1 + np.exp(-2))
    assert texts == ["says 1", f"{share:.1f} %", "is 0", f"{100 - share:.1f} %"]


def test_a_file(tmp_path):
    plot_most_wrong(guess(), X, Y, path=tmp_path / "wrong.png")
    assert (tmp_path / "wrong.png").stat().st_size > 1000


@pytest.mark.parametrize("y", [[0, 1, 2, 4], [0, 1, 2, -1], [0, 1, 2, 0.5]])
def test_labels_that_are_no_class(y):
    with pytest.raises(ValueError, match=f"0 to 3 for this model, got {y[3]}"):
        plot_most_wrong(guess(), X, y)


def test_what_cannot_be_asked():
    with pytest.raises(ShapeError, match="x has 4 examples and y has 3"):
        plot_most_wrong(guess(), X, Y[:3])
    with pytest.raises(ValueError, match="needs the actual classes"):
        plot_most_wrong(guess(), X, None)
    with pytest.raises(ValueError, match="count must be an integer >= 1, got 0"):
        plot_most_wrong(guess(), X, Y, count=0)
    with pytest.raises(ShapeError, match=r"one class per image, got shape \(4, 2, 4\)"):
        plot_most_wrong(guess(), X, np.zeros((4, 2, 4)))
