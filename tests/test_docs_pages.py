"""The pages of docs/: their programs run, and both languages say the same."""

import ast
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

from .pages import ROOT, blocks, broken_links, code_of, parts, run_programs, text_of

# page -> the pages whose programs come before its own
PAGES = {
    "installation": [],
    "first_steps": [],
    "lecture": [],
    "see_every_number": ["first_steps"],
    "arithmetic": ["first_steps", "see_every_number"],
    "equations": [],
    "own_pictures": ["first_steps"],
    "keras": ["first_steps"],
    "tools": ["first_steps"],
    "teaching": [],
    "own_layer": [],
    "add_a_layer": [],
}
ENGLISH = sorted(path.stem for path in (ROOT / "docs").glob("*.md") if ".ko." not in path.name)

# As they stand the programs train for minutes. Here they see the first images only, and once.
LESS = {"60000": "96", "10000": "32"} | {f"epochs={many}": "epochs=1" for many in (10, 5, 3)}
ONLY_THE_FIRST = """
from minicnn.datasets import mnist as _mnist
(_x, _y), (_x_test, _y_test) = _mnist.load_data()
_mnist.load_data = lambda: ((_x[:96], _y[:96]), (_x_test[:32], _y_test[:32]))
"""


@pytest.fixture(params=ENGLISH)
def page(request):
    return f"docs/{request.param}.md", f"docs/{request.param}.ko.md"


def shortened(program):
    for much, little in LESS.items():
        program = program.replace(much, little)
    return program


def photograph(path):
    """Write a picture like a photograph of a one: dark ink, paper in a shadow."""
    shadow = np.linspace(140, 230, 300)
    paper = np.tile(shadow, (200, 1))
    paper[50:150, 140:150] = 40
    Image.fromarray(paper.astype(np.uint8)).save(path)


@pytest.mark.filterwarnings("ignore:.*")  # a learner's Python shows them and continues
@pytest.mark.parametrize("name", [page for page in PAGES if page != "lecture"])
def test_every_program_runs_one_after_the_other(name, tmp_path, monkeypatch, capsys):
    if name == "tools" and not all(map(find_spec, ("onnx", "onnxruntime", "tensorboard"))):
        pytest.skip("needs the packages that the page is about")
    monkeypatch.chdir(tmp_path)
    photograph("photo.jpg")
    names = {"__name__": "__main__"}
    for page in (*PAGES[name], name):
        capsys.readouterr()
        run_programs(f"docs/{page}.md", names, shortened)
    printed = capsys.readouterr().out
    for language, text in blocks(f"docs/{name}.md"):
        if language == "text" and "…" not in text:  # a drawing of folders
            assert text in printed


@pytest.mark.mnist
def test_the_lectures_program_runs(mnist_folder, tmp_path):
    (program,) = (code for language, code in blocks("docs/lecture.md") if language == "python")
    (summary,) = (code for language, code in blocks("docs/lecture.md") if language == "text")
    environment = os.environ | {
        "PYTHONPATH": str(Path(minicnn.__file__).parent.parent),
        "PYTHONIOENCODING": "utf-8",
        "MPLBACKEND": "Agg",
        "MINICNN_DATA": os.path.abspath(mnist_folder),
    }
    done = subprocess.run(
        [sys.executable, "-c", ONLY_THE_FIRST + shortened(program)],
        cwd=tmp_path, env=environment, capture_output=True, encoding="utf-8", timeout=600, check=False,
    )  # fmt: skip
    assert done.returncode == 0, done.stderr
    assert summary in done.stdout
    written = {file.name for file in tmp_path.iterdir()}
    assert written == {"confusion_matrix.png", "seven.png", "mnist_model.h5"}


def test_both_languages_show_the_same_code(page):
    assert code_of(page[0]) == code_of(page[1])


def test_both_languages_have_the_same_parts(page):
    if "index" not in page[0]:
        assert parts(page[0]) == parts(page[1])


def test_both_sites_have_the_same_pages_in_the_same_order():
    english, korean = (
        re.findall(r"^[a-z_/]+(?:\.ko)?$", text_of(f"docs/{name}.md"), re.MULTILINE)
        for name in ("index", "index.ko")
    )
    assert [name.replace(".ko", "") for name in korean] == english[: len(korean)]
    assert english[len(korean) :] == ["api/index", "index.ko"]


@pytest.mark.parametrize("name", sorted(path.name for path in (ROOT / "docs").glob("*.md")))
def test_links_lead_to_files_and_headings(name):
    assert broken_links(f"docs/{name}") == []


def test_every_public_module_has_its_reference():
    pages = {path.stem.partition("_")[0] for path in (ROOT / "docs" / "api").glob("*.md")}
    modules = {name for name in minicnn.__all__ if hasattr(getattr(minicnn, name), "__path__")}
    assert modules <= pages


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
    """The first cell of each row is in the messages of `minicnn.testing`."""
    said = text_of("minicnn/testing/diagnosis.py")
    rows = re.findall(r"^\| ([^|]+) \|", text_of("docs/own_layer.md"), re.MULTILINE)
    for words in ", ".join(rows[2:]).split(", "):  # without the head and the line beneath it
        assert words.replace("0", "{example}") in said, words


@pytest.mark.parametrize("layer", ["UpSampling2D", "Cropping2D", "Permute"])
def test_a_layer_is_written_in_few_files(layer):
    """There is no table of layers: count the files that the page lists."""
    operation = {"UpSampling2D": "|upsample2d|upsampling"}.get(layer, "")
    names = re.compile(rf"\b({layer}{operation})")
    package = Path(minicnn.__file__).parent
    files = {
        path.relative_to(ROOT).as_posix()
        for path in package.rglob("*")
        if path.suffix in (".py", ".js", ".json", ".css", ".html")
        and names.search(path.read_text("utf-8"))
    }
    said = set(re.findall(r"`(minicnn/[\w/]+\.py)`", text_of("docs/add_a_layer.md")))
    assert len(files) <= 8
    if layer == "UpSampling2D":
        assert files == said
