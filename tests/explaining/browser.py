"""Drive the page in a headless Chromium: user actions, and reading the result."""

import json
import os
import shutil
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from selenium import webdriver
from selenium.webdriver.common.action_chains import ActionChains
from selenium.webdriver.common.by import By
from selenium.webdriver.remote.webelement import WebElement
from selenium.webdriver.support.ui import WebDriverWait

PATIENCE = 20  # seconds, for a slow machine
DESKTOP, PHONE = (1440, 900), (360, 740)
SWITCHES = (
    "--headless=new", "--no-sandbox", "--disable-gpu", "--disable-quic", "--no-first-run",
    "--disable-background-networking", "--disable-component-update", "--disable-sync",
)  # fmt: skip


@contextmanager
def chromium() -> Iterator[webdriver.Chrome]:
    """Start Debian's Chromium; skip the test where there is none, but fail in CI."""
    programs = [
        shutil.which("chromium") or shutil.which("google-chrome"),
        shutil.which("chromedriver"),
    ]
    if None in programs:
        missing = "needs chromium and chromedriver: apt-get install chromium chromium-driver"
        if os.environ.get("CI") == "true":
            pytest.fail(missing)
        pytest.skip(missing)
    with tempfile.TemporaryDirectory(ignore_cleanup_errors=True) as profile:
        options = webdriver.ChromeOptions()
        options.binary_location = programs[0]
        for switch in (*SWITCHES, f"--user-data-dir={profile}"):
            options.add_argument(switch)
        options.set_capability("goog:loggingPrefs", {"browser": "ALL", "performance": "ALL"})
        driver = webdriver.Chrome(options, webdriver.ChromeService(programs[1]))
        try:
            yield driver
        finally:
            driver.quit()


