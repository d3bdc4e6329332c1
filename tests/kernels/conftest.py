"""The number of threads, which is read once in a process, chosen anew within a test."""

import pytest


@pytest.fixture
def share_among(monkeypatch):
    """A function that sets ``MINICNN_THREADS``, as a program's start does before the first operation."""
    parallel = pytest.importorskip("minicnn.kernels.runtime.parallel", exc_type=ImportError)
    from minicnn.kernels.runtime import scratch as buffers

    def forget():
        parallel.thread_count.cache_clear()
        parallel._team.cache_clear()
        monkeypatch.setattr(buffers, "_of_thread", buffers._Buffer())

    def choose(threads):
        if threads is None:
            monkeypatch.delenv("MINICNN_THREADS", raising=False)
        else:
            monkeypatch.setenv("MINICNN_THREADS", str(threads))
        forget()

    yield choose
    monkeypatch.undo()
    parallel.thread_count.cache_clear()
    parallel._team.cache_clear()
