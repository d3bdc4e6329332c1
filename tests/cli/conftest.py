"""Commands are run in an empty folder, on a machine that has neither data sets nor a network."""

import os
from pathlib import Path

import numpy as np
import pytest
from PIL import Image

from minicnn.cli import main
from minicnn.cli.data import load_images
from minicnn.errors import DataError


@pytest.fixture(autouse=True)
def english(monkeypatch):
    """The language of a command ends with it."""
    monkeypatch.setattr("minicnn.cli.messages._current", ["en"])


@pytest.fixture
def offline(tmp_path_factory, monkeypatch):
    """No data set on this machine, and none to be had."""

    def no_network(file, mirrors):
        raise DataError(f"{file.name} could not be downloaded; tried:\n  nowhere: unreachable")

    monkeypatch.delenv("MINICNN_DATA", raising=False)
    for name in ("HOME", "USERPROFILE", "LOCALAPPDATA", "XDG_CACHE_HOME"):
        monkeypatch.setenv(name, str(tmp_path_factory.mktemp("home")))
    monkeypatch.setattr("minicnn.datasets.download.download", no_network)


@pytest.fixture
def here(tmp_path, monkeypatch) -> Path:
    """The current folder, empty."""
    if "MINICNN_DATA" in os.environ:
        monkeypatch.setenv("MINICNN_DATA", os.path.abspath(os.environ["MINICNN_DATA"]))
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("COLUMNS", "80")
    monkeypatch.setenv("LC_ALL", "C.UTF-8")
    return tmp_path


@pytest.fixture(scope="session")
def trained(tmp_path_factory) -> Path:
    """Return the folder after a training on the built-in digits; read-only."""
    folder = tmp_path_factory.mktemp("trained")
    train = "train --data digits --model mlp --epochs 8 --batch-size 16 --seed 1 --output"
    assert main([*train.split(), str(folder)]) == 0
    return folder


@pytest.fixture
def digit(here):
    """Return a function that writes the n-th test digit to a file."""
    images = load_images("digits")

    def write(name, number, invert=False):
        pixels = images.x_test[number, :, :, 0]
        Image.fromarray(255 - pixels if invert else pixels).save(here / name)
        return str(images.y_test[number])

    return write


@pytest.fixture
def pets(here):
    """A folder of pictures: ten dark cats and five bright dogs."""
    random = np.random.default_rng(3)
    for name, count, brightness in (("cat", 10, 0), ("dog", 5, 150)):
        (here / "pets" / name).mkdir(parents=True)
        for number in range(count):
            pixels = random.integers(0, 100, (40, 30, 3)) + brightness
            Image.fromarray(pixels.astype(np.uint8)).save(here / "pets" / name / f"{number}.png")
    return here / "pets"
