from pathlib import Path

import numpy as np
import pytest
from PIL import Image

from minicnn.errors import DataError, FileFormatError, UnknownNameError
from minicnn.random import set_random_seed
from minicnn.utils import image_dataset_from_directory

KERAS = np.load(Path(__file__).with_name("keras_values.npz"))


def picture(path, grey, size=(2, 2)):
    path.parent.mkdir(parents=True, exist_ok=True)
    Image.new("L", size, grey).save(path)


@pytest.fixture
def folder(tmp_path):
    """Return a folder of 3 cats, 2 dogs and things that are no pictures."""
    root = tmp_path / "pets"
    for grey, name in enumerate(
        ["cat/a.png", "cat/b.PNG", "cat/deep/c.bmp", "dog/a.gif", "dog/d.png"]
    ):
        picture(root / name, 10 * grey)
    (root / "cat" / "notes.txt").write_text("no picture")
    (root / "list.csv").write_text("no folder")
    picture(root / ".hidden" / "a.png", 255)
    return root


def load(folder, **arguments):
    arguments = {"color_mode": "grayscale", "image_size": (2, 2), "verbose": False} | arguments
    return image_dataset_from_directory(folder, **arguments)


def greys(images):
    return images[:, 0, 0, 0].tolist()


def names(data):
    return [Path(path).name for path in data.file_paths]


def test_sorted(folder):
    data = load(folder, shuffle=False, batch_size=2)
    assert data.class_names == ["cat", "dog"]
    assert names(data) == ["a.png", "b.PNG", "c.bmp", "a.gif", "d.png"]
    batches = list(data)
    assert len(batches) == len(data) == 3
    assert [greys(images) for images, _ in batches] == [[0, 10], [20, 30], [40]]
    assert [labels.tolist() for _, labels in batches] == [[0, 0], [0, 1], [1]]
    images, labels = batches[0]
    assert images.shape == (2, 2, 2, 1)
    assert images.dtype == np.float32
    assert labels.dtype == np.int32


def test_every_pass_has_its_own_order_and_right_labels(folder):
    data = load(folder, seed=1, batch_size=5)
    orders = []
    for _ in range(8):
        ((images, labels),) = data
        assert [0 if grey < 30 else 1 for grey in greys(images)] == labels.tolist()
        assert sorted(greys(images)) == [0, 10, 20, 30, 40]
        orders.append(tuple(greys(images)))
    assert len(set(orders)) > 4
    again = load(folder, seed=1, batch_size=5)
    assert [tuple(greys(images)) for _ in range(8) for images, _ in again] == orders


def test_set_random_seed_decides_without_a_seed(folder):
    def orders():
        return [greys(images) for _ in range(8) for images, _ in load(folder)]

    set_random_seed(5)
    first, second = orders(), orders()
    assert first != second
    set_random_seed(5)
    assert [orders(), orders()] == [first, second]


def test_two_passes_at_once_do_not_meddle(folder):
    data = load(folder, shuffle=False, batch_size=1)
    pairs = [(greys(one), greys(other)) for (one, _), (other, _) in zip(data, data, strict=True)]
    assert pairs == [([grey], [grey]) for grey in (0, 10, 20, 30, 40)]


def test_label_modes(folder):
    data = load(folder, shuffle=False, label_mode="categorical")
    ((_, labels),) = data
    assert labels.dtype == np.float32
    assert labels.tolist() == [[1, 0], [1, 0], [1, 0], [0, 1], [0, 1]]
    ((_, labels),) = load(folder, shuffle=False, label_mode="binary")
    assert labels.dtype == np.float32
    assert labels.tolist() == [[0], [0], [0], [1], [1]]
    for arguments in ({"label_mode": None}, {"labels": None}):
        data = load(folder, shuffle=False, **arguments)
        (images,) = data
        assert images.shape == (6, 2, 2, 1)  # subfolders do not matter, nor do their names
        assert data.class_names is None


