"""Compare `ImageDataGenerator` with real Keras, except for the bugs of Keras."""

from pathlib import Path

import numpy as np
import pytest
from PIL import Image
from PIL import __version__ as pillow_version

from minicnn import Sequential, layers, utils
from minicnn.errors import DataError, DataWarning, ShapeError, UnknownNameError
from minicnn.preprocessing import image
from minicnn.preprocessing.image import ImageDataGenerator, apply_affine_transform

from .make_keras_generator_values import AXES, FLOWS, IMAGES, LABELS, values

KERAS = np.load(Path(__file__).with_name("keras_generator_values.npz"))


def test_as_keras():
    found = values(image, utils)
    assert found.keys() == set(KERAS)
    for name, array in found.items():
        near = {"rtol": 1e-3, "atol": 1e-3} if name == "fit_zca" else {"rtol": 1e-5, "atol": 1e-4}
        if name.startswith("load_") and int(pillow_version.split(".")[0]) < 13:
            continue  # Keras' values come from Pillow 13, whose filters compute differently
        np.testing.assert_allclose(array, KERAS[name], err_msg=name, **near)


@pytest.mark.parametrize(("shift", "axis"), [({"tx": 1}, 0), ({"ty": 1}, 1)])
def test_shifts_go_where_their_names_say(shift, axis):
    """Keras exchanges them: its `tx`, of height_shift_range, moves columns."""
    picture = np.arange(24.0).reshape(4, 6, 1)
    moved = apply_affine_transform(picture, **shift, **AXES)
    expected = np.take(
        picture, np.minimum(np.arange(picture.shape[axis]) + 1, 99), axis, mode="clip"
    )
    np.testing.assert_array_equal(moved, expected)
    generator = ImageDataGenerator(height_shift_range=[2])
    assert {abs(generator.get_random_transform((4, 6, 1), seed)["tx"]) for seed in range(9)} == {2}
    assert generator.get_random_transform((4, 6, 1))["ty"] == 0


def test_a_picture_turns_around_its_centre():
    picture = np.zeros((5, 9, 1))
    picture[2, 4] = 1
    for change in ({"theta": 90}, {"zx": 0.5, "zy": 0.5}, {"shear": 30}):
        assert apply_affine_transform(picture, **change, **AXES)[2, 4, 0] == pytest.approx(1)


@pytest.mark.parametrize("limit", [0.25, 2, [1, 3]])
def test_shift_ranges(limit):
    generator = ImageDataGenerator(width_shift_range=limit)
    drawn = {generator.get_random_transform((4, 8, 1), seed)["ty"] for seed in range(50)}
    if limit == 0.25:
        assert min(drawn) < -1
        assert max(drawn) > 1
        assert all(abs(shift) <= 2 for shift in drawn)
    else:
        assert drawn == ({-1, 0, 1} if limit == 2 else {-3, -1, 1, 3})


def test_single_pictures_are_changed_at_random():
    generator = ImageDataGenerator(rotation_range=90)
    one = IMAGES[0].astype("float32")
    np.testing.assert_array_equal(
        generator.random_transform(one, seed=1), generator.random_transform(one, seed=1)
    )
    assert (generator.random_transform(one) != generator.random_transform(one)).any()
    np.testing.assert_array_equal(one, IMAGES[0])


def test_a_set_random_seed_decides():
    def batch():
        utils.set_random_seed(3)
        return next(ImageDataGenerator(rotation_range=30).flow(IMAGES, LABELS, batch_size=4))

    for one, other in zip(batch(), batch(), strict=True):
        np.testing.assert_array_equal(one, other)


