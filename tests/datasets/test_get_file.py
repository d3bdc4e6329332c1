"""`get_file`: the cache, hashes, archives and names."""

import hashlib
import io
import tarfile
import zipfile

import pytest

from minicnn.errors import DataError
from minicnn.utils import get_file


@pytest.fixture
def source(tmp_path):
    path = tmp_path / "numbers.txt"
    path.write_bytes(b"1 2 3")
    return path


def test_a_file_is_downloaded_once(source, tmp_path):
    first = get_file(origin=source.as_uri(), cache_dir=tmp_path / "cache")
    assert first == str(tmp_path / "cache" / "datasets" / "numbers.txt")
    source.write_bytes(b"4")
    again = {"origin": source.as_uri(), "cache_dir": tmp_path / "cache"}
    with open(get_file(**again), "rb") as handle:
        assert handle.read() == b"1 2 3"
    with open(get_file(**again, force_download=True), "rb") as handle:
        assert handle.read() == b"4"


@pytest.mark.parametrize("algorithm", ["md5", "sha256"])
def test_a_hash_is_checked(source, tmp_path, algorithm):
    cache = tmp_path / "cache"
    right = hashlib.new(algorithm, b"1 2 3").hexdigest()
    assert get_file("a", source.as_uri(), file_hash=right, cache_dir=cache)
    source.write_bytes(b"other")
    assert get_file("a", source.as_uri(), file_hash=right, cache_dir=cache)
    with pytest.raises(DataError, match="could not be downloaded"):
        get_file("b", source.as_uri(), file_hash=right, cache_dir=cache)
    assert not (cache / "datasets" / "b").exists()


def archives(folder):
    with zipfile.ZipFile(folder / "data.zip", "w") as zipped:
        zipped.writestr("data/x.txt", "7")
    with tarfile.open(folder / "data.tar.gz", "w:gz") as tar:
        info = tarfile.TarInfo("data/x.txt")
        info.size = 1
        tar.addfile(info, io.BytesIO(b"7"))


@pytest.mark.parametrize(
    ("fname", "name", "folder"),
    [
        (None, "data.zip", "data.zip"),
        ("digits", "data.tar.gz", "digits"),
        ("digits.tar.gz", "data.tar.gz", "digits_extracted"),
    ],
)
def test_archives_are_extracted_where_keras_does(tmp_path, fname, name, folder):
    archives(tmp_path)
    uri = (tmp_path / name).as_uri()
    path = get_file(fname, uri, extract=True, cache_dir=tmp_path, cache_subdir="here")
    assert path == str(tmp_path / "here" / folder)
    assert (tmp_path / "here" / folder / "data" / "x.txt").read_text() == "7"


def test_no_archive_writes_outside_its_folder(tmp_path):
    with tarfile.open(tmp_path / "evil.tar", "w") as tar:
        info = tarfile.TarInfo("../../outside.txt")
        info.size = 1
        tar.addfile(info, io.BytesIO(b"7"))
    with pytest.raises(tarfile.OutsideDestinationError):
        get_file("evil", (tmp_path / "evil.tar").as_uri(), untar=True, cache_dir=tmp_path / "c")
    assert not list(tmp_path.rglob("outside.txt"))


@pytest.mark.parametrize("name", ["../x", "/tmp/x", "a/b", "..", "."])
def test_names_that_lead_elsewhere_are_refused(source, tmp_path, name):
    with pytest.raises(ValueError, match="without folders"):
        get_file(name, source.as_uri(), cache_dir=tmp_path)


def test_messages(source, tmp_path):
    with pytest.raises(ValueError, match="needs an address"):
        get_file("mnist.npz")
    with pytest.raises(DataError, match="save the file as"):
        get_file(origin=(tmp_path / "absent.npz").as_uri(), cache_dir=tmp_path)
    with pytest.raises(DataError, match="neither a tar nor a zip"):
        get_file(origin=source.as_uri(), extract=True, cache_dir=tmp_path)
