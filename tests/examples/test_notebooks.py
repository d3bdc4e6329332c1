"""The notebooks run from top to bottom, with the stored outputs."""

import json
import os
import re
import subprocess
import sys
from pathlib import Path

import numpy as np
import pytest

import minicnn

HERE = Path(__file__).parent
EXAMPLES = HERE.parents[1] / "examples"
PAIRS = [("steps.ipynb", "steps.ko.ipynb"), ("lecture.ipynb", "lecture.ko.ipynb")]
ALL = [name for pair in PAIRS for name in pair]
LARGEST = 300_000  # bytes: what a browser shows at once


def read(folder, name):
    return json.loads((folder / name).read_text(encoding="utf-8"))


def sources(notebook, kind):
    return ["".join(cell["source"]) for cell in notebook["cells"] if cell["cell_type"] == kind]


def shown(notebook):
    """Return the outputs of each code cell as (kind, text); of pictures only the kind."""
    return [
        [(kind, text) for output in cell["outputs"] for kind, text in parts(output)]
        for cell in notebook["cells"]
        if cell["cell_type"] == "code"
    ]


def parts(output):
    if output["output_type"] == "stream":
        return [(output["name"], "".join(output["text"]))]
    is_picture = any(kind.startswith("image/") for kind in output["data"])
    return [
        (kind, "a picture" if is_picture else "".join(text))
        for kind, text in sorted(output["data"].items())
    ]


@pytest.fixture(scope="module")
def run_again(tmp_path_factory, mnist_folder):
    """Return a folder with the executed notebooks."""
    for package in ("nbclient", "nbformat", "ipykernel"):
        pytest.importorskip(package, reason=f"{package} runs notebooks: pip install -e '.[test]'")
    folder = tmp_path_factory.mktemp("notebooks")
    environment = {
        **os.environ,
        "PYTHONPATH": str(Path(minicnn.__file__).parent.parent),
        "MINICNN_DATA": os.path.abspath(mnist_folder),
        "IPYTHONDIR": str(folder / "ipython"),
        "JUPYTER_RUNTIME_DIR": str(folder / "runtime"),
    }
    done = subprocess.run(
        [sys.executable, HERE / "store_notebooks.py", folder],
        env=environment, capture_output=True, encoding="utf-8", timeout=600, check=False,
    )  # fmt: skip
    assert done.returncode == 0, done.stderr
    return folder


@pytest.mark.parametrize("name", ALL)
def test_what_is_stored_is_what_running_gives(run_again, name):
    stored, now = shown(read(EXAMPLES, name)), shown(read(run_again, name))
    assert len(stored) > 8
    if np.__version__.startswith("1."):  # which writes np.uint8(5) as 5
        pytest.skip("the notebooks show the scalars of NumPy 2")
    assert now == stored, "run tests/examples/store_notebooks.py"


def test_the_lectures_numbers_are_shown():
    output = "\n".join(text for cell in shown(read(EXAMPLES, ALL[0])) for _, text in cell)
    assert "   3  -1  -3  -1\n  -3   1   0  -3\n  -3  -3   0   1\n   3  -2  -2  -1\n" in output
    equation = "1·1 + 0·(−1) + 0·(−1) + 0·(−1) + 1·1 + 0·(−1) + 0·(−1) + 0·(−1) + 1·1 = 3"
    assert equation in output


def code(notebook):
    """The cells of code without comments, which are in the language of the notebook."""
    return [re.sub(r"\s+#.*", "", source) for source in sources(notebook, "code")]


@pytest.mark.parametrize("pair", PAIRS, ids=lambda pair: pair[0])
def test_both_languages_run_the_same_and_show_the_same(pair):
    english, korean = (read(EXAMPLES, name) for name in pair)
    assert code(korean) == code(english)
    assert shown(korean) == shown(english)
    for texts in zip(sources(english, "markdown"), sources(korean, "markdown"), strict=True):
        headings = [re.findall(r"^#+ ", text, re.MULTILINE) for text in texts]
        assert headings[0] == headings[1]
        assert [bool(re.search("[가-힣]", text)) for text in texts] == [False, True]


@pytest.mark.parametrize("name", ALL)
def test_nothing_of_a_machine_is_stored(name):
    notebook, path = read(EXAMPLES, name), EXAMPLES / name
    assert path.stat().st_size < LARGEST
    assert notebook["metadata"] == {
        "kernelspec": {"display_name": "Python 3", "language": "python", "name": "python3"},
        "language_info": {"name": "python"},
    }
    assert all(cell["metadata"] == {} for cell in notebook["cells"])
    text = path.read_text(encoding="utf-8")
    assert not re.search(r"(?<![\w.~$}<])/(?:work|opt|root|home|mnt|tmp|Users)/\w|\w:\\\\", text)
    addresses = re.findall(r"\b0x[0-9a-f]{6,}", str(shown(notebook)))
    assert addresses == []  # of objects that do not show themselves


@pytest.mark.parametrize("name", ALL)
def test_every_cell_of_code_was_run_in_order(name):
    counts = [
        cell["execution_count"]
        for cell in read(EXAMPLES, name)["cells"]
        if cell["cell_type"] == "code"
    ]
    assert counts == list(range(1, len(counts) + 1))
