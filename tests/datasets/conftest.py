"""Isolate each test: no environment, no cache, no network except 127.0.0.1."""

import gzip
import hashlib
import os
import socket
import threading
from collections.abc import Callable
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path

import numpy as np
import pytest

from minicnn.datasets import idx
from minicnn.datasets.published import DataSet, PublishedFile

REAL_DATA = os.environ.get("MINICNN_DATA", "")


@pytest.fixture(autouse=True)
def home(tmp_path_factory, monkeypatch):
    """Give the test an empty home folder, and hide the real one."""
    folder = tmp_path_factory.mktemp("home")
    monkeypatch.delenv("MINICNN_DATA", raising=False)
    for name in ("HOME", "USERPROFILE", "LOCALAPPDATA", "XDG_CACHE_HOME"):
        monkeypatch.setenv(name, str(folder))
    monkeypatch.setenv("NO_PROXY", "*")
    return folder


@pytest.fixture(autouse=True)
def _only_this_machine(monkeypatch):
    connect = socket.create_connection

    def refuse_others(address, *args, **kwargs):
        if address[0] != "127.0.0.1":
            raise OSError(f"tests do not reach {address[0]}")
        return connect(address, *args, **kwargs)

    monkeypatch.setattr(socket, "create_connection", refuse_others)


@pytest.fixture
def real_mnist(monkeypatch):
    """Show the real MNIST to the test, or skip it."""
    if not Path(REAL_DATA, "mnist").is_dir():
        pytest.skip("real MNIST is not there: set MINICNN_DATA to the folder that holds mnist/")
    monkeypatch.setenv("MINICNN_DATA", os.path.abspath(REAL_DATA))


def idx_file(array: np.ndarray) -> bytes:
    """Write an array as gzipped IDX: independent of the parser."""
    header = bytes([0, 0, 8, array.ndim]) + np.array(array.shape, ">u4").tobytes()
    return gzip.compress(header + array.tobytes(), mtime=0)


ARRAYS = {
    "train_images": np.arange(5 * 3 * 2, dtype=np.uint8).reshape(5, 3, 2),
    "train_labels": np.array([5, 0, 4, 1, 9], np.uint8),
    "test_images": np.arange(2 * 3 * 2, dtype=np.uint8).reshape(2, 3, 2)[::-1].copy(),
    "test_labels": np.array([7, 2], np.uint8),
}
CONTENTS = {f"{name}.gz": idx_file(array) for name, array in ARRAYS.items()}


def tiny(*mirrors: str) -> DataSet:
    """Return a data set of four small files, published at these addresses."""
    files = [
        PublishedFile(name, len(content), hashlib.sha256(content).hexdigest())
        for name, content in CONTENTS.items()
    ]
    return DataSet("tiny", "TINY", mirrors, files)


def load_tiny(*mirrors: str):
    return idx.load(tiny(*mirrors))


def assert_is_tiny(loaded) -> None:
    """Check that all four arrays are returned in order and writeable."""
    (x_train, y_train), (x_test, y_test) = loaded
    expected = ARRAYS.values()
    for array, right in zip((x_train, y_train, x_test, y_test), expected, strict=True):
        assert array.dtype == np.uint8
        assert array.flags.writeable
        np.testing.assert_array_equal(array, right)


def write_files(folder: Path, **changed: bytes) -> None:
    """Write the four files into a folder, some of them changed."""
    folder.mkdir(parents=True, exist_ok=True)
    for name, content in CONTENTS.items():
        (folder / name).write_bytes(changed.get(name.removesuffix(".gz"), content))


Answer = Callable[[BaseHTTPRequestHandler, bytes], None]


class Mirror:
    """A server on 127.0.0.1 with predefined responses, which counts requests."""

    def __init__(self) -> None:
        self.asked: list[str] = []
        self.answers: dict[str, Answer] = {}
        self.closing = threading.Event()
        mirror = self

        class Handler(BaseHTTPRequestHandler):
            def do_GET(self) -> None:
                name = self.path.rsplit("/", 1)[-1]
                mirror.asked.append(name)
                mirror.answers.get(name, send)(self, CONTENTS[name])

            def log_message(self, *_) -> None:
                pass

        self.server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
        self.server.daemon_threads = True
        self.address = f"http://127.0.0.1:{self.server.server_address[1]}/"
        self.thread = threading.Thread(target=self.server.serve_forever, args=(0.02,))
        self.thread.start()

    def close(self) -> None:
        self.closing.set()
        self.server.shutdown()
        self.server.server_close()
        self.thread.join()


def send(handler: BaseHTTPRequestHandler, content: bytes, length: int | None = None) -> None:
    """Respond like a working mirror."""
    handler.send_response(200)
    handler.send_header("Content-Length", str(length or len(content)))
    handler.end_headers()
    handler.wfile.write(content)


@pytest.fixture
def new_mirror():
    """Return a function that starts a mirror."""
    mirrors = []

    def start() -> Mirror:
        mirrors.append(Mirror())
        return mirrors[-1]

    yield start
    for one in mirrors:
        one.close()


@pytest.fixture
def mirror(new_mirror):
    """Return one mirror."""
    return new_mirror()
