"""Every command on consoles without all characters, without colours, in 80 columns, in Korean."""

import ast
import json
import os
import re
import subprocess
import sys
from pathlib import Path

import pytest

import minicnn.cli
from minicnn import Model, Sequential, layers
from minicnn.cli import main
from minicnn.cli.command import COMMANDS, EXAMPLES, parse_options
from minicnn.console import encodable, printable

from .test_command import ENVIRONMENT

FOLDER = Path(minicnn.cli.__file__).parent
KOREAN = json.loads((FOLDER / "korean.json").read_text("utf-8"))
LIBRARY = json.loads((FOLDER / "korean_library.json").read_text("utf-8"))


def run(here, typed, encoding, **environment):
    """Return what the command prints as bytes, on a console with an encoding."""
    process = subprocess.run(
        [sys.executable, "-m", "minicnn", *typed.split()],
        cwd=here,
        env={**ENVIRONMENT, "PYTHONIOENCODING": encoding, "PYTHONUTF8": "0", **environment},
        capture_output=True,
        timeout=120,
    )
    assert process.returncode == 0, process.stderr
    return process.stdout


@pytest.mark.parametrize("encoding", ["cp949", "ascii", "cp1252"])
def test_no_sign_is_lost(here, encoding):
    shown = run(here, "steps --cell 1,0", encoding).decode(encoding)
    assert "?" not in shown
    assert "1 -1 -1" in shown  # the minus signs of the filter
    assert "= -3" in shown


@pytest.mark.parametrize("encoding", ["cp949", "ascii"])
def test_tables_have_lines_that_the_console_knows(trained, digit, here, encoding):
    digit("five.png", 5)
    shown = run(here, f"predict {trained} five.png", encoding).decode(encoding)
    assert "| five.png" in shown
    assert "?" not in shown


def test_a_pipe_gets_no_escape_codes_and_80_columns(trained, here):
    shown = run(here, f"evaluate {trained} --images 50", "utf-8").decode()
    assert "\x1b" not in shown
    assert max(map(len, shown.splitlines())) <= 80


def test_signs_are_replaced_one_by_one():
    assert encodable("3·(−1) → ⌊√2⌋ 한", "ascii") == "3*(-1) -> [sqrt2] ?"
    assert encodable("3·(−1) 한", "cp949") == "3·(-1) 한"


@pytest.mark.parametrize(
    ("name", "shown"),
    [("a.png", "a.png"), ("한글 é.png", "한글 é.png"), ("\x1b[31m.png", r"\x1b[31m.png"),
     ("a\nb", r"a\nb"), ("\u202egnp.a", r"\u202egnp.a"), ("\udc80", r"\udc80")],
)  # fmt: skip
def test_names_cannot_control_the_terminal(name, shown):
    assert printable(name) == shown


@pytest.mark.skipif(os.name == "nt", reason="Windows allows no such names")
def test_names_of_files_and_classes_are_shown_escaped(trained, digit, here, capsys):
    digit("\x1b[31mred.png", 0)
    (here / "\x1b[2Jbad.png").write_text("no picture")
    assert main(["predict", str(trained), "*.png"]) == 1
    output = capsys.readouterr()
    assert "\x1b" not in output.out + output.err
    assert r"\x1b[31mred.png" in output.out
    assert r"\x1b[2Jbad.png" in output.err


# Korean


def sentences():
    """Return all texts of the command: arguments of say and tell, help of options."""
    found = set()
    for path in FOLDER.glob("*.py"):
        tree = ast.parse(path.read_text("utf-8"))
        for node in ast.walk(tree):
            if not isinstance(node, ast.Call):
                continue
            name = getattr(node.func, "id", getattr(node.func, "attr", ""))
            texts = []
            if name in ("say", "tell"):
                texts = node.args[:1]
            elif name in ("add", "add_option"):
                texts = node.args[1:3]
            elif name == "map":
                texts = node.args[1].elts if isinstance(node.args[1], ast.Tuple) else []
            elif name == "add_argument_group":
                texts = node.args[:1]
            texts += [one.value for one in node.keywords if one.arg in ("help", "description")]
            for text in texts:
                if isinstance(text, ast.Constant) and not str(text.value).startswith("-"):
                    found.add(text.value)
    found |= {EXAMPLES, *(module.EXAMPLES for module in COMMANDS.values())}
    found |= {"passed", "FAILED", "only kinks"}
    return found


def test_every_sentence_is_translated():
    assert sorted(sentences() - set(KOREAN)) == []


def test_translations_have_the_same_values():
    for english, korean in LIBRARY.items():
        assert set(re.findall(r"\{(\w+)", english)) >= set(re.findall(r"\{(\w+)", korean)), english
    for english, korean in KOREAN.items():
        for pattern in (r"\{(\w+)", r"%\(\w+\)s", r"--[a-z-]+"):
            assert set(re.findall(pattern, english)) == set(re.findall(pattern, korean)), english