def test_class_names_choose_and_order(folder):
    data = load(folder, shuffle=False, class_names=["dog", "cat"])
    ((images, labels),) = data
    assert greys(images) == [30, 40, 0, 10, 20]
    assert labels.tolist() == [0, 0, 1, 1, 1]
    assert len(names(load(folder, class_names=["dog"]))) == 2


def test_own_labels(folder):
    data = load(folder / "cat", shuffle=False, labels=[4, 7, 4])
    ((images, labels),) = data
    assert greys(images) == [0, 10, 20]
    assert labels.tolist() == [4, 7, 4]
    assert data.class_names == ["4", "7"]


def test_one_by_one(folder):
    data = load(folder, shuffle=False, batch_size=None)
    assert len(data) == 5
    image, label = next(iter(data))
    assert image.shape == (2, 2, 1)
    assert label == 0


def test_sizes_and_colours(folder):
    assert next(iter(load(folder, image_size=3)))[0].shape == (5, 3, 3, 1)
    assert next(iter(load(folder, image_size=[3, 4], color_mode="rgb")))[0].shape == (5, 3, 4, 3)


def test_proportions(tmp_path):
    pixels = np.repeat(np.array([[0, 100, 200, 50]], np.uint8), 2, axis=0)
    (tmp_path / "a").mkdir()
    Image.fromarray(pixels).save(tmp_path / "a" / "wide.png")
    ((cropped, _),) = load(tmp_path, crop_to_aspect_ratio=True)
    assert cropped[0, ..., 0].tolist() == [[100, 200], [100, 200]]
    ((padded, _),) = load(tmp_path, pad_to_aspect_ratio=True, image_size=4)
    assert padded[0, ..., 0].tolist() == [[0] * 4, [0, 100, 200, 50], [0, 100, 200, 50], [0] * 4]
    with pytest.raises(ValueError, match="use only one of crop_to_aspect_ratio"):
        load(tmp_path, crop_to_aspect_ratio=True, pad_to_aspect_ratio=True)


def test_split_as_keras(tmp_path):
    for number in range(10):
        path = tmp_path / "ab"[number % 2] / f"{number}.png"
        path.parent.mkdir(exist_ok=True)
        Image.fromarray(KERAS["image"] + np.uint8(number)).save(path)
    arguments = {"color_mode": "rgb", "image_size": (7, 5), "seed": 3, "validation_split": 0.35}
    training, validation = load(tmp_path, subset="both", **arguments)
    assert names(training) == KERAS["files_training"].tolist()
    assert names(validation) == KERAS["files_validation"].tolist()
    assert names(load(tmp_path, subset="training", **arguments)) == names(training)
    assert names(load(tmp_path, subset="validation", **arguments)) == names(validation)
    for _ in range(2):  # what validates keeps its order
        ((images, labels),) = validation
        np.testing.assert_allclose(images, KERAS["validation_images"], atol=1e-3)
        assert labels.tolist() == KERAS["validation_labels"].tolist()


def test_files_are_read_only_when_their_batch_comes(folder):
    (folder / "dog" / "d.png").write_bytes(b"not a picture")
    batches = iter(load(folder, shuffle=False, batch_size=4))
    next(batches)
    with pytest.raises(FileFormatError, match=r"d\.png is not a whole"):
        next(batches)


def test_it_says_what_it_found(folder, capsys):
    load(folder, verbose=True)
    load(folder, verbose=True, labels=None)
    assert capsys.readouterr().out == ("Found 5 files belonging to 2 classes.\nFound 6 files.\n")


def test_links(folder, tmp_path):
    picture(tmp_path / "elsewhere" / "e.png", 99)
    try:
        (folder / "cat" / "link").symlink_to(tmp_path / "elsewhere")
    except OSError:
        pytest.skip("this system makes no symbolic links")
    assert "e.png" not in names(load(folder))
    assert "e.png" in names(load(folder, follow_links=True))


def test_a_link_that_leads_back(folder):
    try:
        (folder / "cat" / "deep" / "up").symlink_to(folder / "cat")
    except OSError:
        pytest.skip("this system makes no symbolic links")
    assert len(names(load(folder, follow_links=True))) == 5


