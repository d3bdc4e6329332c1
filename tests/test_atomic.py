"""The old file or the new one, and nothing beside it."""

import errno
import os
import signal
import stat
import subprocess
import sys
import threading
import time

import pytest

from minicnn.atomic import atomic_write


def names(folder):
    return sorted(one.name for one in folder.iterdir())


def write(path, content, mistake=None):
    with atomic_write(path) as file:
        file.write(content)
        if mistake is not None:
            raise mistake


def test_new_content_takes_the_old_one_s_place(tmp_path):
    path = tmp_path / "file"
    for content in (b"old", b"new"):
        with atomic_write(path) as file:
            file.write(content)
            assert not path.exists() or path.read_bytes() == b"old"
        assert path.read_bytes() == content
    assert names(tmp_path) == ["file"]


@pytest.mark.parametrize("mistake", [KeyboardInterrupt(), ValueError("no"), OSError("h5py's")])
def test_an_error_on_the_way_changes_nothing(mistake, tmp_path):
    path = tmp_path / "file"
    path.write_bytes(b"old")
    with pytest.raises(type(mistake)) as caught:
        write(path, b"half", mistake)
    assert caught.value is mistake
    assert path.read_bytes() == b"old"
    assert names(tmp_path) == ["file"]


@pytest.mark.skipif(sys.platform == "win32", reason="no limit on the size of files there")
def test_a_disk_that_takes_no_more_is_told(tmp_path):
    import resource

    path = tmp_path / "model.keras"
    path.write_bytes(b"old")
    before = resource.getrlimit(resource.RLIMIT_FSIZE)
    resource.setrlimit(resource.RLIMIT_FSIZE, (100_000, before[1]))
    try:
        with pytest.raises(OSError, match=r"unchanged: .*model\.keras") as caught:
            write(path, bytes(200_000))
    finally:
        resource.setrlimit(resource.RLIMIT_FSIZE, before)
    assert caught.value.errno == errno.EFBIG
    assert path.read_bytes() == b"old"
    assert names(tmp_path) == ["model.keras"]


def test_what_the_buffer_held_back_fails_like_the_rest(tmp_path, monkeypatch):
    """A full disk may show only when the file is flushed."""

    def full(descriptor):
        raise OSError(errno.ENOSPC, "No space left on device")

    monkeypatch.setattr(os, "fsync", full)
    with pytest.raises(OSError, match=r"No space left on device; .*file") as caught:
        write(tmp_path / "file", b"x")
    assert caught.value.errno == errno.ENOSPC
    assert names(tmp_path) == []


def test_places_where_no_file_can_be_are_named(tmp_path):
    write(tmp_path / "file", b"x")
    with pytest.raises(NotADirectoryError, match=r"nothing was written.*model\.keras"):
        write(tmp_path / "file" / "model.keras", b"x")
    with pytest.raises(IsADirectoryError, match="a folder"):
        write(tmp_path, b"x")


def test_missing_folders_are_made(tmp_path):
    write(tmp_path / "a" / "b" / "file", b"x")
    assert (tmp_path / "a" / "b" / "file").read_bytes() == b"x"


@pytest.mark.skipif(not hasattr(os, "mkfifo"), reason="no named pipes there")
def test_what_is_no_regular_file_is_written_to_and_not_replaced(tmp_path):
    pipe = tmp_path / "pipe"
    os.mkfifo(pipe)
    received = []
    reader = threading.Thread(target=lambda: received.append(pipe.read_bytes()))
    reader.start()
    with atomic_write(pipe) as file:
        file.write(b"abc")
        file.seek(0)  # zip files go back; a pipe cannot
        file.write(b"A")
    reader.join()
    assert received == [b"Abc"]
    assert stat.S_ISFIFO(pipe.stat().st_mode)
    assert names(tmp_path) == ["pipe"]
    write(os.devnull, b"x")
    assert not os.path.isfile(os.devnull)


@pytest.mark.skipif(sys.platform == "win32", reason="permissions are others there")
def test_a_private_file_is_private_at_all_times(tmp_path):
    path = tmp_path / "file"
    write(path, b"1")
    path.chmod(0o600)
    with atomic_write(path) as file:
        file.write(b"2")
        assert [stat.S_IMODE(one.stat().st_mode) for one in tmp_path.iterdir()] == [0o600, 0o600]


@pytest.mark.skipif(not hasattr(os, "geteuid") or os.geteuid() == 0, reason="root may do anything")
def test_a_read_only_folder_is_told(tmp_path):
    tmp_path.chmod(0o500)
    try:
        with pytest.raises(PermissionError, match="file"):
            write(tmp_path / "file", b"x")
    finally:
        tmp_path.chmod(0o700)


@pytest.mark.skipif(sys.platform == "win32", reason="permissions and links are others there")
def test_permissions_and_links_stay(tmp_path):
    path, link = tmp_path / "file", tmp_path / "link"
    write(path, b"1")
    mask = os.umask(0)
    os.umask(mask)
    assert stat.S_IMODE(path.stat().st_mode) == 0o666 & ~mask
    path.chmod(0o640)
    link.symlink_to(path)
    write(link, b"2")
    assert link.is_symlink()
    assert path.read_bytes() == b"2"
    assert stat.S_IMODE(path.stat().st_mode) == 0o640


WRITE_FOREVER = """
import sys
from minicnn.atomic import atomic_write
for number in range(10**9):
    with atomic_write(sys.argv[1]) as file:
        for _ in range(64):
            file.write(bytes([65 + number % 26]) * 4096)
    if number == 0:
        print("began", flush=True)
"""


@pytest.mark.skipif(sys.platform == "win32", reason="no kill -9 there")
def test_killed_at_any_moment(tmp_path):
    path = tmp_path / "file"
    for attempt in range(8):
        command = [sys.executable, "-c", WRITE_FOREVER, str(path)]
        with subprocess.Popen(command, stdout=subprocess.PIPE) as writer:
            assert writer.stdout.readline() == b"began\n"
            time.sleep(0.003 * attempt)
            writer.send_signal(signal.SIGKILL)
        content = path.read_bytes()
        assert len(content) == 64 * 4096
        assert len(set(content)) == 1
        assert len(names(tmp_path)) <= 2  # what the last one left, never more
    write(path, b"end")
    assert names(tmp_path) == ["file"]


def test_writers_at_once_do_not_take_each_other_for_litter(tmp_path):
    path = tmp_path / "file"
    mistakes = []

    def write_often(letter):
        try:
            for _ in range(50):
                write(path, letter * 1000)
        except Exception as mistake:
            mistakes.append(mistake)

    threads = [
        threading.Thread(target=write_often, args=(letter,)) for letter in (b"a", b"b", b"c")
    ]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert mistakes == []
    assert path.read_bytes() in (b"a" * 1000, b"b" * 1000, b"c" * 1000)
    assert names(tmp_path) == ["file"]
