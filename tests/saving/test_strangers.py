"""Files that are made to do harm."""

import os
import tracemalloc
import zipfile
from pathlib import Path

import h5py
import numpy as np
import pytest

from minicnn.errors import FileFormatError
from minicnn.saving import LayerRecord, hdf5, read_model, read_weights

LAYERS = [LayerRecord("Dense", "dense", [])]
PLAIN = Path(__file__).parent / "files" / "plain.keras"


@pytest.fixture
def evil(tmp_path):
    """Return the path of a valid file of weights, for the test to damage."""
    path = tmp_path / "evil.weights.h5"
    with h5py.File(path, "w") as file:
        file["layers/dense/vars/0"] = np.zeros((4, 4), "float32")
        file["layers/dense/vars/1"] = np.zeros(4, "float32")
    other = tmp_path / "other.h5"
    with h5py.File(other, "w") as file:
        file["secret"] = np.ones((4, 4), "float32")
        file["vars/0"] = np.ones((4, 4), "float32")
    return path


def replace(path, name, make):
    with h5py.File(path, "r+") as file:
        del file[name]
        make(file, name)


def external_link(file, name):
    file[name] = h5py.ExternalLink("other.h5", "/secret")


def external_link_to_group(file, name):
    file["layers/dense"] = h5py.ExternalLink("other.h5", "/")


def soft_link(file, name):
    file["elsewhere"] = np.zeros((4, 4), "float32")
    file[name] = h5py.SoftLink("/elsewhere")


def external_values(file, name):
    file.create_dataset(name, (4, 4), "float32", external=[("other.h5", 0, 64)])


def virtual(file, name):
    layout = h5py.VirtualLayout((4, 4), "float32")
    layout[:] = h5py.VirtualSource("other.h5", "secret", (4, 4))
    file.create_virtual_dataset(name, layout)


def chunks(file, name):
    file.create_dataset(name, (1 << 20, 1 << 20), "float32", compression="gzip")


def plug_in(file, name):
    """Ask for filter 32015, which libhdf5 would look for among the shared libraries it finds."""
    creation = h5py.h5p.create(h5py.h5p.DATASET_CREATE)
    creation.set_chunk((4, 4))
    creation.set_filter(32015, h5py.h5z.FLAG_OPTIONAL)
    space = h5py.h5s.create_simple((4, 4))
    h5py.h5d.create(file.id, name.encode(), h5py.h5t.IEEE_F32LE, space, creation)


def never_written(file, name):
    file.create_dataset(name, (1 << 20, 1 << 20), "float32")


def shared_bytes(file, name):
    file["layers/dense/vars/0"] = np.zeros(1000)
    for number in range(2, 2000):
        file[f"layers/dense/vars/{number}"] = file["layers/dense/vars/0"]


def text(file, name):
    file[name] = "numbers"


def references(file, name):
    file.create_dataset(name, data=np.array([file.ref]), dtype=h5py.ref_dtype)


def record(file, name):
    file[name] = np.zeros(3, dtype=[("a", "f4"), ("b", "i4")])


def nothing(file, name):
    file[name] = h5py.Empty("f")


def group(file, name):
    file.create_group(name)


def gap(file, name):
    file["layers/dense/vars/2"] = np.zeros(3)


def dataset_for_group(file, name):
    file["layers/dense"] = np.zeros(3)


def circle(file, name):
    file["layers/dense/vars/0"] = file["layers/dense"]


@pytest.mark.parametrize(
    ("make", "at"),
    [
        (external_link, "vars/0"),
        (external_link_to_group, ""),
        (soft_link, "vars/0"),
        (external_values, "vars/0"),
        (virtual, "vars/0"),
        (chunks, "vars/0"),
        (plug_in, "vars/0"),
        (never_written, "vars/0"),
        (shared_bytes, "vars/0"),
        (text, "vars/0"),
        (references, "vars/0"),
        (record, "vars/0"),
        (nothing, "vars/0"),
        (group, "vars/0"),
        (gap, "vars/0"),
        (circle, "vars/0"),
        (dataset_for_group, ""),
    ],
)
def test_what_hdf5_can_and_keras_does_not(make, at, evil, monkeypatch):
    monkeypatch.chdir(evil.parent)
    replace(evil, f"layers/dense/{at}".rstrip("/"), make)
    tracemalloc.start()
    with pytest.raises(FileFormatError, match=r"evil\.weights\.h5: .*(/layers|its arrays)"):
        read_weights(evil, LAYERS)
    _, most = tracemalloc.get_traced_memory()
    tracemalloc.stop()
    assert most < 2**22


