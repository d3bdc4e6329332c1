"""Put the page into one file: skeleton, styles, modules, texts and the model.

``page/page.html`` has marks such as ``<!-- minicnn: style -->``, which are replaced as
``page/README.md`` lists. The modules are not bundled: an import map leads from
``#page/view/main.js`` to a ``data:`` address with its text.
"""

import base64
import hashlib
import json
from functools import cache
from importlib.resources import files
from importlib.resources.abc import Traversable
from typing import Any

from minicnn.errors import unknown_name

LANGUAGES = ("en", "ko")
MAIN = "#page/view/main.js"


def bundle(data: dict[str, Any], language: str = "en") -> str:
    """Return the text of the page."""
    check_language(language)
    style = read_styles()
    import_map = as_json({"imports": read_modules()})
    start = f'import "{MAIN}";'
    page = (page_folder() / "page.html").read_text("utf-8")
    page = _replaced(page, '<html lang="en">', f'<html lang="{language}">')
    for mark, content in {
        "policy": policy(style, import_map, start),
        "style": f"<style>{style}</style>",
        "network": _json_script("network-data", data),
        "texts": _json_script("texts-data", read_texts()),
        "modules": f'<script type="importmap">{import_map}</script>\n'
        f'  <script type="module">{start}</script>',
    }.items():
        page = _replaced(page, f"<!-- minicnn: {mark} -->", content)
    return page


def check_language(language: str) -> None:
    """Check that the page has texts in a language."""
    if language not in LANGUAGES:
        raise unknown_name("language", language, LANGUAGES)


def page_folder() -> Traversable:
    """Return the folder of the page's sources."""
    return files("minicnn.explaining") / "page"


@cache
def read_modules() -> dict[str, str]:
    """Return the address of every module by the name under which the others import it."""
    modules = {}
    for folder in ("arithmetic", "view"):
        for file in _in_order(page_folder() / folder, ".js"):
            name = f"page/{folder}/{file.name}"
            # The browser's error messages then show its name instead of the long address.
            text = f"{file.read_text('utf-8')}\n//# sourceURL={name}\n"
            address = base64.b64encode(text.encode("utf-8")).decode()
            modules[f"#{name}"] = f"data:text/javascript;base64,{address}"
    return modules


@cache
def read_styles() -> str:
    """Return all styles as one text, in the order of the files' names."""
    return "\n".join(file.read_text("utf-8") for file in _in_order(page_folder() / "style", ".css"))


@cache
def read_texts() -> dict[str, dict[str, str]]:
    """Return the page's words, by language and key."""
    folder = page_folder() / "texts"
    return {name: json.loads((folder / f"{name}.json").read_text("utf-8")) for name in LANGUAGES}


def policy(style: str, *scripts: str) -> str:
    """Return the Content-Security-Policy: no request, and no script but the page's own."""
    allowed = " ".join(_hash(script) for script in scripts)
    rules = [
        "default-src 'none'",
        f"script-src {allowed} data:",
        f"style-src {_hash(style)}",
        "img-src data: blob:",
        "base-uri 'none'",
        "form-action 'none'",
    ]
    return f'<meta http-equiv="Content-Security-Policy" content="{"; ".join(rules)}">'


def as_json(content: Any) -> str:
    r"""Return JSON for a script element, without ``<``, which could end the element."""
    text = json.dumps(content, ensure_ascii=False, allow_nan=False, separators=(",", ":"))
    return text.replace("<", "\\u003c")


def _json_script(name: str, content: Any) -> str:
    return f'<script type="application/json" id="{name}">{as_json(content)}</script>'


def _hash(text: str) -> str:
    digest = hashlib.sha256(text.encode("utf-8")).digest()
    return f"'sha256-{base64.b64encode(digest).decode()}'"


def _in_order(folder: Traversable, ending: str) -> list[Traversable]:
    found = [file for file in folder.iterdir() if file.name.endswith(ending)]
    return sorted(found, key=lambda file: file.name)


def _replaced(page: str, mark: str, content: str) -> str:
    """Replace a mark that occurs once."""
    if page.count(mark) != 1:
        raise ValueError(f"page.html must contain {mark} once, got {page.count(mark)} times.")
    return page.replace(mark, content)
