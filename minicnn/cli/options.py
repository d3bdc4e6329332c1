"""What may be typed: commands, their options and the help on them."""

from argparse import (
    ArgumentParser,
    ArgumentTypeError,
    Namespace,
    RawDescriptionHelpFormatter,
)
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import NoReturn

from minicnn import __version__
from minicnn.cli.image_data import NAMED
from minicnn.cli.networks import NETWORKS
from minicnn.cli.saved import MODEL, OUTPUT
from minicnn.errors import unknown_name

MODEL_ENDINGS = (".keras", ".h5", ".hdf5")

_EXAMPLES = """\
examples:
  minicnn train                         the lecture's network on MNIST, 3 epochs
  minicnn evaluate                      test what was trained last
  minicnn predict seven.png             ask it about a picture
  minicnn train --data digits           without a network, in seconds
  minicnn COMMAND --help                all options of a command
"""

_TRAIN_EXAMPLES = """\
models:
  lecture   Conv 64, Conv 32, Dense 10, on pixels of 0 to 255, as in the lecture
  lenet5    LeCun's network of 1998, with tanh
  convnet   Conv 32, Max, Conv 64, Max, Dropout, Dense 10
  mlp       Dense 128, Dense 10: no convolution, to compare with

examples:
  minicnn train --model lenet5 --epochs 5
  minicnn train --images 2000 --epochs 1        a quick try
  minicnn train --data fashion_mnist --output clothes
  minicnn train --data my-pictures              a folder with a folder for each class

Ctrl-C ends the training: what has been learnt is tested and saved.
"""

_EVALUATE_EXAMPLES = """\
examples:
  minicnn evaluate                              what `minicnn train` saved last
  minicnn evaluate clothes/model.keras
  minicnn evaluate mine.keras --data fashion_mnist

Images are given to the model as they are, with pixels of 0 to 255.
"""

_PREDICT_EXAMPLES = """\
examples:
  minicnn predict seven.png
  minicnn predict *.png --model clothes/model.keras
  minicnn predict model.keras photo.jpg
  minicnn predict --invert paper.png            a dark digit on white paper

A picture is made grey and resized to what the model takes, nothing else. MNIST's digits are light
on dark, centred, and fill about 20 of 28 pixels: a picture that looks otherwise is guessed badly.
"""


def parse_options(arguments: Sequence[str]) -> Namespace:
    """Understand what was typed behind ``minicnn``.

    Parameters
    ----------
    arguments : sequence of str

    Returns
    -------
    argparse.Namespace
        With `command`, and the options of that command.

    Raises
    ------
    SystemExit
        With code 2, after a line that says what is wrong; with 0 after ``--help``, ``--version``.

    Examples
    --------
    >>> parse_options(["train", "--epochs", "5"]).epochs
    5
    >>> parse_options(["predict", "my.keras", "a.png", "b.png"]).pictures
    ['a.png', 'b.png']
    """
    parser = _Parser("minicnn", "Train small networks on pictures, test them, and ask them.", _EXAMPLES)
    parser.add_argument("--version", action="version", version=f"minicnn {__version__}")
    commands = parser.add_subparsers(
        dest="command", metavar="COMMAND", parser_class=lambda prog, **texts: _Parser(prog, **texts)
    )
    known = {
        "train": _add_train(commands),
        "evaluate": _add_evaluate(commands),
        "predict": _add_predict(commands),
    }
    if not arguments:
        parser.print_help()
        parser.exit(2)
    if not arguments[0].startswith("-") and arguments[0] not in known:
        parser.error(str(unknown_name("command", arguments[0], known)))
    options, rest = parser.parse_known_args(arguments)
    if options.command is None:
        parser.error(f"which command? There are: {', '.join(known)}.")
    command = known[options.command]
    if rest:
        command.error(str(unknown_name("option", rest[0].split("=")[0], command.option_names())))
    if options.command != "train":
        _find_model(command, options)
    return options


