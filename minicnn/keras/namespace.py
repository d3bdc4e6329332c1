"""The modules of Keras and TensorFlow, filled with what minicnn has."""

import re
from importlib import import_module
from types import ModuleType
from typing import Any

from minicnn import optimizers
from minicnn.errors import unknown_name
from minicnn.keras import tensorflow
from minicnn.keras.ops import BACKEND, OLD_LOSSES, OPS, Convolution2D, Progbar
from minicnn.saving.keras_archive import KERAS_VERSION
from minicnn.utils import plot_model

ROOTS = ("keras", "tf_keras", "tensorflow", "scikeras")

_SAME = (
    "activations backend callbacks constraints datasets initializers layers losses metrics models"
    " optimizers optimizers.schedules preprocessing regularizers utils"
)
_MODULES = {name: f"minicnn.{name}" for name in _SAME.split()} | {
    "": (
        "minicnn.models minicnn.layers:Input,Layer minicnn.losses:Loss minicnn.metrics:Metric"
        " minicnn.optimizers:Optimizer minicnn.initializers:Initializer minicnn.regularizers:Regularizer"
    ),
    "config": (
        "minicnn.backend:backend,epsilon,floatx,image_data_format,set_epsilon,set_floatx,"
        "set_image_data_format"
    ),
    "ops": "",
    "preprocessing.image": "minicnn.preprocessing.image minicnn.utils",
    "random": (
        "minicnn.keras.random:SeedGenerator,normal,randint,shuffle,truncated_normal,uniform"
    ),
    "saving": (
        "minicnn.models minicnn.serialization:custom_object_scope,get_custom_objects,"
        "register_keras_serializable"
    ),
    "wrappers.scikit_learn": "minicnn.sklearn",
}
"""Modules of Keras, and where minicnn has their names (``module:names`` for some of them)."""

_NAMES: dict[str, dict[str, Any]] = {
    "": {"__version__": f"{KERAS_VERSION}+minicnn"},
    "backend": BACKEND,
    "layers": {"Convolution2D": Convolution2D},
    "losses": OLD_LOSSES,
    "metrics": OLD_LOSSES,
    "ops": OPS,
    "optimizers": {name.lower(): getattr(optimizers, name) for name in optimizers.__all__},
    "utils": {"Progbar": Progbar},
    "utils.visualize_util": {"plot": plot_model},
}
"""Names that these modules of minicnn do not have, among them those of Keras 1 and 2."""

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
        self._found: dict[str, Any] = {}
        vars(self).update(names or {})

    def __getattr__(self, name: str) -> Any:
        if name == "__all__":
            return [item for item in dir(self) if not item.startswith("_")]
        source = None if name.startswith("_") else self._imported().get(name)
        if source is None:
            raise AttributeError(self.absent(name))
        return getattr(source, name)

    def __dir__(self) -> list[str]:
        names = {*vars(self), *self._imported()}
        return sorted(name for name in names if not name.startswith("_"))

    def _imported(self) -> dict[str, Any]:
        """Return the module of minicnn that has each name, importing them on first use."""
        for source in () if self._found else self._sources:
            name, _, chosen = source.partition(":")
            module = import_module(name)
            for item in chosen.split(",") if chosen else getattr(module, "__all__", dir(module)):
                self._found.setdefault(item, module)
        return self._found

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


def _tree(path: str, name: str) -> AliasModule:
    """Return a module of Keras with its submodules."""
    current = _OLD_MODULES.get(path, path).split(" ")
    sources = " ".join(_MODULES.get(item, "") for item in current)
    names: dict[str, Any] = {}
    for item in {*current, path}:
        names |= _NAMES.get(item, {})
    prefix = f"{path}." if path else ""
    children = {
        other.removeprefix(prefix).partition(".")[0]
        for other in (*_MODULES, *_OLD_MODULES)
        if other.startswith(prefix) and other != path
    }
    names |= {child: _tree(prefix + child, f"{name}.{child}") for child in children}
    module = AliasModule(name, sources, names)
    if not path:
        module.src = module.legacy = module  # type: ignore[attr-defined]  # programs import from them
    return module


def _plain(name: str, names: dict[str, Any]) -> AliasModule:
    """Return a module with these names; a dict among them is a submodule."""
    members = {
        key: _plain(f"{name}.{key}", value) if isinstance(value, dict) else value
        for key, value in names.items()
    }
    return AliasModule(name, names=members)


KERAS = _tree("", "keras")
SCIKERAS = _plain(
    "scikeras", {"wrappers": AliasModule("scikeras.wrappers", _MODULES["wrappers.scikit_learn"])}
)
_keras = _tree("", "tensorflow.keras")
TENSORFLOW = _plain(
    "tensorflow",
    {
        **tensorflow.NAMES,
        **{
            name: getattr(_keras, name)
            for name in ("initializers", "losses", "metrics", "optimizers")
        },
        "keras": _keras,
        "python": {"keras": _keras},
    },
)
