"""The progress bar of `fit`, `evaluate` and `predict`, with the same lines as in Keras."""

import io
import os
import sys
import time
from typing import TYPE_CHECKING, Any, TextIO

from minicnn.callbacks.callback import Callback, Logs
from minicnn.console import printable

if TYPE_CHECKING:
    from rich.console import Console
    from rich.text import Text

BAR_WIDTH = 20
MIN_BAR_WIDTH = 5
SECONDS_BETWEEN_DRAWS = 0.05
_ASCII = str.maketrans({"━": "=", "─": ".", "…": "~"})


class StatusLine:
    """The last line of `sys.stdout`, which can be redrawn while it is open."""

    def __init__(self) -> None:
        self._width = 0  # of the open line, in columns
        self._stream: TextIO | None = None  # None: no line is open

    def draw(self, text: "Text") -> None:
        """Replace the open line by `text`; in a log file, do nothing."""
        if can_redraw(sys.stdout):
            self._print(text, end="")
            self._width, self._stream = text.cell_len, sys.stdout

    def end(self, text: "Text") -> None:
        """Replace the open line by `text`, and go to the next line."""
        if sys.stdout is not None:  # pythonw has none
            self._print(text, end="\n")
            self._stream = None

    def close(self) -> None:
        """Leave the open line as it is, and go to the next line."""
        if self._stream is not None:
            self._stream.write("\n")
            self._stream.flush()
            self._stream = None

    def clear(self) -> None:
        """Erase the open line, so that others can print there."""
        if self._stream is not None:
            self._stream.write("\r" + " " * self._width + "\r")
            self._stream = None

    def _print(self, text: "Text", end: str) -> None:
        console = make_console()
        if not console.encoding.startswith("utf"):
            ascii_text = text.plain.translate(_ASCII).encode(console.encoding, "replace")
            text.plain = ascii_text.decode(console.encoding)
        if self._stream is not None and self._stream is sys.stdout:
            text.pad_right(max(self._width - text.cell_len, 0))
            self._stream.write("\r")
        console.print(text, end=end)


