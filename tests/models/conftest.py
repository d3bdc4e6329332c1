"""Files that real Keras wrote, and a few labelled images."""

import zipfile
from pathlib import Path

import numpy as np
import pytest

FILES = Path(__file__).parents[1] / "saving" / "files"


@pytest.fixture(scope="module")
def legacy(tmp_path_factory):
    """Return the folder of Keras' files; see make_legacy_files.py."""
    folder = tmp_path_factory.mktemp("legacy")
    with zipfile.ZipFile(FILES / "legacy.zip") as archive:
        archive.extractall(folder)
    return folder


@pytest.fixture
def data():
    draw = np.random.default_rng(0)
    return draw.random((8, 6, 6, 1), dtype="float32"), draw.integers(0, 4, 8)
