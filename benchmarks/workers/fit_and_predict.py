"""minicnn or Keras, as a user calls them: `fit` and `predict`. The same program serves both.

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

    Parameters
    ----------
    library : module
        ``minicnn`` or ``keras``.
    network : str
    """
    layers = library.layers
    model = library.Sequential([library.Input(shape=(28, 28, 1))])
    for layer in networks.NETWORKS[network]:
        match layer:
            case networks.Conv(filters, size, padding, activation):
                model.add(layers.Conv2D(filters, size, padding=padding, activation=activation))
            case networks.Pool("max"):
                model.add(layers.MaxPooling2D(2))
            case networks.Pool("average"):
                model.add(layers.AveragePooling2D(2))
            case networks.Dropout(rate):
                model.add(layers.Dropout(rate))
            case networks.Flatten():
                model.add(layers.Flatten())
            case networks.Dense(units, activation):
                model.add(layers.Dense(units, activation=activation))
    return model


def training(model: Any, network: str, batch: int, **options: Any) -> Run:
    """Return a function that trains for some steps, by one call of `fit`.

    Parameters
    ----------
    model : Sequential
        Of either library, see `build`.
    network : str
    batch : int
    **options
        For `compile`.
    """
    x, digits = data.prepared(network in networks.RAW)
    y = np.eye(10, dtype=np.float32)[digits]
    model.compile("adam", "categorical_crossentropy", metrics=["accuracy"], **options)

    def run(steps: int) -> None:
        while steps > 0:  # more than MNIST has: in several epochs
            images = min(steps * batch, len(x) // batch * batch)
            model.fit(x[:images], y[:images], batch_size=batch, epochs=1, verbose=0)
            steps -= images // batch

    return run


def prediction(model: Any, network: str, batch: int, **options: Any) -> Run:
    """Return a function that predicts some batches, by one call of `predict`."""
    x, _ = data.prepared(network in networks.RAW)
    if options:
        model.compile(**options)

    def run(steps: int) -> None:
        while steps > 0:
            images = min(steps * batch, len(x) // batch * batch)
            model.predict(x[:images], batch_size=batch, verbose=0)
            steps -= images // batch

    return run


def main(name: str, task: str, network: str, batch: int) -> None:
    """Serve one library; of Keras on TensorFlow, with its compiler XLA or without."""
    prepare = {"training": training, "prediction": prediction}[task]
    library = import_module(name)
    choices: dict[str, dict[str, Any]] = {"as it comes": {}}
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
        except ModuleNotFoundError:  # one of TensorFlow's two names
            continue
    return found


if __name__ == "__main__":
    main(sys.argv[1], sys.argv[2], sys.argv[3], int(sys.argv[4]))
