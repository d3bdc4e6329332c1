"""Photographs of digits become MNIST's images: measured on drawn digits, and on MNIST itself."""

import io
import warnings

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from PIL import Image

import minicnn
from minicnn.errors import DataWarning, FileFormatError, ShapeError
from minicnn.preprocessing import prepare_digit
from minicnn.preprocessing.digit import prepare_in_stages, prepare_small_digit

from .photographs import STROKES, Scene, SheetScene, drawn, enlarged, scenes

EXIF_ORIENTATION = 0x0112
SAME = 13  # of 255: like a digit 14 and one 15 pixels wide; two digits are 20 and more apart


def difference(one, other):
    """Mean difference of two images, 0 to 255, at the best of the nine shifts by up to a pixel.

    A centre of mass of 13.49 or 13.51 is the same to the eye, and a pixel apart when rounded.
    """
    places = [(down, across) for down in (-1, 0, 1) for across in (-1, 0, 1)]
    return min(np.abs(np.roll(one, place, (0, 1)).astype(float) - other).mean() for place in places)


def extent(image):
    """Return height and width of the part that is not black."""
    rows, columns = np.flatnonzero(image.any(axis=1)), np.flatnonzero(image.any(axis=0))
    return rows[-1] - rows[0] + 1, columns[-1] - columns[0] + 1


def centre_of_mass(image):
    return [
        (np.arange(28) * image.sum(axis=axis, dtype=float)).sum() / image.sum() for axis in (1, 0)
    ]


@pytest.mark.parametrize("name", STROKES)
@given(scene=scenes)
@settings(max_examples=25)
def test_the_same_digit_from_any_photograph(name, scene):
    expected = prepare_digit(drawn(name, 280))
    found = prepare_digit(scene.photograph(lambda size: drawn(name, size)))
    assert difference(found, expected) < SAME
    assert found.dtype == np.uint8
    assert max(extent(found)) == 20
    assert np.abs(np.subtract(centre_of_mass(found), 14)).max() <= 0.52


def test_different_digits_differ():
    images = [prepare_digit(drawn(name, 280)) for name in STROKES]
    apart = [difference(one, other) for one in images for other in images if one is not other]
    assert min(apart) > 20


@pytest.mark.parametrize("dark", [True, False])
@pytest.mark.parametrize("name", STROKES)
def test_a_sharp_shadow_across_the_digit(name, dark):
    scene = Scene(400, 300, shadow=0.4, shade=0.2, noise=3, dark_on_light=dark)
    stages = prepare_in_stages(scene.photograph(lambda size: drawn(name, size)))
    assert stages.dark_on_light == dark
    assert difference(stages.image, prepare_digit(drawn(name, 280))) < SAME


@pytest.mark.parametrize("dark", [True, False])
@pytest.mark.parametrize("name", STROKES)
def test_a_picture_cut_off_at_the_digits_edge(name, dark):
    ink = drawn(name, 200)
    rows, columns = np.flatnonzero(ink.any(axis=1)), np.flatnonzero(ink.any(axis=0))
    cut = np.pad(ink[rows[0] : rows[-1] + 1, columns[0] : columns[-1] + 1], 3)
    assert difference(prepare_digit(1 - cut if dark else cut), prepare_digit(ink)) < 5


@pytest.mark.parametrize("name", STROKES)
def test_the_table_around_the_paper_is_no_digit(name):
    page = Scene(300, 300, size=0.4).photograph(lambda size: drawn(name, size))
    expected = prepare_digit(page)
    table = np.full((600, 800), 50, np.uint8)
    table[120:420, 200:500] = page
    assert difference(prepare_digit(table), expected) < 3
    page[:, :25] = 30
    page[280:] = 60
    page[:, -2:] = 0
    assert difference(prepare_digit(page), expected) < 3


def test_a_pale_pencil_in_a_dim_room():
    """Strokes that swallow a fifth of the light, and a camera's noise of an eighth of that."""
    page = 120 - 25 * np.pad(drawn("five", 200), 100)
    page += np.random.default_rng(0).normal(0, 3.2, page.shape)
    assert difference(prepare_digit(page), prepare_digit(drawn("five", 200))) < 5


@pytest.mark.parametrize("name", STROKES)
def test_a_picture_of_few_pixels(name):
    """Of 30 by 30, with blurred edges: the size is taken where a stroke is a quarter as strong."""
    small = Image.fromarray(drawn(name, 15).astype(np.float32)).resize((30, 30))
    found = prepare_digit(np.pad(np.asarray(small), 15))
    assert difference(found, prepare_digit(drawn(name, 280))) < 10.5