@pytest.mark.parametrize("command", ["", *COMMANDS])
def test_help_in_korean_fits_80_columns(capsys, monkeypatch, command):
    from rich.cells import cell_len

    monkeypatch.setenv("COLUMNS", "80")
    monkeypatch.setenv("LC_ALL", "ko_KR.UTF-8")
    with pytest.raises(SystemExit):
        parse_options([*command.split(), "--help"])
    text = capsys.readouterr().out
    assert "사용법" in text
    assert max(map(cell_len, text.splitlines())) <= 80


@pytest.mark.parametrize(
    ("typed", "environment"), [("--language ko", "C"), ("", "ko_KR.UTF-8"), ("--language=ko", "de")]
)
def test_training_in_korean(here, capsys, monkeypatch, typed, environment):
    monkeypatch.setenv("LC_ALL", environment)
    train = "train --data digits --model mlp --epochs 1 --images 64"
    assert main([*train.split(), *typed.split()]) == 0
    assert "테스트 정확도: " in capsys.readouterr().out


def test_english_is_asked_for_on_a_korean_system(here, capsys, monkeypatch):
    monkeypatch.setenv("LC_ALL", "ko_KR.UTF-8")
    assert main(["evaluate", "nowhere.keras", "--language", "en"]) == 1
    assert "there is no model" in capsys.readouterr().err


@pytest.mark.parametrize(
    ("typed", "said"),
    [
        ("", "0~2행, 0~2열\n"),
        ("--pooling max --cell 0,0", "0~1행, 0~1열, 가장 큰 값은 input[0, 0]\n"),
        ("--backward weight --cell 0,2", "이 가중치가 만난 이미지의 0~3행, 2~5열\n"),
        ("--backward pixel --cell 2,2", "이 값이 닿은 출력의 0~2행, 0~2열\n"),
    ],
)
def test_steps_are_explained_in_korean(typed, said, capsys):
    assert main(["steps", *typed.split(), "--language", "ko"]) == 0
    korean = capsys.readouterr().out
    assert said in korean
    assert not re.search(r"rows \S+ to|columns \S+ to|it reached|weight met|won by", korean)


def test_tables_of_steps_have_korean_heads_of_the_same_width(capsys):
    from rich.cells import cell_len

    for typed in (
        "",
        "--pooling max",
        "--backward weight --cell 0,2",
        "--backward pixel --cell 2,2",
    ):
        shown = []
        for language in ("en", "ko"):
            assert main(["steps", *typed.split(), "--language", language]) == 0
            shown.append(capsys.readouterr().out.splitlines())
        changed = [pair for pair in zip(*shown, strict=True) if pair[0] != pair[1]]
        heads = [pair for pair in changed if pair[0].startswith("  ")]
        assert heads
        for english, korean in heads:
            last = english.split("  ")[-1]
            assert cell_len(korean) <= len(english)
            assert not re.search("window|filter|products|weights|cells", korean)
            assert english.endswith(last)


@pytest.fixture
def files(here):
    """Models and files that are wrong for a picture of 8×8 pixels."""
    from PIL import Image

    a, b = layers.Input((4,)), layers.Input((4,))
    Model([a, b], layers.Dense(2)(layers.Concatenate()([a, b]))).save(here / "two.keras")
    Sequential([layers.Dense(3, input_shape=(5,))]).save(here / "row.keras")
    classifier = [layers.Flatten(input_shape=(8, 8)), layers.Dense(3, "softmax", name="last")]
    Sequential(classifier).save(here / "good.keras")
    Image.new("L", (8, 8), 9).save(here / "good.png")
    (here / "text.png").write_text("text")
    (here / "text.keras").write_text("text")
    (here / "empty").mkdir()


@pytest.mark.parametrize(
    "typed",
    [
        "steps good.keras --image good.png --layer lost", "steps good.keras --image good.png --label 9",
        "steps --backward lost", "steps row.keras --image good.png", "steps two.keras --image good.png",
        "predict good.keras text.png", "predict good.keras lost.png", "predict two.keras good.png",
        "predict text.keras good.png", "evaluate good.keras --data digits", "evaluate row.keras",
        "evaluate good.keras --data empty", "explain text.keras", "explain good.keras -o empty",
        "gradcheck lost.keras", "train --data empty",
    ],
)  # fmt: skip
def test_what_goes_wrong_is_said_in_korean(typed, files, capsys):
    """Nothing English but names, options and formats."""
    assert main([*typed.split(), "--language", "ko"]) == 1
    said = capsys.readouterr().err.partition(": 오류: ")[2]
    words = set(re.findall(r"(?<![\w.'-])[a-z]{2,}(?![\w.'-])", said))
    assert said
    assert words <= {"zip", "keras", "minicnn", "train", "empty"}, said


def test_an_overview_has_korean_heads(files, capsys):
    assert main(["steps", "good.keras", "--image", "good.png", "--language", "ko"]) == 0
    text = capsys.readouterr().out
    assert re.search(r"  층 +출력 +최솟값 +최댓값 +\|기울기\| +\|가중치\|\n", text)


def test_gradients_of_several_inputs_are_checked(files, capsys):
    assert main(["gradcheck", "two.keras"]) == 0
    text = capsys.readouterr().out
    assert "random inputs of 4 + 4 numbers" in " ".join(text.split())
    assert "x[1]" in text