def _add_train(commands: "_Commands") -> "_Parser":
    parser = commands.add_parser(
        "train", help="train a network", description="Train a network and test it.", epilog=_TRAIN_EXAMPLES
    )
    add = parser.add_argument
    add("--data", type=_data, metavar="DATA", help=f"{_listed(NAMED)}, or a folder (default: mnist)")
    add("--model", type=_network, default="lecture", metavar="MODEL",
        help=f"{_listed(NETWORKS)} (default: lecture)")  # fmt: skip
    add("--epochs", type=_whole_number(1), default=3, metavar="N",
        help="how many times to go through the images (default: 3)")  # fmt: skip
    add("--batch-size", type=_whole_number(1), default=32, metavar="N", help="images a step (default: 32)")
    add("--images", type=_whole_number(1), metavar="N",
        help="learn from the first N images only, and test with at most N")  # fmt: skip
    add("--seed", type=_whole_number(0, 2**32 - 1), metavar="N",
        help="repeat a training exactly (default: a new one each time, shown)")  # fmt: skip
    add("--output", type=Path, default=Path(OUTPUT), metavar="FOLDER",
        help=f"for the results, replacing earlier ones (default: {OUTPUT})")  # fmt: skip
    return parser


def _add_evaluate(commands: "_Commands") -> "_Parser":
    parser = commands.add_parser(
        "evaluate",
        help="test a trained model",
        description="Test a trained model on the test images of a data set.",
        epilog=_EVALUATE_EXAMPLES,
    )
    parser.add_argument("files", nargs="*", metavar="MODEL", help=f"a .keras file (default: {OUTPUT}/{MODEL})")
    parser.add_argument("--model", metavar="FILE", help="another way to say MODEL")
    parser.add_argument(
        "--data", type=_data, help=f"{_listed(NAMED)}, or a folder (default: what it was trained on)"
    )
    parser.add_argument("--images", type=_whole_number(1), metavar="N", help="test with the first N images only")
    return parser


def _add_predict(commands: "_Commands") -> "_Parser":
    parser = commands.add_parser(
        "predict",
        help="ask a trained model what is in a picture",
        description="Ask a trained model what is in pictures (PNG, JPEG, BMP or GIF).",
        epilog=_PREDICT_EXAMPLES,
    )
    parser.add_argument("files", nargs="*", metavar="FILE.png", help="pictures; a .keras file may stand first")
    parser.add_argument("--model", metavar="FILE", help=f"the model (default: {OUTPUT}/{MODEL})")
    parser.add_argument("--invert", action="store_true", help="swap dark and light first")
    return parser


def _find_model(parser: "_Parser", options: Namespace) -> None:
    """Tell the model from the pictures, and check that there are as many as it takes."""
    files = list(options.files)
    wants_pictures = options.command == "predict"
    if files and (not wants_pictures or files[0].lower().endswith(MODEL_ENDINGS)):
        if options.model is not None:
            parser.error(f"two models, {files[0]} and {options.model}: give one.")
        options.model = files.pop(0)
    if wants_pictures and not files:
        parser.error("which picture? Type minicnn predict seven.png, with the name of yours.")
    if files and not wants_pictures:
        parser.error(f"one model at a time; {files[0]} is too many.")
    options.pictures = files


class _Parser(ArgumentParser):
    """Says in one line what is wrong, instead of repeating the whole usage."""

    def __init__(self, prog: str, description: str, epilog: str) -> None:
        super().__init__(
            prog, description=description, epilog=epilog, formatter_class=RawDescriptionHelpFormatter
        )

    def error(self, message: str) -> NoReturn:
        self.exit(2, f"{self.prog}: error: {message} ({self.prog} --help shows what there is)\n")

    def option_names(self) -> list[str]:
        return [name for name in self._option_string_actions if name.startswith("--")]


_Commands = "argparse._SubParsersAction[_Parser]"


def _listed(names: Sequence[str] | dict[str, object]) -> str:
    return ", ".join(names)


def _whole_number(least: int, most: int | None = None) -> Callable[[str], int]:
    """Return a function that understands whole numbers in a range."""

    def understand(text: str) -> int:
        number = int(text) if text.isascii() and text.isdecimal() else -1
        if number < least or (most is not None and number > most):
            span = f"from {least} on" if most is None else f"from {least} to {most}"
            raise ArgumentTypeError(f"takes a whole number {span}, got {text!r}.")
        return number

    return understand


def _network(text: str) -> str:
    name = text.lower()
    if name not in NETWORKS:
        raise ArgumentTypeError(str(unknown_name("model", text, NETWORKS)))
    return name


def _data(text: str) -> str:
    """Understand the name of a data set, or a folder."""
    name = text.lower().replace("-", "_")
    if name in NAMED:
        return name
    if Path(text).is_dir():
        return text
    raise ArgumentTypeError(f"{unknown_name('data set', text, NAMED)} Nor is there a folder {text}.")
