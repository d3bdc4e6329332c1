"""Make whole models from files and from JSON."""

import math
from collections.abc import Iterator, Mapping
from os import PathLike
from typing import Any

from minicnn import checks, saving
from minicnn.errors import FileFormatError, UnknownNameError
from minicnn.interrupts import interrupt_delayed
from minicnn.layers.weights import abstract_build
from minicnn.models.config import MODELS
from minicnn.models.files.compiling import compile_as_saved
from minicnn.models.files.old_configs import modern
from minicnn.models.files.weights import assign, paired, require_fit
from minicnn.models.model import Model
from minicnn.saving import FileType, LayerRecord
from minicnn.serialization import known_objects

MAX_LAYERS = 5_000  # bounds the time for a stranger's config; the deepest networks have hundreds
JSON = "the JSON text"


@interrupt_delayed()
def load_model(
    filepath: str | PathLike[str],
    custom_objects: Mapping[str, Any] | None = None,
    compile: bool = True,  # noqa: A002 (Keras' name)
    safe_mode: bool = True,
) -> Model:
    """Read a model that minicnn or any version of Keras saved.

    Parameters
    ----------
    filepath : path-like
        A ``.keras`` or ``.h5`` file; the content counts, not the name.
    custom_objects : dict, optional
        Your own layers, losses, metrics, optimizers and functions by name. Nothing else is looked
        up by name.
    compile : bool
        Whether to compile the model as it was, with the optimizer's state.
    safe_mode : bool
        Accepted as in Keras. Code in a file is never executed here, with or without it.

    Returns
    -------
    Model

    Raises
    ------
    OSError
        If the file is missing or may not be read.
    FileFormatError
        If it is damaged, of another format, or asks for something that minicnn does not have.

    Warns
    -----
    DataWarning
        If minicnn lacks the loss, a metric or the optimizer: the model is then not compiled. If the
        optimizer's state does not fit the model: training then starts with a fresh optimizer.
    """
    filepath = checks.path("load_model", "filepath", filepath)
    found = saving.file_type(filepath)
    if found not in (FileType.ARCHIVE, FileType.LEGACY_MODEL):
        raise FileFormatError(
            f"{filepath}: holds {found.value}, no whole model. Make the model in your program, and "
            f"read them into it: model.load_weights({str(filepath)!r})."
        )

    def check(config: dict[str, Any], records: list[LayerRecord]) -> None:
        with abstract_build():  # the config is not trusted before the file has the weights
            model = _make_model(filepath, config, custom_objects)
        require_fit(filepath, paired(filepath, model.layers, records))

    read = saving.read_model if found is FileType.ARCHIVE else saving.read_legacy_model
    saved = read(filepath, check)
    model = _make_model(filepath, saved.config, custom_objects)
    assign(paired(filepath, model.layers, saved.layers))
    model.trained_range = _trained_range(saved.metadata.get("trained_range"))
    if compile:
        compile_as_saved(filepath, model, saved, custom_objects)
    return model


def model_from_json(json_string: str, custom_objects: Mapping[str, Any] | None = None) -> Model:
    """Make a model from the result of `to_json`, of minicnn's or any Keras' model; its weights are new.

    Parameters
    ----------
    json_string : str
    custom_objects : dict, optional
        Your own layers and functions by name.

    Returns
    -------
    Sequential

    Raises
    ------
    FileFormatError
        If the text is not JSON, or asks for something that minicnn does not have.

    Examples
    --------
    >>> from minicnn import layers
    >>> from minicnn.models import Sequential
    >>> model = Sequential([layers.Input((3,)), layers.Dense(2)])
    >>> model_from_json(model.to_json()).count_params()
    8
    """
    if not isinstance(json_string, str):
        raise TypeError(f"model_from_json takes what model.to_json() returns, got {json_string!r}.")
    document = saving.parse_json(json_string.encode(), JSON, "all of it")
    if isinstance(document, str):  # json.dumps(model.to_json()), as many programs write it
        document = saving.parse_json(document.encode(), JSON, "the text in it")
    if not isinstance(document, dict):
        raise FileFormatError(f"{JSON} describes no model, but is a {type(document).__name__}.")
    return _make_model(JSON, document, custom_objects)


def _make_model(
    path: str | PathLike[str], config: Mapping[str, Any], custom_objects: Mapping[str, Any] | None
) -> Model:
    """Make the model that a config describes, with new weights."""
    known = MODELS | known_objects(custom_objects)
    try:
        config = modern(config)
        described = config["config"]
        cls = known.get(config["class_name"])
        if not isinstance(cls, type) or not issubclass(cls, Model):
            raise FileFormatError(
                f"{path}: holds a model of class {config['class_name']!r}, which minicnn does not have."
            )
        layers = list(_all_layers(described["layers"]))
        if len(layers) > MAX_LAYERS:
            raise ValueError(f"{len(layers):,} layers, more than {MAX_LAYERS:,}")
        model = cls.from_config(described, custom_objects)
        shape = (config.get("build_config") or {}).get("input_shape")
        if shape is not None and not model.built:
            model.build(tuple(shape))
    except FileFormatError:
        raise
    except UnknownNameError as error:
        raise FileFormatError(
            f"{path}: {error} Pass your own layers and functions by name: "
            "load_model(path, custom_objects={'MyLayer': MyLayer})."
        ) from error
    except KeyError as error:
        raise FileFormatError(f"{path}: its config lacks {error}") from error
    except (
        Exception
    ) as error:  # numbers, names and nesting that make no sense raise nearly anything
        raise FileFormatError(f"{path}: its config makes no model here: {error}") from error
    return model


def _all_layers(described: list[Any]) -> Iterator[Mapping[str, Any]]:
    """Yield the configs of all layers, with those inside models."""
    for layer in described:
        config = layer.get("config")
        if isinstance(config, Mapping):
            yield config
            yield from _all_layers(config.get("layers") or [])


def _trained_range(noted: Any) -> tuple[float, float] | None:
    """Return the range of the inputs that the model was trained with, if the file says it."""
    match noted:
        case [int() | float() as low, int() | float() as high]:
            if math.isfinite(low) and math.isfinite(high) and low <= high:
                return float(low), float(high)
    return None
