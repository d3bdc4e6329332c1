"""The two READMEs: every program in them runs, and what they point at is there."""

import doctest
import os
import re
import subprocess
import sys
from importlib.util import find_spec
from pathlib import Path

import pytest

import minicnn

ROOT = Path(__file__).parents[1]
ENGLISH, KOREAN = "README.md", "README.ko.md"
BLOCK = re.compile(r"^```(\w+)\n(.*?)^```$", re.MULTILINE | re.DOTALL)
LINK = re.compile(r"\]\(([^)#\s]+)(#[^)\s]*)?\)")
COMMANDS = [
    "python3 -m venv .venv && .venv/bin/pip install -e . && .venv/bin/minicnn train",
    ".venv/bin/pip install -e '.[test]' && .venv/bin/python -m pytest -n auto",
]

# As they stand the programs learn for minutes. Here they see the first images only, and once.
LESS = {"60000": "96", "10000": "32"} | {f"epochs={many}": "epochs=1" for many in (10, 5, 3)}
ONLY_THE_FIRST = """
from minicnn.datasets import mnist as _mnist
(_x, _y), (_x_test, _y_test) = _mnist.load_data()
_mnist.load_data = lambda: ((_x[:96], _y[:96]), (_x_test[:32], _y_test[:32]))
"""
TEXT = {".md", ".py", ".toml", ".yaml", ".yml", ".json", ".txt", ".cfg", ".sh", ""}
NOT_OURS = {"__pycache__", "minicnn-output", "build", "dist", "venv"}
# A place on somebody's machine, or the host or option that packages were fetched with.
PRIVATE = re.compile(
    r"(?<![\w.~$}])/(?:work|opt|root|home|mnt|Users)/\w|pypi\.org|pythonhosted\.org|-index-url"
)


def text_of(name):
    return (ROOT / name).read_text(encoding="utf-8")


def blocks(name):
    """All blocks of code as (language, code), without texts that programs print."""
    return [(language, code) for language, code in BLOCK.findall(text_of(name))]


def programs():
    """The English README's programs and sessions, the lecture's apart from those that follow."""
    found = [code for language, code in blocks(ENGLISH) if language in ("python", "pycon")]
    lecture = [code for code in found if "mnist.load_data" in code]
    assert len(lecture) == 1
    assert len(found) > 6
    return lecture[0], [code for code in found if code != lecture[0]]


def shortened(program):
    for much, little in LESS.items():
        program = program.replace(much, little)
    return program


def run(program, folder):
    """Run a program as a learner would, in a folder of its own."""
    environment = os.environ | {
        "PYTHONPATH": str(Path(minicnn.__file__).parent.parent),
        "PYTHONIOENCODING": "utf-8",
        "MPLBACKEND": "Agg",
    }
    if "MINICNN_DATA" in os.environ:
        environment["MINICNN_DATA"] = os.path.abspath(os.environ["MINICNN_DATA"])
    done = subprocess.run(
        [sys.executable, "-c", program],
        cwd=folder,
        env=environment,
        capture_output=True,
        encoding="utf-8",
        timeout=600,
        check=False,
    )
    assert done.returncode == 0, done.stderr
    return done.stdout


@pytest.mark.mnist
def test_the_lectures_program_runs(mnist_folder, tmp_path):
    program, _ = programs()
    printed = run(ONLY_THE_FIRST + shortened(program), tmp_path)
    (summary,) = (code for language, code in blocks(ENGLISH) if language == "text")
    assert summary in printed
    assert {file.name for file in tmp_path.iterdir()} == {
        "confusion_matrix.png",
        "seven.png",
        "mnist_model.h5",
    }


@pytest.mark.filterwarnings("ignore:.*")  # a learner's Python shows them, and goes on
def test_the_other_programs_run_one_after_the_other(tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    names = {"__name__": "__main__"}
    options = doctest.ELLIPSIS | doctest.NORMALIZE_WHITESPACE
    for code in programs()[1]:
        if "import onnxruntime" in code and not find_spec("onnxruntime"):
            continue  # there is none for some Macs
        if code.startswith(">>>"):
            session = doctest.DocTestParser().get_doctest(code, names, ENGLISH, ENGLISH, 0)
            failed, tried = doctest.DocTestRunner(optionflags=options).run(
                session, clear_globs=False
            )
            assert tried
            assert not failed
            names |= session.globs
        else:
            exec(compile(shortened(code), ENGLISH, "exec"), names)  # as in one session, typed on
    written = {"digits.keras", "digits.h5", "digits.weights.h5"}
    assert written <= {file.name for file in tmp_path.iterdir()}


def test_the_first_block_is_two_commands():
    for name in (ENGLISH, KOREAN):
        (first, *_) = (code for language, code in blocks(name) if language == "sh")
        assert first.splitlines() == COMMANDS


def test_both_languages_show_the_same_code():
    assert blocks(KOREAN) == blocks(ENGLISH)


def test_both_languages_have_the_same_parts():
    def parts(name):
        text = BLOCK.sub("", text_of(name))
        return [
            re.findall(r"^(#+) ", text, re.MULTILINE),
            sorted(target for target, _ in LINK.findall(text) if not target.startswith("README")),
            len(re.findall(r"^\|", text, re.MULTILINE)),
        ]

    assert parts(KOREAN) == parts(ENGLISH)


@pytest.mark.parametrize("name", [ENGLISH, KOREAN, "docs/design.md"])
def test_links_lead_to_files(name):
    folder = (ROOT / name).parent
    for target, _ in LINK.findall(text_of(name)):
        if not target.startswith("http"):
            assert (folder / target).exists(), target


def anchor(heading):
    """What a heading is called in links, as GitHub makes it."""
    return re.sub(r"[^\w\- ]", "", heading.lower()).replace(" ", "-")


@pytest.mark.parametrize("name", [ENGLISH, KOREAN])
def test_links_lead_to_headings(name):
    text = BLOCK.sub("", text_of(name))
    anchors = {anchor(heading) for heading in re.findall(r"^#+ (.+)$", text, re.MULTILINE)}
    for target in re.findall(r"\]\(#([^)]+)\)", text):
        assert target in anchors


@pytest.mark.parametrize(
    "module", ["layers", "losses", "metrics", "optimizers", "callbacks", "datasets"]
)
def test_everything_there_is_stands_in_the_table(module):
    namespace = getattr(minicnn, module)
    named = set(re.findall(r"`(\w+)`", text_of(ENGLISH)))
    bases = {"Layer", "Loss", "FunctionLoss", "Metric", "MeanMetricWrapper", "Optimizer"}
    bases |= {"Callback", "CallbackList"}
    classes = {
        getattr(namespace, name).__name__.rpartition(".")[2]  # of two names for one, the first
        for name in namespace.__all__
        if name[0].isupper() or module == "datasets"
    }
    assert classes - bases <= named


def is_ours(folder):
    return folder not in NOT_OURS and (not folder.startswith(".") or folder == ".ci")


def our_texts():
    """Every text file of the project, without what tools have left in its folder, and this one."""
    for folder, folders, files in os.walk(ROOT):
        folders[:] = filter(is_ours, folders)
        for path in (Path(folder, name) for name in files):
            if path.suffix in TEXT and path != Path(__file__):
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
