"""A picture file as a saved model takes it: like the images that it has learnt from."""

from numpy import ndarray

from minicnn.cli.picture import COLOUR_MODES, read_digit, read_for_model
from minicnn.cli.saved import Trained
from minicnn.errors import ShapeError

DIGITS = (28, 28, 1), (None, 10)  # MNIST's images and classes


def read_asked(
    trained: Trained, path: str, invert: bool = False, as_is: bool = False
) -> tuple[ndarray, bool]:
    """Read a picture that a model is asked about."""
    shape = image_shape(trained)
    if knows_digits(trained) and not as_is:
        image, prepared = read_digit(path, dark_on_light=True if invert else None)
        if prepared:  # light on dark already
            return image, True
    else:
        image = read_for_model(path, shape)
    return (255 - image if invert else image), False


def image_shape(trained: Trained) -> tuple[int, int, int]:
    """Return height, width and channels of the images that a model takes."""
    shape = trained.model.input_shape[1:]
    if len(shape) != 3 or None in shape or shape[2] not in COLOUR_MODES:
        raise ShapeError(
            f"{trained.path} takes inputs of shape {shape}, and pictures are (height, width, 1 or 3)."
        )
    return shape  # type: ignore[return-value]


def knows_digits(trained: Trained) -> bool:
    """Whether a model has learnt MNIST's digits, or nothing is known that speaks against it."""
    if trained.origin is not None and trained.origin.data != "mnist":
        return False
    return (trained.model.input_shape[1:], trained.model.output_shape) == DIGITS
