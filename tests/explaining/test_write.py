"""`minicnn.explain`: from a model to a file."""

import json
import re
from importlib import import_module

import numpy as np
import pytest

import minicnn
from minicnn import Sequential, layers
from minicnn.errors import DataWarning, NotReadyError, UnknownNameError


@pytest.fixture
def model():
    return Sequential(
        [layers.Flatten(input_shape=(4, 4, 1)), layers.Dense(3, activation="softmax")]
    )


def data_in(path):
    text = path.read_text("utf-8")
    return json.loads(re.search(r'id="network-data">(.*?)</script>', text).group(1))


def test_a_page_with_examples(model, tmp_path):
    x = np.random.default_rng(0).random((30, 4, 4, 1))
    path = minicnn.explain(
        model, x, np.arange(30) % 3, tmp_path / "page.html", "ko", ["하나", "둘", "셋"]
    )
    assert path == tmp_path / "page.html"
    assert '<html lang="ko">' in path.read_text("utf-8")
    data = data_in(path)
    assert data["outputs"][0]["classNames"] == ["하나", "둘", "셋"]
    assert [example["labels"] for example in data["examples"]][:4] == [[0], [1], [2], [0]]
    assert len(data["examples"]) == 20


def test_a_page_without_examples(model, tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    assert str(minicnn.explain(model)) == "explain.html"
    assert data_in(tmp_path / "explain.html")["examples"] == []


def test_the_page_of_the_lectures_model_is_small(tmp_path):
    model = Sequential(
        [
            layers.Conv2D(64, kernel_size=3, activation="relu", input_shape=(28, 28, 1)),
            layers.Conv2D(32, kernel_size=3, activation="relu"),
            layers.Flatten(),
            layers.Dense(10, activation="softmax"),
        ]
    )
    x = np.random.default_rng(0).random((100, 28, 28, 1))
    path = minicnn.explain(model, x, np.arange(100) % 10, tmp_path / "lecture.html")
    assert path.stat().st_size < 3_000_000


def test_a_page_that_is_too_large_to_open_quickly_is_said(model, tmp_path, monkeypatch):
    monkeypatch.setattr(import_module("minicnn.explaining.write"), "LARGE", 1_000)
    with pytest.warns(DataWarning, match="as the model has 51 weights: a browser will take long"):
        minicnn.explain(model, path=tmp_path / "page.html")
    assert (tmp_path / "page.html").is_file()


def test_what_is_no_model_or_no_path_is_said(model, tmp_path):
    with pytest.raises(TypeError, match=r"explain takes a model and a path, got str and str"):
        minicnn.explain("model.keras")
    with pytest.raises(TypeError, match="got Sequential and int"):
        minicnn.explain(model, path=3)
    with pytest.raises(NotReadyError, match="no weights to show yet"):
        minicnn.explain(Sequential([layers.Dense(3)]), path=tmp_path / "page.html")
    with pytest.raises(UnknownNameError, match="unknown language 'english'"):
        minicnn.explain(model, path=tmp_path / "page.html", language="english")
    assert list(tmp_path.iterdir()) == []


def test_missing_folders_are_made(model, tmp_path):
    assert minicnn.explain(model, path=tmp_path / "new" / "page.html").is_file()


def test_an_old_page_stays_where_the_new_one_cannot_be_made(model, tmp_path):
    path = tmp_path / "page.html"
    path.write_text("old")
    with pytest.raises(ValueError, match="classes are 0 to 2"):
        minicnn.explain(model, np.zeros((1, 4, 4, 1)), [7], path)
    assert path.read_text() == "old"
