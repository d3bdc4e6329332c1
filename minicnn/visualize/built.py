"""The layers of a model that is to be drawn, or what is missing."""

from typing import Any

from minicnn.errors import NotReadyError
from minicnn.layers import Layer


def built_layers(model: Any, asker: str) -> list[Layer]:
    """Return a model's layers after checking that their shapes are known.

    Parameters
    ----------
    model : Sequential
    asker : str
        Which function was called, for the error.

    Returns
    -------
    list of Layer
        From the first to the last.

    Raises
    ------
    TypeError
        If it is no model.
    ValueError
        If it has no layers.
    NotReadyError
        If it has not been built.

    Examples
    --------
    >>> from minicnn import Sequential
    >>> built_layers(Sequential(), "plot_model")
    Traceback (most recent call last):
        ...
    ValueError: plot_model got a model without layers: add some first, model.add(Dense(10)).
    """
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
