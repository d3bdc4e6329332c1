"""A model's architecture as text, and back: without weights."""

from collections.abc import Mapping
from typing import Any

from minicnn import saving
from minicnn.models.files.making import make_model
from minicnn.models.sequential import Sequential

SOURCE = "the JSON text"


def to_json(model: Sequential, **options: Any) -> str:
    """Return a model's layers as JSON, which Keras' `model_from_json` reads too."""
    document: dict[str, Any] = {
        "module": "keras",
        "class_name": "Sequential",
        "config": model.get_config(),
        "registered_name": None,
    }
    if model.built:
        document["build_config"] = {"input_shape": model.input_shape}
    return saving.to_json(document, **options)


def model_from_json(text: str, custom_objects: Mapping[str, Any] | None = None) -> Sequential:
    """Make a model from what `to_json`, Keras 3's or Keras 2's, returned; its weights are new.

    Parameters
    ----------
    text : str
    custom_objects : dict, optional
        Layers and functions of your own by name.

    Returns
    -------
    Sequential

    Raises
    ------
    FileFormatError
        If the text is no JSON, or asks for what minicnn does not have.

    Examples
    --------
    >>> from minicnn import layers
    >>> model = Sequential([layers.Input((3,)), layers.Dense(2)])
    >>> model_from_json(to_json(model)).count_params()
    8
    """
    document = saving.parse_json(text.encode(), SOURCE, "all of it")
    if not isinstance(document, dict):
        document = {"class_name": type(document).__name__}
    return make_model(SOURCE, document, custom_objects)
