"""Where things stand on the page: inside their cells, cards and screens, on paper and on a projector."""

import numpy as np
import pytest

from minicnn import Model, Sequential, layers
from minicnn.explaining import explain
from minicnn.random import set_random_seed

OUTSIDE = """
return [...document.querySelectorAll('.numbers [role=gridcell], .bar-row .share')].filter((cell) => {
  if (!cell.getClientRects().length || !cell.textContent) return false;
  const range = document.createRange();
  range.selectNodeContents(cell);
  const [text, box] = [range, cell].map((one) => one.getBoundingClientRect());
  return text.left < box.left - 0.5 || text.right > box.right + 0.5;
}).map((cell) => `${cell.textContent} in ${cell.closest('[role=grid]')?.ariaLabel}`)
"""


@pytest.fixture(scope="module")
def small_maps(tmp_path_factory):
    """The page of a model with a map of 6×6 and one of 4×4 positive and negative numbers."""
    set_random_seed(3)
    model = Sequential(
        [
            layers.Conv2D(3, 3, activation="tanh", input_shape=(8, 8, 1), name="six"),
            layers.Conv2D(9, 3, name="four"),
            layers.Flatten(name="flat"),
            layers.Dense(3, name="dense"),
        ]
    )
    model.compile("sgd", "mse")
    x = np.random.default_rng(1).normal(0, 1, (2, 8, 8, 1))
    return explain(model, x, 1234.5 * x[:, 0, :3, 0], tmp_path_factory.mktemp("maps") / "page.html")


@pytest.mark.parametrize("width", [360, 860, 1024, 1280, 1366, 1920])
@pytest.mark.parametrize("digits", ["3", "6"])
def test_numbers_stand_inside_their_cells(browser, small_maps, width, digits):
    from tests.explaining.browser import Page

    page = Page(browser, small_maps, size=(width, 800))
    page.choose("#switches", digits)
    for direction in ("forward", "backward"):
        page.choose("#inspector", direction)
        page.choose("#slider", direction)
        for layer in ("0", "1", "3"):
            page.select("#inspector", layer)
            for target in ("cell", "kernel", "bias") if direction == "backward" else ("cell",):
                if target != "cell":
                    page.choose("#inspector", target)
                assert page.run(OUTSIDE) == [], f"{direction} {layer} {target}"
                assert page.run("return document.documentElement.scrollWidth") <= width


def test_a_map_of_few_cells_is_read_where_there_is_room(browser, small_maps):
    from tests.explaining.browser import Page

    page = Page(browser, small_maps, size=(1920, 1080))
    page.select("#inspector", "0")
    sizes = page.run(
        "return [...document.querySelectorAll('#inspector .map-figure .cell')]"
        ".map((cell) => parseFloat(getComputedStyle(cell).fontSize))"
    )
    assert len(sizes) == 36
    assert min(sizes) > 11


@pytest.mark.parametrize("width", [360, 480, 640, 860, 1024, 1280])
def test_nothing_sticks_out(browser, tmp_path, width):
    from tests.explaining.browser import Page

    model = Sequential([
        layers.Conv2D(64, 3, activation="relu", input_shape=(14, 14, 1)),
        layers.Conv2D(9, 3),
        layers.Flatten(),
        layers.Dense(3, activation="softmax"),
    ])  # fmt: skip
    names = ["T-shirt or top with long sleeves", "b", "c"]
    path = explain(model, path=tmp_path / "page.html", class_names=names)
    page = Page(browser, path, size=(width, 720))
    assert page.run("return document.documentElement.scrollWidth") <= width
    outside = page.run(
        "return [...document.querySelectorAll('.card')].flatMap((card) => {"
        "  const box = card.getBoundingClientRect();"
        "  return [...card.querySelectorAll('canvas, button, .cell, td, .says')].filter((part) => {"
        "    const {top, bottom, left, right, width} = part.getBoundingClientRect();"
        "    return width && !part.closest('.asking') && (top < box.top - 1 || bottom > box.bottom + 1"
        "      || left < box.left - 1 || right > box.right + 1);"
        "  }).map((part) => `${card.id || card.ariaLabel}: ${part.className || part.tagName}`);"
        "})"
    )
    assert outside == []
    cards = page.run(
        "return [...document.querySelectorAll('.layer')].map((one) => {"
        " const {top, bottom, left, right} = one.getBoundingClientRect();"
        " return [top, bottom, left, right]; })"
    )
    for number, one in enumerate(cards):
        for other in cards[:number]:
            apart = (
                one[0] >= other[1] or one[1] <= other[0] or one[2] >= other[3] or one[3] <= other[2]
            )
            assert apart, (one, other)


