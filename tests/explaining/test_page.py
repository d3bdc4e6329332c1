"""The page in a real browser: drawn on, picked in, trained; its numbers are Python's."""

import numpy as np
import pytest

from minicnn import Sequential
from minicnn.optimizers import SGD
from minicnn.training.batches import Batch

CLOSE = {"rtol": 1e-5, "atol": 1e-6}


@pytest.fixture
def example(page, pictures):
    """Return the picture from the examples as the network's input."""
    page.click(page.all(".example")[2])  # sorted by class: 0, 3, 7
    assert page.image().tolist() == pictures[0].tolist()
    return pictures[:1].astype(np.float32)


def layer_outputs(model, x):
    outputs = []
    for layer in model.layers:
        x = layer(x)
        outputs.append(x[0])
    return outputs


def open_cell(page, layer, index):
    """Open a cell by the fields: layer, map, row and column."""
    page.select("#inspector", str(layer))
    fields = [
        one for one in page.all("#inspector .controls input[type=number]") if one.is_displayed()
    ]
    order = {1: (0,), 2: (0, 1), 3: (2, 0, 1)}[len(fields)]
    for field, axis in zip(fields, order, strict=True):
        page.run(
            "arguments[0].value = arguments[1]; arguments[0].dispatchEvent(new Event('input'))",
            field, index[axis],
        )  # fmt: skip
        page.settle()


def test_an_example_gives_pythons_probabilities(page, example, network):
    assert np.allclose(page.probabilities(), network.predict(example, verbose=0)[0], **CLOSE)


def test_what_is_drawn_is_scaled_centred_and_answered(page, network):
    page.click("#clear")
    assert page.image().max() == 0
    assert page.text("#says") == "Draw something, or pick an example."
    assert page.probabilities().size == 0
    page.draw((-80, -90), (60, -90), (-30, 100))
    image = page.image()
    rows, columns = np.nonzero(image[:, :, 0])
    assert max(np.ptp(rows), np.ptp(columns)) + 1 == 20  # MNIST's box
    mass = image[:, :, 0] / image.sum()
    assert abs((mass.sum(axis=1) * np.arange(28)).sum() - 14) <= 0.5
    assert abs((mass.sum(axis=0) * np.arange(28)).sum() - 14) <= 0.5
    expected = network.predict(image[np.newaxis].astype(np.float32), verbose=0)[0]
    assert np.allclose(page.probabilities(), expected, **CLOSE)
    assert page.text("#says").startswith(f"{expected.argmax()}, with ")


def test_all_maps_follow_the_pen(page):
    pictures = "return [...document.querySelectorAll('.layer canvas')].map((c) => c.toDataURL())"
    before = page.run(pictures)
    page.draw((0, -90), (0, 90))
    after = page.run(pictures)
    assert len(before) == 1 + 4 + 4 + 3 + 1  # image, first, pool, second, flatten
    assert sum(old != new for old, new in zip(before, after, strict=True)) >= 10


@pytest.mark.parametrize(
    ("layer", "index"),
    [(0, (5, 9, 2)), (1, (4, 6, 1)), (2, (0, 12, 1)), (2, (6, 6, 2)), (4, (3,))],
    ids=["convolution", "pooling", "padding", "many channels", "dense"],
)
def test_a_cell_is_the_sum_that_is_shown(page, example, network, layer, index):
    open_cell(page, layer, index)
    output = layer_outputs(network, example)[layer][index]
    bias = network.layers[layer].bias[index[-1]] if layer != 1 else 0
    assert np.isclose(page.line("value" if layer != 1 else "sum"), output, **CLOSE)
    if layer == 1:
        assert np.isclose(page.line("products"), output, **CLOSE)
        return
    assert np.isclose(page.line("bias"), bias, **CLOSE)
    parts = ["products"] if layer == 0 else ["open", "others"]
    assert np.isclose(sum(map(page.line, parts)) + bias, page.line("sum"), **CLOSE)
    if layer == 0:
        window, kernel, products = np.reshape(page.numbers(".factors .numbers .cell"), (3, 3, 3))
        assert np.array_equal(window, example[0, 5:8, 9:12, 0])
        assert np.allclose(kernel, network.layers[0].kernel[:, :, 0, 2], **CLOSE)
        assert np.allclose(products, window * kernel, **CLOSE)
    if layer == 2:
        totals = [number for number in page.numbers(".parts .cell") if number is not None]
        assert len(totals) == 4
        assert np.isclose(sum(totals) + bias, page.line("sum"), **CLOSE)
    if index == (0, 12, 1):  # at the corner: a row and a column of padding
        assert len(page.all(".factors figure:first-child .cell.padding")) == 5


def test_a_click_on_a_map_opens_the_cell_under_it(page):
    (maps,) = [one for one in page.all(".layer.maps") if one.text.startswith("second")]
    page.click(maps.find_elements("css selector", ".map")[1])
    assert page.text("#place").startswith("second, map 1, row 6, column 6 = ")


def test_from_a_number_to_the_sum_that_made_it_and_back(page, example, network):
    open_cell(page, 2, (6, 6, 2))
    was = page.text("#place")
    cells = page.all(".factors figure:first-child .cell")
    value = float(cells[0].get_attribute("data-value"))
    page.click(cells[0])
    assert page.text("#place").startswith("pool, map ")
    assert "row 5, column 5" in page.text("#place")
    assert np.isclose(page.line("sum"), value, **CLOSE)
    page.click("#inspector .title-row button:not(#copy-link)")
    assert page.text("#place") == was