def test_specks_are_no_digit_and_a_broken_stroke_is_one():
    ink = drawn("five", 200)
    whole = prepare_digit(ink)
    ink[:, 100:108] *= np.arange(200)[:, np.newaxis] > 40  # the bar of the five in two parts
    page = np.pad(ink, 100)
    page[20:23, 20:23] = page[350, 350] = 1
    page[322:335, 200:212] = 1  # near by, a hundredth of the digit
    assert difference(prepare_digit(page), whole) < 3


def test_of_several_digits_the_largest_is_taken_with_a_warning():
    page = np.zeros((300, 600))
    page[50:250, 50:250] = drawn("zero", 200)
    page[60:240, 320:500] = drawn("seven", 180)
    with pytest.warns(
        DataWarning, match="seem to be 2 digits: the largest is used. Crop the picture"
    ):
        image = prepare_digit(page)
    assert difference(image, prepare_digit(drawn("zero", 200))) < 3


def test_the_way_round_can_be_told():
    ring = 1 - drawn("zero", 100)
    hole = prepare_in_stages(np.pad(ring, 30, constant_values=1), dark_on_light=False)
    assert not hole.dark_on_light
    assert max(extent(hole.image)) == 20
    assert hole.image[14, 14] == 255  # what is light is the inside of the zero


@pytest.mark.parametrize(
    "blank",
    [
        np.zeros((28, 28), np.uint8),
        np.full((200, 300), 255, np.uint8),
        np.linspace(50, 250, 300 * 200).reshape(200, 300),
        np.random.default_rng(0).normal(200, 10, (300, 300)),
        np.random.default_rng(0).normal(40, 10, (300, 300)).clip(0),
        np.ones((1, 1)),
    ],
    ids=["black", "white", "shaded", "noise", "dark noise", "one pixel"],
)
def test_blank_paper_is_said_to_be_blank(blank):
    with pytest.raises(ValueError, match=r"no digit was found: .* Move the camera closer"):
        prepare_digit(blank)


def test_what_is_no_picture(tmp_path):
    (tmp_path / "notes.png").write_text("no picture")
    with pytest.raises(FileFormatError, match=r"notes\.png is not a whole"):
        prepare_digit(tmp_path / "notes.png")
    with pytest.raises(FileNotFoundError):
        prepare_digit(tmp_path / "nowhere.png")
    with pytest.raises(ShapeError, match=r"got \(5, 28, 28, 1\).*one by one"):
        prepare_digit(np.zeros((5, 28, 28, 1)))


def test_the_file_is_named(tmp_path):
    Image.new("L", (50, 50)).save(tmp_path / "black.png")
    with pytest.raises(ValueError, match=r"no digit was found in .*black\.png"):
        prepare_digit(tmp_path / "black.png")


@pytest.mark.parametrize("orientation", range(1, 9))
def test_the_camera_was_held_otherwise(tmp_path, orientation):
    upright = Scene(200, 300).photograph(lambda size: drawn("seven", size))
    turn = {
        2: Image.Transpose.FLIP_LEFT_RIGHT, 3: Image.Transpose.ROTATE_180,
        4: Image.Transpose.FLIP_TOP_BOTTOM, 5: Image.Transpose.TRANSPOSE,
        6: Image.Transpose.ROTATE_90, 7: Image.Transpose.TRANSVERSE, 8: Image.Transpose.ROTATE_270,
    }  # fmt: skip
    image = Image.fromarray(upright)
    if orientation in turn:
        image = image.transpose(turn[orientation])
    note = Image.Exif()
    note[EXIF_ORIENTATION] = orientation
    image.save(tmp_path / "photo.jpg", exif=note, quality=95)
    assert difference(prepare_digit(tmp_path / "photo.jpg"), prepare_digit(upright)) < 3


def test_it_is_found_at_the_door():
    assert minicnn.prepare_digit is prepare_digit


# MNIST itself


@pytest.fixture(scope="session")
def mnist(mnist_folder):
    from minicnn.datasets import mnist

    return mnist.load_data()


@pytest.mark.mnist
@given(
    number=st.integers(0, 9999), scale=st.floats(1, 20), down=st.floats(0, 1), across=st.floats(0, 1),
    dark=st.booleans(),
)  # fmt: skip
@settings(max_examples=60)
def test_an_image_of_mnist_comes_back(mnist, number, scale, down, across, dark):
    image = mnist[1][0][number]
    scene = Scene(round(42 * scale), round(50 * scale), 2 / 3, down, across, dark)
    with warnings.catch_warnings():
        warnings.simplefilter("ignore", DataWarning)  # some of MNIST's have loose strokes
        found = prepare_digit(scene.photograph(lambda size: enlarged(image, size)))
    assert difference(found, image) < SAME


