"""`keras.ops`, `keras.random` and names of Keras 2's backend."""

import numpy as np
import pytest

from minicnn import Input, Model, layers
from minicnn.keras.namespace import KERAS, TENSORFLOW

ops, random, backend, image = KERAS.ops, KERAS.random, KERAS.backend, TENSORFLOW.image
X = np.arange(6.0, dtype=np.float32).reshape(2, 3)


def test_values():
    assert ops.mean(X, axis=-1, keepdims=True).numpy().tolist() == [[1.0], [4.0]]
    assert ops.logsumexp(np.zeros(3)).numpy() == pytest.approx(np.log(3))
    assert ops.softmax(X).numpy().sum() == pytest.approx(2)
    assert ops.one_hot([1], 3).numpy().tolist() == [[0, 1, 0]]
    assert ops.normalize(np.array([[3.0, 4.0]])).numpy().tolist() == [[0.6, 0.8]]
    assert ops.concatenate([X, X], axis=1).shape == (2, 6)
    assert ops.shape(X) == (2, 3)
    assert ops.cast(X > 2, "int32").dtype == "int32"


def test_symbolic_tensors_make_layers():
    a, b = Input((3,)), Input((3,))
    distance = ops.sum(ops.abs(ops.subtract(a, b)), axis=1, keepdims=True)
    model = Model([a, b], ops.concatenate([distance, ops.relu(a)], axis=-1))
    y = model.predict([X, X[::-1]], verbose=0)
    np.testing.assert_allclose(y, np.concatenate([[[9], [9]], X], axis=1))
    assert model.output_shape == (None, 4)


def test_random_numbers():
    assert random.normal((2, 3), seed=1).numpy().tolist() == random.normal((2, 3), seed=1).tolist()
    assert set(random.randint((50,), 0, 3).tolist()) == {0, 1, 2}
    assert np.abs(random.truncated_normal((500,))).max() <= 2
    assert random.uniform((9,), minval=2.0, maxval=3.0).min() >= 2
    assert np.ptp(backend.random_normal((9,), mean=1.0, std=1e-9)) < 1e-6
    assert random.SeedGenerator(1).next() == random.SeedGenerator(1).next()
    assert sorted(random.shuffle(np.arange(4)).tolist()) == [0, 1, 2, 3]


def test_functions_of_the_outputs_of_layers():
    x = Input((3,))
    model = Model(x, layers.Dropout(0.5)(layers.Dense(2, kernel_initializer="ones")(x)))
    function = backend.function([model.layers[0].input], [model.layers[1].output])
    assert function([X])[0].tolist() == [[3, 3], [12, 12]]
    phase = backend.function([model.input, backend.learning_phase()], [model.output])
    assert phase([X, 0])[0].tolist() == [[3, 3], [12, 12]]
    assert set(phase([np.ones((9, 3)), 1])[0].ravel()) == {0, 6}


def test_images():
    picture = np.arange(12.0).reshape(3, 4, 1)
    assert image.resize(picture, (6, 8), method="nearest").shape == (6, 8, 1)
    assert image.resize(picture[None], (2, 2)).shape == (1, 2, 2, 1)
    padded = image.resize_with_pad(np.ones((2, 4, 1)), 4, 4).numpy()[..., 0]
    assert padded.tolist() == [[0] * 4, [1] * 4, [1] * 4, [0] * 4]
    found = {
        image.random_flip_left_right(picture, seed=seed).numpy()[0, 0, 0] for seed in range(20)
    }
    assert found == {0, 3}
    contrast = image.adjust_contrast(picture, 2.0)
    np.testing.assert_allclose(contrast, 2 * picture - picture.mean())
    assert (
        image.convert_image_dtype(np.full((1, 1, 1), 255, np.uint8), np.float32).numpy().item() == 1
    )


def test_a_progress_bar(capsys):
    bar = KERAS.utils.Progbar(2)
    bar.add(1, [("loss", 0.5)])
    bar.add(1)
    assert capsys.readouterr().out == "\r1/2 - loss: 0.5000\r2/2\n"


def test_settings_are_those_of_the_backend():
    assert KERAS.config.floatx() == "float32"
    with pytest.raises(ValueError, match="use the argument dtype of layers"):
        KERAS.config.set_floatx("float64")


def test_binary_crossentropy_of_the_backend_is_one_number_for_each():
    """The values and the history of tf_keras, whose loss of that name is a mean."""
    target, output = np.array([[0.0, 1.0], [1.0, 0.0]]), np.array([[0.2, 0.7], [0.6, 0.1]])
    expected = [[0.22314338, 0.3566748], [0.5108254, 0.10536041]]
    np.testing.assert_allclose(backend.binary_crossentropy(target, output), expected, rtol=1e-5)
    x = Input((4,))
    model = Model(x, layers.Dense(4, activation="sigmoid")(layers.Dense(3, activation="relu")(x)))
    numbers = backend.binary_crossentropy(x, model.output)
    model.add_loss(backend.mean(backend.sum(numbers, axis=-1)))
    model.compile("sgd")
    model.set_weights([np.full_like(weight, 0.1) for weight in model.get_weights()])
    batch = np.random.RandomState(0).rand(8, 4)
    losses = model.fit(batch, epochs=3, verbose=0, shuffle=False).history["loss"]
    np.testing.assert_allclose(losses, [2.7254806, 2.7249022, 2.7243273], rtol=1e-6)


def test_random_numbers_take_dtype_and_seed_by_position():
    assert random.normal((2,), 0.0, 1.0, "float16", 3).dtype == "float16"
    assert random.randint((2,), 0, 3, "int64").dtype == "int64"
    assert TENSORFLOW.random.uniform([2], 0, 3, np.int32, 1, name="u").dtype == "int32"
