"""The library is written in the words of its field, in plain English."""

import ast
import re
from collections import Counter
from pathlib import Path

import minicnn

ROOT = Path(minicnn.__file__).parent
AVOIDED = re.compile(
    r"\b(anew|whoever|where wanted|that is to do|one's own|told apart|turned over|shared out"
    r"|in place of|from \d+ on|under way|as long as it lasts|are to be|litter)\b",
    re.IGNORECASE,
)
# How often these still occur. The numbers only go down.
REMAINING = {
    "callbacks": 1,
    "cli": 2,
    "kernels": 13,
    "layers": 4,
    "losses": 1,
    "models": 4,
    "ops": 2,
    "optimizers": 1,
    "preprocessing": 3,
    "random": 1,
    "steps": 5,
    "testing": 2,
    "training": 7,
    "visualize": 1,
}
REMAINING_NOUN_CLAUSES = {
    "callbacks": 1,
    "cli": 4,
    "explaining": 2,
    "kernels": 7,
    "layers": 7,
    "losses": 1,
    "models": 2,
    "ops": 6,
    "optimizers": 1,
    "preprocessing": 2,
    "sklearn": 1,
    "steps": 28,
    "training": 3,
    "visualize": 4,
}


def part(path: Path) -> str:
    return path.relative_to(ROOT).parts[0].removesuffix(".py")


def test_home_made_words_do_not_come_back():
    found = Counter(
        {path: len(AVOIDED.findall(path.read_text("utf-8"))) for path in ROOT.rglob("*.py")}
    )
    counts: Counter[str] = Counter()
    for path, count in found.items():
        counts[part(path)] += count
    excess = {name: count for name, count in counts.items() if count > REMAINING.get(name, 0)}
    assert not excess, [path for path, count in found.items() if count and part(path) in excess]


def test_a_docstring_is_not_a_noun_clause():
    """ "Read array metadata", not "What arrays say of themselves"."""
    counts: Counter[str] = Counter()
    for path in ROOT.rglob("*.py"):
        for node in ast.walk(ast.parse(path.read_text("utf-8"))):
            if isinstance(node, (ast.Module, ast.ClassDef, ast.FunctionDef)):
                counts[part(path)] += (ast.get_docstring(node) or "").startswith("What ")
    allowed = REMAINING_NOUN_CLAUSES
    assert not {name: count for name, count in counts.items() if count > allowed.get(name, 0)}
