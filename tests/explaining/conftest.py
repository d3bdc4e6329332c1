"""The page's JavaScript, run by node and in a browser."""

import json
import os
import shutil
import subprocess
from collections.abc import Callable, Iterator
from importlib.util import find_spec
from pathlib import Path
from typing import Any

import numpy as np
import pytest

import minicnn.explaining
from minicnn import Sequential, layers
from minicnn.optimizers import SGD
from minicnn.random import set_random_seed

collect_ignore = [] if find_spec("selenium") else ["browser.py"]
PAGE = Path(minicnn.explaining.__file__).parent / "page"
WORKER = Path(__file__).with_name("worker.mjs")
Ask = Callable[[dict[str, Any]], dict[str, Any]]


@pytest.hookimpl(tryfirst=True)
def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Mark the tests that run JavaScript: `-m "not browser"` leaves them out."""
    for item in items:
        if {"browser", "node"} & set(getattr(item, "fixturenames", ())):
            item.add_marker("browser")


@pytest.fixture(scope="session")
def node() -> str:
    """The program node; without it the test is skipped."""
    found = shutil.which("node")
    if found is None:
        pytest.skip("needs node, to run the page's JavaScript: there is none on the PATH")
    return found


@pytest.fixture(scope="session")
def ask(node: str) -> Iterator[Ask]:
    """Ask the page's arithmetic: one node process for all questions."""
    with subprocess.Popen(
        [node, str(WORKER)],
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        text=True,
        encoding="utf-8",
    ) as worker:

        def answer(question: dict[str, Any]) -> dict[str, Any]:
            assert worker.stdin is not None
            assert worker.stdout is not None
            worker.stdin.write(json.dumps(question) + "\n")
            worker.stdin.flush()
            said = json.loads(worker.stdout.readline())
            if "error" in said:
                raise RuntimeError(said["error"])
            return said

        yield answer


@pytest.fixture
def page_text() -> Callable[[str], str]:
    """A source of the page by its path."""
    return lambda path: (PAGE / path).read_text("utf-8")


@pytest.fixture(scope="session")
def browser() -> Iterator[Any]:
    """One Chromium for all tests; without it they are skipped."""
    if os.environ.get("CI") != "true":
        pytest.importorskip("selenium")
    from tests.explaining.browser import chromium

    with chromium() as driver:
        yield driver


@pytest.fixture(scope="session")
def network() -> Sequential:
    """A small network of two convolutions, pooling and two dense layers, for pixels of 0 to 255."""
    set_random_seed(5)
    model = Sequential(
        [
            layers.Conv2D(4, 3, activation="relu", input_shape=(28, 28, 1), name="first"),
            layers.MaxPooling2D(2, name="pool"),
            layers.Conv2D(3, 3, padding="same", activation="relu", name="second"),
            layers.Flatten(name="flatten"),
            layers.Dense(10, activation="softmax", name="dense"),
        ]
    )
    model.set_weights(
        [weight / (20 if weight.shape[2:] == (1, 4) else 1) for weight in model.get_weights()]
    )
    model.compile(SGD(1e-5), "sparse_categorical_crossentropy")
    return model


@pytest.fixture(scope="session")
def pictures() -> np.ndarray:
    """Three pictures with pixels of 0 to 255."""
    random = np.random.default_rng(6)
    pixels = np.zeros((3, 28, 28, 1), np.uint8)
    pixels[:, 4:24, 4:24] = random.integers(0, 256, (3, 20, 20, 1))
    pixels[:, 0, 0] = 255
    return pixels


@pytest.fixture(scope="session")
def page_file(network: Sequential, pictures: np.ndarray, tmp_path_factory: Any) -> Path:
    """The page of the small network."""
    path = tmp_path_factory.mktemp("page") / "explain.html"
    return minicnn.explain(network, pictures, [7, 0, 3], path=path)


@pytest.fixture
def open_page(browser: Any, page_file: Path) -> Iterator[Callable[..., Any]]:
    """Open the page; at the end there must be no requests and no console messages."""
    from tests.explaining.browser import Page

    pages = []

    def open_it(**options: Any) -> Page:
        pages.append(Page(browser, page_file, **options))
        return pages[-1]

    yield open_it
    for page in pages[-1:]:
        page.run("sessionStorage.clear()")
        assert page.errors() == []
        assert page.requests() == []


@pytest.fixture
def page(open_page: Callable[..., Any]) -> Any:
    """The page on a desktop, in English and light colours."""
    return open_page()
