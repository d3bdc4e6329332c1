"""Tests of the kernels use them whatever `MINICNN_OPS` says, and may change the number of threads."""

import pytest

from minicnn import ops

versions = {}


@pytest.fixture(autouse=True)
def operations_run_kernels(monkeypatch):
    monkeypatch.setenv("MINICNN_OPS", "fast")
    monkeypatch.setattr(ops, "_versions", versions)


@pytest.fixture
def set_threads(monkeypatch):
    """Return a function that sets ``MINICNN_THREADS`` as if before the first operation."""
    parallel = pytest.importorskip("minicnn.kernels.runtime.parallel", exc_type=ImportError)
    from minicnn.kernels.runtime import scratch

    def forget():
        parallel.thread_count.cache_clear()
        parallel._forget_pool()

    def choose(threads):
        if threads is None:
            monkeypatch.delenv("MINICNN_THREADS", raising=False)
        else:
            monkeypatch.setenv("MINICNN_THREADS", str(threads))
        forget()
        monkeypatch.setattr(scratch, "_buffer", scratch._Buffer())

    yield choose
    monkeypatch.undo()
    forget()
