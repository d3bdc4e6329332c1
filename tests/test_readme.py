"""The two READMEs: every program in them runs, and what they point at is there."""

import doctest
import inspect
import os
import re
import subprocess
import sys
from importlib.util import find_spec
from pathlib import Path

import numpy as np
import pytest
from PIL import Image

import minicnn
from minicnn import steps, testing, utils, visualize, visualkeras

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
OPTIONAL = {
    "minicnn.export(": "onnx",
    "import onnxruntime": "onnxruntime",
    "TensorBoard(": "tensorboard",
}
TEXT = {".md", ".py", ".toml", ".yaml", ".yml", ".json", ".txt", ".cfg", ".sh", ""}
NOT_OURS = {"__pycache__", "minicnn-output", "build", "dist", "venv", "node_modules"}
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


def printed_texts():
    """What the README quotes as printed: the lecture's summary, and the texts of the others."""
    texts = [code for language, code in blocks(ENGLISH) if language == "text"]
    (summary,) = (text for text in texts if text.startswith("Model: "))
    return summary, [text for text in texts if text != summary]


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
    assert printed_texts()[0] in printed
    assert {file.name for file in tmp_path.iterdir()} == {
        "confusion_matrix.png",
        "seven.png",
        "mnist_model.h5",
    }


def photograph(path):
    """Write the picture of a one that a learner might have taken: dark ink, paper in a shadow."""
    shadow = np.linspace(140, 230, 300)
    paper = np.tile(shadow, (200, 1))
    paper[50:150, 140:150] = 40
    Image.fromarray(paper.astype(np.uint8)).save(path)


@pytest.mark.filterwarnings("ignore:.*")  # a learner's Python shows them, and goes on
def test_the_other_programs_run_one_after_the_other(tmp_path, monkeypatch, capsys):
    monkeypatch.chdir(tmp_path)
    photograph("photo.jpg")
    names = {"__name__": "__main__"}
    options = doctest.ELLIPSIS | doctest.NORMALIZE_WHITESPACE
    for code in programs()[1]:
        if any(use in code and not find_spec(name) for use, name in OPTIONAL.items()):
            continue
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
    written = {"digits.keras", "digits.h5", "digits.weights.h5", "explain.html", "slide.gif"}
    assert written <= {file.name for file in tmp_path.iterdir()}
    printed, (_, texts) = capsys.readouterr().out, printed_texts()
    assert texts
    for text in texts:
        assert text in printed


def test_the_first_block_is_two_commands():
    for name in (ENGLISH, KOREAN):
        (first, *_) = (code for language, code in blocks(name) if language == "sh")
        assert first.splitlines() == COMMANDS


def without_comments(code):
    return re.sub(r"^\s*# .*\n|  +# .*$", "", code, flags=re.MULTILINE)


def test_both_languages_show_the_same_code():
    """Comments are in the page's language."""
    korean, english = blocks(KOREAN), blocks(ENGLISH)
    assert [language for language, _ in korean] == [language for language, _ in english]
    for (_, one), (_, other) in zip(korean, english, strict=True):
        assert without_comments(one) == without_comments(other)


def test_both_languages_have_the_same_parts():
    def parts(name):
        text = BLOCK.sub("", text_of(name))
        return [
            re.findall(r"^(#+) ", text, re.MULTILINE),
            sorted(
                target.replace(".ko.", ".")  # a page or picture in Korean, where there is one
                for target, _ in LINK.findall(text)
                if not target.startswith("README")
            ),
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


def tools(namespace):
    """Names of the functions and classes that a module has for its users."""
    for name in getattr(namespace, "__all__", [one for one in vars(namespace) if one[0] != "_"]):
        thing = getattr(namespace, name)
        if (inspect.isfunction(thing) or inspect.isclass(thing)) and (
            hasattr(namespace, "__all__") or thing.__module__ == namespace.__name__
        ):
            yield name


@pytest.mark.parametrize(
    "namespace",
    [minicnn, steps, testing, testing.strategies, utils, visualize, visualkeras],
    ids=lambda namespace: namespace.__name__,
)
@pytest.mark.parametrize("name", [ENGLISH, KOREAN])
def test_every_tool_to_look_with_stands_in_the_table(name, namespace):
    named = set(re.findall(r"`(\w+)`", "".join(re.findall(r"^\|.*$", text_of(name), re.MULTILINE))))
    elsewhere = {"Sequential", "export", "normalize", "set_random_seed", "to_categorical"}
    found = set(tools(namespace))
    assert found
    assert found - elsewhere <= named


def is_ours(folder):
    return folder not in NOT_OURS and (not folder.startswith(".") or folder == ".ci")


def our_texts():
    """Every text file of the project, without what tools have left in its folder, and this one."""
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
