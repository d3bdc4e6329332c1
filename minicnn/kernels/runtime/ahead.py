"""Compiling backward kernels in other processes, while this one compiles the forward kernels.

numba compiles one function at a time in a process. Where a training begins with an empty cache, the
other cores therefore compile what its first backward pass will need, and this process finds it in the
cache. Whatever goes wrong there, this process compiles for itself.
"""

import os
import sys
from concurrent.futures import Future
from contextlib import nullcontext, suppress
from importlib import import_module
from queue import Empty, SimpleQueue
from subprocess import DEVNULL, PIPE, Popen
from threading import Thread
from typing import Any

from numba import config

from minicnn import ops
from minicnn.kernels.runtime.jit import is_cached
from minicnn.kernels.runtime.parallel import thread_count

IDLE = 10  # seconds, after which a process without a job ends

Job = tuple[str, ...]  # a module of `minicnn.kernels`, and the arguments of its `compile_backward`


def begin(module: Any, *job: str) -> None:
    """Have a module's backward kernel compiled elsewhere, if it will be needed and is not cached."""
    possible = sys.executable and not getattr(sys, "frozen", False)
    if not (ops.backward_expected and possible) or job in _jobs or is_cached(module.run_backward):
        return
    if len(_compilers) < thread_count() - 1:
        compiler = _Compiler()
        _compilers.append(compiler)
        compiler.start()
    if _compilers:
        _jobs[job] = Future()
        _queue.put((job, _jobs[job]))


def finish(*job: str) -> None:
    """Return when a kernel has been compiled elsewhere; at once if that has not begun."""
    future = _jobs.pop(job, None)
    if future is not None and not future.cancel():
        future.result()
    if not _jobs:
        for _ in _compilers:
            _queue.put(None)
        _compilers.clear()


class _Compiler(Thread):
    """A process that compiles, and the thread that waits for it."""

    def __init__(self) -> None:
        super().__init__(name="minicnn-compiler", daemon=True)  # the program may end before it

    def run(self) -> None:
        queue, compilers = _queue, _compilers
        try:
            process = _process()
        except OSError:
            process = None
        with suppress(Empty, OSError), process or nullcontext():  # it may have died
            while item := queue.get(timeout=IDLE):
                job, future = item
                if future.set_running_or_notify_cancel():
                    if process is not None:
                        _compile(process, job)
                    future.set_result(None)
        with suppress(ValueError):  # `finish` has taken it out
            compilers.remove(self)


def _compile(process: Popen[str], job: Job) -> None:
    """Send a job to a process, and wait for its answer, or for its end."""
    with suppress(OSError):
        process.stdin.write(" ".join(job) + "\n")  # type: ignore[union-attr]
        process.stdin.flush()  # type: ignore[union-attr]
        process.stdout.readline()  # type: ignore[union-attr]


def _process() -> Popen[str]:
    variables = os.environ | {"PYTHONPATH": os.pathsep.join(filter(None, sys.path))}
    if config.CACHE_DIR:
        variables["NUMBA_CACHE_DIR"] = config.CACHE_DIR
    return Popen(  # -P: nothing is imported from the working directory
        [sys.executable, "-P", "-c", f"from {__name__} import serve; serve()"],
        stdin=PIPE, stdout=PIPE, stderr=DEVNULL, text=True, env=variables,
    )  # fmt: skip


def serve() -> None:
    """Compile what is asked for, a line each, until there is no more; answer each with a line."""
    for line in sys.stdin:
        module, *arguments = line.split()
        with suppress(Exception):
            import_module(f"minicnn.kernels.{module}").compile_backward(*arguments)
        print(flush=True)


def _forget() -> None:
    """Start again in a forked child, which has none of its parent's threads."""
    global _jobs, _queue, _compilers
    _jobs, _queue, _compilers = {}, SimpleQueue(), []


_jobs: dict[Job, "Future[None]"]
_queue: "SimpleQueue[tuple[Job, Future[None]] | None]"
_compilers: list[_Compiler]
_forget()

if hasattr(os, "register_at_fork"):
    os.register_at_fork(after_in_child=_forget)
