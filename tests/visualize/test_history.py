import pytest

from minicnn.callbacks import History
from minicnn.visualize import plot_history

CURVES = {
    "accuracy": [0.883, 0.979, 0.985],
    "loss": [1.399, 0.071, 0.048],
    "val_accuracy": [0.974, 0.973, 0.976],
    "val_loss": [0.088, 0.087, 0.090],
}


def drawn(axes):
    """Return the curves of an axes: label -> (epochs, values)."""
    return {
        line.get_label(): (list(line.get_xdata()), list(line.get_ydata())) for line in axes.lines
    }


def whole_ticks(axes):
    low, high = axes.get_xlim()
    return [tick for tick in axes.get_xticks() if low <= tick <= high]


def test_loss_and_accuracy_for_training_and_validation():
    loss, accuracy = plot_history(CURVES).axes
    assert (loss.get_title(), accuracy.get_title()) == ("Loss", "Accuracy")
    assert accuracy.get_xlabel() == "Epoch"
    epochs = [1, 2, 3]
    assert drawn(loss) == {
        "train": (epochs, CURVES["loss"]),
        "validation": (epochs, CURVES["val_loss"]),
    }
    assert drawn(accuracy) == {
        "train": (epochs, CURVES["accuracy"]),
        "validation": (epochs, CURVES["val_accuracy"]),
    }
    assert [text.get_text() for text in loss.get_legend().get_texts()] == ["train", "validation"]


@pytest.mark.parametrize("epochs", [1, 2, 3, 7, 40])
def test_epochs_are_whole_numbers(epochs):
    figure = plot_history({"loss": [1.0] * epochs})
    ticks = whole_ticks(figure.axes[-1])
    assert ticks
    assert all(tick == int(tick) for tick in ticks)


def test_a_history_knows_its_epochs():
    history = History()
    for epoch in (5, 6):  # resumed with initial_epoch=5
        history.on_epoch_end(epoch, {"loss": 1.0})
    (axes,) = plot_history(history).axes
    assert drawn(axes) == {"train": ([6, 7], [1.0, 1.0])}
    assert axes.get_legend() is None


def test_every_other_metric_has_a_panel():
    figure = plot_history({"acc": [0.5], "learning_rate": [0.1], "loss": [1.0], "val_acc": [0.6]})
    assert [axes.get_title() for axes in figure.axes] == ["Loss", "Accuracy", "Learning rate"]


def test_a_file(tmp_path):
    plot_history(CURVES, tmp_path / "history.png")
    assert (tmp_path / "history.png").stat().st_size > 1000


def test_something_else_than_a_history():
    with pytest.raises(TypeError, match=r"got list. Write history = model.fit"):
        plot_history([1.0, 0.5])


@pytest.mark.parametrize("history", [{}, {"loss": []}, History()])
def test_a_history_without_epochs(history):
    with pytest.raises(ValueError, match="without any epoch: call fit first"):
        plot_history(history)
