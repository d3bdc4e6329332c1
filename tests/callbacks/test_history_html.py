"""A notebook's view of a training: read back as a browser reads it."""

import re

import pytest

from minicnn.callbacks import History

from ..test_html_table import read

EPOCHS = [
    {"accuracy": 0.9, "loss": 0.5, "val_accuracy": 0.85, "val_loss": 0.6},
    {"accuracy": 0.95, "loss": 0.25, "val_accuracy": 0.9, "val_loss": 0.4},
    {"accuracy": 0.97, "loss": 0.00012, "val_accuracy": 0.91, "val_loss": 0.45},
]


def history(epochs, first=0):
    made = History()
    for number, logs in enumerate(epochs, first):
        made.on_epoch_end(number, logs)
    return made


def curves(html):
    """Return each chart's name and its curves' points."""
    charts = html.split("<figure")[1:]
    return {
        re.search("<strong>(.*?)</strong>", chart)[1]: [
            [tuple(map(float, point.split(","))) for point in points.split()]
            for points in re.findall('points="(.*?)"', chart)
        ]
        for chart in charts
    }


def test_the_table_of_the_epochs():
    assert read(history(EPOCHS, first=4)._repr_html_()) == [
        ["Epoch", "accuracy", "loss", "val_accuracy", "val_loss"],
        ["5", "0.9000", "0.5000", "0.8500", "0.6000"],
        ["6", "0.9500", "0.2500", "0.9000", "0.4000"],
        ["7", "0.9700", "0.00012", "0.9100", "0.4500"],
    ]


def test_a_curve_for_training_and_validation():
    drawn = curves(history(EPOCHS)._repr_html_())
    assert list(drawn) == ["accuracy", "loss"]
    train, validation = drawn["loss"]
    assert [x for x, _ in train] == [8, 110, 212]  # from edge to edge, evenly
    assert train[0][1] < train[1][1] < train[2][1] == 102  # the least is at the bottom
    assert validation[0][1] == 8  # the greatest at the top, on the same scale
    assert validation[1][1] < validation[2][1] + 12 < validation[0][1] + 60
    # 0.25 lies at a share of (0.6 - 0.25) / (0.6 - 0.00012) from the top
    assert train[1][1] == pytest.approx(8 + 94 * 0.35 / 0.59988, abs=0.1)


def test_without_validation_there_is_one_curve_and_no_key():
    html = history([{"loss": 2.0}, {"loss": 1.0}])._repr_html_()
    assert [len(one) for one in curves(html)["loss"]] == [2]
    assert "validation" not in html
    assert "validation" in history(EPOCHS)._repr_html_()


def test_what_is_not_finite_is_listed_and_not_drawn():
    html = history([{"loss": 2.0}, {"loss": float("nan")}, {"loss": 1.0}])._repr_html_()
    assert curves(html)["loss"] == [[(8, 8), (212, 102)]]
    assert read(html)[2] == ["2", "nan"]


def test_one_epoch_is_a_table_and_no_epoch_an_empty_one():
    assert curves(history(EPOCHS[:1])._repr_html_()) == {}
    assert len(read(history(EPOCHS[:1])._repr_html_())) == 2
    assert read(History()._repr_html_()) == [["Epoch"]]


def test_a_metric_that_some_epochs_lack_is_listed_below():
    html = history([{"loss": 2.0}, {"loss": 1.0, "val_loss": 1.5}])._repr_html_()
    assert read(html)[0] == ["Epoch", "loss"]
    assert "val_loss, in 1 of 2 epochs: 1.5000" in html
    assert len(curves(html)["loss"]) == 1


def test_names_that_look_like_html():
    html = history([{"<b>": 1.0}, {"<b>": 2.0}])._repr_html_()
    assert "<b>" not in html
    assert read(html)[0] == ["Epoch", "<b>"]
