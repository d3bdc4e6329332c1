import numpy as np
import pytest

from minicnn.cli.networks import NETWORKS, make_network
from minicnn.errors import ShapeError

MNIST = (28, 28, 1)


def shapes(name, shape=MNIST):
    return [layer.output_shape[1:] for layer in make_network(name, shape, 10).layers]


def test_the_lectures_shapes():
    assert shapes("lecture") == [(26, 26, 64), (24, 24, 32), (18432,), (10,)]


def test_lenet5_as_published():
    maps = [MNIST, (28, 28, 6), (14, 14, 6), (10, 10, 16), (5, 5, 16)]
    assert shapes("lenet5") == [*maps, (400,), (120,), (84,), (10,)]


@pytest.mark.parametrize(
    ("name", "parameters"),
    [("lecture", 203434), ("lenet5", 61706), ("convnet", 34826), ("mlp", 101770)],
)
def test_parameters(name, parameters):
    assert make_network(name, MNIST, 10).count_params() == parameters


@pytest.mark.parametrize("name", NETWORKS)
@pytest.mark.parametrize("size", [8, 11, 12, 13, 28])
def test_every_network_takes_images_of_any_usual_size(name, size):
    model = make_network(name, (size, size + 1, 1), 3)
    images = np.zeros((2, size, size + 1, 1), np.uint8)
    assert model.predict(images, verbose=0).shape == (2, 3)


@pytest.mark.parametrize("name", ["lenet5", "convnet", "mlp"])
def test_all_but_the_lectures_scale_pixels_themselves(name):
    scaling = make_network(name, MNIST, 10).layers[0]
    assert scaling(np.full((1, *MNIST), 255)).max() == pytest.approx(1)


def test_what_is_too_small_is_said_in_the_layers_name():
    with pytest.raises(ShapeError, match="conv2d"):
        make_network("lecture", (2, 2, 1), 10)


def test_photographs_vary_in_training_only():
    model = make_network("photos", (32, 32, 3), 2)
    image = np.random.default_rng(0).integers(0, 256, (1, 32, 32, 3)).astype(np.uint8)
    random_layers = [layer for layer in model.layers if layer.name.startswith("random_")]
    assert len(random_layers) == 3
    x = image.astype(np.float32)
    for layer in random_layers:
        np.testing.assert_array_equal(layer.forward(x)[0], x)
    moved = [layer.forward(x, training=True)[0] for layer in random_layers[1:]]
    assert not any(np.array_equal(one, x) for one in moved)
