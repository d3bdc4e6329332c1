"""The command as a whole: what was typed is understood, done, and mistakes are said in one line."""

import os
import sys
import warnings
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from typing import Any

from minicnn.cli import evaluate, predict, train
from minicnn.cli.options import parse_options
from minicnn.errors import DataWarning, NotReadyError

RUN = {"train": train.run, "evaluate": evaluate.run, "predict": predict.run}

FAILURE = 1
STOPPED = 130  # what shells report of a program that Ctrl-C ended: 128 + SIGINT


def main(arguments: Sequence[str] | None = None) -> int:
    """Run ``minicnn``.

    Parameters
    ----------
    arguments : sequence of str, optional
        What stands behind ``minicnn``; by default what was typed.

    Returns
    -------
    int
        The exit code: 0 if all went well, 1 after a failure, 130 after Ctrl-C.

    Raises
    ------
    SystemExit
        With code 2 where the command was mistyped; with 0 after ``--help`` and ``--version``.

    Examples
    --------
    >>> main(["predict", "--model", "nowhere.keras", "seven.png"])
    1
    """
    _accept_all_letters()
    options = parse_options(sys.argv[1:] if arguments is None else arguments)
    try:
        with _warnings_in_a_line():
            return RUN[options.command](options)
    except KeyboardInterrupt:
        _say(options.command, "stopped by Ctrl-C.")
        return STOPPED
    except BrokenPipeError:  # whoever read the output, `head` for example, has seen enough
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
        return FAILURE
    except (OSError, ValueError, NotReadyError, MemoryError) as error:
        _say(options.command, f"error: {reason(error)}")
        return FAILURE


def reason(error: Exception) -> str:
    """Say what went wrong, without Python's numbers.

    Examples
    --------
    >>> reason(FileNotFoundError(2, "No such file or directory", "seven.png"))
    'seven.png: No such file or directory'
    >>> reason(ValueError("the batch is empty."))
    'the batch is empty.'
    """
    if isinstance(error, OSError) and error.strerror:
        return f"{error.filename}: {error.strerror}" if error.filename else error.strerror
    if isinstance(error, MemoryError):
        return f"there is not enough memory. {error} A smaller --batch-size takes less."
    return str(error)


def _say(command: str, what: str) -> None:
    print(f"minicnn {command}: {what}", file=sys.stderr)


def _accept_all_letters() -> None:
    """Write a question mark where a terminal of old knows no Korean, rather than give up."""
    for stream in (sys.stdout, sys.stderr):
        if hasattr(stream, "reconfigure"):
            stream.reconfigure(errors="replace")


@contextmanager
def _warnings_in_a_line() -> Iterator[None]:
    """Show the library's warnings without the place in the code that they come from."""
    with warnings.catch_warnings():
        usual = warnings.showwarning

        def show(message: Any, category: type[Warning], *place: Any, **options: Any) -> None:
            if issubclass(category, DataWarning):
                print(f"minicnn: warning: {message}", file=sys.stderr)
            else:
                usual(message, category, *place, **options)

        warnings.showwarning = show
        yield
