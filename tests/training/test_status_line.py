import builtins
import io
import sys
from types import SimpleNamespace

import pytest
from rich.text import Text

from minicnn.training.progress import StatusLine, can_redraw, is_terminal, make_console


class Terminal(io.StringIO):
    def isatty(self):
        return True


def a_terminal(monkeypatch):
    """Replace stdout in the test itself: pytest restores its own after the fixtures."""
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
    terminal, line = a_terminal(monkeypatch), StatusLine()
    line.draw(Text("a long text"))
    line.draw(Text("short"))
    assert on_screen(terminal.getvalue()) == ["short"]
    line.end(Text("end"))
    line.draw(Text("next"))
    assert on_screen(terminal.getvalue()) == ["end", "next"]


def test_others_print_on_a_line_of_their_own(monkeypatch):
    terminal, line = a_terminal(monkeypatch), StatusLine()
    line.draw(Text("1/2 ━━━━━"))
    line.clear()
    print("hello")
    line.draw(Text("1/2 ━━━━━"))
    assert on_screen(terminal.getvalue()) == ["hello", "1/2 ━━━━━"]
    line.clear()
    line.clear()
    print("again")
    line.end(Text("2/2"))
    assert on_screen(terminal.getvalue()) == ["hello", "again", "2/2", ""]


def test_closing_keeps_what_stands_there(monkeypatch):
    terminal, line = a_terminal(monkeypatch), StatusLine()
    line.close()
    assert terminal.getvalue() == ""
    line.draw(Text("1/2"))
    line.close()
    line.close()
    print("interrupted")
    assert on_screen(terminal.getvalue()) == ["1/2", "interrupted", ""]


def test_a_log_file_gets_ended_lines_only(capsys):
    line = StatusLine()
    line.draw(Text("1/2"))
    line.clear()
    line.close()
    line.end(Text("2/2"))
    assert capsys.readouterr().out == "2/2\n"


def test_output_redirected_meanwhile_gets_no_rests_of_the_line(monkeypatch):
    a_terminal(monkeypatch)
    line = StatusLine()
    line.draw(Text("a long text"))
    other = Terminal()
    monkeypatch.setattr(sys, "stdout", other)
    line.draw(Text("1/2"))
    assert other.getvalue() == "1/2"


def test_a_stream_without_box_characters_gets_plainer_ones(monkeypatch):
    stream = io.TextIOWrapper(io.BytesIO(), encoding="cp1252")
    monkeypatch.setattr(sys, "stdout", stream)
    StatusLine().end(Text("1/2 ━━── 정 …"))
    stream.seek(0)
    assert stream.read() == "1/2 ==.. ? ~\n"


def test_no_output_at_all(monkeypatch, capsys):
    monkeypatch.setattr(sys, "stdout", None)
    line = StatusLine()
    line.draw(Text("1/2"))
    line.end(Text("2/2"))
    assert capsys.readouterr() == ("", "")


def test_where_a_line_can_be_redrawn(monkeypatch):
    class CellOutput(io.TextIOBase):
        """Like ipykernel's stdout: neither a terminal nor a file."""

    assert can_redraw(Terminal())
    assert not can_redraw(None)
    assert not can_redraw(CellOutput())
    shell = type("ZMQInteractiveShell", (), {})
    monkeypatch.setattr(builtins, "get_ipython", shell, raising=False)
    assert can_redraw(CellOutput())
    assert not can_redraw(io.StringIO()), "output of a cell that is redirected"
    terminal_shell = type("TerminalInteractiveShell", (), {})
    monkeypatch.setattr(builtins, "get_ipython", terminal_shell)
    assert not can_redraw(CellOutput()), "IPython in a terminal"


def test_a_notebook_gets_text(monkeypatch):
    """Text that a carriage return replaces; rich by itself would add an output for each print."""

    shell = type("ZMQInteractiveShell", (), {})
    monkeypatch.setattr(builtins, "get_ipython", shell, raising=False)
    output, line = io.StringIO(), StatusLine()
    monkeypatch.setattr(sys, "stdout", output)
    monkeypatch.setattr("minicnn.training.progress.can_redraw", lambda stream: True)
    line.draw(Text.assemble(("1/2", "bold"), " loss: 2.5"))
    line.end(Text("2/2"))
    assert output.getvalue() == "1/2 loss: 2.5\r2/2          \n"


def test_a_closed_stream_is_not_a_terminal():
    stream = io.StringIO()
    stream.close()
    assert not can_redraw(stream)
    assert not is_terminal(SimpleNamespace())


@pytest.mark.parametrize(
    ("environment", "coloured"),
    [
        ({"TERM": "xterm"}, True),
        ({"TERM": "xterm", "NO_COLOR": "1"}, False),
        ({"TERM": "xterm", "NO_COLOR": ""}, True),  # counts as not set: https://no-color.org
        ({"TERM": "dumb"}, False),
    ],
)
def test_colours(monkeypatch, environment, coloured):
    for name in ("TERM", "NO_COLOR", "FORCE_COLOR"):
        monkeypatch.delenv(name, raising=False)
    for name, value in environment.items():
        monkeypatch.setenv(name, value)
    terminal = a_terminal(monkeypatch)
    StatusLine().end(Text.assemble(("1/2", "bold"), ("━", "green")))
    assert ("\x1b" in terminal.getvalue()) is coloured
    monkeypatch.setattr(sys, "stdout", io.StringIO())
    assert make_console().color_system is None
