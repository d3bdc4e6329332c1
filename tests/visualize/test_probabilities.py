import numpy as np
from matplotlib.colors import to_hex

from minicnn.visualize.colours import BLUE, GREY
from minicnn.visualize.feature_maps import draw_probabilities
from minicnn.visualize.figure import new_figure


def drawn(probabilities):
    axes = new_figure(3, 3).subplots()
    draw_probabilities(axes, probabilities, [f"class {n}" for n in range(len(probabilities))])
    return axes


def test_a_bar_for_each_class_the_likeliest_in_blue():
    axes = drawn(np.array([0.1, 0.2, 0.7]))
    assert [bar.get_width() for bar in axes.patches] == [0.1, 0.2, 0.7]
    assert [to_hex(bar.get_facecolor()).upper() for bar in axes.patches] == [GREY, GREY, BLUE]
    assert [label.get_text() for label in axes.get_yticklabels()] == [
        "class 0",
        "class 1",
        "class 2",
    ]
    (text,) = axes.texts
    assert text.get_text() == "70.0 %"
    assert text.get_position()[1] == 2


def test_of_many_classes_the_most_probable():
    probabilities = np.random.default_rng(0).dirichlet(np.ones(50))
    axes = drawn(probabilities)
    shown = [int(label.get_text().split()[1]) for label in axes.get_yticklabels()]
    assert shown == sorted(shown)
    assert set(shown) == set(np.argsort(probabilities)[-20:].tolist())
    np.testing.assert_allclose([bar.get_width() for bar in axes.patches], probabilities[shown])
    assert axes.get_title() == "answer: 20 most probable of 50"
    assert shown[axes.texts[0].get_position()[1]] == np.argmax(probabilities)