class ProgressBar(Callback):
    """Shows how far `fit`, `evaluate` or `predict` has come (Keras' `ProgbarLogger`)."""

    def __init__(self) -> None:
        self.verbose = 1
        self.epochs = 1
        self.steps: int | None = None
        self._in_fit = False
        self._line = StatusLine()
        self._start()

    def set_params(self, params: Logs) -> None:
        """Set ``verbose``, ``epochs`` and ``steps``."""
        self.params = params
        self.verbose = resolve_verbose(params.get("verbose", "auto"))
        self.epochs = params.get("epochs", 1)
        self.steps = params.get("steps")

    def clear(self) -> None:
        """Erase the unfinished line, so that others can print there."""
        self._line.clear()

    def close(self) -> None:
        """Leave the unfinished line as it is and go to the next, after Ctrl-C or an error."""
        self._line.close()

    def on_train_begin(self, logs: Logs | None = None) -> None:
        """Treat tests from now on as validations, which are silent."""
        self._in_fit = True

    def on_epoch_begin(self, epoch: int, logs: Logs | None = None) -> None:
        """Print the number of the epoch if there are several."""
        self._start()
        if self.verbose and self.epochs > 1:
            self._line.end(make_text(f"Epoch {epoch + 1}/{self.epochs}"))

    def on_train_batch_end(self, batch: int, logs: Logs | None = None) -> None:
        """Redraw the line if the last drawing is old enough."""
        self._advance(batch, logs)

    def on_epoch_end(self, epoch: int, logs: Logs | None = None) -> None:
        """Print the complete line, including the metrics of the validation."""
        self._finish(logs)

    def on_test_begin(self, logs: Logs | None = None) -> None:
        """Start the clock of `evaluate`."""
        if not self._in_fit:
            self._start()

    def on_test_batch_end(self, batch: int, logs: Logs | None = None) -> None:
        """Redraw the line of `evaluate` if the last drawing is old enough."""
        if not self._in_fit:
            self._advance(batch, logs)

    def on_test_end(self, logs: Logs | None = None) -> None:
        """Print the complete line of `evaluate`."""
        if not self._in_fit:
            self._finish(logs)

    def on_predict_begin(self, logs: Logs | None = None) -> None:
        """Start the clock of `predict`."""
        self._start()

    def on_predict_batch_end(self, batch: int, logs: Logs | None = None) -> None:
        """Redraw the line of `predict`; its logs are predictions, which are not shown."""
        self._advance(batch, None)

    def on_predict_end(self, logs: Logs | None = None) -> None:
        """Print the complete line of `predict`."""
        self._finish(None)

    def _start(self) -> None:
        self._seen = 0
        self._started = time.monotonic()
        self._first_step_done = self._started
        self._drawn = 0.0

    def _advance(self, batch: int, logs: Logs | None) -> None:
        self._seen = batch + 1
        if self.verbose == 0:
            return
        now = time.monotonic()
        if self._seen == 1:
            self._first_step_done = now
        if self.verbose == 1 and now - self._drawn >= SECONDS_BETWEEN_DRAWS:
            self._drawn = now
            self._line.draw(self._unfinished_text(now, logs or {}))

    def _finish(self, logs: Logs | None) -> None:
        if self.steps is None:
            self.steps = self._seen  # the next epoch has as many
        if self.verbose == 0:
            return
        now = time.monotonic()
        seconds = f"{now - self._started:.0f}s"
        rest = format_pace(self._seconds_per_step(now)) + format_metrics(logs or {})
        if self.verbose == 2:
            self._line.end(make_text(f"{self._count()} - {seconds} - {rest}"))
        else:
            self._line.end(self._bar_text(seconds, f" {rest}", BAR_WIDTH))

    def _unfinished_text(self, now: float, logs: Logs) -> "Text":
        """Return the line of a running epoch, cut to the width of the terminal."""
        pace = self._seconds_per_step(now)
        if self.steps is None:
            seconds = f"{now - self._started:.0f}s"
        else:
            seconds = format_eta(pace * (self.steps - self._seen))
        rest = make_text(f" {format_pace(pace)}{format_metrics(logs)}")
        if not is_terminal(sys.stdout):  # a notebook's lines have any length
            return self._bar_text(seconds, rest.plain, BAR_WIDTH)
        # Some terminals wrap when the last column is filled, hence one column less.
        room = make_console().width - 1 - self._bar_text(seconds, "", 0).cell_len
        bar_width = max(min(BAR_WIDTH, room - rest.cell_len), MIN_BAR_WIDTH)
        rest.truncate(max(room - bar_width, 1), overflow="ellipsis")
        return self._bar_text(seconds, rest.plain, bar_width)

    def _bar_text(self, seconds: str, rest: str, bar_width: int) -> "Text":
        """Return count, bar, seconds and rest in one line."""
        count = self._count()
        if self.steps is None:
            return make_text(f"{count} ", (seconds, "bold"), rest)
        done = min(bar_width * self._seen // max(self.steps, 1), bar_width)
        left = bar_width - done
        coloured = make_console().color_system is not None
        bar = ("━" * done, "green"), ("━" * left, "white") if coloured else "─" * left
        return make_text((count, "bold"), " ", *bar, " ", (seconds, "bold"), rest)

    def _count(self) -> str:
        if self.steps is None:
            return f"{self._seen:7d}/Unknown"
        return f"{self._seen:{len(str(self.steps))}d}/{self.steps}"

    def _seconds_per_step(self, now: float) -> float:
        """Return the mean time of a step; the first, often slower, counts only if it is alone."""
        if self._seen > 1:
            return (now - self._first_step_done) / (self._seen - 1)
        return now - self._started if self._seen else 0.0


def make_text(*parts: str | tuple[str, str]) -> "Text":
    """Return text from parts, each alone or with its style."""
    from rich.text import Text

    return Text.assemble(*parts)


def make_console() -> "Console":
    """Return a console that writes text to the current `sys.stdout`."""
    from rich.console import Console

    # Without colours if NO_COLOR is set (rich keeps bold text then). In a notebook, rich would
    # add a new output for each print.
    return Console(
        color_system=None if os.environ.get("NO_COLOR") else "auto",
        force_jupyter=False,
        highlight=False,
        soft_wrap=True,
    )


def is_terminal(stream: TextIO | None) -> bool:
    """Whether `stream` is a terminal."""
    try:
        return stream is not None and stream.isatty()
    except (AttributeError, ValueError):  # not a real stream, or a closed one
        return False


def can_redraw(stream: TextIO | None) -> bool:
    """Whether a carriage return on `stream`, a terminal or a notebook's cell, redraws the line."""
    # The output of a cell that is redirected goes to a real file or a string.
    if is_terminal(stream) or stream is None or isinstance(stream, (io.TextIOWrapper, io.StringIO)):
        return is_terminal(stream)
    from rich.console import Console

    return Console(file=stream).is_jupyter


def resolve_verbose(verbose: Any) -> int:
    """Return 0, 1 or 2 for an argument `verbose`."""
    if isinstance(verbose, str) and verbose == "auto":
        return 1 if can_redraw(sys.stdout) else 2
    if not isinstance(verbose, str) and verbose in (0, 1, 2):
        return int(verbose)
    raise ValueError(
        "verbose must be 0 (silent), 1 (progress bar), 2 (one line per epoch) or 'auto', "
        f"got {verbose!r}."
    )


def format_eta(seconds: float) -> str:
    """Return the remaining time: ``42s``, ``1:23`` or ``1:02:03``."""
    minutes, left = divmod(int(seconds), 60)
    if seconds > 3600:
        return f"{minutes // 60}:{minutes % 60:02d}:{left:02d}"
    return f"{minutes}:{left:02d}" if seconds > 60 else f"{int(seconds)}s"


def format_pace(seconds: float) -> str:
    """Return the time per step in s, ms or µs (written ``us``)."""
    if seconds >= 1 or seconds == 0:
        return f"{seconds:.0f}s/step"
    return f"{seconds * 1e3:.0f}ms/step" if seconds >= 1e-3 else f"{seconds * 1e6:.0f}us/step"


def format_metrics(logs: Logs) -> str:
    """Return names and values, each after a dash; values up to 0.001 as powers of ten."""
    # A metric's name may come from a file, with escape sequences for the terminal.
    return printable("".join(f" - {name}: {_format_value(one)}" for name, one in logs.items()))


def _format_value(value: Any) -> str:
    try:
        number = float(value)
    except (TypeError, ValueError):  # callbacks may add anything to the logs
        return str(value)
    return f"{number:.4f}" if abs(number) > 1e-3 else f"{number:.4e}"