@pytest.mark.mnist
def test_photographs_are_read_as_well_as_mnist(mnist):
    """Judged by the nearest of 5000 images; as they are, photographs are hardly better than a guess."""
    from sklearn.neighbors import KNeighborsClassifier

    (x_train, y_train), (x_test, y_test) = mnist
    judge = KNeighborsClassifier(3).fit(x_train[:5000].reshape(5000, -1), y_train[:5000])
    random = np.random.default_rng(0)
    prepared, plain = [], []
    for image in x_test[:80]:
        scene = Scene(
            *random.integers(150, 300, 2), random.uniform(0.3, 0.9), *random.uniform(0.1, 0.9, 2),
            bool(random.integers(2)), random.uniform(0, 0.5), 0.3, random.uniform(1, 6),
        )  # fmt: skip
        photo = scene.photograph(lambda size, image=image: enlarged(image, size))
        small = np.asarray(Image.fromarray(photo).resize((28, 28), Image.Resampling.BILINEAR))
        plain.append(255 - small if scene.dark_on_light else small)
        prepared.append(prepare_digit(photo))

    def share(images):
        return judge.score(np.reshape(images, (80, -1)), y_test[:80])

    assert share(x_test[:80]) > 0.93
    assert share(prepared) > share(x_test[:80]) - 0.05
    assert share(plain) < 0.5


def test_pixels_of_0_and_1_and_open_files(tmp_path):
    """A mask, whatever its type, is the digit that the same picture of 0 to 255 is."""
    ink = np.zeros((100, 100), int)
    ink[20:80, 45:55] = 1
    expected = prepare_digit((ink * 255).astype(np.uint8))
    for pixels in (ink, ink.astype(np.uint8), ink.astype(bool), ink.astype(float)):
        np.testing.assert_array_equal(prepare_digit(pixels), expected)
    path = tmp_path / "digit.png"
    Image.fromarray((ink * 255).astype(np.uint8)).save(path)
    with path.open("rb") as file:
        np.testing.assert_array_equal(prepare_digit(file), expected)
    np.testing.assert_array_equal(prepare_digit(io.BytesIO(path.read_bytes())), expected)
    with pytest.raises(TypeError, match=r"got None\. cv2\.imread returns None"):
        prepare_digit(None)


def test_the_form_of_scikit_learns_digits():
    """Ink in 4×4 dots: a bar is full height, and its width is kept in proportion."""
    page = np.full((200, 200), 230, np.uint8)
    page[40:160, 85:115] = 20  # four times as high as wide
    digit = prepare_small_digit(page)
    assert digit.shape == (8, 8)
    assert digit.dtype == np.uint8
    np.testing.assert_array_equal(digit[:, 3:5], 255)
    assert digit[:, [0, 1, 2, 5, 6, 7]].max() < 130


PEN = 0.1  # of the digit: as wide as the strokes of a thin pen become


@pytest.mark.parametrize("name", STROKES)
def test_a_thin_pen(name):
    """Scaled down as they are, its strokes would be faint, and most digits misread."""
    page = Scene(400, 400, noise=2).photograph(lambda size: drawn(name, size, 0.02))
    found = prepare_digit(page)
    assert difference(found, prepare_digit(drawn(name, 280, PEN))) < SAME
    assert (found > 200).sum() > 25


@pytest.mark.parametrize("name", STROKES)
@pytest.mark.parametrize(
    ("scene", "thick"),
    [
        (SheetScene(angle=14, desk=50), 0.13),
        (SheetScene(angle=-9, desk=140), 0.13),
        (SheetScene(squares=0.5), 0.025),
        (SheetScene(angle=2.3, squares=0.4), 0.025),
        (SheetScene(angle=-12, desk=60, squares=0.4), 0.025),
    ],
    ids=["sheet", "pale desk", "squares", "tilted squares", "squared sheet"],
)
def test_a_sheet_at_an_angle_and_squared_paper(name, scene, thick):
    page = scene.photograph(drawn(name, 160, thick))
    found = prepare_digit(page)
    assert difference(found, prepare_digit(drawn(name, 280, max(thick, PEN)))) < SAME


def test_a_light_digit_is_no_sheet():
    """A five fills its box, on which it is drawn brighter than all else, as a sheet does."""
    scene = Scene(120, 120, dark_on_light=False)
    stages = prepare_in_stages(scene.photograph(lambda size: drawn("five", size)))
    assert not stages.dark_on_light
    assert stages.found.others == 0
