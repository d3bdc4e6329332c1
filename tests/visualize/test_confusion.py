import numpy as np
import pytest

from minicnn.errors import ShapeError
from minicnn.visualize import plot_confusion_matrix
from minicnn.visualize.results import confusion_counts


def numbers(figure):
    """Return the numbers in the cells, as rows of text."""
    axes = figure.axes[0]
    texts = {text.get_position(): text for text in axes.texts}
    size = int(len(texts) ** 0.5)
    return [[texts[column, row].get_text() for column in range(size)] for row in range(size)]


def labels(axis):
    return [label.get_text() for label in axis.get_ticklabels()]


def test_rows_are_actual_and_columns_predicted():
    figure = plot_confusion_matrix([0, 0, 0, 1, 2], [0, 2, 2, 1, 2])
    axes = figure.axes[0]
    assert numbers(figure) == [["1", "0", "2"], ["0", "1", "0"], ["0", "0", "1"]]
    assert (axes.get_ylabel(), axes.get_xlabel()) == ("Actual", "Predicted")
    assert labels(axes.xaxis) == labels(axes.yaxis) == ["0", "1", "2"]
    np.testing.assert_array_equal(axes.images[0].get_array(), [[1, 0, 2], [0, 1, 0], [0, 0, 1]])


def test_counts_against_scikit_learn():
    from sklearn.metrics import confusion_matrix

    random = np.random.default_rng(3)
    actual, predicted = random.integers(0, 10, (2, 500))
    expected = confusion_matrix(actual, predicted, labels=range(10))
    np.testing.assert_array_equal(confusion_counts(actual, predicted, 10), expected)


def test_names_of_the_classes_also_of_those_that_did_not_occur():
    figure = plot_confusion_matrix([0, 1], [1, 1], class_names=["cat", "dog", "horse"])
    assert labels(figure.axes[0].xaxis) == ["cat", "dog", "horse"]
    assert numbers(figure)[2] == ["0", "0", "0"]


def test_each_number_stands_out_from_its_cell():
    actual = np.repeat(np.arange(6), [1000, 700, 400, 300, 100, 10])
    figure = plot_confusion_matrix(actual, actual)
    axes = figure.axes[0]
    image = axes.images[0]
    for text in axes.texts:
        column, row = text.get_position()
        cell = image.cmap(image.norm(image.get_array()[row, column]))
        assert contrast(cell, text.get_color()) > 4.5  # WCAG 2.1, 1.4.3


def contrast(cell, colour):
    from matplotlib.colors import to_rgb

    one, two = sorted((luminance(cell[:3]), luminance(to_rgb(colour))))
    return (two + 0.05) / (one + 0.05)


def luminance(rgb):
    rgb = np.array(rgb)
    linear = np.where(rgb <= 0.04045, rgb / 12.92, ((rgb + 0.055) / 1.055) ** 2.4)
    return linear @ [0.2126, 0.7152, 0.0722]


def test_a_file(tmp_path):
    plot_confusion_matrix([0, 1], [0, 1], path=tmp_path / "confusion.png")
    assert (tmp_path / "confusion.png").stat().st_size > 1000


def test_one_hot_labels():
    with pytest.raises(ShapeError, match=r"got shape \(2, 2\).*Write np.argmax\(y_true, axis=1\)"):
        plot_confusion_matrix(np.eye(2), [0, 1])
    with pytest.raises(ShapeError, match=r"Write np.argmax\(y_pred, axis=1\)"):
        plot_confusion_matrix([0, 1], np.eye(2))


def test_unequal_lengths():
    with pytest.raises(ShapeError, match="got 3 labels and 2 predictions"):
        plot_confusion_matrix([0, 1, 1], [0, 1])


def test_too_few_names():
    with pytest.raises(ShapeError, match="lists 1 names, but there are 3 classes"):
        plot_confusion_matrix([0, 2], [0, 1], class_names=["cat"])


@pytest.mark.parametrize("wrong", [[0.5, 1.0], [-1, 0], ["cat", "dog"], [np.nan, 1.0], [np.inf, 1]])
def test_what_is_no_class_number(wrong):
    with pytest.raises(ValueError, match="y_pred must be class indices 0, 1, 2"):
        plot_confusion_matrix([0, 1], wrong)


def test_no_labels():
    with pytest.raises(ValueError, match="y_true is empty"):
        plot_confusion_matrix([], [])
