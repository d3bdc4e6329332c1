"""The layers of a model that is to be drawn, or what is missing."""

from typing import Any

from minicnn.errors import NotReadyError
from minicnn.layers import Layer


def built_layers(model: Any, asker: str) -> list[Layer]:
    """Return a model's layers after checking that their shapes are known."""
    if isinstance(model, type) or not hasattr(model, "layers"):
        raise TypeError(
            f"{asker} takes a model, got {model!r}. Write {asker}(model) with a Sequential."
        )
    layers = list(model.layers)
    if not layers:
        raise ValueError(
            f"{asker} got a model without layers: add some first, model.add(Dense(10))."
        )
    if not model.built:
        raise NotReadyError(
            f"{asker} draws shapes, and this model's are not known yet. Begin it with "
            "Input((28, 28, 1)), or call model.build((None, 28, 28, 1)) first."
        )
    return layers
