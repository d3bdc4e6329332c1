"""Only numpy, h5py and what pyproject.toml lists as dependencies is needed to run the tests."""

import os
import re
import subprocess
import sys
import tomllib
from pathlib import Path

ROOT = Path(__file__).parents[1]
OPTIONAL = "IPython ipykernel mypy nbclient nbformat numba onnx onnxruntime pandas seaborn selenium"
OPTIONAL += " tensorboard"
PLUGIN = f"""
from importlib.machinery import PathFinder

find_installed = PathFinder.find_spec
PathFinder.find_spec = lambda name, path=None, target=None: (
    None if name.partition(".")[0] in {OPTIONAL.split()!r} else find_installed(name, path, target)
)
"""


def test_tests_are_collected_without_optional_packages(tmp_path):
    (tmp_path / "absent.py").write_text(PLUGIN)
    folders = [
        "tests/callbacks", "tests/examples", "tests/explaining", "tests/exporting",
        "tests/kernels", "minicnn/exporting", "minicnn/callbacks",
    ]  # fmt: skip
    done = subprocess.run(
        [sys.executable, "-m", "pytest", "-p", "absent", "--collect-only", "-q", *folders],
        env=os.environ | {"PYTHONPATH": os.pathsep.join([str(tmp_path), *sys.path])},
        cwd=ROOT,
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == 0, done.stdout[-2000:]


def test_an_error_names_the_extra_that_brings_the_package():
    project = tomllib.loads((ROOT / "pyproject.toml").read_text("utf-8"))["project"]
    named = [
        match.groups()
        for path in (ROOT / "minicnn").rglob("*.py")
        for match in re.finditer(
            r'raise missing_package\(".+?", "(\w+)", "(\w+)"', path.read_text("utf-8")
        )
    ]
    assert len(named) >= 3
    for package, extra in named:
        bring = project["optional-dependencies"][extra]
        assert any(re.match(rf"{package}\b", requirement) for requirement in bring), extra
