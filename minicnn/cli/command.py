"""The command as a whole: read what was typed, run it, report mistakes in one line."""

import os
import sys
import warnings
from argparse import Namespace
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from typing import Any

from minicnn import __version__
from minicnn.cli import evaluate, explain, gradcheck, predict, steps, train
from minicnn.cli.messages import reason, report, say, unknown, use_language
from minicnn.cli.parser import Parser
from minicnn.console import ERRORS, printable
from minicnn.errors import DataWarning, NotReadyError

COMMANDS: dict[str, Any] = {
    "train": train,
    "evaluate": evaluate,
    "predict": predict,
    "explain": explain,
    "steps": steps,
    "gradcheck": gradcheck,
}
FAILURE = 1
STOPPED = 130  # what shells report of a program that Ctrl-C ended: 128 + SIGINT

EXAMPLES = """\
examples:
  minicnn train                     the lecture's network on MNIST, 3 epochs
  minicnn evaluate                  test the model that was trained last
  minicnn predict seven.png         classify a picture
  minicnn explain                   write a page with every number of the model
  minicnn steps                     a convolution, one sum after the other
  minicnn gradcheck                 compare gradients with finite differences
  minicnn train --data digits       needs no network, takes seconds
  minicnn COMMAND --help            all options of a command
"""


def main(arguments: Sequence[str] | None = None) -> int:
    """Run ``minicnn``; return the exit code."""
    arguments = sys.argv[1:] if arguments is None else list(arguments)
    for stream in (sys.stdout, sys.stderr):
        if hasattr(stream, "reconfigure"):  # characters that it lacks are replaced one by one
            stream.reconfigure(errors=ERRORS)
    options = parse_options(arguments)
    try:
        with _warnings_in_a_line():
            code = COMMANDS[options.command].run(options)
            print(end="", flush=True)  # so that a broken pipe is noticed here
            return code
    except KeyboardInterrupt:
        print(file=sys.stderr)  # the terminal shows ^C in the middle of a line
        report(options.command, say("stopped by Ctrl-C."))
        return STOPPED
    except BrokenPipeError:  # the reader, `head` for example, has closed the pipe
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
        return FAILURE
    except (OSError, ValueError, NotReadyError, MemoryError) as error:
        report(options.command, f"{say('error')}: {reason(error)}")
        return FAILURE


def parse_options(arguments: Sequence[str]) -> Namespace:
    """Read what was typed after ``minicnn``."""
    use_language(arguments)
    description = "Train small networks on pictures, test them, use them."
    parser = Parser(prog="minicnn", description=description, epilog=EXAMPLES)
    version = f"minicnn {__version__}"
    parser.add_argument("--version", action="version", version=version, help="show the version")
    commands: Any = parser.add_subparsers(
        dest="command", metavar="COMMAND", title="commands", prog="minicnn"
    )
    for name, module in COMMANDS.items():
        texts = {"description": module.DESCRIPTION, "epilog": module.EXAMPLES}
        module.add_arguments(commands.add_parser(name, help=module.HELP, **texts))
    if not arguments:
        parser.print_help()
        parser.exit(2)
    if not arguments[0].startswith("-") and arguments[0] not in COMMANDS:
        parser.error(unknown("command", arguments[0], COMMANDS))
    options, rest = parser.parse_known_args(arguments)
    if options.command is None:
        parser.error(say("expected a command: {names}.", names=", ".join(COMMANDS)))
    command = commands.choices[options.command]
    if rest and rest[0].startswith("--model") and "--model" not in command.option_names():
        command.error(say("the model is an argument: {prog} model.keras.", prog=command.prog))
    if rest:
        command.error(unknown("option", rest[0].split("=")[0], command.option_names()))
    module = COMMANDS[options.command]
    if hasattr(module, "check"):
        module.check(command, options)
    return options


@contextmanager
def _warnings_in_a_line() -> Iterator[None]:
    """Show the library's warnings without the line of code that they come from."""
    with warnings.catch_warnings():
        warnings.simplefilter("always", DataWarning)
        usual = warnings.showwarning

        def show(message: Any, category: type[Warning], *where: Any, **options: Any) -> None:
            if issubclass(category, DataWarning):
                print(f"minicnn: {say('warning')}: {printable(message)}", file=sys.stderr)
            else:
                usual(message, category, *where, **options)

        warnings.showwarning = show
        yield
