"""Who reads the page, and how: in two languages, light or dark, on a phone, by keys, by ear."""

import json
import re

import numpy as np
import pytest

from tests.explaining.conftest import PAGE

ARROWS = {"down": "\ue015", "right": "\ue014", "left": "\ue012", "up": "\ue013"}
TAB, ENTER, SPACE, PAGE_UP = "\ue004", "\ue007", " ", "\ue00e"
KOREAN = re.compile("[가-힣]")


def test_both_languages_say_the_same(page_text):
    english, korean = (json.loads(page_text(f"texts/{name}.json")) for name in ("en", "ko"))
    assert list(english) == list(korean)
    for key in english:
        places = [sorted(re.findall(r"{(\w+)}", text[key])) for text in (english, korean)]
        assert places[0] == places[1], key


def test_every_text_is_used_and_every_key_has_its_text(page_text):
    keys = set(json.loads(page_text("texts/en.json")))
    sources = page_text("page.html") + "".join(
        path.read_text("utf-8") for path in sorted((PAGE / "view").glob("*.js"))
    )
    asked_for = re.findall(r'(?:data-(?:text|label)=|say\(\s*)"([\w.]+)"', sources)
    assert set(asked_for) <= keys
    begun = tuple(re.findall(r"`([\w.]+\.)\$\{", sources))  # say(`player.${name}`)
    assert {key for key in keys if f'"{key}"' not in sources and not key.startswith(begun)} == set()


def everything_seen(page):
    """Go through all that the page can show: every layer, forward and backward, every target."""
    for direction in ("forward", "backward"):
        page.choose("#slider", direction)
        page.choose("#inspector", direction)
        for layer in range(-1, 5):
            page.select("#inspector", str(layer))
            yield f"{direction} {layer}"
            for target in ("kernel", "bias"):
                if direction == "backward" and layer in (0, 2, 4):
                    page.choose("#inspector", target)
                    yield f"{direction} {layer} {target}"


def test_korean_and_back(page):
    english = page.text("#number-title")
    page.choose("#switches", "ko")
    assert page.run("return document.documentElement.lang") == "ko"
    for place in everything_seen(page):
        heads = page.run(
            "return [...document.querySelectorAll('h1, h2, .lead, .remark, legend, .field .name')]"
            ".filter((e) => e.getClientRects().length && e.textContent).map((e) => e.textContent)"
        )
        assert [text for text in heads if not KOREAN.search(text)] == [], place
    page.choose("#switches", "en")
    assert page.text("#number-title") == english
    assert not KOREAN.search(page.one("main").text)


def test_the_page_can_begin_in_korean(browser, network, tmp_path):
    from minicnn.explaining import explain
    from tests.explaining.browser import Page

    page = Page(browser, explain(network, path=tmp_path / "ko.html", language="ko"))
    assert page.text("h1") == "그려 보세요. 모든 층이 바로 답합니다"
    assert page.errors() == []


def test_light_and_dark(open_page):
    background = "return getComputedStyle(document.body).backgroundColor"
    ground = (
        "const c = document.querySelector('.map canvas'); const d = document.createElement('canvas');"
        "const p = d.getContext('2d'); p.drawImage(c, 0, 0); return [...p.getImageData(0, 0, 1, 1).data]"
    )
    dark = open_page(dark=True)
    night = dark.run(background)
    page = open_page(dark=False)
    day = page.run(background)
    assert day != night
    light_map = page.run(ground)
    page.choose("#switches", "dark")
    assert page.run(background) == night
    assert page.run(ground) != light_map


@pytest.mark.parametrize("language", ["en", "ko"])
def test_nothing_is_wider_than_a_phone(open_page, language):
    from tests.explaining.browser import PHONE

    page = open_page(size=PHONE)
    page.choose("#switches", language)
    page.choose("#switches", "6")  # the longest numbers
    page.choose("#slider", "same")
    page.click("#step")
    for place in everything_seen(page):
        width = page.run("return document.documentElement.scrollWidth")
        assert width <= PHONE[0], f"{place}: {width}"


def test_six_digits(page):
    short = page.text("#place")
    page.choose("#switches", "6")
    assert len(page.text("#place")) > len(short)


def test_drawn_by_keys_alone(page):
    page.click("#clear")
    page.run("document.querySelector('canvas.ink').focus()")
    page.keys(ARROWS["down"])
    assert page.image().max() == 0  # the pen is up
    page.keys(SPACE, *[ARROWS["down"]] * 8)
    drawn = page.image()
    assert drawn.max() > 200
    page.keys(SPACE, *[ARROWS["right"]] * 3)
    assert page.image().tolist() == drawn.tolist()


def test_the_tab_key_reaches_every_part_and_the_focus_is_seen(page):
    page.run("document.querySelector('.skip').focus()")
    parts, unseen = set(), []
    for _ in range(90):
        page.driver.switch_to.active_element.send_keys(TAB)
        where = page.run(
            "const e = document.activeElement; if (e === document.body) return null;"
            "const s = getComputedStyle(e.type === 'radio' ? e.nextElementSibling : e);"
            "return [e.closest('[id]')?.id, e.closest('.card, .bar, .layers')?.id,"
            " s.outlineStyle !== 'none' && parseFloat(s.outlineWidth) >= 2, e.outerHTML.slice(0, 80)]"
        )
        if where is None:
            break
        parts |= {where[0], where[1]}
        unseen += [] if where[2] else [where[3]]
    assert {"switches", "board", "answer", "layers", "inspector", "trainer", "slider"} <= parts
    assert unseen == []


