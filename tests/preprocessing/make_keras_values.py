"""Write `keras_values.npz`, the results of real Keras for a small picture and a small folder.

Run where Keras and TensorFlow are installed: ``python make_keras_values.py``.
"""

import tempfile
from pathlib import Path

import numpy as np

MODES = ("nearest", "area", "bilinear", "bicubic")
MODES += ("mitchellcubic", "lanczos3", "lanczos5", "gaussian")
IMAGE = np.random.default_rng(1).integers(0, 256, (7, 5, 3)).astype(np.uint8)


def resized() -> dict[str, np.ndarray]:
    """Resize the picture in every way, down and up; crop and pad it."""
    import keras
    import tensorflow as tf

    values = {}
    for mode in MODES:
        for size in ((3, 4), (9, 10)):
            values[f"resize_{mode}_{size[0]}"] = tf.image.resize(IMAGE, size, method=mode).numpy()
    for size in ((4, 9), (9, 4)):
        crop = keras.preprocessing.image.smart_resize(IMAGE.astype(np.float32), size)
        values[f"crop_{size[0]}"] = np.asarray(crop)
        values[f"pad_{size[0]}"] = tf.image.resize_with_pad(IMAGE, *size).numpy()
    return values


def split() -> dict[str, np.ndarray]:
    """Split a folder of ten pictures, in two classes."""
    import keras
    import tensorflow as tf

    values = {}
    with tempfile.TemporaryDirectory() as folder:
        for number in range(10):
            path = Path(folder, "ab"[number % 2], f"{number}.png")
            path.parent.mkdir(exist_ok=True)
            path.write_bytes(tf.io.encode_png(IMAGE + np.uint8(number)).numpy())
        training, validation = keras.utils.image_dataset_from_directory(
            folder, image_size=(7, 5), seed=3, validation_split=0.35, subset="both"
        )
        for name, data in (("training", training), ("validation", validation)):
            values[f"files_{name}"] = np.array([Path(path).name for path in data.file_paths])
        images, labels = next(iter(validation))
        values["validation_images"], values["validation_labels"] = images.numpy(), labels.numpy()
    return values


if __name__ == "__main__":
    goal = Path(__file__).with_name("keras_values.npz")
    np.savez_compressed(goal, image=IMAGE, **resized(), **split())
