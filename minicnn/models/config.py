"""A layer as a dict that JSON can hold, in Keras' form, and back."""

from collections.abc import Callable, Mapping
from typing import Any

from minicnn.errors import unknown_name
from minicnn.layers import Layer


def layer_to_config(layer: Layer) -> dict[str, Any]:
    """Return ``{"module", "class_name", "config", "registered_name"}``, as Keras writes it.

    Examples
    --------
    >>> from minicnn.layers import Flatten
    >>> layer_to_config(Flatten(name="flat"))["class_name"]
    'Flatten'
    """
    own = type(layer).__module__.startswith("minicnn.layers")
    return {
        "module": "keras.layers" if own else type(layer).__module__,
        "class_name": type(layer).__name__,
        "config": layer.get_config(),
        "registered_name": None if own else type(layer).__name__,
    }


def layer_from_config(config: Mapping[str, Any], known: Mapping[str, Callable[..., Any]]) -> Layer:
    """Make a layer of what `layer_to_config` returned.

    Parameters
    ----------
    config : dict
    known : dict of str to class
        Nothing but these is ever looked up.

    Raises
    ------
    UnknownNameError
        If the class is none of them.

    Examples
    --------
    >>> from minicnn.layers import Flatten
    >>> layer_from_config({"class_name": "Flatten", "config": {"name": "flat"}}, {"Flatten": Flatten})
    <Flatten name=flat, built=False>
    """
    name = config.get("class_name")
    kind = known.get(str(name))
    if kind is None:
        raise unknown_name("layer", name, known)
    arguments = dict(config.get("config") or {})
    make = getattr(kind, "from_config", None)
    return kind(**arguments) if make is None else make(arguments)
