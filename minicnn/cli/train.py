"""``minicnn train``."""

import sys
from argparse import Namespace
from pathlib import Path

from minicnn.callbacks import History
from minicnn.cli.image_data import NAMED, ImageData, load_images
from minicnn.cli.networks import make_network
from minicnn.cli.results import draw_confusion, evaluate_on, print_results
from minicnn.cli.saved import CONFUSION, CURVES, OUTPUT, Origin, prepare_folder, save_trained
from minicnn.errors import DataError
from minicnn.random import set_random_seed


def run(options: Namespace) -> int:
    """Train a network, test it, and leave model and pictures in the output folder."""
    prepare_folder(options.output)
    name, data = _load(options.data)
    data = data.first(options.images)
    print(
        f"Data: {data.title}, {len(data.x_train):,} images of {data.size} pixels to learn from, "
        f"{len(data.x_test):,} to test with."
    )
    set_random_seed(options.seed)
    print(
        f"Seed: {options.seed} (the same seed repeats a training exactly; try --seed {options.seed + 1})"
    )
    model = make_network(options.model, data.x_train.shape[1:], len(data.class_names))
    model.summary()

    history = model.fit(
        data.x_train,
        data.y_train,
        batch_size=options.batch_size,
        epochs=options.epochs,
        validation_data=(data.x_test, data.y_test),
    )
    if len(history.epoch) < options.epochs:
        print("What it has learnt until then is tested and saved.")

    # Saved first: from here on nothing that goes wrong can cost the training.
    path = save_trained(model, Origin(name, data.class_names), options.output)
    print(f"The model is saved: {path}")
    results = evaluate_on(data, model)
    print()
    print_results(data, results)
    _draw_curves(history, options.output / CURVES)
    draw_confusion(data, results, options.output / CONFUSION)
    print(f"Confusion matrix: {options.output / CONFUSION}")
    model_named = "" if options.output == Path(OUTPUT) else f"{path} "
    print(f"Ask the model: minicnn predict {model_named}picture.png")
    return 0


def _load(given: str | None) -> tuple[str, ImageData]:
    """Load what was asked for; if nothing was, MNIST, or without it the built-in digits."""
    if given is not None:
        return given if given in NAMED else str(Path(given).resolve()), load_images(given)
    try:
        return "mnist", load_images("mnist")
    except DataError as error:
        why = str(error).splitlines()[0]
        print(f"{why} Training on the built-in digits instead.", file=sys.stderr)
        return "digits", load_images("digits")


def _draw_curves(history: History, path: Path) -> None:
    from minicnn.visualize import plot_history

    if not history.epoch:
        path.unlink(missing_ok=True)  # an earlier training's would be taken for this one's
        print("Loss and accuracy: no curves, since no epoch was completed")
        return
    plot_history(history, path)
    print(f"Loss and accuracy: {path}")
