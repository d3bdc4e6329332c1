"""An `argparse` parser that reports a mistake in one line, and the arguments that commands share."""

import argparse
import re
from argparse import ArgumentParser, ArgumentTypeError
from collections.abc import Callable, Iterable
from typing import Any, NoReturn

from minicnn.cli.messages import LANGUAGES, say, unknown


class Formatter(argparse.RawDescriptionHelpFormatter):
    """Help in the language of the command; a Korean letter takes two columns."""

    def add_usage(self, usage: Any, actions: Any, groups: Any, prefix: str | None = None) -> None:
        """Begin the usage in the language of the command."""
        super().add_usage(usage, actions, groups, say("usage: ") if prefix is None else prefix)

    def add_text(self, text: str | None) -> None:
        """Add a description or examples."""
        super().add_text(text and say(text))

    def start_section(self, heading: str | None) -> None:
        """Begin a group of options."""
        super().start_section(heading and say(heading))

    def _expand_help(self, action: Any) -> str:
        return say(action.help) % {**vars(action), "prog": self._prog}

    def _split_lines(self, text: str, width: int) -> list[str]:
        from rich.console import Console
        from rich.text import Text

        return [line.plain.rstrip() for line in Text(text).wrap(Console(width=width), width)]


class Parser(ArgumentParser):
    """A parser for ``minicnn`` or one of its commands."""

    def __init__(self, **options: Any) -> None:
        # Without abbreviations --epoch is reported as a mistake, not taken for --epochs.
        super().__init__(formatter_class=Formatter, allow_abbrev=False, add_help=False, **options)
        self._negative_number_matcher = re.compile(r"-\d")  # -1,1 is a value
        self._positionals.title, self._optionals.title = "arguments", "options"
        self.add_argument("-h", "--help", action="help", help="show this help")
        language = "en or ko (default: that of the system)"
        add_option(self, "--language LANGUAGE", language, one_of("language", LANGUAGES))

    def error(self, message: str) -> NoReturn:
        """Print one line and exit with code 2; argparse would print the usage too."""
        more = say("{prog} --help shows more", prog=self.prog)
        what, colon, rest = message.partition(": ")  # argparse's words are English
        of_option, _, name = what.partition("argument ")
        what = say(what) if of_option or not name else say("argument {name}", name=name)
        self.exit(2, f"{self.prog}: {say('error')}: {what}{colon}{say(rest)} ({more})\n")

    def option_names(self) -> list[str]:
        """Return the long names of all options."""
        return [name for name in self._option_string_actions if name.startswith("--")]


def add_option(
    parser: Any, names: str, text: str, read: Callable[[str], Any] | None = None, **options: Any
) -> None:
    """Add an option as it is typed, such as ``"-o --output FOLDER"``; without a value it is a flag."""
    *flags, value = names.split()
    if value.startswith("-"):
        parser.add_argument(*flags, value, help=text, action="store_true", **options)
    else:
        parser.add_argument(*flags, metavar=value, help=text, type=read or str, **options)


def add_model(parser: Parser) -> None:
    """Add the argument MODEL."""
    text = "a .keras file or its folder (default: minicnn-output/model.keras)"
    parser.add_argument("model", nargs="?", metavar="MODEL", help=text)


def add_scale(parser: Any) -> None:
    """Add the option that says which range of pixels a model takes."""
    text = (
        "the model's number for white: 1, 16, 255; or for black and white: -1,1 (default: that of "
        "its training data, or 255)"
    )
    add_option(parser, "--scale WHITE", text, scale)


def add_picture_options(parser: Any) -> None:
    """Add the options that say how a picture is preprocessed."""
    invert = "the digit is dark on light: swap them (by default detected for digits)"
    add_option(parser, "--invert", invert)
    add_option(parser, "--as-is", "resize the picture, but don't look for a digit")
    add_scale(parser)


def whole_number(minimum: int, maximum: int | None = None) -> Callable[[str], int]:
    """Return a function that reads integers in a range."""

    def read(text: str) -> int:
        number = int(text) if text.isascii() and text.isdecimal() and len(text) < 20 else -1
        if minimum <= number and (maximum is None or number <= maximum):
            return number
        limits = f">= {minimum}"
        if maximum is not None:
            limits = say("from {minimum} to {maximum}", minimum=minimum, maximum=maximum)
        message = say("must be an integer {limits}, got {text!r}.", limits=limits, text=text)
        raise ArgumentTypeError(message)

    return read


def one_of(kind: str, names: Iterable[str]) -> Callable[[str], str]:
    """Return a function that reads one of several names, in any capitalisation."""
    known = list(names)

    def read(text: str) -> str:
        name = text.lower().replace("-", "_")
        if name not in known:
            raise ArgumentTypeError(unknown(kind, text, known))
        return name

    return read


def scale(text: str) -> tuple[float, float]:
    """Read the numbers for black and white: ``1``, ``255`` or ``-1,1``."""
    try:
        *black, white = map(float, text.split(","))
        (low,) = black or [0.0]
        if -1e6 < low < white < 1e6:
            return low, white
    except ValueError:
        pass
    message = "must be a number above 0 such as 1, or two such as -1,1, got {text!r}."
    raise ArgumentTypeError(say(message, text=text))
