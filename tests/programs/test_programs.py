"""Programs in the style of those that people write for Keras run without any change."""

import json
from pathlib import Path

import numpy as np
import pytest

from minicnn import datasets
from minicnn.keras import install, uninstall

from .running import DATA_SETS, PROGRAMS, check, exact_history, keras_version, run, small_images

EXPECTED = Path(__file__).with_name("expected.json")
VERSIONS = {"1", "2", "2.0", "3"}


def test_there_are_enough_of_them():
    assert len(PROGRAMS) >= 40
    assert {keras_version(path) for path in PROGRAMS} == VERSIONS


@pytest.mark.filterwarnings("ignore::DeprecationWarning", "ignore::UserWarning")
@pytest.mark.parametrize("path", PROGRAMS, ids=lambda path: path.stem)
def test_program(path, tmp_path, monkeypatch, capsys):
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("MPLBACKEND", "Agg")
    for name, shape in DATA_SETS.items():
        module = getattr(datasets, name)
        monkeypatch.setattr(module, "load_data", lambda shape=shape: small_images(shape))
    install()
    try:
        names = run(path)
    finally:
        uninstall()
    check(names)
    expected = json.loads(EXPECTED.read_text("utf-8")).get(path.stem)
    if expected:  # by Keras, see on_keras.py
        found = exact_history(names)
        assert found.keys() == expected.keys()
        for name, values in expected.items():
            np.testing.assert_allclose(found[name], values, rtol=2e-4, err_msg=name)
