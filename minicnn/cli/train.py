"""``minicnn train``: train a network, test it, save it with its pictures."""

import os
import sys
from argparse import Namespace
from pathlib import Path

from minicnn.callbacks import History, TrainingSnapshots
from minicnn.cli.data import NAMED, ImageData, data_or_folder, load_images
from minicnn.cli.evaluate import evaluate_on, print_results
from minicnn.cli.messages import language, say, tell
from minicnn.cli.networks import NETWORKS, make_network
from minicnn.cli.parser import Parser, add_option, one_of, whole_number
from minicnn.cli.saved import CONFUSION, CURVES, OUTPUT, PAGE, Origin, prepare_folder, save_trained
from minicnn.errors import DataError
from minicnn.explaining import explain
from minicnn.models.answer import CLASSES, Answer
from minicnn.random import set_random_seed
from minicnn.visualize import plot_confusion_matrix, plot_history

PHOTO_CHANNELS = 3
EPOCHS, FOLDER_EPOCHS = 3, 15  # own pictures are fewer
BATCH, SMALL_BATCH = 32, 8
FEW = 1000  # images

HELP, DESCRIPTION = "train a network", "Train a network, test it and save it."
EXAMPLES = """\
models:
  lecture   Conv 64, Conv 32, Dense 10, on pixels of 0 to 255: the lecture's
  lenet5    LeCun's network of 1998, with tanh
  convnet   Conv 32, Max, Conv 64, Max, Dropout, Dense 10
  mlp       Dense 128, Dense 10: no convolution, for comparison
  photos    flips, shifts and zooms; Conv 16, 32, 64 with Max; Dense 64, Dropout

examples:
  minicnn train --model lenet5 --epochs 5
  minicnn train --images 2000 --epochs 1       a quick try
  minicnn train --data fashion_mnist -o clothes
  minicnn train --data my-pictures             one subfolder per class

Ctrl-C ends the training: the model is tested and saved as it is then.
"""


def add_arguments(parser: Parser) -> None:
    """Add the arguments of the command."""
    count = whole_number(1)
    data = "mnist, fashion_mnist, cifar10, digits or a folder (default: mnist)"
    add_option(parser, "--data DATA", data, data_or_folder)
    models = (
        "lecture, lenet5, convnet, mlp, photos (default: lecture; of a folder: convnet or photos)"
    )
    add_option(parser, "--model NETWORK", models, one_of("model", NETWORKS))
    epochs = "passes through the images (default: 3; of a folder: 15)"
    add_option(parser, "--epochs N", epochs, count)
    batch_size = "images per step (default: 32; of a small folder: 8)"
    add_option(parser, "--batch-size N", batch_size, count)
    add_option(parser, "--images N", "train on N images only, and test on at most N", count)
    seed = "of the initial weights and the order of the images (default: 1)"
    add_option(parser, "--seed N", seed, whole_number(0, 2**32 - 1), default=1)
    output = "for the results; replaces earlier ones (default: %(default)s)"
    add_option(parser, "-o --output FOLDER", output, Path, default=Path(OUTPUT))


def run(options: Namespace) -> int:
    """Train a network, test it, and write model and pictures to the output folder."""
    prepare_folder(options.output)
    name, data = _load(options.data)
    data = data.first(options.images)
    shape = data.x_train.shape[1:]
    tell(
        "Data: {title}, {train:,} images of {size} pixels for training, {test:,} for testing.",
        title=data.title, train=len(data.x_train), size=data.size, test=len(data.x_test),
    )  # fmt: skip
    seed = options.seed
    repeats = "Seed: {seed} (the same seed repeats a training exactly; try --seed {next})"
    tell(repeats, seed=seed, next=seed + 1)
    set_random_seed(seed)
    named = name in NAMED
    usual = "photos" if shape[2] == PHOTO_CHANNELS else "lecture" if named else "convnet"
    model = make_network(options.model or usual, shape, len(data.class_names))
    model.summary()
    epochs = options.epochs or (EPOCHS if named else FOLDER_EPOCHS)
    few = not named and len(data.x_train) < FEW
    snapshots = TrainingSnapshots()
    history = model.fit(
        data.x_train, data.y_train, options.batch_size or (SMALL_BATCH if few else BATCH), epochs,
        validation_data=(data.x_test, data.y_test), callbacks=[snapshots],
    )  # fmt: skip
    if len(history.epoch) < epochs:
        tell("The model is tested and saved as it is now.")

    # Saved first: from here on no error can cost the training.
    path = save_trained(model, Origin(name, data.class_names), options.output)
    tell("The model is saved: {path}", path=path)
    answer = Answer(CLASSES)
    probabilities = evaluate_on(data.x_test, model, answer)
    print()
    print_results(data, probabilities, answer)
    _draw_curves(history, options.output / CURVES)
    path_of_matrix, page = options.output / CONFUSION, options.output / PAGE
    predicted = probabilities.argmax(axis=1)
    plot_confusion_matrix(data.y_test, predicted, data.class_names, path_of_matrix)
    tell("Confusion matrix: {path}", path=path_of_matrix)
    explain(model, *data.examples(), page, language(), data.class_names, snapshots)
    tell("Every number, and the training played: {path}", path=page)
    model_named = "" if options.output == Path(OUTPUT) else f"{path} "
    tell("Classify pictures: minicnn predict {model}picture.png", model=model_named)
    return 0


def _load(data: str | None) -> tuple[str, ImageData]:
    """Load the data; by default MNIST, or the built-in digits if it is not available."""
    if data is not None:
        return data if data in NAMED else str(Path(data).resolve()), load_images(data)
    try:
        return "mnist", load_images("mnist")
    except DataError as error:
        # With MINICNN_DATA set, the whole error says what is wrong with it.
        lines = str(error) if "MINICNN_DATA" in os.environ else str(error).splitlines()[0]
        print(lines, file=sys.stderr)
        print(say("Training on the built-in digits instead."), file=sys.stderr)
        return "digits", load_images("digits")


def _draw_curves(history: History, path: Path) -> None:
    if not history.epoch:
        path.unlink(missing_ok=True)  # those of an earlier training would be misleading
        tell("Loss and accuracy: no curves, since no epoch was completed")
        return
    plot_history(history, path)
    tell("Loss and accuracy: {path}", path=path)
