"""Read the Markdown pages of the project: code blocks, links, headings."""

import ast
import doctest
import re
from pathlib import Path

ROOT = Path(__file__).parents[1]
BLOCK = re.compile(r"^```(\w+)\n(.*?)^```$", re.MULTILINE | re.DOTALL)
LINK = re.compile(r"\]\(([^)#\s]+)(#[^)\s]*)?\)")
REPOSITORY = re.compile(
    r"https://(?:github|raw\.githubusercontent)\.com/minicnn/minicnn/(?:blob/)?main/"
)
SHOWS = doctest.ELLIPSIS | doctest.NORMALIZE_WHITESPACE


def text_of(name):
    return (ROOT / name).read_text(encoding="utf-8")


def blocks(name):
    """All code blocks as (language, code)."""
    return BLOCK.findall(text_of(name))


def without_comments(language, code):
    """The code as a computer reads it: comments and docstrings may be in any language."""
    if language == "python":
        tree = ast.parse(code)
        for node in ast.walk(tree):
            if isinstance(node, (ast.FunctionDef, ast.ClassDef)) and ast.get_docstring(node):
                node.body = node.body[1:] or [ast.Pass()]
        return ast.unparse(tree)
    return re.sub(r"\s+#.*", "", code)


def code_of(name):
    return [(language, without_comments(language, code)) for language, code in blocks(name)]


def parts(name):
    """Levels of headings, number of rows and items, and where links lead, apart from the language."""
    text = BLOCK.sub("", text_of(name))
    targets = [target for target, _ in LINK.findall(text)]
    return [
        re.findall(r"^(#+) ", text, re.MULTILINE),
        len(re.findall(r"^\|", text, re.MULTILINE)),
        len(re.findall(r"^- ", text, re.MULTILINE)),
        sorted(target.replace(".ko.", ".") for target in targets),
    ]


def anchors(name):
    """Return the anchors of a page's headings, as GitHub makes them."""
    text = BLOCK.sub("", text_of(name))
    return {
        re.sub(r"[^\w\- ]", "", heading.lower()).replace(" ", "-")
        for heading in re.findall(r"^#+ (.+)$", text, re.MULTILINE)
    }


def broken_links(name):
    """Links of a page that lead to no file of the project, or to no heading of one."""
    folder = (ROOT / name).parent
    broken = []
    for target, anchor in re.findall(r"\]\(([^)#\s]*)(#[^)\s]*)?\)", BLOCK.sub("", text_of(name))):
        if REPOSITORY.match(target):
            path = ROOT / REPOSITORY.sub("", target)
        elif target.startswith("http"):
            continue
        else:
            path = folder / target if target else ROOT / name
        page = str(path.resolve().relative_to(ROOT)) if path.exists() else ""
        wrong_heading = anchor and page.endswith(".md") and anchor[1:] not in anchors(page)
        if not path.exists() or wrong_heading:
            broken.append(target + anchor)
    return broken


def run_programs(name, names, shorten=lambda code: code):
    """Run a page's programs and sessions one after the other, as in one session."""
    for language, code in blocks(name):
        if language == "pycon":
            session = doctest.DocTestParser().get_doctest(code, names, name, name, 0)
            failed, tried = doctest.DocTestRunner(optionflags=SHOWS).run(session, clear_globs=False)
            assert tried
            assert not failed, name
            names |= session.globs
        elif language == "python":
            exec(compile(shorten(code), name, "exec"), names)
    return names
