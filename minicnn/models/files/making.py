"""The model that a file's config describes."""

from collections.abc import Mapping
from os import PathLike
from typing import Any

from minicnn.errors import FileFormatError, UnknownNameError
from minicnn.models.sequential import Sequential

MOST_LAYERS = (
    5_000  # so that a stranger's config is read in seconds; the deepest nets have hundreds
)


def make_model(
    path: str | PathLike[str], config: Mapping[str, Any], custom_objects: Mapping[str, Any] | None
) -> Sequential:
    """Make a model with new weights."""
    if config.get("class_name") != "Sequential":
        raise FileFormatError(
            f"{path}: holds a model of class {config.get('class_name')!r}; minicnn has Sequential."
        )
    try:
        described = _as_dict(config["config"])
        if len(described["layers"]) > MOST_LAYERS:
            raise ValueError(
                f"{len(described['layers']):,} layers, where {MOST_LAYERS:,} are the most"
            )
        model = Sequential.from_config(described, custom_objects)
        shape = (config.get("build_config") or {}).get("input_shape")
        if shape is not None and not model.built:
            model.build(tuple(shape))
    except UnknownNameError as error:
        raise FileFormatError(
            f"{path}: {error} A layer or function of your own goes to "
            "load_model(path, custom_objects={'MyLayer': MyLayer})."
        ) from error
    except _MISTAKES as error:
        raise FileFormatError(f"{path}: its config makes no model here: {error}") from error
    return model


# All that Python and NumPy raise for numbers, names and nesting that make no sense.
_MISTAKES = (
    ArithmeticError,
    AttributeError,
    LookupError,
    MemoryError,
    RuntimeError,
    TypeError,
    ValueError,
)


def _as_dict(config: Any) -> dict[str, Any]:
    """Return a Sequential's config; Keras before 2.3 wrote the list of layers alone."""
    if isinstance(config, list):
        return {"name": "sequential", "layers": config}
    return dict(config)
