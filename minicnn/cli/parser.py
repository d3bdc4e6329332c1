"""An `argparse` parser that says what is wrong in one line, and the values that options take."""

from argparse import ArgumentParser, ArgumentTypeError, RawDescriptionHelpFormatter
from collections.abc import Callable, Iterable
from typing import NoReturn

from minicnn.errors import unknown_name


class Parser(ArgumentParser):
    """Understands one command."""

    def __init__(self, prog: str, description: str, epilog: str) -> None:
        super().__init__(
            prog,
            description=description,
            epilog=epilog,
            formatter_class=RawDescriptionHelpFormatter,
            allow_abbrev=False,  # --epoch is a mistake to be named, not --epochs
        )

    def error(self, message: str) -> NoReturn:
        """Print one line, where argparse prints the usage as well, and exit with code 2."""
        self.exit(2, f"{self.prog}: error: {message} ({self.prog} --help shows more)\n")

    def option_names(self) -> list[str]:
        """Return the long names of all options."""
        return [name for name in self._option_string_actions if name.startswith("--")]


def whole_number(least: int, most: int | None = None) -> Callable[[str], int]:
    """Return a function that understands whole numbers in a range."""
    span = f"from {least} on" if most is None else f"from {least} to {most}"

    def understand(text: str) -> int:
        number = int(text) if text.isascii() and text.isdecimal() and len(text) < 20 else -1
        if number < least or (most is not None and number > most):
            raise ArgumentTypeError(f"takes a whole number {span}, got {text!r}.")
        return number

    return understand


def one_of(kind: str, names: Iterable[str]) -> Callable[[str], str]:
    """Return a function that understands names, however they are capitalised."""
    known = list(names)

    def understand(text: str) -> str:
        name = text.lower().replace("-", "_")
        if name not in known:
            raise ArgumentTypeError(str(unknown_name(kind, text, known)))
        return name

    return understand
