"""One line of the screen that is drawn again and again in its place."""

import io
import os
import sys
import unicodedata
from typing import TextIO

STYLES = {"bold": "\x1b[1m", "green": "\x1b[32m", "white": "\x1b[37m"}
_PLAIN = str.maketrans({"━": "=", "─": ".", "…": "~"})  # for streams that know no such characters


class ScreenLine:
    """The line at the bottom that a progress bar redraws, on whatever `sys.stdout` is just then."""

    def __init__(self) -> None:
        self._text = ""  # what stands there, if the line is open
        self._stream: TextIO | None = None  # where it stands

    def draw(self, text: str) -> None:
        """Show `text`, narrower than the screen, in place of what the line showed before."""
        stream = sys.stdout
        if can_redraw(stream):
            _write(stream, self._replacing(stream, text))
            stream.flush()
            self._text, self._stream = text, stream

    def end(self, text: str) -> None:
        """Write `text` in place of what the line showed before, and end the line."""
        stream = sys.stdout
        if stream is not None:  # pythonw has no output at all
            _write(stream, self._replacing(stream, text) + "\n")
            stream.flush()
            self._forget()

    def close(self) -> None:
        """Leave the open line as it is and go to the next: after Ctrl-C, or before an error."""
        if self._stream is not None:
            self._stream.write("\n")
            self._stream.flush()
            self._forget()

    def step_aside(self) -> None:
        """Clear the open line, so that others may print there."""
        if self._stream is not None:
            self._stream.write("\r" + " " * width(self._text) + "\r")
            self._forget()

    def _replacing(self, stream: TextIO, text: str) -> str:
        """Return `text` with what it takes to cover the open line's text, if it stands there."""
        if self._stream is not stream:
            return text
        return "\r" + text + " " * (width(self._text) - width(text))

    def _forget(self) -> None:
        self._text, self._stream = "", None


def can_redraw(stream: TextIO | None) -> bool:
    """Whether a carriage return on `stream` goes back to the beginning of the line."""
    return is_terminal(stream) or _is_notebook(stream)


def is_terminal(stream: TextIO | None) -> bool:
    """Whether `stream` is a terminal."""
    try:
        return stream is not None and stream.isatty()
    except (AttributeError, ValueError):  # no real stream, or a closed one
        return False


def has_colours(stream: TextIO | None) -> bool:
    """Whether `stream` is a terminal whose user wants colours (https://no-color.org)."""
    unwanted = os.environ.get("NO_COLOR") or os.environ.get("TERM") == "dumb"
    return is_terminal(stream) and not unwanted


def columns(stream: TextIO | None) -> int | None:
    """Return how many characters fit into a line of `stream`; None: any number."""
    if stream is None or not is_terminal(stream):
        return None
    try:
        return os.get_terminal_size(stream.fileno()).columns or 80  # some pseudo-terminals say 0
    except (OSError, ValueError):
        return 80


def style(text: str, name: str) -> str:
    r"""Return `text` in bold or in a colour, by the terminal's escape codes."""
    return f"{STYLES[name]}{text}\x1b[0m" if text else ""


def width(text: str) -> int:
    """Return how many columns `text` takes: escape codes none, a Korean letter two."""
    for code in (*STYLES.values(), "\x1b[0m"):
        text = text.replace(code, "")
    if text.isascii():
        return len(text)
    return sum(2 if unicodedata.east_asian_width(one) in "WF" else 1 for one in text)


def shorten(text: str, room: int) -> str:
    """Return `text` without styles cut to `room` columns, with an ellipsis where it was cut."""
    if width(text) <= room:
        return text
    while text and width(text) > room - 1:
        text = text[:-1]
    return text + "…" if room > 0 else ""


def _is_notebook(stream: TextIO | None) -> bool:
    """Whether `stream` is the output of a notebook's cell."""
    ipython = sys.modules.get("IPython")
    shell = ipython.get_ipython() if ipython is not None else None
    # Real files and strings are what a cell's output was redirected to.
    redirected = stream is None or isinstance(stream, (io.TextIOWrapper, io.StringIO))
    return getattr(shell, "kernel", None) is not None and not redirected


def _write(stream: TextIO, text: str) -> None:
    """Write `text`, in plainer characters where the stream's encoding has no others."""
    encoding = getattr(stream, "encoding", None) or "utf-8"
    try:
        text.encode(encoding)
    except UnicodeEncodeError:
        text = text.translate(_PLAIN).encode(encoding, "replace").decode(encoding)
    stream.write(text)
