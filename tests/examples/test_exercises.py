"""The exercises report that they are unsolved; solutions pass the gradient check."""

import runpy
from pathlib import Path

import pytest

from ..pages import broken_links, parts

FOLDER = Path(__file__).parents[2] / "examples" / "exercises"
FILES = sorted(FOLDER.glob("[0-9]*.py"))


@pytest.mark.parametrize("path", FILES, ids=lambda path: path.stem)
def test_an_exercise_waits_for_its_backward_pass(path):
    with pytest.raises(NotImplementedError):
        runpy.run_path(str(path), run_name="__main__")


@pytest.mark.parametrize("path", FILES, ids=lambda path: path.stem)
def test_its_solution_passes_and_differs_in_backward_only(path, capsys):
    solution = FOLDER / "solutions" / path.name
    runpy.run_path(str(solution), run_name="__main__")
    lines = capsys.readouterr().out.splitlines()
    assert lines
    assert all(line.endswith("passed") for line in lines)
    (exercise, _), (solved, _) = (
        file.read_text("utf-8").split("    def backward") for file in (path, solution)
    )
    assert exercise.splitlines()[1:] == solved.splitlines()[1:]


def test_both_languages_have_the_same_parts():
    english, korean = (f"examples/exercises/{name}" for name in ("README.md", "README.ko.md"))
    assert parts(english) == parts(korean)
    assert broken_links(english) == broken_links(korean) == []
