"""Drawing on the page: on an example, undone, from a photograph, and found again by a link."""

import numpy as np
import pytest
from PIL import Image, ImageDraw

from minicnn import Sequential, layers
from minicnn.explaining import explain
from minicnn.preprocessing import prepare_digit
from minicnn.preprocessing.model_input import resize_to

UNDO = (
    "document.dispatchEvent(new KeyboardEvent('keydown', {key: 'z', ctrlKey: true, bubbles: true}))"
)


def paint_digit(light: bool = False, shadow: float = 0.5) -> Image.Image:
    """Return a photograph of a two, on paper in uneven light and with a speck."""
    paper, ink = (40, 230) if light else (225, 40)
    pixels = Image.new("L", (500, 400), paper)
    pen = ImageDraw.Draw(pixels)
    pen.line([(180, 120), (240, 80), (300, 130), (180, 290), (320, 290)], ink, 22, "curve")
    pen.ellipse((60, 330, 64, 334), ink)
    light_on_it = 1 if light else np.linspace(1, shadow, 500)
    return Image.fromarray((np.asarray(pixels) * light_on_it).astype(np.uint8)).convert("RGB")


def choose_file(page, picture, tmp_path, name="photo.png"):
    path = tmp_path / name
    if isinstance(picture, bytes):
        path.write_bytes(picture)
    else:
        picture.save(path)
    before = page.text("#board .hint")
    page.run("document.querySelector('#board input[type=file]').value = ''")
    page.all("#board input[type=file]")[0].send_keys(str(path))
    page.wait_for(lambda: page.text("#board .hint") != before)
    page.settle()
    return page.text("#board .hint")


def link_of(page):
    page.driver.execute_async_script("setTimeout(arguments[0], 700)")
    return page.run("return location.hash")


def reload(page):
    page.driver.refresh()
    page.wait_for(lambda: page.all("#says")[0].text)
    page.settle()


def test_a_stroke_on_an_example_changes_only_what_it_covers(page, pictures):
    page.click(page.all(".example")[2])
    page.draw((-60, 0), (60, 0))
    image = page.image()
    changed = (image != pictures[0]).any(axis=(1, 2))
    assert 1 <= changed.sum() <= 4  # the rows under the pen
    assert image[14].max() == 255
    assert page.all(".example[aria-pressed=true]") == []
    page.click("#undo")
    assert page.image().tolist() == pictures[0].tolist()
    assert page.all(".example")[2].get_attribute("aria-pressed") == "true"


def test_what_was_done_last_is_undone_first(page):
    images = [page.image()]
    for act in (
        lambda: page.click("#clear"),
        lambda: page.draw((-60, -80), (60, -80)),
        lambda: page.draw((0, -60), (0, 80)),
        lambda: page.click(page.all(".example")[1]),
        lambda: page.draw((-10, 0), (10, 10)),
    ):
        act()
        images.append(page.image())
    for image in reversed(images[:-1]):
        page.run(UNDO)
        page.settle()
        assert page.image().tolist() == image.tolist()
    assert page.all("#undo")[0].get_attribute("disabled") == "true"
    page.run(UNDO)
    assert page.image().tolist() == images[0].tolist()


@pytest.mark.parametrize("light", [False, True], ids=["on paper", "on a blackboard"])
def test_a_photograph_is_prepared_as_in_python(page, tmp_path, light):
    said = choose_file(page, paint_digit(light), tmp_path)
    assert "28×28 pixels" in said
    assert ("light writing" in said) == light
    image, expected = page.image()[:, :, 0].astype(float), prepare_digit(paint_digit(light))
    likeness = np.corrcoef(image.ravel(), expected.ravel())[0, 1]
    assert likeness > 0.97
    page.draw((-100, 100), (-90, 100))  # the photograph can be drawn on
    assert (page.image()[:, :, 0] != image).sum() < 20
    page.click("#undo")
    page.click("#undo")
    assert page.all(".example")[0].get_attribute("aria-pressed") == "true"


def test_a_file_that_is_no_picture_and_a_blank_page_are_said(page, tmp_path):
    before = page.image()
    assert "cannot read this file" in choose_file(page, b"not a picture", tmp_path, "a.png")
    assert "stands out" in choose_file(page, Image.new("RGB", (300, 200), "white"), tmp_path)
    assert page.image().tolist() == before.tolist()


