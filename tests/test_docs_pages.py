"""The pages of docs/ that teach: their programs run, in both languages the same."""

import ast
import doctest
import re

import pytest

from .test_readme import BLOCK, LINK, ROOT, blocks, text_of

PAGES = ["own_layer"]  # each in English and Korean
SHOWS = doctest.ELLIPSIS | doctest.NORMALIZE_WHITESPACE


@pytest.fixture(params=PAGES)
def page(request):
    return f"docs/{request.param}.md", f"docs/{request.param}.ko.md"


def test_every_program_runs_one_after_the_other(page, tmp_path, monkeypatch, capsys):
    monkeypatch.chdir(tmp_path)
    names = {"__name__": "__main__"}
    for language, code in blocks(page[0]):
        if language == "pycon":
            session = doctest.DocTestParser().get_doctest(code, names, page[0], page[0], 0)
            failed, tried = doctest.DocTestRunner(optionflags=SHOWS).run(session, clear_globs=False)
            assert tried
            assert not failed, capsys.readouterr().out
            names |= session.globs
        else:
            assert language == "python"
            exec(compile(code, page[0], "exec"), names)  # as in one session, typed on


def test_both_languages_show_the_same_code(page):
    assert blocks(page[0]) == blocks(page[1])
    assert len(blocks(page[0])) > 3


def test_both_languages_have_the_same_parts(page):
    def parts(name):
        text = BLOCK.sub("", text_of(name))
        links = [target for target, _ in LINK.findall(text) if not target.startswith("own_layer")]
        return [
            re.findall(r"^(#+) ", text, re.MULTILINE),
            len(re.findall(r"^\|", text, re.MULTILINE)),
            len(re.findall(r"^- ", text, re.MULTILINE)),
            sorted(links),
        ]

    assert parts(page[0]) == parts(page[1])


def test_links_lead_to_files(page):
    for name in page:
        for target, _ in LINK.findall(text_of(name)):
            if not target.startswith("http"):
                assert (ROOT / "docs" / target).exists(), target


def test_the_layer_has_twelve_lines_and_is_that_of_the_example():
    _, code = blocks("docs/own_layer.md")[0]
    assert len([line for line in code.splitlines() if line]) <= 12
    on_the_page, in_the_example = (
        {
            method.name: ast.unparse(method)
            for node in ast.parse(text).body
            if isinstance(node, ast.ClassDef) and node.name == "Scale"
            for method in node.body
            if isinstance(method, ast.FunctionDef)
        }
        for text in (code, text_of("examples/own_layer.py"))
    )
    assert list(on_the_page) == ["build", "forward", "backward"]
    assert on_the_page == in_the_example


def test_the_table_has_the_words_of_the_errors():
    """Each first cell stands in what `minicnn.testing` says of a mistake."""
    said = text_of("minicnn/testing/likely.py")
    rows = re.findall(r"^\| ([^|]+) \|", text_of("docs/own_layer.md"), re.MULTILINE)
    for words in ", ".join(rows[2:]).split(", "):  # without the head and the line beneath it
        assert words.replace("0", "{example}").removesuffix(" takes part") in said, words
