"""One file with everything in it, and nothing that leads out of it."""

import base64
import hashlib
import json
import re
from html.parser import HTMLParser

import pytest

from minicnn.errors import UnknownNameError
from minicnn.explaining import bundle as bundling
from minicnn.explaining.bundle import as_json, bundle, page_folder, read_modules

WICKED = "</script><!--<script>alert('&')</script>"


class Reader(HTMLParser):
    """Parse the page: its elements, with the texts of scripts and styles."""

    def __init__(self, page: str) -> None:
        super().__init__()
        self.elements: list[tuple[str, dict[str, str | None]]] = []
        self.texts: list[tuple[dict[str, str | None], str]] = []
        self._inside: dict[str, str | None] | None = None
        self.feed(page)
        self.close()

    def handle_starttag(self, tag, attributes):
        self.elements.append((tag, dict(attributes)))
        self._inside = {"tag": tag, **dict(attributes)} if tag in ("script", "style") else None

    def handle_endtag(self, tag):
        self._inside = None

    def handle_data(self, data):
        if self._inside is not None:
            self.texts.append((self._inside, data))

    def text(self, **wanted):
        (found,) = [
            text for at, text in self.texts if all(at.get(n) == v for n, v in wanted.items())
        ]
        return found


@pytest.fixture
def page():
    return Reader(bundle({"name": WICKED, "classNames": ["\u2028", "고양이"]}, "ko"))


def test_the_data_come_back_as_they_went(page):
    data = json.loads(page.text(id="network-data"))
    assert data == {"name": WICKED, "classNames": ["\u2028", "고양이"]}
    assert set(json.loads(page.text(id="texts-data"))) == {"en", "ko"}


def test_the_page_opens_in_the_language_that_was_asked_for(page):
    assert ("html", {"lang": "ko"}) in page.elements
    with pytest.raises(UnknownNameError, match=r"unknown language 'kr'.* There are: 'en', 'ko'"):
        bundle({}, "kr")


def test_every_module_is_in_the_import_map(page):
    addresses = json.loads(page.text(type="importmap"))["imports"]
    sources = {}
    for name, address in addresses.items():
        kind, text = address.split(";base64,")
        assert kind == "data:text/javascript"
        sources[name] = base64.b64decode(text).decode("utf-8")
        assert sources[name].endswith(f"//# sourceURL={name[1:]}\n")
    wanted = {
        found
        for source in sources.values()
        for found in re.findall(r"""(?:from|import) "([^"]+)";""", source)
    }
    assert wanted <= set(addresses)
    assert "#page/arithmetic/convolution.js" in wanted


def test_no_element_leads_out_of_the_page(page):
    for tag, attributes in page.elements:
        for name in ("src", "href", "action", "data", "poster", "srcset"):
            assert (attributes.get(name) or "#").startswith(("#", "data:")), (tag, attributes)
        assert not any(name.startswith("on") for name in attributes), (tag, attributes)


def test_the_policy_allows_these_scripts_and_no_request(page):
    (content,) = [
        attributes["content"]
        for tag, attributes in page.elements
        if tag == "meta" and attributes.get("http-equiv") == "Content-Security-Policy"
    ]
    rules = dict(rule.split(" ", 1) for rule in content.split("; "))
    assert rules["default-src"] == "'none'"
    assert "connect-src" not in rules  # falls back to 'none'
    for at, text in page.texts:
        if at.get("type") == "application/json":  # data, which nobody runs
            continue
        digest = base64.b64encode(hashlib.sha256(text.encode("utf-8")).digest()).decode()
        assert f"'sha256-{digest}'" in rules[f"{at['tag']}-src"]
    assert not any("unsafe" in rule or "http" in rule for rule in rules.values())


def test_json_inside_a_script_element():
    assert "<" not in as_json({"name": WICKED})
    with pytest.raises(ValueError, match=r"not JSON compliant|Out of range"):
        as_json(float("nan"))


def test_a_page_without_its_marks_is_refused(monkeypatch, tmp_path):
    for name in ("arithmetic", "view", "style"):
        (tmp_path / name).mkdir()
    (tmp_path / "page.html").write_text('<html lang="en"><!-- minicnn: style --></html>')
    monkeypatch.setattr(bundling, "page_folder", lambda: tmp_path)
    with pytest.raises(ValueError, match="must contain <!-- minicnn: policy --> once, got 0"):
        bundle({})


def test_modules_import_each_other_by_the_names_they_have_on_the_page():
    for folder in ("arithmetic", "view"):
        for file in (page_folder() / folder).iterdir():
            if file.name.endswith(".js"):
                found = re.findall(r"""(?:from|import) "([^"]+)";""", file.read_text("utf-8"))
                assert set(found) <= set(read_modules()), file.name
