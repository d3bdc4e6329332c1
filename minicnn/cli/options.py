"""What may be typed: the commands and their options."""

from argparse import ArgumentTypeError, Namespace
from collections.abc import Sequence
from pathlib import Path
from typing import Any

from minicnn import __version__
from minicnn.cli import help_texts
from minicnn.cli.image_data import NAMED
from minicnn.cli.networks import NETWORKS
from minicnn.cli.parser import Parser, one_of, whole_number
from minicnn.cli.saved import MODEL, OUTPUT
from minicnn.errors import unknown_name

MODEL_ENDINGS = (".keras", ".h5", ".hdf5")
SAVED_LAST = f"{OUTPUT}/{MODEL}"


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
    parser = Parser(
        "minicnn", "Train small networks on pictures, test them, ask them.", help_texts.MAIN
    )
    parser.add_argument("--version", action="version", version=f"minicnn {__version__}")
    add = parser.add_subparsers(dest="command", metavar="COMMAND").add_parser
    commands: dict[str, Parser] = {
        "train": add("train", help="train a network", **_texts("train")),
        "evaluate": add("evaluate", help="test a trained model", **_texts("evaluate")),
        "predict": add("predict", help="ask a trained model about pictures", **_texts("predict")),
    }
    _add_train_options(commands["train"])
    _add_evaluate_options(commands["evaluate"])
    _add_predict_options(commands["predict"])
    if not arguments:
        parser.print_help()
        parser.exit(2)
    if not arguments[0].startswith("-") and arguments[0] not in commands:
        parser.error(str(unknown_name("command", arguments[0], commands)))
    options, rest = parser.parse_known_args(arguments)
    if options.command is None:
        parser.error(f"expected a command: {', '.join(commands)}.")
    command = commands[options.command]
    if rest:
        command.error(str(unknown_name("option", rest[0].split("=")[0], command.option_names())))
    if options.command != "train":
        _tell_model_from_pictures(command, options)
    return options


def _texts(command: str) -> dict[str, Any]:
    description, epilog = {
        "train": ("Train a network, test it and save it.", help_texts.TRAIN),
        "evaluate": ("Test a trained model on a data set's test images.", help_texts.EVALUATE),
        "predict": ("Ask a trained model what pictures show.", help_texts.PREDICT),
    }[command]
    return {"prog": f"minicnn {command}", "description": description, "epilog": epilog}


def _add_train_options(parser: Parser) -> None:
    def add(name: str, metavar: str, help_text: str, **options: Any) -> None:
        parser.add_argument(name, metavar=metavar, help=help_text, **options)

    number = whole_number(1)
    add("--data", "DATA", f"{', '.join(NAMED)} or a folder (default: mnist)", type=_data)
    add(
        "--model",
        "MODEL",
        f"{', '.join(NETWORKS)} (default: lecture)",
        type=one_of("model", NETWORKS),
        default="lecture",
    )
    add("--epochs", "N", "how often to go through the images (default: 3)", type=number, default=3)
    add("--batch-size", "N", "images a step (default: 32)", type=number, default=32)
    add("--images", "N", "learn from N images only, and test with at most N", type=number)
    add(
        "--seed",
        "N",
        "another start: other initial weights and another order of the images (default: 1)",
        type=whole_number(0, 2**32 - 1),
        default=1,
    )
    add(
        "--output",
        "FOLDER",
        f"for the results; replaces earlier ones there (default: {OUTPUT})",
        type=Path,
        default=Path(OUTPUT),
    )


def _add_evaluate_options(parser: Parser) -> None:
    parser.add_argument(
        "files", nargs="*", metavar="MODEL", help=f"a .keras file (default: {SAVED_LAST})"
    )
    parser.add_argument("--model", metavar="FILE", help="another way to say MODEL")
    parser.add_argument(
        "--data",
        metavar="DATA",
        type=_data,
        help=f"{', '.join(NAMED)} or a folder (default: what the model was trained on)",
    )
    parser.add_argument(
        "--images", metavar="N", type=whole_number(1), help="test with at most N images"
    )


def _add_predict_options(parser: Parser) -> None:
    parser.add_argument(
        "files",
        nargs="*",
        metavar="FILE.png",
        help="PNG, JPEG, BMP or GIF pictures; a .keras file may stand before them",
    )
    parser.add_argument(
        "--model", metavar="FILE", help=f"another way to say which model (default: {SAVED_LAST})"
    )
    parser.add_argument("--invert", action="store_true", help="swap dark and light first")


def _data(text: str) -> str:
    """Understand the name of a data set, or a folder."""
    try:
        return one_of("data set", NAMED)(text)
    except ArgumentTypeError as error:
        if Path(text).is_dir():
            return text
        raise ArgumentTypeError(f"{error} Nor is there a folder of this name.") from None


def _tell_model_from_pictures(parser: Parser, options: Namespace) -> None:
    """Find the model among the files; check that there are as many pictures as the command takes."""
    pictures = list(options.files)
    predicts = options.command == "predict"
    if pictures and (not predicts or pictures[0].lower().endswith(MODEL_ENDINGS)):
        if options.model is not None:
            parser.error(f"got two models, {options.model} and {pictures[0]}: give one.")
        options.model = pictures.pop(0)
    if predicts and not pictures:
        parser.error("expected a picture: minicnn predict seven.png, with the name of yours.")
    if pictures and not predicts:
        parser.error(f"expected one model, got {pictures[0]} besides.")
    options.pictures = pictures