@pytest.mark.parametrize("size", [(1280, 720), (1366, 768), (1440, 900), (1920, 1080)])
def test_all_bars_of_the_answer_are_seen_without_scrolling(browser, tmp_path, size):
    from tests.explaining.browser import Page

    set_random_seed(4)
    model = Sequential(
        [
            layers.Conv2D(2, 3, activation="relu", input_shape=(28, 28, 1)),
            layers.Flatten(),
            layers.Dense(10, activation="softmax"),
        ]
    )
    x = np.random.default_rng(4).random((20, 28, 28, 1))
    right = (model.predict(x, verbose=0).argmax(axis=1) + 1) % 10  # the answer names both classes
    names = ["T-shirt/top", *"bcdefgh", "Sneaker", "Ankle boot"]
    page = Page(browser, explain(model, x, right, tmp_path / "page.html", class_names=names), size)
    assert "(it should be" in page.text("#says")
    boxes = (
        "return [...document.querySelectorAll(arguments[0])].map((e) => e.getBoundingClientRect())"
    )
    bottoms = [box["bottom"] for box in page.run(boxes, "#answer .bar-row")]
    assert len(bottoms) == 10
    assert max(bottoms) <= size[1]
    tops = [box["top"] for box in page.run(boxes, ".factors figure")]
    assert len(tops) == 3
    assert len(set(tops)) == 1  # window × filter = products


def test_the_layers_of_the_lecture_stand_in_one_row(browser, tmp_path):
    from tests.explaining.browser import Page

    model = Sequential([
        layers.Conv2D(64, 3, activation="relu", input_shape=(28, 28, 1)),
        layers.Conv2D(32, 3, activation="relu"),
        layers.Flatten(),
        layers.Dense(10, activation="softmax"),
    ])  # fmt: skip
    page = Page(browser, explain(model, path=tmp_path / "page.html"), size=(1024, 768))
    seen, whole = page.run(
        "const {clientWidth, scrollWidth} = document.querySelector('.strip-of-layers');"
        "return [clientWidth, scrollWidth]"
    )
    assert whole <= seen


@pytest.mark.parametrize("width", [390, 1280])
def test_controls_stay_where_they_are(browser, small_maps, width):
    """Choosing moves neither what was clicked nor its neighbours, whatever the mouse was on."""
    from tests.explaining.browser import Page

    page = Page(browser, small_maps, size=(width, 800))
    page.select("#inspector", "1")
    boxes = (
        "return [...document.querySelectorAll(arguments[0])].filter((e) => e.getClientRects().length)"
        ".map((e) => { const {left, top, width} = e.getBoundingClientRect();"
        " return [left, top, width].map(Math.round); })"
    )
    for part in ("#switches", "#inspector .controls", "#slider .controls"):
        for number in range(len(page.all(f"{part} input[type=radio]"))):
            radio = page.all(f"{part} input[type=radio]")[number]
            if not (radio.is_enabled() and page.run(boxes, part)):
                continue
            if not page.run("return arguments[0].getClientRects().length", radio):
                continue
            if radio.get_attribute("value") in ("en", "ko"):
                continue  # all words get other widths
            maps = page.all("#inspector .map-figure .cells, #inspector .map-figure .cell")
            page.click(next(one for one in maps if one.is_displayed()))
            page.run("arguments[0].scrollIntoView({block: 'center', behavior: 'instant'})", radio)
            page.settle()
            first = page.run(boxes, f"{part} input[type=radio]")
            page.pick(radio)
            after = page.run(boxes, f"{part} input[type=radio]")
            assert after[: len(first)] == first, (part, radio.get_attribute("value"))


@pytest.mark.parametrize("width", [360, 390, 768, 1024, 1280, 1920])
@pytest.mark.parametrize("language", ["en", "ko"])
def test_the_head_is_one_line_from_1024_pixels_on(browser, small_maps, width, language):
    from tests.explaining.browser import Page

    page = Page(browser, small_maps, size=(width, 800))
    page.run(
        "document.querySelector('#model-name').textContent = 'a model with a rather long name'"
    )
    page.choose("#switches", language)
    whole, middles = page.run(
        "const boxes = [...document.querySelectorAll('.bar > *')].map((e) => e.getBoundingClientRect());"
        "return [document.documentElement.scrollWidth, boxes.map((one) => (one.top + one.bottom) / 2)]"
    )
    assert whole <= width
    assert width < 1024 or max(middles) - min(middles) < 1