def test_no_folder_or_no_pictures(tmp_path):
    with pytest.raises(DataError, match=r"there is no folder .*nowhere"):
        load(tmp_path / "nowhere")
    with pytest.raises(DataError, match="has no subfolders to tell the classes by"):
        load(tmp_path)
    (tmp_path / "cat").mkdir()
    for labels in ("inferred", None):
        with pytest.raises(DataError, match=r"no pictures in .*\.bmp, \.gif"):
            load(tmp_path, labels=labels)


@pytest.mark.parametrize(
    ("arguments", "complaint"),
    [
        ({"label_mode": "catgorical"}, "label_mode 'catgorical'. Did you mean 'categorical'"),
        ({"labels": None, "label_mode": "integer"}, "label_mode 'integer'"),
        ({"labels": "infered"}, "labels 'infered'. Did you mean 'inferred'"),
        ({"color_mode": "greyscale"}, "Did you mean 'grayscale'"),
        ({"interpolation": "bilinaer"}, "Did you mean 'bilinear'"),
        ({"subset": "train", "validation_split": 0.5}, "Did you mean 'training'"),
        ({"class_names": ["cat", "dogs"]}, "'dogs'. Did you mean 'dog'"),
    ],
)
def test_misspelt_names(folder, arguments, complaint):
    with pytest.raises(UnknownNameError, match=complaint):
        load(folder, **arguments)


@pytest.mark.parametrize(
    ("arguments", "complaint"),
    [
        ({"labels": [0, 1]}, r"one integer for each picture, 6 .* got int64 of shape \(2,\)"),
        ({"labels": [0.5] * 6}, "got float64"),
        ({"labels": [0] * 6, "class_names": ["cat"]}, 'with labels="inferred" only'),
        ({"labels": [0, 1, 2] * 2, "label_mode": "binary"}, "takes 2 classes, found 3"),
        ({"batch_size": 0}, "batch_size must be an integer >= 1, got 0"),
        ({"batch_size": 2.5}, r"got 2\.5"),
        (
            {"image_size": (28,)},
            r"image_size must be an integer >= 1 or a pair of them, got \(28,\)",
        ),
        ({"image_size": (28, 0)}, r"got \(28, 0\)"),
        ({"image_size": (28, 2.5)}, r"got \(28, 2\.5\)"),
        ({"validation_split": 0.5}, "go together"),
        ({"subset": "both"}, "go together"),
        ({"subset": "both", "validation_split": 1.0, "seed": 1}, r"a number > 0 and < 1, got 1\.0"),
        ({"subset": "both", "validation_split": 0.0, "seed": 1}, r"a number > 0 and < 1, got 0\.0"),
        ({"subset": "both", "validation_split": 0.5}, "needs a seed"),
        ({"subset": "both", "validation_split": 0.1, "seed": 1}, "leaves none for validation"),
    ],
)
def test_mistakes(folder, arguments, complaint):
    with pytest.raises(ValueError, match=complaint):
        load(folder, **arguments)


def test_methods_of_tensorflows_data_sets(folder):
    data = load(folder, shuffle=False, batch_size=1)
    assert [greys(images) for images, _ in data.take(2)] == [[0], [10]]
    assert len(data.take(99)) == len(data.take(-1)) == len(data.cache().prefetch(3)) == 5
    scaled = data.map(lambda images, labels: (images / 10, labels + 1), num_parallel_calls=2)
    assert [greys(images) for images, _ in scaled] == [[0], [1], [2], [3], [4]]
    assert [labels.tolist() for _, labels in scaled] == [[1], [1], [1], [2], [2]]
    shuffled = [[greys(images) for images, _ in data.shuffle(3, seed=s)] for s in range(9)]
    assert all(sorted(order) == [[0], [10], [20], [30], [40]] for order in shuffled)
    assert len({str(order) for order in shuffled}) > 3
    alone = load(folder, labels=None, batch_size=6).map(lambda images: images.sum())
    assert len(list(alone)) == 1
