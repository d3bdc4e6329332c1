import hashlib
import io
import tarfile
from dataclasses import replace

import numpy as np
import pytest

from minicnn.datasets import cifar, cifar10, cifar100
from minicnn.datasets.published import PublishedFile
from minicnn.errors import UnknownNameError


def publish(monkeypatch, home, name, members):
    """Write a small archive into the folder of the user's data sets."""
    buffer = io.BytesIO()
    with tarfile.open(fileobj=buffer, mode="w:gz") as archive:
        for member, records in members.items():
            content = np.concatenate(records).astype(np.uint8).tobytes()
            entry = tarfile.TarInfo(member)
            entry.size = len(content)
            archive.addfile(entry, io.BytesIO(content))
    data_set = getattr(cifar, name.upper())
    content = buffer.getvalue()
    file = PublishedFile(data_set.files[0].name, len(content), hashlib.sha256(content).hexdigest())
    monkeypatch.setattr(cifar, name.upper(), replace(data_set, files=(file,)))
    folder = home / "data" / data_set.name
    folder.mkdir(parents=True)
    (folder / file.name).write_bytes(content)
    monkeypatch.setenv("MINICNN_DATA", str(home / "data"))


def record(*labels, first):
    """Labels, then a picture whose channels hold first, first + 1 and first + 2."""
    channels = [np.full(32 * 32, first + channel) for channel in range(3)]
    channels[0][1] = 200  # row 0, column 1
    return [np.array(labels), *channels]


def test_cifar10(monkeypatch, home):
    members = {
        f"cifar-10-batches-bin/data_batch_{part}.bin": record(part, first=10 * part)
        for part in range(1, 6)
    }
    members["cifar-10-batches-bin/test_batch.bin"] = record(9, first=5) + record(8, first=6)
    publish(monkeypatch, home, "cifar10", members)
    (x_train, y_train), (x_test, y_test) = cifar10.load_data()
    assert x_train.shape == (5, 32, 32, 3)
    assert x_train.dtype == y_train.dtype == np.uint8
    assert y_train.tolist() == [[1], [2], [3], [4], [5]]
    assert y_test.tolist() == [[9], [8]]
    assert x_train[2, 5, 7].tolist() == [30, 31, 32]
    assert x_test[1, 0, 1].tolist() == [200, 7, 8]
    assert x_train.flags.writeable
    assert y_train.flags.writeable


def test_cifar100_has_two_labels(monkeypatch, home):
    members = {
        "cifar-100-binary/train.bin": record(3, 77, first=1),
        "cifar-100-binary/test.bin": record(4, 99, first=2),
    }
    publish(monkeypatch, home, "cifar100", members)
    (x_train, y_train), (_, y_test) = cifar100.load_data()
    assert (y_train.tolist(), y_test.tolist()) == ([[77]], [[99]])
    assert x_train[0, 31, 31].tolist() == [1, 2, 3]
    assert cifar100.load_data("coarse")[0][1].tolist() == [[3]]
    with pytest.raises(UnknownNameError, match="Did you mean 'fine'"):
        cifar100.load_data("fein")


def test_ten_names():
    assert len(set(cifar10.CLASS_NAMES)) == 10
