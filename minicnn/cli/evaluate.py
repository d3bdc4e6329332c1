"""``minicnn evaluate``."""

from argparse import Namespace

from minicnn.cli.image_data import ImageData, load_images
from minicnn.cli.results import evaluate_on, print_results
from minicnn.cli.saved import Trained, load_trained
from minicnn.errors import ShapeError


def run(options: Namespace) -> int:
    """Test a saved model on the test images of a data set."""
    trained = load_trained(options.model)
    data = load_images(options.data or _data_of(trained)).first(options.images)
    _check_fit(trained, data)
    # Whatever the model was compiled with, labels here are class numbers.
    trained.model.compile("adam", "sparse_categorical_crossentropy", metrics=["accuracy"])
    print(f"Model: {trained.path}")
    print(f"Data: {data.title}, {len(data.x_test):,} test images of {data.size} pixels.")
    print_results(data, evaluate_on(data, trained.model))
    return 0


def _data_of(trained: Trained) -> str:
    """Return what the model was trained on, or where nothing is known, what fits its input."""
    if trained.origin is not None:
        return trained.origin.data
    return "digits" if trained.model.input_shape[1:3] == (8, 8) else "mnist"


def _check_fit(trained: Trained, data: ImageData) -> None:
    takes, has = trained.model.input_shape[1:], data.x_test.shape[1:]
    if takes != has:
        raise ShapeError(
            f"{trained.path} takes images of shape {takes}, and those of {data.title} have {has}. "
            "Choose other data: --data NAME."
        )
    tells = trained.model.output_shape
    if tells != (None, len(data.class_names)):
        raise ShapeError(
            f"{trained.path} gives outputs of shape {tells}, and {data.title} has "
            f"{len(data.class_names)} classes. Choose other data: --data NAME."
        )