def test_the_file_they_spoil_is_whole(evil):
    assert [one.shape for one in read_weights(evil, LAYERS).layers[0].weights] == [(4, 4), (4,)]


def test_a_group_of_too_many_members_is_refused(evil, monkeypatch):
    monkeypatch.setattr(hdf5, "MAX_MEMBERS", 1)
    with pytest.raises(FileFormatError, match="has 2 members"):
        read_weights(evil, LAYERS)


def test_a_class_name_leads_nowhere(evil):
    """It names one group, of word characters only."""
    with pytest.raises(FileFormatError, match="no such layer"):
        read_weights(evil, [LayerRecord("../layers/Dense", "x", [])])


def archive_with(path, content, compression=zipfile.ZIP_STORED, name="config.json"):
    with zipfile.ZipFile(PLAIN) as archive:
        weights = archive.read("model.weights.h5")
    with zipfile.ZipFile(path, "w", compression) as archive:
        archive.writestr(name, content)
        archive.writestr("model.weights.h5", weights)


@pytest.mark.parametrize("compression", [zipfile.ZIP_BZIP2, zipfile.ZIP_LZMA])
def test_other_compressions_are_refused(compression, tmp_path):
    archive_with(tmp_path / "evil.keras", b"{}", compression)
    with pytest.raises(FileFormatError, match=r"evil\.keras: config\.json .*method"):
        read_model(tmp_path / "evil.keras")


def test_a_bomb_is_refused_before_it_grows(tmp_path):
    path = tmp_path / "evil.keras"
    archive_with(path, bytes(100 * 2**20), zipfile.ZIP_DEFLATED)
    tracemalloc.start()
    with pytest.raises(FileFormatError, match=r"evil\.keras: config\.json .*would grow"):
        read_model(path)
    _, most = tracemalloc.get_traced_memory()
    tracemalloc.stop()
    assert most < 2**20


@pytest.mark.parametrize("declared", [0, 10, 2**31])
def test_a_size_that_is_a_lie_is_noticed(declared, tmp_path):
    """The directory at the archive's end says that the config has another length."""
    path = tmp_path / "evil.keras"
    archive_with(path, b"{}" + b" " * 100)
    content = bytearray(path.read_bytes())
    entry = content.index(b"PK\x01\x02")
    for field in (20, 24):
        content[entry + field : entry + field + 4] = declared.to_bytes(4, "little")
    path.write_bytes(content)
    with pytest.raises(FileFormatError, match=r"evil\.keras: config\.json"):
        read_model(path)


def test_an_encrypted_member_is_refused(tmp_path):
    path = tmp_path / "evil.keras"
    archive_with(path, b"{}")
    content = bytearray(path.read_bytes())
    for header, flags in ((b"PK\x01\x02", 8), (b"PK\x03\x04", 6)):
        content[content.index(header) + flags] |= 1
    path.write_bytes(content)
    with pytest.raises(FileFormatError, match=r"evil\.keras: config\.json .*encrypted"):
        read_model(path)


def test_a_name_that_stands_twice_is_refused(tmp_path):
    path = tmp_path / "evil.keras"
    archive_with(path, b"{}")
    with zipfile.ZipFile(path, "a") as archive, pytest.warns(UserWarning, match="Duplicate"):
        archive.writestr("config.json", b"[]")
    with pytest.raises(FileFormatError, match=r"evil\.keras: config\.json .*2 members"):
        read_model(path)


def test_nothing_is_imported_by_name(tmp_path, monkeypatch):
    """Module and class names in a config are words, however dangerous."""
    layer = '{"module": "os", "class_name": "system", "config": {"name": "echo harm"}}'
    archive_with(
        tmp_path / "evil.keras",
        f'{{"module": "os", "class_name": "x", "config": {{"layers": [{layer}]}}}}',
    )
    monkeypatch.setattr(os, "system", lambda command: pytest.fail("executed"))
    with pytest.raises(FileFormatError, match="has weights"):
        read_model(tmp_path / "evil.keras")