@pytest.mark.parametrize("way", ["drop", "paste"])
def test_a_photograph_is_dropped_or_pasted(page, way):
    before = page.image()
    page.driver.execute_async_script(
        """
        const [way, done] = arguments;
        const made = Object.assign(document.createElement("canvas"), {width: 90, height: 90});
        const pen = made.getContext("2d");
        pen.fillStyle = "#fff";
        pen.fillRect(0, 0, 90, 90);
        pen.fillStyle = "#000";
        pen.fillRect(40, 20, 9, 50);
        made.toBlob((blob) => {
          const data = new DataTransfer();
          data.items.add(new File([blob], "one.png", {type: "image/png"}));
          const options = {bubbles: true, dataTransfer: data, clipboardData: data};
          const [kind, at] = way === "drop" ? [DragEvent, ".board"] : [ClipboardEvent, "body"];
          document.querySelector(at).dispatchEvent(new kind(way, options));
          done();
        });
        """,
        way,
    )
    page.wait_for(lambda: page.image().tolist() != before.tolist())
    rows, columns = np.nonzero(page.image()[:, :, 0] > 60)
    assert np.ptp(rows) + 1 == 20
    assert np.ptp(columns) + 1 <= 5


@pytest.mark.parametrize("channels", [1, 3])
def test_other_photographs_are_resized(browser, tmp_path, channels):
    from tests.explaining.browser import Page

    model = Sequential(
        [layers.Flatten(input_shape=(12, 16, channels)), layers.Dense(3, activation="softmax")]
    )
    model.trained_range = (0.0, 255.0)
    ramp = np.linspace(0, 255, 96).astype(np.uint8)
    picture = np.stack(np.broadcast_arrays(ramp, ramp[::-1], 60), axis=-1)
    photo = Image.fromarray(np.broadcast_to(picture, (72, 96, 3)).astype(np.uint8))
    page = Page(browser, explain(model, path=tmp_path / "page.html"))
    assert choose_file(page, photo, tmp_path) == "Photograph: 72×96 pixels were resized to 12×16."
    expected = resize_to(np.asarray(photo), (12, 16, channels))
    assert np.abs(page.image()[:, :, 0].astype(float) - expected[:, :, 0]).max() <= 4


def test_a_link_finds_drawing_cell_language_and_theme_again(page, tmp_path):
    page.click("#clear")
    page.draw((-60, -80), (60, -80), (-20, 90))
    page.draw((-40, 10), (40, 10))
    page.select("#inspector", "2")
    page.choose("#inspector", "backward")
    page.choose("#inspector", "kernel")
    page.choose("#switches", "ko")
    page.choose("#switches", "dark")
    image, place, answer = page.image(), page.text("#place"), page.probabilities()
    link = link_of(page)
    reload(page)
    assert page.run("return document.documentElement.lang") == "ko"
    assert page.run("return document.documentElement.dataset.theme") == "dark"
    assert page.image().tolist() == image.tolist()
    assert (page.text("#place"), page.probabilities().tolist()) == (place, answer.tolist())
    assert link_of(page) == link
    page.choose("#switches", "en")
    choose_file(page, paint_digit(), tmp_path)
    page.draw((-90, 90), (-80, 90))
    image = page.image()
    link_of(page)
    page.click("nav a[href='#training']")  # a chapter is no link, and takes nothing away
    assert "drawing0=" in link_of(page)
    reload(page)
    assert page.image().tolist() == image.tolist()
    page.run("location.hash = arguments[0]", link)  # put into the address
    page.wait_for(lambda: page.run("return document.documentElement.lang") == "ko")


@pytest.mark.parametrize(
    "link",
    [
        "layer=99&index=0.0.0", "layer=0&index=99.0.0", "layer=0&index=1", "layer=a&index=b",
        "example=77", "example=-1", "drawing0=~5.x-3.4", "drawing0=!!~", "drawing0=QUJD~1.2",
        "language=xx&theme=pink&digits=9", "toString=1&language=toString", "%E0%A4%A",
        "layer=0&index=1.1.1&direction=backward&target=none&weight=9.-1&group=99",
    ],
)  # fmt: skip
def test_a_broken_link_opens_the_page_as_it_is(page, link):
    page.driver.get("about:blank")
    page.driver.get(f"{page.address}#{link}")
    page.wait_for(lambda: page.all("#says")[0].text)
    assert page.text("#place")
    assert page.probabilities().size == 10
    assert page.run("return document.documentElement.lang") == "en"
    assert page.errors() == []
