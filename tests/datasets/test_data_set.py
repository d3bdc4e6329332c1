import os
import signal
import subprocess
import sys
import threading
import time
from pathlib import Path

import pytest

from minicnn.datasets.published import cache_folder
from minicnn.errors import DataError, DataWarning, FileFormatError

from .conftest import CONTENTS, assert_is_tiny, load_tiny, send, write_files

ROOT = Path(__file__).parents[2]
NOWHERE = "http://127.0.0.1:1/"


def cached():
    folder = cache_folder("tiny")
    return {path.name: path.read_bytes() for path in folder.iterdir()} if folder.is_dir() else {}


def test_downloaded_once_then_from_the_cache(mirror):
    assert_is_tiny(load_tiny(mirror.address))
    assert cached() == CONTENTS
    assert sorted(mirror.asked) == sorted(CONTENTS)
    assert_is_tiny(load_tiny(NOWHERE))


def test_own_folder_comes_first(monkeypatch, home):
    write_files(home / "data" / "tiny")
    monkeypatch.setenv("MINICNN_DATA", str(home / "data"))
    assert_is_tiny(load_tiny(NOWHERE))
    assert cached() == {}


def test_own_folder_of_another_set_does_not_matter(monkeypatch, home, mirror):
    write_files(home / "data" / "other")
    monkeypatch.setenv("MINICNN_DATA", str(home / "data"))
    assert_is_tiny(load_tiny(mirror.address))


def test_a_file_missing_in_the_own_folder_is_named(monkeypatch, home, mirror):
    write_files(home / "data" / "tiny")
    (home / "data" / "tiny" / "test_labels.gz").unlink()
    monkeypatch.setenv("MINICNN_DATA", str(home / "data"))
    with pytest.raises(DataError, match=r"test_labels\.gz is not in it.*unset MINICNN_DATA"):
        load_tiny(mirror.address)
    assert mirror.asked == []


RIGHT = CONTENTS["train_images.gz"]
WRONG = {
    "it is cut": RIGHT[:-1],
    "it is longer": RIGHT + b"\0",
    "its content was changed": RIGHT[:4] + b"\1" + RIGHT[5:],  # a date: gzip would not mind
}


@pytest.mark.parametrize("complaint", WRONG)
def test_a_wrong_own_file_is_named_and_never_parsed(monkeypatch, home, mirror, complaint):
    write_files(home / "data" / "tiny", train_images=WRONG[complaint])
    monkeypatch.setenv("MINICNN_DATA", str(home / "data"))
    monkeypatch.setattr("minicnn.datasets.idx.parse", lambda _: pytest.fail("parsed"))
    with pytest.raises(FileFormatError, match=complaint) as caught:
        load_tiny(mirror.address)
    assert str(home / "data" / "tiny" / "train_images.gz") in str(caught.value)
    assert mirror.asked == []


@pytest.mark.parametrize("complaint", WRONG)
def test_a_wrong_cached_file_is_named_and_replaced(mirror, complaint):
    write_files(cache_folder("tiny"), train_images=WRONG[complaint])
    with pytest.warns(
        DataWarning, match=rf"train_images\.gz.*{complaint}.*downloaded again"
    ) as seen:
        assert_is_tiny(load_tiny(mirror.address))
    assert len(seen) == 1
    assert mirror.asked == ["train_images.gz"]
    assert cached() == CONTENTS


def test_nothing_works(monkeypatch, home, mirror):
    mirror.answers["train_images.gz"] = lambda handler, _: handler.send_error(403)
    with pytest.raises(DataError) as caught:
        load_tiny(mirror.address, NOWHERE)
    message = str(caught.value)
    assert message.startswith("TINY can be neither found on this machine nor downloaded.\n")
    for part in (
        f"{mirror.address}: it answers 403",
        f"{NOWHERE}: ",
        "from minicnn.datasets import digits",
        "a folder named tiny, and set MINICNN_DATA to the folder that holds it.",
    ):
        assert part in message
    assert cached() == {}
    monkeypatch.setenv("MINICNN_DATA", str(home))
    with pytest.raises(DataError, match=f"now it is {home}, which has no folder tiny"):
        load_tiny(NOWHERE)


def test_no_file_is_kept_of_a_failed_download(mirror):
    mirror.answers["test_images.gz"] = lambda handler, _: send(handler, b"junk")
    with pytest.raises(DataError, match=r"test_images\.gz"):
        load_tiny(mirror.address)
    assert sorted(cached()) == ["train_images.gz", "train_labels.gz"]


def test_a_cache_that_cannot_be_written_is_only_a_warning(mirror, home):
    cache_folder("tiny").parent.parent.mkdir(exist_ok=True)
    cache_folder("tiny").parent.write_text("a file where the folder should be")
    with pytest.warns(DataWarning, match="could not be kept"):
        assert_is_tiny(load_tiny(mirror.address))


PROGRAM = """
import sys
from tests.datasets.conftest import assert_is_tiny, load_tiny
assert_is_tiny(load_tiny(sys.argv[1]))
"""


def start_process(mirror):
    return subprocess.Popen([sys.executable, "-c", PROGRAM, mirror.address], cwd=ROOT)


def test_two_processes_at_once(mirror):
    both_ask = threading.Barrier(2)

    def answer(handler, content):
        both_ask.wait(20)  # neither gets a byte before both have asked
        send(handler, content)

    mirror.answers = dict.fromkeys(CONTENTS, answer)
    processes = [start_process(mirror), start_process(mirror)]
    assert [process.wait(30) for process in processes] == [0, 0]
    assert sorted(mirror.asked) == sorted([*CONTENTS, *CONTENTS])
    assert cached() == CONTENTS


def test_a_killed_download_leaves_nothing(mirror):
    half_sent = threading.Event()

    def answer(handler, content):
        send(handler, content[:20], length=len(content))
        half_sent.set()
        mirror.closing.wait(20)

    mirror.answers["train_labels.gz"] = answer
    process = start_process(mirror)
    assert half_sent.wait(30)
    time.sleep(0.2)
    process.send_signal(getattr(signal, "SIGKILL", signal.SIGTERM))
    assert process.wait(10) != 0
    assert sorted(cached()) == ["train_images.gz"]
    mirror.answers.clear()
    assert_is_tiny(load_tiny(mirror.address))


def test_import_is_light():
    program = (
        "import sys, numpy; before = set(sys.modules); import minicnn.datasets, minicnn.utils;"
        "print(*sorted(set(sys.modules) - before))"
    )
    ran = subprocess.run(
        [sys.executable, "-c", program], cwd=ROOT, capture_output=True, text=True, check=True
    )
    new = set(ran.stdout.split())
    assert {"minicnn.datasets.mnist", "minicnn.preprocessing"} <= new
    heavy = {"sklearn", "scipy", "rich", "pooch", "requests", "http", "ssl", "gzip", "PIL", "numba"}
    assert heavy.isdisjoint(new)


def test_the_cache_of_these_tests_is_not_the_users(home):
    assert home in cache_folder("tiny").parents
    assert os.environ.get("MINICNN_DATA") is None