def test_arrow_keys_go_through_maps_and_cells(page):
    (maps,) = [one for one in page.all(".layer.maps") if one.text.startswith("first")]
    page.run("arguments[0].querySelector('.map[tabindex=\"0\"]').focus()", maps)
    page.keys(PAGE_UP, ARROWS["down"], ENTER)
    assert page.text("#place").startswith("first, map 1, ")
    page.select("#inspector", "2")
    place = page.text("#place")
    (grid,) = [g for g in page.all("#inspector .map-figure:last-child .cells") if g.is_displayed()]
    page.run("arguments[0].querySelector('[role=gridcell]').focus()", grid)
    page.keys(PAGE_UP, PAGE_UP, PAGE_UP, "\ue011", ARROWS["right"])  # row 0, column 1
    row, column = (int(number) for number in page.focused()["place"].split(","))
    assert (row, column) == (0, 1)
    page.keys(ARROWS["down"])
    focused = page.focused()
    assert focused["role"] == "gridcell"
    assert focused["place"] == f"{row + 1},{column}"
    assert page.text("#place") != place
    name, value = page.text("#place").split(" = ")
    assert focused["label"] == f"{name}: {value}"
    page.keys(ARROWS["left"], ARROWS["up"])
    assert page.focused()["place"] == f"{row},{column - 1}"


def test_a_sum_is_followed_by_keys(page):
    page.select("#inspector", "2")
    page.run("document.querySelector('.factors figure .cell').focus()")
    page.keys(ARROWS["right"])
    place = page.focused()["label"].split(" · ")[1]
    assert page.text(".readout").endswith(place)
    page.keys(ENTER)
    assert page.text("#place").startswith(place)


def test_the_slide_is_stepped_and_changed_by_keys(page):
    page.run("document.querySelector('#slider [data-step=next]').focus()")
    page.keys(ENTER)
    assert page.text("#slider .count") == "2 / 16"
    page.run("document.querySelector(\"#slider [data-part='slide.image'] .cell\").focus()")
    page.keys(ARROWS["right"], SPACE)
    assert page.text("#slide-equation").startswith("1·1 + ")


def test_everything_has_a_name_for_a_screen_reader(page):
    for place in everything_seen(page):
        assert page.nameless() == [], place


def test_every_cell_says_its_place_and_number(page):
    labels = page.run(
        "return [...document.querySelectorAll('[role=gridcell]')]"
        ".filter((e) => e.getClientRects().length && !e.classList.contains('absent'))"
        ".map((e) => e.getAttribute('aria-label'))"
    )
    assert len(labels) > 60
    assert [label for label in labels if not re.search(r"\d", label or "")] == []


def test_a_new_answer_is_announced(page):
    page.click(page.all(".example")[1])
    page.wait_for(lambda: page.text("#live") == page.text("#says").split(" (")[0])
    assert page.one("#live").get_attribute("aria-live") == "polite"


def test_the_softmax_is_a_step_of_its_own(page, network, pictures):
    page.click(page.all(".example")[2])
    page.select("#inspector", "4")
    x = pictures[:1].astype(np.float32)
    for layer in network.layers[:-1]:
        x = layer(x)
    logits = network.layers[-1].logits(x)[0][0].astype(float)
    rows = page.run(
        "return [...document.querySelectorAll('.softmax tbody tr')]"
        ".map((row) => [...row.cells].map((cell) => cell.textContent))"
    )
    exponentials = np.exp(logits - logits.max())
    assert [row[0] for row in rows] == [*"0123456789", "sum"]
    shown = [[number(text) for text in row[1:3]] for row in rows[:-1]]
    np.testing.assert_allclose([row[0] for row in shown], logits, rtol=6e-3)
    np.testing.assert_allclose([row[1] for row in shown], exponentials, rtol=0.06)
    assert number(rows[-1][2]) == pytest.approx(exponentials.sum(), rel=6e-3)
    page.select("#inspector", "0")
    assert not page.all(".softmax")[0].is_displayed()


def number(text):
    """Read a number as the page writes it: "−0.0527", "3.1·10⁻⁷"."""
    text = text.translate(str.maketrans("⁰¹²³⁴⁵⁶⁷⁸⁹⁻−", "0123456789--"))
    return float(text.replace("·10", "e"))


def test_every_kind_of_layer_is_explained(page, network, page_text):
    seen = []
    for layer in range(len(network.layers)):
        page.select("#inspector", str(layer))
        seen.append(page.text("#about"))
    assert [text.split(":")[0] for text in seen] == [
        "Convolution", "Max pooling", "Convolution", "Flatten", "Dense",
    ]  # fmt: skip
    families = {"convolution", "index_map", "maximum", "elementwise", "normalization", "activation"}
    for language in ("en", "ko"):
        texts = json.loads(page_text(f"texts/{language}.json"))
        assert all(f"about.{family}" in texts for family in families)
    page.select("#inspector", "-1")
    assert page.text("#about") == ""