@pytest.mark.parametrize("width", [360, 390])
def test_the_slide_fits_with_every_size(browser, small_maps, width):
    from tests.explaining.browser import Page

    page = Page(browser, small_maps, size=(width, 800))
    resize = (
        "const [field] = document.querySelectorAll('#slider .field input');"
        "field.value = arguments[0]; field.dispatchEvent(new Event('input', {bubbles: true}))"
    )
    for direction in ("forward", "backward"):
        page.choose("#slider", direction)
        page.choose("#slider", "same")
        for sides in (6, 10):
            page.run(resize, sides)
            page.run("[...document.querySelectorAll('#slider input[value=\"2\"]')].at(-1).click()")
            page.settle()
            assert "(6" in page.text("#size-formula") or "(10" in page.text("#size-formula")
            whole = page.run("return document.documentElement.scrollWidth")
            assert whole <= page.run("return document.documentElement.clientWidth")


def test_several_outputs_are_named_and_numbers_have_examples_to_read(browser, tmp_path):
    from tests.explaining.browser import Page

    x = layers.Input((5,))
    heads = [layers.Dense(2, name="first")(x), layers.Dense(1, name="second")(x)]
    model = Model(x, heads)
    model.compile("sgd", "mse")
    data = np.ones((3, 5)), [np.ones((3, 2)), np.zeros((3, 1))]
    page = Page(browser, explain(model, *data, tmp_path / "page.html"))
    assert [one.text for one in page.all(".example")] == ["1", "2", "3"]
    assert [one.text for one in page.all("#trainer h4")] == ["first", "second"]
    lines = page.one("#trainer .equation").text.splitlines()
    assert [line.partition(":")[0] for line in lines[1:]] == ["first", "second"]


CHAPTERS = {
    "network": "#layers",
    "number": "#inspector",
    "training": "#trainer",
    "slide": "#slider",
}
RIGHT, LEFT, PAGE_DOWN, ESCAPE = "\ue014", "\ue012", "\ue00f", "\ue00c"


def chapters_seen(page):
    return [name for name, part in CHAPTERS.items() if page.all(part)[0].is_displayed()]


def test_a_projector_shows_one_chapter_at_a_time(page):
    cell = page.run("return document.querySelector('.factors .cell').getBoundingClientRect().width")
    page.click(page.all("#switches button")[0])
    assert page.run("return document.fullscreenElement.tagName") == "HTML"
    for name, key in zip(CHAPTERS, (None, RIGHT, PAGE_DOWN, RIGHT), strict=True):
        page.keys(*[key] * (key is not None))
        assert chapters_seen(page) == [name]
    page.keys(RIGHT)  # there is no further
    assert chapters_seen(page) == ["slide"]
    page.keys(LEFT, LEFT)
    assert chapters_seen(page) == ["number"]
    large = page.run(
        "return document.querySelector('.factors .cell').getBoundingClientRect().width"
    )
    assert large > 1.2 * cell
    for _ in range(2):  # also on the cell that is pointed at already
        page.click(page.all("#inspector .map-figure:last-child .cells")[0])
    place = page.text("#place")
    page.keys(RIGHT)
    assert chapters_seen(page) == ["number"]
    assert page.text("#place") != place
    page.click(page.all(".chapters a")[3])
    assert chapters_seen(page) == ["slide"]
    page.run("document.exitFullscreen()")
    page.wait_for(lambda: chapters_seen(page) == list(CHAPTERS))


@pytest.mark.parametrize("direction", ["forward", "backward"])
def test_a_handout_has_empty_boxes_and_then_their_solutions(page, direction):
    page.select("#inspector", "4")
    page.choose("#inspector", direction)
    page.choose("#slider", direction)
    page.run("window.print = () => {}")
    page.click(page.all("#switches button")[1])
    page.tell("Emulation.setEmulatedMedia", media="print")
    exercise, solution = page.all(".handout section")
    assert not page.one("body > .handout").find_elements("css selector", "[id]")
    assert not page.all("main")[0].is_displayed()
    boxes = exercise.find_elements("css selector", ".blank")
    assert {box.text for box in boxes} == {""}
    assert len(boxes) > 20
    assert page.text(".handout .place").endswith(" = ?")
    products = "[data-part='slide.output']" if direction == "forward" else "[data-part$='Gradient']"
    cells = solution.find_elements("css selector", f"{products} .cell")
    assert all(cell.text for cell in cells)
    total = solution.find_elements("css selector", ".breakdown .total td")[-1].text
    assert total
    assert total not in exercise.text
    painted = page.run(
        "return [...document.querySelectorAll('.handout canvas')].map((canvas) =>"
        " new Set(canvas.getContext('2d').getImageData(0, 0, canvas.width, canvas.height).data).size)"
    )
    assert all(count > 2 for count in painted)
    page.run("dispatchEvent(new Event('afterprint'))")
    page.tell("Emulation.setEmulatedMedia", media="")
    assert page.all(".handout") == []
