"""The modules of Keras and TensorFlow, filled with what minicnn has."""

import re
from importlib import import_module
from importlib.util import find_spec
from types import ModuleType
from typing import Any

from minicnn import optimizers
from minicnn.errors import unknown_name
from minicnn.keras import tensorflow
from minicnn.keras.ops import BACKEND, OLD_LOSSES, OPS, RANDOM, Convolution2D, Progbar
from minicnn.saving.keras_archive import KERAS_VERSION

ROOTS = ("keras", "tf_keras", "tensorflow", "scikeras")

_MODULES = {
    "": (
        "minicnn.models minicnn.layers:Input,Layer minicnn.losses:Loss minicnn.metrics:Metric"
        " minicnn.optimizers:Optimizer minicnn.initializers:Initializer minicnn.regularizers:Regularizer"
    ),
    "activations": "minicnn.activations",
    "backend": "minicnn.backend",
    "callbacks": "minicnn.callbacks",
    "config": (
        "minicnn.backend:backend,epsilon,floatx,image_data_format,set_epsilon,set_floatx,"
        "set_image_data_format"
    ),
    "constraints": "minicnn.constraints",
    "datasets": "minicnn.datasets",
    "initializers": "minicnn.initializers",
    "layers": "minicnn.layers",
    "losses": "minicnn.losses",
    "metrics": "minicnn.metrics",
    "models": "minicnn.models",
    "optimizers": "minicnn.optimizers",
    "optimizers.schedules": "minicnn.optimizers.schedules",
    "preprocessing": "minicnn.preprocessing",
    "preprocessing.image": "minicnn.preprocessing.image minicnn.utils",
    "regularizers": "minicnn.regularizers",
    "saving": (
        "minicnn.models minicnn.serialization:custom_object_scope,get_custom_objects,"
        "register_keras_serializable"
    ),
    "utils": "minicnn.utils",
    "wrappers.scikit_learn": "minicnn.sklearn",
}
"""Modules of Keras, and where minicnn has their names (``module:names`` for some of them)."""

_OLD_MODULES = {
    "engine": "layers models", "engine.base_layer": "layers", "engine.input_layer": "layers",
    "engine.sequential": "models", "engine.topology": "layers", "engine.training": "models",
    "initializations": "initializers", "layers.advanced_activations": "layers",
    "layers.convolutional": "layers", "layers.core": "layers", "layers.embeddings": "layers",
    "layers.experimental.preprocessing": "layers", "layers.merge": "layers",
    "layers.noise": "layers", "layers.normalization": "layers", "layers.pooling": "layers",
    "layers.preprocessing": "layers", "layers.recurrent": "layers", "layers.wrappers": "layers",
    "objectives": "losses", "optimizers.legacy": "optimizers",
    "optimizers.experimental": "optimizers", "utils.generic_utils": "utils",
    "utils.image_utils": "utils", "utils.np_utils": "utils", "utils.vis_utils": "utils",
    "utils.visualize_util": "utils",
}  # fmt: skip
"""Modules of earlier versions, and where their names are today."""

_PLACEHOLDERS = {
    "applications": r"[A-Z]\w+|[a-z]\w*",
    "layers": (
        "ActivityRegularization|AdditiveAttention|AlphaDropout|Attention|Bidirectional|CategoryEncoding"
        "|Conv1DTranspose|Conv3D\\w*|Convolution3D\\w*|ConvLSTM\\dD|CuDNN\\w+|Discretization|Embedding|GRU"
        "|GRUCell|GroupNormalization|Hashing|LSTM|LSTMCell|LocallyConnected\\dD|Masking|\\w*Pool\\w*3D"
        "|MultiHeadAttention|RNN|RepeatVector|SimpleRNN|SimpleRNNCell|StringLookup|TextVectorization"
        "|TimeDistributed|Wrapper|Random\\w+|ThresholdedReLU"
    ),
}
"""Names that minicnn lacks, but that programs import without using them."""


class AliasModule(ModuleType):
    """A module of Keras or TensorFlow that takes its names from modules of minicnn."""

    def __init__(self, name: str, sources: str = "", names: dict[str, Any] | None = None) -> None:
        super().__init__(name)
        self.__path__: list[str] = []
        self._sources = sources.split()
        vars(self).update(names or {})

    def __getattr__(self, name: str) -> Any:
        if name == "__all__":
            return [item for item in dir(self) if not item.startswith("_")]
        source = None if name.startswith("_") else self._imported().get(name)
        if source is None:
            raise AttributeError(self.absent(name))
        return getattr(source, name)

    def __dir__(self) -> list[str]:
        return sorted(
            {*(name for name in vars(self) if not name.startswith("_")), *self._imported()}
        )

    def _imported(self) -> dict[str, Any]:
        """Return the module of minicnn that has each name, importing them on first use."""
        found: dict[str, Any] = vars(self).get("_found", {})
        if not found:
            for source in self._sources:
                module, _, chosen = source.partition(":")
                if find_spec(module) is None:
                    continue
                for name in chosen.split(",") if chosen else _public_names(import_module(module)):
                    found.setdefault(name, import_module(module))
            vars(self)["_found"] = found
        return found

    def absent(self, name: str) -> str:
        """Return the message for a name that is not here."""
        return absent(self.__name__, name, dir(self))


