import numpy as np
import pytest
from matplotlib.colors import to_rgb

from minicnn.visualize.cells import Tile, draw_image, draw_tiles
from minicnn.visualize.colours import readable_on, shade_of, signed_shade
from minicnn.visualize.figure import new_figure


def axes():
    return new_figure(3, 3).subplots()


def colours(image):
    """Return red, green and blue of every cell as they are drawn, each from 0 to 1."""
    drawn = axes()
    draw_image(drawn, image)
    (picture,) = drawn.images
    rgba = picture.to_rgba(picture.get_array())
    return np.asarray(rgba, float)[..., :3]


@pytest.mark.parametrize(
    ("pixels", "brightness"),
    [
        (np.array([[0, 51], [102, 255]], np.uint8), [[0, 0.2], [0.4, 1]]),
        (np.array([[0, 51.0], [102, 255]]), [[0, 0.2], [0.4, 1]]),
        (np.array([[0, 0.2], [0.4, 0.5]]), [[0, 0.2], [0.4, 0.5]]),
        (np.array([[-1.0, 0], [1, 3]]), [[0, 0.25], [0.5, 1]]),
        (np.full((2, 2), -3.0), [[0, 0], [0, 0]]),
    ],
)
def test_grey_images_of_every_range(pixels, brightness):
    expected = np.repeat(np.array(brightness)[..., np.newaxis], 3, axis=2)
    np.testing.assert_allclose(colours(pixels), expected, atol=0.005)
    np.testing.assert_allclose(colours(pixels[..., np.newaxis]), expected, atol=0.005)


def test_colour_images():
    image = np.random.default_rng(0).integers(0, 256, (4, 5, 3), dtype=np.uint8)
    image[0, 0] = 255
    np.testing.assert_allclose(colours(image), image / 255, atol=0.005)
    np.testing.assert_allclose(colours(image / 255), image / 255, atol=0.005)


def test_of_other_channels_the_mean():
    image = np.stack([np.full((2, 2), 0.2), np.full((2, 2), 0.6)], axis=2)
    np.testing.assert_allclose(colours(image), 0.4, atol=0.005)


def test_tiles_lie_where_they_are_put_and_keep_their_shape():
    drawn = axes()
    wide, high = np.arange(8.0).reshape(2, 4), np.arange(6.0).reshape(3, 2)
    draw_tiles(drawn, [Tile(wide, 0, 0, above="a"), Tile(high, 2, 1, beside="b")], shade_of(wide))
    first, second = drawn.images
    assert first.get_extent() == [0, 1, 0.5, 0]
    assert second.get_extent() == [2, 3, 2.5, 1]
    np.testing.assert_array_equal(second.get_array(), high)
    assert drawn.get_xlim()[1] >= 3
    assert drawn.get_ylim()[0] >= 2.5


def test_each_number_stands_in_its_cell_and_can_be_read():
    cells = np.linspace(-2, 2, 9).reshape(3, 3)
    drawn = axes()
    shade = signed_shade(cells)
    draw_tiles(drawn, [Tile(cells, 0, 0)], shade, numbers=True)
    written = {text.get_position(): text for text in drawn.texts if text.get_text()}
    for (row, column), value in np.ndenumerate(cells):
        text = written[(column + 0.5) / 3, (row + 0.5) / 3]
        assert float(text.get_text().replace("−", "-")) == value
        assert contrast(shade.colour(value)[:3], to_rgb(text.get_color())) > 4.5  # WCAG 2.1, 1.4.3


def contrast(one, other):
    dark, light = sorted((luminance(one), luminance(other)))
    return (light + 0.05) / (dark + 0.05)


def luminance(rgb):
    rgb = np.array(rgb)
    return np.where(rgb <= 0.04045, rgb / 12.92, ((rgb + 0.055) / 1.055) ** 2.4) @ [
        0.2126,
        0.7152,
        0.0722,
    ]


@pytest.mark.parametrize("share", np.linspace(0, 1, 41))
@pytest.mark.parametrize("colours", ["RdBu", "viridis"])
def test_black_or_white_can_be_read_on_every_shade(colours, share):
    import matplotlib as mpl

    colour = np.array(mpl.colormaps[colours](share))
    assert contrast(colour[:3], to_rgb(readable_on(colour))) > 4.5


def test_shades():
    assert shade_of(np.zeros(3))[1:] == (0, 1)
    assert signed_shade(np.zeros((0, 2)))[1:] == (-1, 1)
    assert shade_of(np.array([-4.0, 1]))[1:] == (-4, 4)
