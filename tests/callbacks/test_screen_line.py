import io
import sys
from types import ModuleType, SimpleNamespace

import pytest

from minicnn.callbacks.screen_line import (
    ScreenLine,
    can_redraw,
    columns,
    has_colours,
    shorten,
    style,
    width,
)


class Terminal(io.StringIO):
    def isatty(self):
        return True


def a_terminal(monkeypatch):
    """Replace stdout, in the test itself: pytest puts its own back after the fixtures."""
    stream = Terminal()
    monkeypatch.setattr(sys, "stdout", stream)
    return stream


def on_screen(text):
    """Return the lines that a terminal shows after `text`; spaces at their ends do not show."""
    lines = [[]]
    column = 0
    for letter in text:
        if letter == "\n":
            lines.append([])
        if letter in "\r\n":
            column = 0
            continue
        lines[-1][column : column + 1] = [letter]
        column += 1
    return ["".join(line).rstrip() for line in lines]


def test_a_drawing_replaces_the_one_before(monkeypatch):
    terminal, line = a_terminal(monkeypatch), ScreenLine()
    line.draw("a long text")
    line.draw("short")
    assert on_screen(terminal.getvalue()) == ["short"]
    line.end("end")
    line.draw("next")
    assert on_screen(terminal.getvalue()) == ["end", "next"]


def test_others_print_on_a_line_of_their_own(monkeypatch):
    terminal, line = a_terminal(monkeypatch), ScreenLine()
    line.draw("1/2 ━━━━━")
    line.step_aside()
    print("hello")
    line.draw("1/2 ━━━━━")
    assert on_screen(terminal.getvalue()) == ["hello", "1/2 ━━━━━"]
    line.step_aside()
    line.step_aside()
    print("again")
    line.end("2/2")
    assert on_screen(terminal.getvalue()) == ["hello", "again", "2/2", ""]


def test_closing_keeps_what_stands_there(monkeypatch):
    terminal, line = a_terminal(monkeypatch), ScreenLine()
    line.close()
    assert terminal.getvalue() == ""
    line.draw("1/2")
    line.close()
    line.close()
    print("interrupted")
    assert on_screen(terminal.getvalue()) == ["1/2", "interrupted", ""]


def test_a_log_file_gets_ended_lines_only(capsys):
    line = ScreenLine()
    line.draw("1/2")
    line.step_aside()
    line.close()
    line.end("2/2")
    assert capsys.readouterr().out == "2/2\n"


def test_output_redirected_meanwhile_gets_no_rests_of_the_line(monkeypatch):
    a_terminal(monkeypatch)
    line = ScreenLine()
    line.draw("a long text")
    other = Terminal()
    monkeypatch.setattr(sys, "stdout", other)
    line.draw("1/2")
    assert other.getvalue() == "1/2"


def test_a_stream_without_box_characters_gets_plainer_ones(monkeypatch):
    stream = io.TextIOWrapper(io.BytesIO(), encoding="cp1252")
    monkeypatch.setattr(sys, "stdout", stream)
    ScreenLine().end("1/2 ━━── 정 …")
    stream.seek(0)
    assert stream.read() == "1/2 ==.. ? ~\n"


def test_no_output_at_all(monkeypatch):
    monkeypatch.setattr(sys, "stdout", None)
    line = ScreenLine()
    line.draw("1/2")
    line.end("2/2")


def notebook(monkeypatch, kernel):
    ipython = ModuleType("IPython")
    ipython.get_ipython = lambda: SimpleNamespace(kernel=kernel)
    monkeypatch.setitem(sys.modules, "IPython", ipython)


def test_where_a_line_can_be_redrawn(monkeypatch):
    class CellOutput(io.TextIOBase):
        """As ipykernel's stdout: neither a terminal nor a file."""

    assert can_redraw(Terminal())
    assert not can_redraw(None)
    assert not can_redraw(CellOutput())
    notebook(monkeypatch, kernel=object())
    assert can_redraw(CellOutput())
    assert not can_redraw(io.StringIO()), "a cell's output that is redirected is no screen"
    notebook(monkeypatch, kernel=None)
    assert not can_redraw(CellOutput()), "IPython in a terminal has no kernel"


def test_a_closed_stream_is_no_terminal():
    stream = Terminal()
    stream.close()
    assert not can_redraw(io.StringIO())
    assert columns(io.StringIO()) is None


def test_colours_only_for_those_who_want_them(monkeypatch):
    monkeypatch.delenv("NO_COLOR", raising=False)
    monkeypatch.setenv("TERM", "xterm")
    assert has_colours(Terminal())
    assert not has_colours(io.StringIO())
    monkeypatch.setenv("NO_COLOR", "1")
    assert not has_colours(Terminal())
    monkeypatch.setenv("NO_COLOR", "")  # counts as not set: https://no-color.org
    assert has_colours(Terminal())
    monkeypatch.setenv("TERM", "dumb")
    assert not has_colours(Terminal())


def test_a_terminal_that_knows_no_width_has_80_columns():
    assert columns(Terminal()) == 80


@pytest.mark.parametrize("room", range(-1, 12))
def test_shortened_texts_fit(room):
    for text in ("loss: 2.368", "정확도 0.5", ""):
        short = shorten(text, room)
        assert width(short) <= max(room, 0)
        assert short == text or short.endswith("…") or room <= 0


def test_styles_take_no_room():
    assert width(style("1/2", "bold") + style("━━", "green") + style("━", "white")) == 6
    assert style("", "green") == ""
