import os

from minicnn.datasets.published import cache_folder, user_folder

from .conftest import CONTENTS, tiny, write_files


def test_the_cache_is_the_users_own(home):
    assert home in cache_folder("mnist").parents
    assert cache_folder("mnist").parts[-2:] != ("minicnn", "minicnn")
    assert "minicnn" in cache_folder("mnist").parts


def test_user_folder(monkeypatch, home):
    assert user_folder("mnist") is None
    monkeypatch.setenv("MINICNN_DATA", "")
    assert user_folder("mnist") is None
    monkeypatch.setenv("MINICNN_DATA", str(home / "data"))
    assert user_folder("mnist") is None
    (home / "data" / "mnist").mkdir(parents=True)
    assert user_folder("mnist") == home / "data" / "mnist"
    monkeypatch.setenv("MINICNN_DATA", os.path.join("~", "data"))
    assert user_folder("mnist") == home / "data" / "mnist"


def test_what_is_local(monkeypatch, home):
    assert not tiny().is_local()
    write_files(cache_folder("tiny"))
    assert tiny().is_local()
    (cache_folder("tiny") / next(iter(CONTENTS))).unlink()
    assert not tiny().is_local()
    write_files(home / "data" / "tiny")
    monkeypatch.setenv("MINICNN_DATA", str(home / "data"))
    assert tiny().is_local()
