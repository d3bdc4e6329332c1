import os
import sys
import threading

import pytest

from minicnn.datasets.cache import cache_folder, own_folder, store


def test_on_linux(monkeypatch, home):
    monkeypatch.setattr(sys, "platform", "linux")
    monkeypatch.setenv("XDG_CACHE_HOME", str(home / "xdg"))
    assert cache_folder("mnist") == home / "xdg" / "minicnn" / "mnist"
    monkeypatch.setenv("XDG_CACHE_HOME", "relative")
    assert cache_folder("mnist") == home / ".cache" / "minicnn" / "mnist"
    monkeypatch.delenv("XDG_CACHE_HOME")
    assert cache_folder("mnist") == home / ".cache" / "minicnn" / "mnist"


def test_on_macos(monkeypatch, home):
    monkeypatch.setattr(sys, "platform", "darwin")
    assert cache_folder("mnist") == home / "Library" / "Caches" / "minicnn" / "mnist"


def test_on_windows(monkeypatch, home):
    monkeypatch.setattr(sys, "platform", "win32")
    monkeypatch.setenv("LOCALAPPDATA", str(home / "local"))
    assert cache_folder("mnist") == home / "local" / "minicnn" / "mnist"
    monkeypatch.delenv("LOCALAPPDATA")
    assert cache_folder("mnist") == home / "AppData" / "Local" / "minicnn" / "mnist"


def test_own_folder(monkeypatch, home):
    assert own_folder("mnist") is None
    monkeypatch.setenv("MINICNN_DATA", "")
    assert own_folder("mnist") is None
    monkeypatch.setenv("MINICNN_DATA", str(home / "data"))
    assert own_folder("mnist") is None
    (home / "data" / "mnist").mkdir(parents=True)
    assert own_folder("mnist") == home / "data" / "mnist"
    monkeypatch.setenv("MINICNN_DATA", os.path.join("~", "data"))
    assert own_folder("mnist") == home / "data" / "mnist"


def test_store_makes_folders_and_replaces(tmp_path):
    goal = tmp_path / "deep" / "down" / "file.gz"
    store(b"old", goal)
    store(b"new", goal)
    assert goal.read_bytes() == b"new"
    assert os.listdir(goal.parent) == ["file.gz"]


@pytest.mark.parametrize("step", ["fsync", "replace"])
@pytest.mark.parametrize("error", [OSError("disk full"), KeyboardInterrupt()])
def test_a_failure_leaves_the_old_file_and_no_litter(tmp_path, monkeypatch, step, error):
    goal = tmp_path / "file.gz"
    store(b"old", goal)

    def fail(*_):
        raise error

    monkeypatch.setattr(os, step, fail)
    with pytest.raises(type(error)):
        store(b"new", goal)
    assert goal.read_bytes() == b"old"
    assert os.listdir(tmp_path) == ["file.gz"]


@pytest.mark.skipif(sys.platform == "win32", reason="Windows renames onto no file that is open")
def test_nobody_sees_half_a_file(tmp_path):
    goal = tmp_path / "file.gz"
    contents = [bytes([number]) * 200_000 for number in range(4)]
    store(contents[0], goal)
    writers = [
        threading.Thread(target=lambda one=one: [store(one, goal) for _ in range(10)])
        for one in contents
    ]
    for writer in writers:
        writer.start()
    seen = []
    while any(writer.is_alive() for writer in writers):
        seen.append(goal.read_bytes() in contents)
    for writer in writers:
        writer.join()
    assert all(seen)
    assert os.listdir(tmp_path) == ["file.gz"]
