"""The command as a whole: what was typed is understood, done, and mistakes are said in one line."""

import os
import sys
import warnings
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from typing import Any

from minicnn.cli import evaluate, explain, gradcheck, predict, steps, train
from minicnn.cli.messages import reason
from minicnn.cli.options import parse_options
from minicnn.errors import DataWarning, NotReadyError

RUN = {
    "train": train.run,
    "evaluate": evaluate.run,
    "predict": predict.run,
    "explain": explain.run,
    "steps": steps.run,
    "gradcheck": gradcheck.run,
}

FAILURE = 1
STOPPED = 130  # what shells report of a program that Ctrl-C ended: 128 + SIGINT


def main(arguments: Sequence[str] | None = None) -> int:
    """Run ``minicnn``."""
    _accept_all_letters()
    options = parse_options(sys.argv[1:] if arguments is None else arguments)
    try:
        with _warnings_in_a_line():
            code = RUN[options.command](options)
            print(end="", flush=True)  # so that a broken pipe is noticed here
            return code
    except KeyboardInterrupt:
        print(file=sys.stderr)  # the terminal shows ^C in the middle of a line
        _say(options.command, "stopped by Ctrl-C.")
        return STOPPED
    except BrokenPipeError:  # whoever read the output, `head` for example, has seen enough
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
        return FAILURE
    except (OSError, ValueError, NotReadyError, MemoryError) as error:
        _say(options.command, f"error: {reason(error)}")
        return FAILURE


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
        warnings.simplefilter("always", DataWarning)
        usual = warnings.showwarning

        def show(message: Any, category: type[Warning], *place: Any, **options: Any) -> None:
            if issubclass(category, DataWarning):
                print(f"minicnn: warning: {message}", file=sys.stderr)
            else:
                usual(message, category, *place, **options)

        warnings.showwarning = show
        yield
