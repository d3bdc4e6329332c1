"""Write `keras_generator_values.npz`, results of real Keras' `ImageDataGenerator` on pictures.

Run where Keras, SciPy and Pillow are installed: ``python make_keras_generator_values.py``.
"""

import tempfile
from pathlib import Path

import numpy as np

IMAGES = np.random.default_rng(2).integers(0, 256, (7, 8, 8, 3)).astype(np.uint8)
LABELS = np.arange(7)
AXES = {"row_axis": 0, "col_axis": 1, "channel_axis": 2}
AFFINE = {
    "theta": {"theta": 30},
    "shear": {"shear": 20},
    "zoom": {"zx": 0.7, "zy": 1.2},
    "all": {"theta": -50, "shear": 10, "zx": 1.3, "zy": 0.9},
    "constant": {"theta": 45, "fill_mode": "constant", "cval": 9.0},
    "reflect": {"zx": 1.5, "fill_mode": "reflect", "order": 0},
}
FLOWS = {
    "geometry": {"rotation_range": 40, "shear_range": 10, "zoom_range": [0.5, 1.2]},
    "colours": {"channel_shift_range": 50, "brightness_range": [0.2, 1.5], "rescale": 1 / 255},
    "flips": {"horizontal_flip": True, "vertical_flip": True, "samplewise_center": True},
    "sample": {"samplewise_std_normalization": True, "zoom_range": 0.3},
    "validation": {"validation_split": 0.4, "horizontal_flip": True},
}
FITTED = {
    "mean": {"featurewise_center": True},
    "std": {"featurewise_std_normalization": True, "rescale": 0.5},
    "zca": {"zca_whitening": True, "zca_epsilon": 1e-3},
}
FILTERS = ("nearest", "bilinear", "bicubic", "hamming", "box", "lanczos")


def batches_of(generator, options) -> list:
    """Four batches by `next` and one by its index, of flows with a seed."""
    subset = "validation" if "validation_split" in options else "training"
    arguments = {"batch_size": 3, "seed": 5, "ignore_class_split": True}
    flow = generator.flow(IMAGES, LABELS, subset="training", **arguments)
    found = [next(flow) for _ in range(4)]
    return [*found, generator.flow(IMAGES, LABELS, subset=subset, **arguments)[0]]


def values(image, utils) -> dict[str, np.ndarray]:
    """Compute everything with these modules, of Keras or of minicnn."""
    found = {}
    one = IMAGES[0].astype(np.float32)
    for name, options in AFFINE.items():
        found[f"affine_{name}"] = image.apply_affine_transform(one, **AXES, **options)
    for name, options in FLOWS.items():
        for index, (x, y) in enumerate(batches_of(image.ImageDataGenerator(**options), options)):
            found[f"flow_{name}_{index}_x"], found[f"flow_{name}_{index}_y"] = x, y
    for name, options in FITTED.items():
        generator = image.ImageDataGenerator(**options)
        generator.fit(IMAGES)
        found[f"fit_{name}"] = generator.standardize(one.copy())
    for scale in (False, True):
        found[f"array_{scale}"] = np.asarray(utils.array_to_img(one[..., :1] / 2, scale=scale))
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder, "a.png")
        utils.save_img(path, IMAGES[0][:6], scale=False)
        for name in FILTERS:
            for aspect in (False, True):
                picture = utils.load_img(path, "rgb", (5, 9), name, aspect)
                found[f"load_{name}_{aspect}"] = utils.img_to_array(picture)
        found["grey"] = utils.img_to_array(utils.load_img(path, color_mode="grayscale"))
    return found


if __name__ == "__main__":
    import keras
    from keras.src.legacy.preprocessing import image

    goal = Path(__file__).with_name("keras_generator_values.npz")
    np.savez_compressed(goal, **values(image, keras.utils))
