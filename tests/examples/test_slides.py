"""The page about the slides: it names every program, and quotes what they print."""

import re
from pathlib import Path

import pytest

from .test_examples import EXAMPLES, run

SLIDES = EXAMPLES / "slides"
ENGLISH, KOREAN = "README.md", "README.ko.md"
BLOCK = re.compile(r"^```text\n(.*?)^```$", re.MULTILINE | re.DOTALL)
PROGRAM = re.compile(r"^\[(\w+\.py)\]\(\1\)", re.MULTILINE)
LINK = re.compile(r"\]\(([^)#\s]+)\)")


def text_of(name):
    return (SLIDES / name).read_text(encoding="utf-8")


def sections(name):
    """Return the sections as (program, documented output)."""
    _, *parts = re.split(r"^## ", text_of(name), flags=re.MULTILINE)
    return [(PROGRAM.search(part)[1], BLOCK.findall(part)) for part in parts]


QUOTED = [(program, block) for program, blocks in sections(ENGLISH) for block in blocks]


@pytest.mark.parametrize(("program", "block"), QUOTED, ids=[program for program, _ in QUOTED])
def test_what_is_quoted_is_printed(program, block, tmp_path):
    done = run(Path("slides", program), tmp_path)
    assert done.returncode == 0, done.stderr
    assert block in done.stdout


def test_every_program_has_its_section():
    programs = [program for program, _ in sections(ENGLISH)]
    assert sorted(programs) == sorted(path.name for path in SLIDES.glob("*.py"))


def test_both_languages_say_the_same_of_the_same():
    assert sections(KOREAN) == sections(ENGLISH)


@pytest.mark.parametrize("name", [ENGLISH, KOREAN])
def test_links_lead_to_files(name):
    for target in LINK.findall(text_of(name)):
        assert (SLIDES / target).exists(), target


@pytest.mark.parametrize("path", sorted(SLIDES.glob("*.py")), ids=lambda path: path.name)
def test_every_program_checks_its_numbers(path):
    assert "\nassert " in path.read_text("utf-8").replace("\n    ", "\n").replace("\n    ", "\n")
