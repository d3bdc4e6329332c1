"""Exchange models of random architectures with real Keras 3 and Keras 2, both ways.

    tests/exchange/run                       # makes the environment, then runs this
    python tests/exchange/exchange.py 12     # in such an environment: so many architectures

For each architecture and each pair of libraries: one makes the model and trains it, and saves it in
every format; the other loads it. Weights and the optimizer's state must be the same bits, the
predictions the same to 1e-6, the gradients to 5e-5; and both go on training side by side.
"""

import sys
import tempfile
import time
import warnings
from pathlib import Path
from typing import Any

import graphs
import numpy as np
from architectures import DROPOUT_RATE, Architecture, architecture
from sides import KERAS_2, KERAS_3, OURS, Side

import minicnn.layers

STEPS = 2  # before saving, and after
PREDICTIONS, GRADIENTS, TRAINED = 1e-6, 5e-5, 1e-4  # largest differences allowed


def main() -> None:
    """Run the number of architectures in the first argument."""
    count = int(sys.argv[1]) if len(sys.argv) > 1 else 12
    # Keras says so in a warning where it cannot load an optimizer's state.
    warnings.simplefilter("ignore")
    warnings.filterwarnings("error", message=".*(variable loading|not compiled).*")
    exchanged: set[str] = {"InputLayer"}
    start = time.perf_counter()
    with tempfile.TemporaryDirectory() as folder:
        graphs.exchange(Path(folder))
        print("graphs", flush=True)
        for seed in range(count):
            of = architecture(seed)
            for side in (KERAS_3, KERAS_2):
                to_keras(of, side, Path(folder))
                from_keras(of, side, Path(folder))
            exchanged |= of.class_names
            print(f"{seed:3}: {', '.join(of.names)}", flush=True)
    missing = _own_layers() - exchanged
    if count >= 12 and missing:
        sys.exit(f"layers that no architecture has: {sorted(missing)}")
    print(f"{count} architectures exchanged in {time.perf_counter() - start:.0f} s")


def to_keras(of: Architecture, keras: Side, folder: Path) -> None:
    """Save a model trained by minicnn; load it in Keras and continue training."""
    model = trained(OURS, of)
    for name in ["to.h5"] + ["to.keras"] * (keras is KERAS_3):
        model.save(folder / name)
        # Keras 3 loads no .h5, its own neither, with an optimizer that can go on.
        goes_on = (keras, name) != (KERAS_3, "to.h5")
        compare(of, OURS, model, keras, keras.load(folder / name), goes_on)
        model.save(folder / name)
        compare(of, OURS, model, OURS, OURS.load(folder / name))
    for name in ["to_weights.h5"] + ["to.weights.h5"] * (keras is KERAS_3):
        model.save_weights(folder / name)
        other = trained(keras, of)
        other.load_weights(folder / name)
        same_bits(other.get_weights(), model.get_weights())
        if name == "to.weights.h5":
            same_bits(keras.state(other), OURS.state(model))


def from_keras(of: Architecture, keras: Side, folder: Path) -> None:
    """Save a model trained by Keras; load it in minicnn and continue training."""
    model = trained(keras, of)
    for name in ("from.keras", "from.h5"):
        model.save(folder / name)
        compare(of, keras, model, OURS, OURS.load(folder / name))
    model.save(folder / "from.keras")
    model.save(folder / "from.h5")
    names = ["from.weights.h5"] + ["from_weights.h5"] * (keras is KERAS_2)
    for name in names:
        model.save_weights(folder / name)
    for name in [*names, "from.h5", "from.keras"]:
        other = OURS.make(of)
        other.load_weights(folder / name)
        same_bits(other.get_weights(), model.get_weights())
        if name.endswith((".keras", ".weights.h5")):
            same_bits(OURS.state(other), keras.state(model))


def trained(side: Side, of: Architecture) -> Any:
    """Return a model of the library that has made a few steps."""
    side.library.utils.set_random_seed(7)
    model = side.make(of)
    for _ in range(STEPS):
        model.train_on_batch(of.x, of.y)
    return model


def compare(
    of: Architecture, one: Side, model: Any, other: Side, loaded: Any, goes_on: bool = True
) -> None:
    """Compare a model with the loaded copy, and continue training both."""
    same_bits(loaded.get_weights(), model.get_weights())
    close(one.predict(model, of.x), other.predict(loaded, of.x), PREDICTIONS)
    dropouts = [
        layer
        for layer in [*model.layers, *loaded.layers]
        if type(layer).__name__ == "Dropout" and one is not other
    ]
    for layer in dropouts:
        layer.rate = 0.0  # each library has random numbers of its own
    gradients = zip(one.gradients(model, of), other.gradients(loaded, of), strict=True)
    for gradient, gradient_of_other in gradients:
        close(gradient, gradient_of_other, GRADIENTS)
    if goes_on:
        same_bits(one.state(model), other.state(loaded))
        for _ in range(STEPS):
            model.train_on_batch(of.x, of.y)
            loaded.train_on_batch(of.x, of.y)
        same_training(one, model, other, loaded)
    for layer in dropouts:
        layer.rate = DROPOUT_RATE


def same_training(one: Side, model: Any, other: Side, loaded: Any) -> None:
    """Raise if the weights differ more than the libraries' rounding; one library has none."""
    weights = model.get_weights(), loaded.get_weights()
    if one is other:
        same_bits(*weights)
    names = _weight_names(model if one is OURS else loaded)
    for name, weight, weight_of_other in zip(names, *weights, strict=True):
        # Keras 2 moves it by the unbiased variance, of n − 1; Keras 3 and minicnn by that of n.
        unbiased = name == "moving_variance" and KERAS_2 in (one, other)
        close(weight, weight_of_other, 0.05 if unbiased else TRAINED, name)


def same_bits(some: Any, others: Any) -> None:
    """Raise if two lists of arrays are not the same."""
    assert len(some) == len(others), (len(some), len(others))
    for one, other in zip(some, others, strict=True):
        np.testing.assert_array_equal(one, other)


def close(one: np.ndarray, other: np.ndarray, most: float, what: str = "they") -> None:
    """Raise if arrays differ by more than `most`, in parts of their largest number where that is > 1."""
    assert one.shape == other.shape, (one.shape, other.shape)
    difference = float(np.abs(one - other).max(initial=0))
    scale = max(1.0, float(np.abs(one).max(initial=0)))
    assert difference <= most * scale, f"{what}: differ by {difference}, of {scale}"


def _weight_names(model: Any) -> list[str]:
    return [name for layer in model.layers for name in layer.weight_names]


def _own_layers() -> set[str]:
    """Return the names of the layers that train alike on both sides in models of images."""
    layers = minicnn.layers
    classes = {getattr(layers, name) for name in layers.__all__}
    classes = {one for one in classes if isinstance(one, type)}
    elsewhere = {"Dot", "Lambda", "Layer", "RandomContrast", "RandomFlip", "SpatialDropout1D"}
    return {one.__name__ for one in classes} - elsewhere


if __name__ == "__main__":
    main()