class Page:
    """The page, opened in a browser.

    Parameters
    ----------
    driver : selenium.webdriver.Chrome
    path : pathlib.Path
        Of the HTML file.
    size : (int, int)
        Of the screen.
    dark : bool
        What the device is set to.
    """

    def __init__(
        self,
        driver: webdriver.Chrome,
        path: Path,
        size: tuple[int, int] = DESKTOP,
        dark: bool = False,
    ) -> None:
        self.driver = driver
        self.address = path.as_uri()
        width, height = size
        self.tell(
            "Emulation.setDeviceMetricsOverride",
            width=width, height=height, deviceScaleFactor=1, mobile=False,
        )  # fmt: skip
        scheme = {"name": "prefers-color-scheme", "value": "dark" if dark else "light"}
        self.tell("Emulation.setEmulatedMedia", features=[scheme])
        driver.get("about:blank")
        self.errors(), self.requests()  # whatever was before
        driver.get(self.address)
        self.wait_for(lambda: self.all("#says")[0].text)

    def tell(self, command: str, **options: Any) -> Any:
        """Send a command to the browser."""
        return self.driver.execute_cdp_cmd(command, options)

    def errors(self) -> list[str]:
        """Return the console messages since the last call."""
        return [f"{entry['level']}: {entry['message']}" for entry in self.driver.get_log("browser")]

    def requests(self) -> list[str]:
        """Return the addresses requested since the last call, except data in the page."""
        messages = [
            json.loads(one["message"])["message"] for one in self.driver.get_log("performance")
        ]
        sent = [one["params"] for one in messages if one["method"] == "Network.requestWillBeSent"]
        addresses = [one["request"]["url"] for one in sent]
        return [one for one in addresses if not one.startswith(("data:", "about:", self.address))]

    def wait_for(self, condition: Any) -> Any:
        """Wait until it holds."""
        return WebDriverWait(self.driver, PATIENCE, 0.05).until(lambda _: condition())

    def run(self, script: str, *arguments: Any) -> Any:
        return self.driver.execute_script(script, *arguments)

    def settle(self) -> None:
        """Let everything be drawn that waits for a frame."""
        self.driver.execute_async_script(
            "const done = arguments[0];"
            "requestAnimationFrame(() => requestAnimationFrame(() => setTimeout(done)));"
        )

    def all(self, css: str) -> list[WebElement]:
        return self.driver.find_elements(By.CSS_SELECTOR, css)

    def one(self, css: str) -> WebElement:
        """Return the only visible element of its kind."""
        seen = [element for element in self.all(css) if element.is_displayed()]
        assert len(seen) == 1, f"{css}: {len(seen)} are seen"
        return seen[0]

    def click(self, element: str | WebElement) -> None:
        target = self.one(element) if isinstance(element, str) else element
        self.run("arguments[0].scrollIntoView({block: 'center', behavior: 'instant'})", target)
        self.settle()  # what the mouse now points at
        ActionChains(self.driver, duration=0).move_to_element(target).click().perform()
        self.settle()

    def choose(self, place: str, value: str) -> None:
        """Choose a radio button by its value, in a part of the page."""

        def seen() -> list[WebElement]:
            radios = self.all(f"{place} .choice input[value='{value}']")
            rectangles = "return arguments[0].getClientRects().length"
            return [radio for radio in radios if self.run(rectangles, radio)]

        (radio,) = self.wait_for(seen)
        self.pick(radio)

    def pick(self, radio: WebElement) -> None:
        """Choose a radio button, which must not move under the mouse."""
        self.click(radio)
        assert radio.is_selected(), radio.get_attribute("value")

    def select(self, place: str, value: str) -> None:
        """Choose from the first list in a part of the page."""
        (option,) = self.all(f"{place} option[value='{value}']")[:1]
        option.click()
        self.settle()

    def keys(self, *keys: str) -> None:
        """Press keys in the focused element."""
        for key in keys:
            ActionChains(self.driver).send_keys(key).perform()
        self.settle()

    def focused(self) -> dict[str, str]:
        """Return name and kind of the focused element."""
        return self.run(
            "const e = document.activeElement;"
            "return {tag: e.tagName, role: e.getAttribute('role') ?? '', id: e.id,"
            " label: e.getAttribute('aria-label') ?? e.textContent, place: e.dataset.place ?? ''}"
        )

    def text(self, css: str) -> str:
        return self.run("return document.querySelector(arguments[0]).textContent", css)

    def numbers(self, css: str) -> list[float | None]:
        """Return the unrounded numbers of all visible cells."""
        values = self.run(
            "return [...document.querySelectorAll(arguments[0])]"
            ".filter((e) => e.getClientRects().length).map((e) => e.dataset.value ?? null)",
            css,
        )
        return [None if value is None else float(value) for value in values]

    def line(self, name: str) -> float:
        """A number of the account, by the kind of its line."""
        (value,) = self.numbers(f"#inspector [data-line='{name}'] td")
        assert value is not None
        return value

    def probabilities(self) -> np.ndarray:
        return np.array(self.numbers("#answer .bar-row"))

    def image(self) -> np.ndarray:
        """Return the network's input: the pixels of the image's card."""
        rows = self.run(
            "const c = document.querySelector('.layer canvas').cloneNode();"
            "const pen = c.getContext('2d', {willReadFrequently: true});"
            "pen.drawImage(document.querySelector('.layer canvas'), 0, 0);"
            "const p = pen.getImageData(0, 0, c.width, c.height).data;"
            "return [c.height, c.width, ...p.filter((_, i) => i % 4 === 0)]"
        )
        return np.array(rows[2:], np.uint8).reshape(rows[0], rows[1], 1)

    def draw(self, *points: tuple[int, int]) -> None:
        """Draw a line on the board with the mouse; points in pixels from its middle."""
        board = self.one("canvas.ink")
        self.run("arguments[0].scrollIntoView({block: 'center', behavior: 'instant'})", board)
        pen = ActionChains(self.driver, duration=20)
        pen.move_to_element_with_offset(board, *points[0]).click_and_hold()
        for point in points[1:]:
            pen.move_to_element_with_offset(board, *point)
        pen.release().perform()
        self.settle()

    def nameless(self) -> list[str]:
        """Return interactive elements without a name for screen readers."""
        nodes = self.tell("Accessibility.getFullAXTree")["nodes"]
        return [
            f"{node['role']['value']} {node.get('nodeId')}"
            for node in nodes
            if not node["ignored"] and node["role"]["value"] in WORKED_WITH
            if not node.get("name", {}).get("value", "").strip()
        ]


WORKED_WITH = {
    "button", "radio", "link", "textbox", "spinbutton", "combobox", "grid", "application", "group",
}  # fmt: skip
