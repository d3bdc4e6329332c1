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
from minicnn.cli.steps_options import add_steps_options, check_steps_options
from minicnn.errors import unknown_name
from minicnn.explaining.bundle import LANGUAGES

MODEL_ENDINGS = (".keras", ".h5", ".hdf5")
SAVED_LAST = f"{OUTPUT}/{MODEL}"
PAGE = "explain.html"


def parse_options(arguments: Sequence[str]) -> Namespace:
    """Understand what was typed behind ``minicnn``."""
    parser = Parser(
        "minicnn", "Train small networks on pictures, test them, ask them.", help_texts.MAIN
    )
    parser.add_argument("--version", action="version", version=f"minicnn {__version__}")
    add = parser.add_subparsers(dest="command", metavar="COMMAND").add_parser
    commands: dict[str, Parser] = {
        "train": add("train", help="train a network", **_texts("train")),
        "evaluate": add("evaluate", help="test a trained model", **_texts("evaluate")),
        "predict": add("predict", help="ask a trained model about pictures", **_texts("predict")),
        "explain": add("explain", help="write a page that shows every number", **_texts("explain")),
        "steps": add("steps", help="walk through a convolution, sum by sum", **_texts("steps")),
        "gradcheck": add("gradcheck", help="prove a model's gradients", **_texts("gradcheck")),
    }
    _add_train_options(commands["train"])
    _add_evaluate_options(commands["evaluate"])
    _add_predict_options(commands["predict"])
    _add_explain_options(commands["explain"])
    add_steps_options(commands["steps"])
    _add_gradcheck_options(commands["gradcheck"])
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
    if options.command == "steps":
        check_steps_options(command, options)
    elif options.command != "train":
        _tell_model_from_pictures(command, options)
    return options


def _texts(command: str) -> dict[str, Any]:
    description, epilog = {
        "train": ("Train a network, test it and save it.", help_texts.TRAIN),
        "evaluate": ("Test a trained model on a data set's test images.", help_texts.EVALUATE),
        "predict": ("Ask a trained model what pictures show.", help_texts.PREDICT),
        "explain": ("Write one page that shows every number of a model.", help_texts.EXPLAIN),
        "steps": ("Walk through the arithmetic: each number, the sum it is.", help_texts.STEPS),
        "gradcheck": ("Compare gradients with finite differences.", help_texts.GRADCHECK),
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
    parser.add_argument(
        "--invert",
        action="store_true",
        help="the digit is dark on light: swap them (for MNIST, found out if left out)",
    )
    parser.add_argument(
        "--as-is", action="store_true", help="don't make the picture like MNIST's, only resize it"
    )


def _add_explain_options(parser: Parser) -> None:
    parser.add_argument(
        "files", nargs="*", metavar="MODEL", help=f"a .keras file (default: {SAVED_LAST})"
    )
    parser.add_argument("--model", metavar="FILE", help="another way to say MODEL")
    parser.add_argument(
        "--image",
        metavar="FILE.png",
        action="append",
        help="a picture to begin with; may be said again (default: test images)",
    )
    parser.add_argument(
        "--language",
        metavar="LANGUAGE",
        type=one_of("language", LANGUAGES),
        default="en",
        help="en or ko: in which the page opens (default: en)",
    )
    parser.add_argument(
        "-o",
        "--output",
        metavar="PAGE.html",
        type=Path,
        default=Path(PAGE),
        help=f"replaces an earlier one (default: {PAGE})",
    )


def _add_gradcheck_options(parser: Parser) -> None:
    parser.add_argument(
        "files", nargs="*", metavar="MODEL", help=f"a .keras file (default: {SAVED_LAST})"
    )
    parser.add_argument("--model", metavar="FILE", help="another way to say MODEL")
    amount = parser.add_mutually_exclusive_group()
    amount.add_argument(
        "--entries",
        metavar="N",
        type=whole_number(1),
        default=25,
        help="how many entries of each array to compare one by one (default: 25)",
    )
    amount.add_argument("--all", action="store_true", help="compare all of them: it takes long")
    parser.add_argument(
        "--examples",
        metavar="N",
        type=whole_number(1),
        default=2,
        help="how many random inputs to do it for (default: 2)",
    )
    parser.add_argument(
        "--seed",
        metavar="N",
        type=whole_number(0, 2**32 - 1),
        default=1,
        help="other random inputs, labels and entries (default: 1)",
    )


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
