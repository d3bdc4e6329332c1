"""Write the files that real Keras made, for the tests to read: ``files/*.keras`` and ``*.npz``.

Keras is no dependency of minicnn; run this where it is installed (3.15 made what is here), and only
to add a case:

    TF_CPP_MIN_LOG_LEVEL=3 python tests/saving/make_keras_files.py

Beside each model stands what Keras itself says about it: ``layer<i>_weight<j>`` for the i-th layer
without counting an InputLayer, ``optimizer<i>``, and the prediction ``y`` for the images ``x``.
"""

from pathlib import Path

import keras
import numpy as np
from keras import layers

FILES = Path(__file__).parent / "files"


def trained():
    """Convolution, normalization and dropout, trained with Adam, so that every state exists."""
    model = keras.Sequential(
        [
            layers.Input((8, 8, 1)),
            layers.Rescaling(1 / 255, offset=-0.5),
            layers.Conv2D(3, 3, activation="relu", kernel_regularizer=keras.regularizers.L2(1e-3)),
            layers.BatchNormalization(),
            layers.MaxPooling2D(),
            layers.Conv2D(2, 2, padding="same", use_bias=False),
            layers.Dropout(0.25, seed=7),
            layers.Flatten(),
            layers.Dense(4, activation="softmax"),
        ]
    )
    model.compile("adam", "sparse_categorical_crossentropy", metrics=["accuracy"])
    return model


def momentum():
    """Another optimizer's state, and explicit names."""
    model = keras.Sequential(name="one")
    model.add(layers.Input((8, 8, 1), name="images"))
    model.add(layers.Flatten(name="flat"))
    model.add(layers.Dense(4, name="out"))
    model.compile(
        keras.optimizers.SGD(0.1, momentum=0.9, nesterov=True, clipnorm=1.0),
        keras.losses.SparseCategoricalCrossentropy(from_logits=True),
    )
    return model


def plain():
    """Layers without weights, never compiled."""
    return keras.Sequential(
        [
            layers.Input((8, 8, 1)),
            layers.ZeroPadding2D(1),
            layers.AveragePooling2D(2, padding="same"),
            layers.Conv2D(4, 1, activation="sigmoid"),
            layers.ReLU(max_value=6),
            layers.LeakyReLU(negative_slope=0.1),
            layers.Reshape((5, 5, 4)),
            layers.GlobalMaxPooling2D(),
            layers.Softmax(),
        ]
    )


def main():
    FILES.mkdir(exist_ok=True)
    generator = np.random.default_rng(0)
    x = generator.integers(0, 256, (6, 8, 8, 1), dtype="uint8")
    labels = generator.integers(0, 4, 6)
    for make in (trained, momentum, plain):
        keras.utils.set_random_seed(1)
        keras.backend.clear_session()
        model = make()
        if model.compiled:
            model.fit(x, labels, epochs=2, batch_size=4, verbose=0)
        model.save(FILES / f"{make.__name__}.keras")
        said = {"x": x, "y": model.predict(x, verbose=0)}
        for i, layer in enumerate(model.layers):
            said |= {f"layer{i}_weight{j}": one for j, one in enumerate(layer.get_weights())}
        if model.compiled:
            said |= {
                f"optimizer{i}": one.numpy() for i, one in enumerate(model.optimizer.variables)
            }
        np.savez_compressed(FILES / f"{make.__name__}.npz", **said)


if __name__ == "__main__":
    main()
