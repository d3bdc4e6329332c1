"""Train or predict with minicnn or Keras as a user does, by `fit` and `predict`.

python -m workers.fit_and_predict minicnn training lecture 32
"""

import sys
from importlib import import_module
from importlib.metadata import version
from typing import Any

import numpy as np

from common import data, networks
from workers.serve import Run, serve


def build(library: Any, network: str) -> Any:
    """Return the model of a network, built but not compiled.

    Networks with residual blocks use the functional API, the others `Sequential`.

    Parameters
    ----------
    library : module
        ``minicnn`` or ``keras``.
    network : str
    """
    description = networks.NETWORKS[network]
    inputs = library.Input(shape=description.input_shape)
    if not any(isinstance(layer, networks.Residual) for layer in description.layers):
        chain = [made for layer in description.layers for made in _layers(library, layer)]
        return library.Sequential([inputs, *chain])
    x = inputs
    for layer in description.layers:
        if isinstance(layer, networks.Residual):
            x = _residual(library, x, layer)
        else:
            x = _apply(x, _layers(library, layer))
    return library.models.Model(inputs, x)


def _layers(library: Any, layer: networks.Layer) -> list[Any]:
    layers = library.layers
    match layer:
        case networks.Conv(filters, size, padding, activation):
            return [layers.Conv2D(filters, size, padding=padding, activation=activation)]
        case networks.Pool("max"):
            return [layers.MaxPooling2D(2)]
        case networks.Pool("average"):
            return [layers.AveragePooling2D(2)]
        case networks.Dropout(rate):
            return [layers.Dropout(rate)]
        case networks.Flatten():
            return [layers.Flatten()]
        case networks.Dense(units, activation):
            return [layers.Dense(units, activation=activation)]
        case networks.NormalizedConv(filters):
            return [*_normalized(library, filters, 3), layers.ReLU()]
        case networks.GlobalAveragePool():
            return [layers.GlobalAveragePooling2D()]
    raise ValueError(f"no layer for {layer}")


def _normalized(library: Any, filters: int, size: int, stride: int = 1) -> list[Any]:
    layers = library.layers
    conv = layers.Conv2D(filters, size, strides=stride, padding="same", use_bias=False)
    return [conv, layers.BatchNormalization()]


def _residual(library: Any, x: Any, block: networks.Residual) -> Any:
    filters, stride = block
    layers = library.layers
    first = [*_normalized(library, filters, 3, stride), layers.ReLU()]
    y = _apply(x, [*first, *_normalized(library, filters, 3)])
    shortcut = x if stride == 1 else _apply(x, _normalized(library, filters, 1, stride))
    return layers.ReLU()(layers.Add()([y, shortcut]))


def _apply(x: Any, layers: list[Any]) -> Any:
    for layer in layers:
        x = layer(x)
    return x


def training(model: Any, network: str, batch: int, **options: Any) -> Run:
    """Return a function that trains for a number of steps by calling `fit`.

    Parameters
    ----------
    model : Model
        From `build`.
    network : str
    batch : int
    **options
        Arguments of `compile`.
    """
    x, labels = data.prepared(networks.NETWORKS[network])
    y = np.eye(10, dtype=np.float32)[labels]
    model.compile("adam", "categorical_crossentropy", metrics=["accuracy"], **options)

    def run(steps: int) -> None:
        while steps > 0:  # several epochs if there are too few images
            images = min(steps * batch, len(x) // batch * batch)
            model.fit(x[:images], y[:images], batch_size=batch, epochs=1, verbose=0)
            steps -= images // batch

    return run


def prediction(model: Any, network: str, batch: int, **options: Any) -> Run:
    """Return a function that predicts a number of batches by calling `predict`."""
    x, _ = data.prepared(networks.NETWORKS[network])
    if options:
        model.compile(**options)

    def run(steps: int) -> None:
        while steps > 0:
            images = min(steps * batch, len(x) // batch * batch)
            model.predict(x[:images], batch_size=batch, verbose=0)
            steps -= images // batch

    return run


def main(name: str, task: str, network: str, batch: int) -> None:
    """Serve one library; Keras with and without TensorFlow's compiler XLA."""
    prepare = {"training": training, "prediction": prediction}[task]
    library = import_module(name)
    choices: dict[str, dict[str, Any]] = {"default": {}}
    packages = ("numpy", "numba", "llvmlite")
    if name == "keras":
        choices = {"XLA": {"jit_compile": True}, "no XLA": {"jit_compile": False}}
        packages = ("tensorflow", "tensorflow_cpu", "numpy")
    variants = {
        choice: prepare(build(library, network), network, batch, **options)
        for choice, options in choices.items()
    }
    serve(variants, _versions(library, packages))


def _versions(library: Any, packages: tuple[str, ...]) -> dict[str, str]:
    found = {library.__name__: library.__version__}
    for package in packages:
        try:
            found[package] = version(package)
        except ModuleNotFoundError:  # TensorFlow is installed under one of two names
            continue
    return found


if __name__ == "__main__":
    main(sys.argv[1], sys.argv[2], sys.argv[3], int(sys.argv[4]))
