"""``minicnn steps`` in a real terminal."""

import os
import subprocess
import sys
import time

import pytest

from .test_command import ENVIRONMENT
from .test_steps import TITLE


class Terminal:
    """The command in a pseudo-terminal: `type` sends keys, `read` returns the screen."""

    def __init__(self, here, typed):
        import pty

        self.master, slave = pty.openpty()
        self.process = subprocess.Popen(
            [sys.executable, "-m", "minicnn", "steps", *typed.split()],
            cwd=here, env={**ENVIRONMENT, "TERM": "xterm"}, stdin=slave, stdout=slave, stderr=slave,
            start_new_session=True, preexec_fn=lambda: _take_over(0),
        )  # fmt: skip
        os.close(slave)

    def read(self, until="> "):
        """Return the output up to the prompt for a key; with None, up to the end."""
        import select

        shown, end = b"", time.monotonic() + 60
        while until is None or not shown.endswith(until.encode()):
            assert time.monotonic() < end, shown.decode()
            if not select.select([self.master], [], [], 1)[0]:
                continue
            try:
                part = os.read(self.master, 10_000)
            except OSError:  # the other end is closed
                part = b""
            if not part:
                assert until is None, shown.decode()
                break
            shown += part
        return shown.decode().replace("\r\n", "\n")

    def type(self, text):
        os.write(self.master, text.encode())

    def press_ctrl_c(self):
        """Press the key until it is noticed: keys before the program waits are lost."""
        for _ in range(10):
            self.type("\x03")
            try:
                self.process.wait(timeout=3)
            except subprocess.TimeoutExpired:
                continue
            return

    def end(self):
        """Return the remaining output, and the exit code."""
        return self.read(until=None), self.process.wait(timeout=60)

    def close(self):
        self.process.kill()
        self.process.wait()
        os.close(self.master)


def _take_over(terminal):
    """Make it the terminal that this process is controlled from, so that Ctrl-C arrives and ends it."""
    import fcntl
    import termios

    fcntl.ioctl(terminal, termios.TIOCSCTTY, 0)


@pytest.fixture
def terminal(here):
    pytest.importorskip("pty", reason="Windows has no pseudo-terminals")
    opened = []

    def start(typed=""):
        opened.append(Terminal(here, typed))
        return opened[-1]

    yield start
    for one in opened:
        one.close()


class TestInATerminal:
    def test_forward_and_back_and_out(self, terminal):
        screen = terminal()
        assert screen.read().startswith("\x1b[H\x1b[2Jconv2d: image 6×6")
        screen.type("\n")
        assert "Step 1 of 16" in screen.read()
        screen.type("\n")
        assert "Step 2 of 16" in screen.read()
        screen.type("b\n")
        assert "Step 1 of 16" in screen.read()
        screen.type("b\n")
        assert "Rows and columns" in screen.read()
        screen.type("b\n")  # nothing stands before the first page
        assert "Rows and columns" in screen.read()
        screen.type("q\n")
        assert screen.end() == ("q\n", 0)

    def test_to_a_cell_and_off_the_end(self, terminal):
        screen = terminal("--filter 2")
        screen.read()
        screen.type("3,3\n")
        shown = screen.read()
        assert "Step 16 of 16" in shown
        assert " = 3\n" in shown
        screen.type("\n")
        assert screen.end() == ("\n", 0)

    def test_what_means_nothing_is_said(self, terminal):
        screen = terminal()
        screen.read()
        screen.type("9,9\n")
        assert "there is no cell 9,9: they go from 0,0 to 3,3.\nEnter: next" in screen.read()
        screen.type("what?\n")
        assert "'what?' means nothing here.\nEnter: next" in screen.read()

    def test_ctrl_c(self, terminal):
        screen = terminal()
        screen.read()
        screen.press_ctrl_c()
        shown, code = screen.end()
        assert code == 130
        assert shown.endswith("\nminicnn steps: stopped by Ctrl-C.\n")
        assert "Traceback" not in shown

    def test_ctrl_d(self, terminal):
        screen = terminal()
        screen.read()
        screen.type("\x04")
        shown, code = screen.end()
        assert (shown.strip("\n"), code) == ("", 0)

    @pytest.mark.parametrize(("typed", "count"), [("--all", 16), ("--cell 1,2", 1)])
    def test_without_waiting(self, terminal, typed, count):
        shown, code = terminal(typed).end()
        assert code == 0
        assert len(TITLE.findall(shown)) == count
        assert "Enter" not in shown
