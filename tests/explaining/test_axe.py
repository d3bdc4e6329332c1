"""axe-core finds nothing on the page, in both languages and themes, on phones and desktops."""

from pathlib import Path

import pytest

from minicnn.callbacks import TrainingSnapshots
from minicnn.explaining import explain

AXE = Path(__file__).with_name("eslint") / "node_modules" / "axe-core" / "axe.min.js"


@pytest.fixture(scope="module")
def played(network, pictures, tmp_path_factory):
    """The page of the small network with a training of two steps."""
    weights = network.get_weights()
    snapshots = TrainingSnapshots()
    network.fit(pictures, [7, 0, 3], batch_size=2, verbose=0, callbacks=[snapshots])
    path = tmp_path_factory.mktemp("axe") / "page.html"
    names = [f"class {number}" for number in range(10)]
    explain(network, pictures, [7, 0, 3], path, class_names=names, history=snapshots)
    network.set_weights(weights)
    return path


def violations(page):
    """Return the violations that axe-core finds."""
    page.run("document.documentElement.style.scrollBehavior = 'auto'")
    page.run(AXE.read_text("utf-8"))
    found = page.driver.execute_async_script(
        "const done = arguments[0]; axe.run().then(({violations}) => done(violations.flatMap((one) =>"
        " one.nodes.map((node) => `${one.id}: ${node.html.slice(0, 160)}: ${node.failureSummary}`))))"
    )
    return sorted(set(found))


@pytest.mark.parametrize("dark", [False, True], ids=["light", "dark"])
@pytest.mark.parametrize("language", ["en", "ko"])
def test_axe_finds_nothing(language, dark, played, browser):
    from tests.explaining.browser import DESKTOP, PHONE, Page

    if not AXE.exists():
        pytest.skip("needs axe-core: npm ci in tests/explaining/eslint")
    page = Page(browser, played, size=PHONE if dark == (language == "en") else DESKTOP, dark=dark)
    page.choose("#switches", language)
    assert violations(page) == []
    page.select("#inspector", "4")  # the softmax
    page.draw((-40, 0), (40, 20))
    assert violations(page) == []
    page.select("#inspector", "0")
    page.choose("#inspector", "backward")
    page.choose("#inspector", "kernel")
    page.click("#step")
    assert violations(page) == []
    page.run("sessionStorage.clear()")
