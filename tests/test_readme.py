"""The two READMEs are short, their programs run, and their links exist."""

import os
import re
from pathlib import Path

import pytest

from .pages import LINK, ROOT, blocks, broken_links, code_of, parts, run_programs, text_of

ENGLISH, KOREAN = "README.md", "README.ko.md"
COMMANDS = [
    "python3 -m venv .venv && .venv/bin/pip install -e . && .venv/bin/minicnn train",
    ".venv/bin/pip install -e '.[test]' && .venv/bin/python -m pytest -n auto",
]

TEXT = {".md", ".py", ".toml", ".yaml", ".yml", ".json", ".txt", ".cfg", ".sh", ""}
NOT_OURS = {"__pycache__", "minicnn-output", "build", "dist", "venv", "node_modules"}
# A place on somebody's machine, or the host or option that packages were fetched with.
PRIVATE = re.compile(
    r"(?<![\w.~$}])/(?:work|opt|root|home|mnt|Users)/\w|pypi\.org|pythonhosted\.org|-index-url"
)


@pytest.mark.filterwarnings("ignore:.*")  # a learner's Python shows them and continues
def test_the_programs_run_one_after_the_other(tmp_path, monkeypatch, capsys):
    monkeypatch.chdir(tmp_path)
    names = {"__name__": "__main__"}
    run_programs(ENGLISH, names, lambda code: code.replace("epochs=10", "epochs=1"))
    assert {"digits.keras", "explain.html"} <= {file.name for file in tmp_path.iterdir()}
    printed = capsys.readouterr().out
    texts = [code for language, code in blocks(ENGLISH) if language == "text"]
    assert texts
    for text in texts:
        assert text in printed


def test_the_first_block_is_two_commands():
    for name in (ENGLISH, KOREAN):
        (first, *_) = (code for language, code in blocks(name) if language == "sh")
        assert first.splitlines() == COMMANDS


def test_both_languages_show_the_same_code():
    assert code_of(KOREAN) == code_of(ENGLISH)


def test_both_languages_have_the_same_parts():
    (*english, links), (*korean, others) = parts(ENGLISH), parts(KOREAN)
    assert english == korean
    assert {link for link in links if "README" not in link} == {
        link for link in others if "README" not in link
    }


@pytest.mark.parametrize("name", [ENGLISH, KOREAN])
def test_it_is_short(name):
    assert len(text_of(name).splitlines()) <= 250


@pytest.mark.parametrize("name", [ENGLISH, KOREAN])
def test_links_are_absolute_and_lead_to_files(name):
    """A package index shows the page without the repository around it."""
    assert all(target.startswith("https://") for target, _ in LINK.findall(text_of(name)))
    assert broken_links(name) == []


def is_ours(folder):
    return folder not in NOT_OURS and (not folder.startswith(".") or folder == ".ci")


def our_texts():
    """Return every text file of the project, except this one and files of tools."""
    for folder, folders, files in os.walk(ROOT):
        folders[:] = filter(is_ours, folders)
        for path in (Path(folder, name) for name in files):
            if path.suffix in TEXT and path.name != ".git" and path != Path(__file__):
                yield path


def test_the_search_for_machines():
    for line in ("see /work/a", "cd /home/me", "'/root/x'", "https://pypi.org/simple"):
        assert PRIVATE.search(line)
    for line in ("../shared/data", "at work/home", "~/opt/x", "a.com/home/x"):
        assert not PRIVATE.search(line)


def test_no_file_names_a_machine():
    named = [
        f"{path.relative_to(ROOT)}: {line.strip()}"
        for path in our_texts()
        for line in path.read_text(encoding="utf-8", errors="replace").splitlines()
        if PRIVATE.search(line)
    ]
    assert named == []
