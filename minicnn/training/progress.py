"""The progress bar, as Keras shows it: in a terminal, in a notebook, and quietly in a log file."""

import sys
import time
from typing import Any

from minicnn.callbacks.callback import Logs
from minicnn.callbacks.callback_list import ProgressCallback
from minicnn.callbacks.screen_line import (
    ScreenLine,
    can_redraw,
    columns,
    has_colours,
    shorten,
    style,
    width,
)

BAR_WIDTH = 20
SHORTEST_BAR = 5
SECONDS_BETWEEN_DRAWINGS = 0.05


class ProgressBar(ProgressCallback):
    """Shows how far `fit`, `evaluate` or `predict` has come (Keras' `ProgbarLogger`)."""

    def __init__(self) -> None:
        self.verbose = 1
        self.epochs = 1
        self.steps: int | None = None
        self._in_fit = False
        self._line = ScreenLine()
        self._start()

    def set_params(self, params: Logs) -> None:
        """Take ``verbose``, ``epochs`` and ``steps``."""
        self.params = params
        self.verbose = resolve_verbose(params.get("verbose", "auto"))
        self.epochs = params.get("epochs", 1)
        self.steps = params.get("steps")

    def step_aside(self) -> None:
        """Clear the unfinished line: somebody else may print now."""
        self._line.step_aside()

    def close(self) -> None:
        """Leave the unfinished line as it is, and go to the next: after Ctrl-C or an error."""
        self._line.close()

    def on_train_begin(self, logs: Logs | None = None) -> None:
        """From here on the tests are validations, which stay silent."""
        self._in_fit = True

    def on_epoch_begin(self, epoch: int, logs: Logs | None = None) -> None:
        """Say which epoch it is, if there are several."""
        self._start()
        if self.verbose and self.epochs > 1:
            self._line.end(f"Epoch {epoch + 1}/{self.epochs}")

    def on_train_batch_end(self, batch: int, logs: Logs | None = None) -> None:
        """Redraw, if it is time."""
        self._advance(batch, logs)

    def on_epoch_end(self, epoch: int, logs: Logs | None = None) -> None:
        """Show the complete line, with the validation's metrics."""
        self._finish(logs)

    def on_test_begin(self, logs: Logs | None = None) -> None:
        """Start the clock of `evaluate`."""
        if not self._in_fit:
            self._start()

    def on_test_batch_end(self, batch: int, logs: Logs | None = None) -> None:
        """Redraw, if it is time."""
        if not self._in_fit:
            self._advance(batch, logs)

    def on_test_end(self, logs: Logs | None = None) -> None:
        """Show the complete line."""
        if not self._in_fit:
            self._finish(logs)

    def on_predict_begin(self, logs: Logs | None = None) -> None:
        """Start the clock of `predict`."""
        self._start()

    def on_predict_batch_end(self, batch: int, logs: Logs | None = None) -> None:
        """Redraw, if it is time; predictions are not shown."""
        self._advance(batch, None)

    def on_predict_end(self, logs: Logs | None = None) -> None:
        """Show the complete line."""
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
        if self.verbose == 1 and now - self._drawn >= SECONDS_BETWEEN_DRAWINGS:
            self._drawn = now
            self._line.draw(self._running_text(now, logs or {}))

    def _finish(self, logs: Logs | None) -> None:
        if self.steps is None:
            self.steps = self._seen  # the next epoch will have as many
        if self.verbose == 0:
            return
        now = time.monotonic()
        seconds = f"{now - self._started:.0f}s"
        pace, metrics = format_pace(self._seconds_per_step(now)), format_metrics(logs or {})
        if self.verbose == 2:
            self._line.end(f"{self._count()} - {seconds} - {pace}{metrics}")
        else:
            self._line.end(self._bar_text(seconds, f" {pace}{metrics}", BAR_WIDTH))

    def _running_text(self, now: float, logs: Logs) -> str:
        """Return the line of an epoch under way, as long as the screen is wide at most."""
        pace = self._seconds_per_step(now)
        if self.steps is None:
            seconds = f"{now - self._started:.0f}s"
        else:
            seconds = format_eta(pace * (self.steps - self._seen))
        rest = f" {format_pace(pace)}{format_metrics(logs)}"
        wide = columns(sys.stdout)
        if wide is None:
            return self._bar_text(seconds, rest, BAR_WIDTH)
        # A full last column would already wrap in some terminals: hence one less.
        room = wide - 1 - width(self._bar_text(seconds, "", 0))
        bar_width = max(min(BAR_WIDTH, room - width(rest)), SHORTEST_BAR)
        return self._bar_text(seconds, shorten(rest, max(room - bar_width, 0)), bar_width)

    def _bar_text(self, seconds: str, rest: str, bar_width: int) -> str:
        """Return count, bar, seconds and the rest, in colours where there are any."""
        count = self._count()
        colours = has_colours(sys.stdout)
        if colours:
            seconds = style(seconds, "bold")
        if self.steps is None:
            return f"{count} {seconds}{rest}"
        done = min(bar_width * self._seen // max(self.steps, 1), bar_width)
        if colours:
            bar = style("━" * done, "green") + style("━" * (bar_width - done), "white")
            count = style(count, "bold")
        else:
            bar = "━" * done + "─" * (bar_width - done)
        return f"{count} {bar} {seconds}{rest}"

    def _count(self) -> str:
        if self.steps is None:
            return f"{self._seen:7d}/Unknown"
        return f"{self._seen:{len(str(self.steps))}d}/{self.steps}"

    def _seconds_per_step(self, now: float) -> float:
        """Return the mean time of a step; the first one, often slower, counts only if alone."""
        if self._seen > 1:
            return (now - self._first_step_done) / (self._seen - 1)
        return now - self._started if self._seen else 0.0


def resolve_verbose(verbose: Any) -> int:
    """Return 0, 1 or 2 for what a learner may give as `verbose`."""
    if isinstance(verbose, str) and verbose == "auto":
        return 1 if can_redraw(sys.stdout) else 2
    if not isinstance(verbose, str) and verbose in (0, 1, 2):
        return int(verbose)
    raise ValueError(
        "verbose takes 0 (silent), 1 (progress bar), 2 (a line an epoch) or 'auto', "
        f"got {verbose!r}."
    )


def format_eta(seconds: float) -> str:
    """Return the time that is left: ``42s``, ``1:23`` or ``1:02:03``."""
    minutes, left = divmod(int(seconds), 60)
    if seconds > 3600:
        return f"{minutes // 60}:{minutes % 60:02d}:{left:02d}"
    return f"{minutes}:{left:02d}" if seconds > 60 else f"{int(seconds)}s"


def format_pace(seconds: float) -> str:
    """Return the time a step takes, in s, ms or µs (written ``us``)."""
    if seconds >= 1 or seconds == 0:
        return f"{seconds:.0f}s/step"
    return f"{seconds * 1e3:.0f}ms/step" if seconds >= 1e-3 else f"{seconds * 1e6:.0f}us/step"


def format_metrics(logs: Logs) -> str:
    """Return names and values, each after a dash; values up to 0.001 in powers of ten."""
    return "".join(f" - {name}: {_format_value(value)}" for name, value in logs.items())


def _format_value(value: Any) -> str:
    try:
        number = float(value)
    except (TypeError, ValueError):  # a callback may add to the logs what it likes
        return str(value)
    return f"{number:.4f}" if abs(number) > 1e-3 else f"{number:.4e}"
