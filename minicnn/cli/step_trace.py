"""A saved model's way through one picture and back, for ``minicnn steps``."""

from argparse import Namespace
from collections.abc import Sequence

from numpy import ndarray

from minicnn import steps
from minicnn.cli.asked_picture import read_asked
from minicnn.cli.saved import load_trained
from minicnn.errors import unknown_name
from minicnn.models import Sequential, load_model
from minicnn.steps.layer_walk import LayerWalk
from minicnn.steps.notation import number_text
from minicnn.steps.trace import Trace


def traced(options: Namespace) -> Trace:
    """Show a picture to a model, and keep every number."""
    trained = load_trained(options.model)
    image, _ = read_asked(trained, options.image, options.invert, options.as_is)
    model = load_model(trained.path)  # with its loss, where it was compiled
    return steps.trace(model, image, _label(model, image, trained.class_names, options.label))


def layer_of(seen: Trace, layer: str) -> LayerWalk:
    """Return the walk of a layer, by its name or number."""
    names = [one.name for one in seen.layers]
    if layer not in names and layer.isascii() and layer.isdecimal() and int(layer) < len(names):
        return seen[int(layer)]
    return seen[layer]


def loss_text(seen: Trace) -> str:
    """Say from where the way back begins."""
    return f"The loss of this picture is {number_text(seen.loss)}. On the way back:"


def _label(model: Sequential, image: ndarray, class_names: Sequence[str], given: str | None) -> int:
    """Return the number of a class: of the one that was named, else of the model's answer."""
    if given is None:
        return int(model.predict(image[None], verbose=0)[0].argmax())
    if given not in class_names:
        raise unknown_name("class", given, class_names)
    return list(class_names).index(given)
