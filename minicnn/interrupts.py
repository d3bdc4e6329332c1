"""Delay Ctrl-C until a step of the training, or a file, is complete."""

import signal
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any


class Interrupt:
    """Whether Ctrl-C has been pressed."""

    def __init__(self) -> None:
        self.requested = False


@contextmanager
def interrupt_noted() -> Iterator[Interrupt]:
    """Note the first Ctrl-C, for the caller to check; a second one interrupts at once."""
    interrupt = Interrupt()
    in_main_thread = threading.current_thread() is threading.main_thread()
    if not in_main_thread or signal.getsignal(signal.SIGINT) is not signal.default_int_handler:
        yield interrupt
        return

    def note(number: int, frame: Any) -> None:
        if interrupt.requested:
            signal.default_int_handler(number, frame)
        interrupt.requested = True

    signal.signal(signal.SIGINT, note)
    try:
        yield interrupt
    finally:
        signal.signal(signal.SIGINT, signal.default_int_handler)


@contextmanager
def interrupt_delayed() -> Iterator[None]:
    """Raise KeyboardInterrupt at the end; also a decorator.

    libhdf5 calls back into Python while it reads and writes, and h5py ignores exceptions there: a
    KeyboardInterrupt would be lost.
    """
    with interrupt_noted() as interrupt:
        yield
    if interrupt.requested:
        raise KeyboardInterrupt
