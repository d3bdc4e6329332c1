"""`data_format="channels_first"`: the same numbers as with the channels last."""

import pickle

import numpy as np
import pytest

from minicnn import Input, Sequential, backend, layers
from minicnn.datasets import cifar
from minicnn.models import clone_model, load_model
from minicnn.testing import check_gradients

X = np.random.default_rng(0).normal(size=(6, 3, 12, 10)).astype("float32")
Y = np.arange(6) % 3


def make(data_format):
    options = {"data_format": data_format}
    first = data_format == "channels_first"
    return Sequential([
        Input((3, 12, 10) if first else (12, 10, 3)),
        layers.ZeroPadding2D(1, **options),
        layers.Conv2D(4, 3, activation="relu", padding="same", **options),
        layers.BatchNormalization(axis=1 if first else -1),
        layers.MaxPooling2D(**options),
        layers.SeparableConv2D(5, 3, padding="same", **options),
        layers.DepthwiseConv2D(3, padding="same", **options),
        layers.Conv2DTranspose(4, 3, strides=2, padding="same", **options),
        layers.UpSampling2D(**options),
        layers.AveragePooling2D(2, **options),
        layers.Cropping2D(1, **options),
        layers.SpatialDropout2D(0.0, **options),
        layers.Flatten(**options),
        layers.Dense(3, activation="softmax"),
    ])  # fmt: skip


@pytest.fixture
def trained():
    first, last = make("channels_first"), make("channels_last")
    last.set_weights(first.get_weights())
    for model, x in ((first, X), (last, np.moveaxis(X, 1, -1))):
        model.compile("sgd", "sparse_categorical_crossentropy")
        model.fit(x, Y, epochs=2, batch_size=3, shuffle=False, verbose=0)
    return first, last


def test_training_and_shapes(trained):
    first, last = trained
    for a, b in zip(first.get_weights(), last.get_weights(), strict=True):
        np.testing.assert_allclose(a, b, atol=1e-6)
    found = first.predict(X, verbose=0)
    np.testing.assert_allclose(found, last.predict(np.moveaxis(X, 1, -1), verbose=0), atol=1e-6)
    for a, b in zip(first.layers, last.layers, strict=True):
        shape = b.output_shape
        assert a.output_shape == ((shape[0], shape[-1], *shape[1:-1]) if len(shape) == 4 else shape)


@pytest.mark.parametrize("ending", ["keras", "h5"])
def test_files_copies_and_pickles(trained, tmp_path, ending):
    model = trained[0]
    expected = model.predict(X, verbose=0)
    model.save(tmp_path / f"m.{ending}")
    for other in (load_model(tmp_path / f"m.{ending}"), pickle.loads(pickle.dumps(model))):
        np.testing.assert_array_equal(other.predict(X, verbose=0), expected)
    assert clone_model(model).layers[1].data_format == "channels_first"


@pytest.mark.parametrize("layer", [layers.Conv2D, layers.Conv1D])
def test_gradients(layer):
    x = X if layer is layers.Conv2D else X[:, :, 0]
    assert check_gradients(layer(2, 3, data_format="channels_first"), x).passed


@pytest.mark.parametrize("keepdims", [False, True])
def test_global_pooling(keepdims):
    layer = layers.GlobalAveragePooling2D(data_format="channels_first", keepdims=keepdims)
    np.testing.assert_allclose(layer(X), X.mean((2, 3), keepdims=keepdims), atol=1e-6)


def test_the_default_is_that_of_the_backend():
    backend.set_image_dim_ordering("th")
    try:
        assert backend.image_data_format() == "channels_first"
        assert layers.Conv2D(2, 3)(X).shape == (6, 2, 10, 8)
        data = np.arange(3073, dtype=np.uint8).tobytes()
        archive = _archive(data)
        (x, _), _ = cifar.load(archive, ["a"], ["a"], 1, 0)
        assert x.shape == (1, 3, 32, 32)
    finally:
        backend.set_image_data_format("channels_last")
    assert layers.Conv2D(2, 3)(X.swapaxes(1, 3)).shape == (6, 8, 10, 2)


def _archive(data):
    """Return what looks like a data set with one record."""
    import io
    import tarfile
    from types import SimpleNamespace

    content = io.BytesIO()
    with tarfile.open(fileobj=content, mode="w") as tar:
        info = tarfile.TarInfo("a")
        info.size = len(data)
        tar.addfile(info, io.BytesIO(data))
    return SimpleNamespace(read=lambda: [content.getvalue()])
