"""The library is written in the words of its field, in plain English."""

import ast
import re
from pathlib import Path

import minicnn

ROOT = Path(minicnn.__file__).parent
AVOIDED = re.compile(
    r"\b(anew|whoever|where wanted|that is to do|one's own|told apart|turned over|shared out"
    r"|in place of|from \d+ on|under way|as long as it lasts|are to be|litter)\b",
    re.IGNORECASE,
)


def test_home_made_words_do_not_come_back():
    found = {
        str(path.relative_to(ROOT)): AVOIDED.findall(path.read_text("utf-8"))
        for path in ROOT.rglob("*.py")
    }
    assert {path: words for path, words in found.items() if words} == {}


def test_a_docstring_is_not_a_noun_clause():
    """ "Read array metadata", not "What arrays say of themselves"."""
    found = [
        f"{path.relative_to(ROOT)}:{node.lineno}"
        for path in ROOT.rglob("*.py")
        for node in ast.walk(ast.parse(path.read_text("utf-8")))
        if isinstance(node, (ast.ClassDef, ast.FunctionDef))
        and (ast.get_docstring(node) or "").startswith("What ")
    ]
    found += [
        str(path.relative_to(ROOT))
        for path in ROOT.rglob("*.py")
        if path.read_text("utf-8").startswith('"""What ')
    ]
    assert found == []