def test_one_pass_has_every_example_once_and_fit_ends():
    flow = ImageDataGenerator(rescale=1 / 255).flow(
        IMAGES, LABELS, batch_size=3, sample_weight=LABELS + 1
    )
    assert len(flow) == 3
    parts = [next(flow) for _ in range(len(flow))]
    np.testing.assert_array_equal(np.sort(np.concatenate([y for _, y, _ in parts])), LABELS)
    for x, y, weight in parts:
        np.testing.assert_allclose(x, IMAGES[y] / 255, rtol=1e-5)
        np.testing.assert_array_equal(weight, y + 1)
    model = Sequential([layers.Flatten(input_shape=(8, 8, 3)), layers.Dense(7, "softmax")])
    model.compile("adam", "sparse_categorical_crossentropy")
    history = model.fit(flow, epochs=2, verbose=0, validation_data=flow)
    assert len(history.history["val_loss"]) == 2
    assert model.predict(flow, verbose=0).shape == (7, 7)
    assert np.isfinite(model.evaluate(flow, verbose=0))
    images_alone = ImageDataGenerator(rescale=1 / 255).flow(IMAGES, batch_size=4, shuffle=False)
    assert model.predict(images_alone, verbose=0).shape == (7, 7)


def test_a_for_loop_over_a_flow_does_not_end_as_in_keras():
    flow = ImageDataGenerator().flow(IMAGES, LABELS, batch_size=4, shuffle=False)
    firsts = [y[0] for _, (_, y) in zip(range(5), flow, strict=False)]
    assert firsts == [LABELS[0], LABELS[4]] * 2 + [LABELS[0]]


def test_statistics_that_are_missing():
    generator = ImageDataGenerator(featurewise_std_normalization=True)
    assert generator.featurewise_center
    with pytest.warns(DataWarning, match=r"generator\.fit\(x_train\) first") as warned:
        generator.standardize(IMAGES[0].astype("float32"))
    assert {item.filename for item in warned} == {__file__}


# Folders and tables


@pytest.fixture
def folder(tmp_path):
    for number in range(10):
        path = tmp_path / "pets" / ("cat" if number % 2 else "dog") / f"{number}.png"
        path.parent.mkdir(parents=True, exist_ok=True)
        Image.new("L", (4, 4), number).save(path)
    return tmp_path / "pets"


def load(folder, **options):
    generator = ImageDataGenerator(validation_split=0.4)
    options = {"target_size": (4, 4), "color_mode": "grayscale", "shuffle": False} | options
    return generator.flow_from_directory(folder, **options)


def test_folders(folder, capsys):
    flow = load(folder)
    assert capsys.readouterr().out == "Found 10 images belonging to 2 classes.\n"
    assert flow.class_indices == {"cat": 0, "dog": 1}
    assert flow.classes.tolist() == [0] * 5 + [1] * 5
    assert flow.filenames[0].replace("\\", "/") == "cat/1.png"
    x, y = next(flow)
    assert x[:, 0, 0, 0].tolist() == [1, 3, 5, 7, 9, 0, 2, 4, 6, 8]
    np.testing.assert_array_equal(y, np.eye(2)[flow.classes])
    assert (flow.samples, flow.num_classes, flow.image_shape) == (10, 2, (4, 4, 1))


@pytest.mark.parametrize("mode", ["binary", "sparse", "input", None])
def test_class_modes(mode, folder):
    batch = next(load(folder, class_mode=mode, batch_size=6))
    if mode is None:
        assert batch.shape == (6, 4, 4, 1)
    elif mode == "input":
        np.testing.assert_array_equal(*batch)
    else:
        assert batch[1].tolist() == [0] * 5 + [1]


def test_subsets_are_taken_from_every_class(folder):
    """As in Keras, the first ones of each class validate."""
    validation, training = load(folder, subset="validation"), load(folder, subset="training")
    assert next(validation)[0][:, 0, 0, 0].tolist() == [1, 3, 0, 2]
    assert next(training)[0][:, 0, 0, 0].tolist() == [5, 7, 9, 4, 6, 8]


def test_changed_pictures_may_be_saved(folder, tmp_path):
    next(load(folder, batch_size=3, save_to_dir=tmp_path / "new", save_prefix="aug"))
    names = sorted(path.name for path in (tmp_path / "new").iterdir())
    assert len(names) == 3
    assert all(name.startswith("aug_") and name.endswith(".png") for name in names)