def test_pointing_at_a_cell_shows_its_window(page):
    open_cell(page, 0, (5, 9, 2))
    frame = page.one("#inspector .map-figure:first-child .marks").get_attribute("data-key")
    (grid,) = [g for g in page.all("#inspector .map-figure:last-child .cells") if g.is_displayed()]
    from selenium.webdriver.common.action_chains import ActionChains

    page.run("arguments[0].scrollIntoView({block: 'center', behavior: 'instant'})", grid)
    ActionChains(page.driver, duration=0).move_to_element_with_offset(grid, 40, 40).perform()
    page.settle()
    assert page.one("#inspector .map-figure:first-child .marks").get_attribute("data-key") != frame


@pytest.mark.parametrize(("layer", "filters"), [(0, 4), (2, 3), (4, 10)])
def test_backward_a_weight_and_a_bias(page, example, network, layer, filters):
    gradients = network.gradients(Batch(example, np.array([7])))[layer]
    unit = filters - 1
    open_cell(page, layer, (3, 3, unit) if layer < 4 else (unit,))
    page.choose("#inspector", "backward")
    page.choose("#inspector", "kernel")
    weight = page.text("#place").split("kernel[")[1].split("]")[0]
    index = tuple(int(part) for part in weight.split(", "))
    assert index[-1] == unit
    assert np.isclose(page.line("value"), gradients["kernel"][index], **CLOSE)
    assert np.isclose(page.line("products"), page.line("value"), **CLOSE)
    assert np.isclose(page.line("before"), network.layers[layer].kernel[index], **CLOSE)
    step = page.line("after") - page.line("before")
    assert np.isclose(step, -1e-5 * gradients["kernel"][index], rtol=1e-5)  # SGD as compiled
    page.choose("#inspector", "bias")
    assert np.isclose(page.line("value"), gradients["bias"][unit], **CLOSE)


def test_backward_a_pixel(page, example, network):
    """By central differences of the loss that Python computes, not by another backward pass."""
    gradient = page_gradient(page, -1, (12, 13, 0))
    step = 0.5
    losses = []
    for sign in (1, -1):
        moved = example.copy()
        moved[0, 12, 13, 0] += sign * step
        losses.append(-np.log(network.predict(moved, verbose=0)[0, 7]))
    assert np.isclose(gradient, (losses[0] - losses[1]) / (2 * step), rtol=0.02, atol=1e-5)


def page_gradient(page, layer, index):
    page.choose("#inspector", "backward")
    open_cell(page, layer, index)
    return page.line("upstream")


def test_backward_begins_with_p_minus_y(page, example, network):
    probabilities = network.predict(example, verbose=0)[0]
    open_cell(page, 4, (7,))
    page.choose("#inspector", "backward")
    assert np.isclose(page.line("probability"), probabilities[7], **CLOSE)
    assert page.line("target") == 1
    assert np.isclose(page.line("value"), probabilities[7] - 1, **CLOSE)


def test_a_training_step_moves_the_probabilities_as_in_python(page, example, network):
    before = page.probabilities()
    student = Sequential.from_config(network.get_config())
    student.build((None, 28, 28, 1))
    student.set_weights(network.get_weights())
    student.compile(SGD(1e-5), "sparse_categorical_crossentropy")
    student.train_on_batch(example, np.array([7]))
    page.click("#step")
    expected = student.predict(example, verbose=0)[0]
    assert np.allclose(page.probabilities(), expected, rtol=1e-4, atol=1e-6)
    assert expected[7] > before[7]
    bars = page.all("#trainer .bar-row")
    shown = [float(bar.get_attribute("data-before")) for bar in bars]
    assert np.allclose(shown, before, **CLOSE)
    assert "→" in page.text("#trainer .loss")
    loss = float(page.one("#trainer .loss").get_attribute("data-loss"))
    assert np.isclose(loss, -np.log(expected[7]), rtol=1e-4)
    page.click("#reset")
    assert np.array_equal(page.probabilities(), before)


def test_another_right_answer_pulls_elsewhere(page, example):
    before = page.probabilities()
    page.select("#trainer", "2")
    page.run(
        "const list = document.querySelectorAll('#trainer select')[1]; list.value = '1';"
        "list.dispatchEvent(new Event('change'))"
    )  # Adam
    page.click("#step")
    assert page.probabilities()[2] > before[2]


def test_lines_lead_to_the_maps_that_a_cell_reads(page, example, network):
    """Under the mouse: one for each map before, as strong as what it adds to the cell."""
    from selenium.webdriver.common.action_chains import ActionChains

    (maps,) = [one for one in page.all(".layer.maps") if one.text.startswith("second")]
    target = maps.find_elements("css selector", ".map")[1]
    page.run("arguments[0].scrollIntoView({block: 'center', behavior: 'instant'})", target)
    ActionChains(page.driver, duration=0).move_to_element(target).perform()
    page.settle()
    lines = page.all(".links path")
    pooled = layer_outputs(network, example)[1]
    window = np.pad(pooled, [(1, 1), (1, 1), (0, 0)])[6:9, 6:9]
    parts = (window * network.layers[2].kernel[:, :, :, 1]).sum(axis=(0, 1))
    assert len(lines) == 4
    strengths = [float(line.get_attribute("opacity")) for line in lines]
    assert strengths == pytest.approx(0.25 + 0.75 * np.abs(parts) / np.abs(parts).max(), abs=1e-4)
    negative = [line.get_attribute("class") == "negative" for line in lines]
    assert negative == (parts < 0).tolist()
    ActionChains(page.driver, duration=0).move_to_element(page.one("h1")).perform()
    page.settle()
    assert page.all(".links path") == []