def absent(module: str, name: str, names: list[str]) -> str:
    """Return the message for a name that minicnn lacks."""
    if name in ("GradientTape", "function", "Variable", "custom_gradient"):
        return (
            f"minicnn has no {module}.{name}, because it does not differentiate automatically: each "
            "layer has a hand-written backward pass. Write a custom layer with the methods forward and "
            "backward (docs/own_layer.md), and train it with model.fit or model.train_on_batch."
        )
    if name == "saved_model":
        return (
            f"minicnn has no {module}.{name}: it writes no TensorFlow graphs. model.save('model.keras') "
            "saves for Keras, and minicnn.exporting.export(model, 'model.onnx') for other runtimes."
        )
    if module.partition(".")[2].startswith("applications") or name == "applications":
        return f"minicnn has no {module}.{name}: it has no pretrained models."
    correction = str(unknown_name(f"name in {module}", name, names)).partition(". ")[2]
    return f"minicnn has no {module}.{name}. {correction}"


def unknown_module(name: str) -> ModuleNotFoundError:
    """Return the error for a module that minicnn lacks."""
    parent, _, last = name.rpartition(".")
    while find_module(parent) is None:
        parent, _, last = parent.rpartition(".")
    return ModuleNotFoundError(absent(parent, last, dir(find_module(parent))), name=name)


def is_placeholder(module: str, name: str) -> type | None:
    """Return a class that raises when it is used, for names that programs only import."""
    path = module.removeprefix("tensorflow.").removeprefix("python.").partition(".")[2]
    pattern = _PLACEHOLDERS.get(path.partition(".")[0], "(?!)")
    if not re.fullmatch(pattern, name):
        return None
    message = absent(module, name, dir(find_module(module)))

    def refuse(*_: Any, **__: Any) -> Any:
        raise NotImplementedError(message)

    return type(name, (), {"__new__": refuse, "__module__": module})


def find_module(name: str) -> Any:
    """Return the module that ``import name`` means, or None."""
    root, *path = name.split(".")
    if root not in ROOTS:
        return None
    module: Any = {"tensorflow": TENSORFLOW, "scikeras": SCIKERAS}.get(root, KERAS)
    for part in path:
        module = getattr(module, part, None)
        if not isinstance(module, ModuleType):
            return None
    return module


def _public_names(source: Any) -> list[str]:
    names = getattr(source, "__all__", None)
    return list(names) if names is not None else [n for n in dir(source) if not n.startswith("_")]


def _tree(path: str, name: str) -> AliasModule:
    """Return a module of Keras with its submodules."""
    sources = " ".join(
        _MODULES.get(item, "") for item in _OLD_MODULES.get(path, path).split() or [path]
    )
    prefix = f"{path}." if path else ""
    children = {
        other.removeprefix(prefix).partition(".")[0]
        for other in (*_MODULES, *_OLD_MODULES)
        if other.startswith(prefix) and other != path
    }
    submodules = {child: _tree(prefix + child, f"{name}.{child}") for child in children}
    return AliasModule(name, sources, submodules)


def _plain(name: str, names: dict[str, Any]) -> AliasModule:
    """Return a module with these names; a dict among them is a submodule."""
    members = {
        key: _plain(f"{name}.{key}", value) if isinstance(value, dict) else value
        for key, value in names.items()
    }
    return AliasModule(name, names=members)


KERAS = _tree("", "keras")
SCIKERAS = AliasModule(
    "scikeras", names={"wrappers": AliasModule("scikeras.wrappers", "minicnn.sklearn")}
)
TENSORFLOW = _plain("tensorflow", tensorflow.NAMES)
TENSORFLOW.keras = _tree("", "tensorflow.keras")  # type: ignore[attr-defined]
for _name in ("initializers", "losses", "metrics", "optimizers"):
    vars(TENSORFLOW)[_name] = getattr(TENSORFLOW.keras, _name)
TENSORFLOW.python = AliasModule(  # type: ignore[attr-defined]
    "tensorflow.python", names={"keras": TENSORFLOW.keras}
)
for _module in (KERAS, TENSORFLOW.keras):
    vars(_module).update(
        __version__=f"{KERAS_VERSION}+minicnn",
        ops=_plain("keras.ops", OPS),
        random=_plain("keras.random", RANDOM),
        src=_module,  # Keras' own folder, from which some programs import
        legacy=_module,
    )
    vars(_module.utils)["Progbar"] = Progbar
    vars(_module.utils.visualize_util)["plot"] = _module.utils.plot_model
    vars(_module.optimizers).update(
        (_name.lower(), getattr(optimizers, _name))
        for _name in optimizers.__all__
        if _name[0].isupper()
    )  # names of Keras 1 and 2
    for _part in (_module.layers, _module.layers.convolutional):
        vars(_part)["Convolution2D"] = Convolution2D
    for _part in (_module.losses, _module.metrics, _module.objectives):
        vars(_part).update(OLD_LOSSES)
    vars(_module.backend).update(BACKEND)