def test_mistakes(folder):
    with pytest.raises(DataError, match="no folder"):
        load(folder / "nowhere")
    with pytest.raises(UnknownNameError, match="Did you mean 'sparse'"):
        load(folder, class_mode="spars")
    with pytest.raises(UnknownNameError, match="Did you mean 'cat'"):
        load(folder, classes=["cats"])
    with pytest.raises(UnknownNameError, match="'validation'"):
        load(folder, subset="valid")
    with pytest.raises(
        UnknownNameError, match=r"argument of flow 'batchsize'\. Did you mean 'batch_"
    ):
        load(folder, batchsize=2)
    with pytest.raises(UnknownNameError, match="Did you mean 'ignore_class_split'"):
        ImageDataGenerator().flow(IMAGES, LABELS, ignore_class_splits=True)
    with pytest.raises(ShapeError, match=r"x\[\.\.\., None\]"):
        ImageDataGenerator().flow(np.zeros((3, 8, 8)))
    with pytest.raises(ShapeError, match=r"lengths \[7, 3\]"):
        ImageDataGenerator().flow(IMAGES, [1, 2, 3])
    with pytest.raises(ValueError, match="different classes"):
        ImageDataGenerator(validation_split=0.3).flow(IMAGES, LABELS, subset="training")
    with pytest.raises(ValueError, match="zoom_range must be two numbers"):
        ImageDataGenerator(zoom_range=[1, 2, 3])
    with pytest.raises(ValueError, match="channels_last"):
        ImageDataGenerator(data_format="channels_first")


class Table(dict):
    """As much of a pandas DataFrame as is needed: columns by name."""

    def __getitem__(self, name):
        return Column(super().__getitem__(name))


class Column(list):
    @property
    def iloc(self):
        return np.array(self, dtype=object if isinstance(self[0], (str, list)) else None)


@pytest.fixture(params=["pandas", "a table like it"])
def frame(request):
    return pytest.importorskip("pandas").DataFrame if request.param == "pandas" else Table


def test_tables(folder, frame, capsys):
    rows = frame(
        {
            "file": ["cat/1.png", "dog/0.png", "dog/none.png", "cat/3.png"],
            "label": ["cat", "dog", "dog", "cat"],
            "value": [0.5, 1.5, 2.5, 3.5],
            "weight": [1.0, 2.0, 3.0, 4.0],
        }
    )

    def flow(**options):
        options = {"x_col": "file", "y_col": "label", "target_size": (4, 4)} | options
        return ImageDataGenerator().flow_from_dataframe(
            rows, folder, color_mode="grayscale", shuffle=False, **options
        )

    def load(**options):
        with pytest.warns(DataWarning, match="1 files of the column 'file' are missing"):
            return flow(**options)

    x, y, weight = next(load(weight_col="weight"))
    assert x[:, 0, 0, 0].tolist() == [1, 0, 3]
    assert (y.tolist(), weight.tolist()) == ([[1, 0], [0, 1], [1, 0]], [1, 2, 4])
    assert "Found 3 validated image filenames belonging to 2 classes." in capsys.readouterr().out
    assert next(load(class_mode="binary"))[1].tolist() == [0, 1, 0]
    assert next(load(class_mode="raw", y_col="value"))[1].tolist() == [0.5, 1.5, 3.5]
    assert next(load(classes=["dog"], class_mode="sparse"))[1].tolist() == [0]
    with pytest.warns(DataWarning), pytest.raises(TypeError, match="labels that are text"):
        flow(y_col="value", class_mode="sparse")
    with pytest.raises(UnknownNameError, match="Did you mean 'label'"):
        flow(y_col="lable")


def test_every_flow_is_compared_with_keras():
    """The values of Keras hold each kind of change, and the changes do something."""
    for name in FLOWS:
        x, y = KERAS[f"flow_{name}_0_x"], KERAS[f"flow_{name}_0_y"]
        assert (np.abs(x - IMAGES[y]) > 0).any(), name


def test_a_misspelt_argument_is_corrected():
    with pytest.raises(UnknownNameError, match="Did you mean 'rotation_range'"):
        ImageDataGenerator(rotate_range=10)
    with pytest.raises(TypeError, match=r"Write load_img\('photo.png'\)"):
        image.img_to_array("photo.png")
