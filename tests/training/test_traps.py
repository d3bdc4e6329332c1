"""Silent mistakes of programs: a message, or the result that Keras gives."""

import warnings

import numpy as np
import pytest

from minicnn import Input, Sequential, layers, losses
from minicnn.errors import DataWarning, NotReadyError, ShapeError, UnknownNameError
from minicnn.layers import Dense, Flatten, Layer
from minicnn.preprocessing.image import ImageDataGenerator

X = np.random.default_rng(0).normal(size=(8, 4)).astype("float32")
Y = np.arange(8) % 2


def model(*stack, loss="sparse_categorical_crossentropy", shape=(4,), **options):
    made = Sequential([layers.Input(shape), *(stack or [Dense(2, activation="softmax")])])
    made.compile("sgd", loss, **options)
    return made


def fit(**arguments):
    return model().fit(**{"x": X, "y": Y, "verbose": 0, **arguments})


@pytest.mark.parametrize(
    ("arguments", "error", "message"),
    [
        ({"x": (X, Y), "y": None}, ValueError, r"\(x, y\), not \(\(x, y\)\)"),
        ({"x": ((X, Y), (X, Y)), "y": None}, ValueError, r"\(x_train, y_train\), \(x_test, y_test\)"),
        ({"x": lambda: iter([(X, Y)]), "y": None}, TypeError, r"got the function .*Call it"),
        ({"y": np.array(["cat", "dog"] * 4)}, TypeError, "return_inverse=True"),
        ({"y": np.array(["cat", "dog"] * 4, object)}, TypeError, "return_inverse=True"),
        ({"validation_data": (X[:, :3], Y)}, ValueError, "shape"),
        ({"validation_data": (X, Y[:5])}, ValueError, "validation_x has 8 .* validation_y has 5"),
        ({"validation_data": (X, Y + 7)}, ValueError, "^validation_y: "),
        ({"validation_data": (X * np.nan, Y)}, ValueError, "^validation_x has 32"),
        ({"validation_data": 3}, ValueError, "validation_data must be"),
        ({"class_weight": {0: np.nan, 1: 1.0}}, ValueError, "finite weights >= 0, got nan for class 0"),
        ({"class_weight": {"0": 1.0}}, TypeError, r"\{0: 1\.0, 1: 5\.0\}"),
        ({"x": np.ma.masked_greater(X, 0.5)}, TypeError, r"masked array.*filled\(0\)"),
        ({"x": X.astype(float) * 1e39}, ValueError, "too large for float32"),
        ({"x": X.astype(complex)}, TypeError, "array of numbers"),
        ({"epochs": -1}, ValueError, "epochs must be an integer >= 0"),
        ({"validation_freq": [0]}, ValueError, "validation_freq must be an integer >= 1, got 0"),
        ({"epoch": 3}, UnknownNameError, "argument of fit 'epoch'. Did you mean 'epochs'"),
    ],
)  # fmt: skip
def test_mistakes(arguments, error, message):
    with pytest.raises(error, match=message):
        fit(**arguments)


def test_a_sparse_matrix_says_how_to_make_it_dense():
    sparse = pytest.importorskip("scipy.sparse")
    with pytest.raises(TypeError, match=r"y\.toarray\(\)"):
        fit(y=sparse.csr_matrix(np.eye(2)[Y]))


def test_epochs_0_trains_nothing():
    assert fit(epochs=0).history == {}


def test_validation_in_some_epochs():
    history = fit(epochs=5, validation_data=(X, Y), validation_freq=[1, 4])
    assert (len(history.history["loss"]), len(history.history["val_loss"])) == (5, 2)


def test_a_history_knows_its_training():
    made = model()
    history = made.fit(X, Y, epochs=2, batch_size=4, verbose=0)
    assert history.params["epochs"] == 2
    assert history.params["steps"] == 2
    assert history.model is made


def test_float_keys_of_class_weight():
    history = fit(class_weight={0.0: 0.0, 1.0: 0.0})
    assert history.history["loss"] == [0.0]


@pytest.mark.filterwarnings("ignore::RuntimeWarning")  # NumPy's overflow
def test_a_loss_that_diverges_is_said_once():
    made = model(Dense(1), loss="mse")
    made.optimizer.learning_rate = 1e30
    with pytest.warns(DataWarning, match=r"training has diverged.*learning rate") as warned:
        made.fit(X * 1e10, Y, epochs=3, verbose=0)
    assert len([one for one in warned if issubclass(one.category, DataWarning)]) == 1


def test_a_trailing_axis_of_1_may_be_missing_or_too_many():
    line = Sequential([Dense(1, input_shape=[1])])
    line.compile("sgd", "mse")
    line.fit(np.arange(6.0), 2 * np.arange(6.0) - 1, epochs=1, verbose=0)
    assert line.predict(np.array([10.0]), verbose=0).shape == (1, 1)
    images = Sequential([layers.Input((5, 5, 1)), Flatten(), Dense(1)])
    x = np.random.default_rng(0).normal(size=(3, 5, 5))
    np.testing.assert_array_equal(
        images.predict(x, verbose=0), images.predict(x[..., None], verbose=0)
    )
    np.testing.assert_array_equal(model().predict(X[..., None], verbose=0).shape, (8, 2))


def test_compile_without_a_loss():
    made = model(loss=None)
    assert made.predict(X, verbose=0).shape == (8, 2)
    for method in (made.fit, made.evaluate, made.train_on_batch):
        with pytest.raises(NotReadyError, match="needs a loss"):
            method(X, Y)


class Endless:
    """Keras' Sequence before it had a base class: it never raises IndexError."""

    def __len__(self):
        return 2

    def __getitem__(self, index):
        return X[:4], Y[:4]


def test_numbered_batches_end_by_their_length():
    made = model()
    assert made.fit(Endless(), verbose=0).params["steps"] == 2
    assert made.predict(Endless(), verbose=0).shape == (8, 2)


def test_what_predict_on_batch_returns_is_not_the_callers_array():
    same = Sequential([layers.Input((4,)), layers.Dropout(0.5)])
    y = same.predict_on_batch(X)
    assert not np.shares_memory(y, X)


def test_dicts_and_lists_for_one_input_and_output():
    made = Sequential([layers.Input((4,), name="in"), Dense(2, activation="softmax", name="out")])
    made.compile("sgd", {"out": "sparse_categorical_crossentropy"}, metrics={"out": "accuracy"})
    made.fit({"in": X}, {"out": Y}, verbose=0)
    assert made.metrics_names == ["loss", "accuracy"]
    expected = made.predict(X, verbose=0)
    np.testing.assert_array_equal(made.predict([X], verbose=0), expected)
    np.testing.assert_array_equal(made.predict({"in": X}, verbose=0), expected)


def test_old_names_work_and_say_what_to_write():
    made = model(metrics=["accuracy"])
    with pytest.warns(DeprecationWarning, match="fit: nb_epoch is now called epochs"):
        assert len(made.fit(X, Y, nb_epoch=2, verbose=0).history["loss"]) == 2
    with pytest.warns(DeprecationWarning, match=r"model\.fit\(generator\)"):
        made.fit_generator(iter([(X, Y)] * 3), steps_per_epoch=3, epochs=1, verbose=0)
    with pytest.warns(DeprecationWarning, match="argmax"):
        classes = made.predict_classes(X)
    np.testing.assert_array_equal(classes, made.predict(X, verbose=0).argmax(axis=-1))
    with pytest.warns(DeprecationWarning, match=r"model\.predict\(x\)"):
        assert made.predict_proba(X).shape == (8, 2)
    with pytest.warns(DeprecationWarning, match=r"model\.evaluate\(generator\)"):
        assert len(made.evaluate_generator(iter([(X, Y)]), steps=1)) == 2
    with warnings.catch_warnings():
        warnings.simplefilter("error")
        made.fit(X, Y, verbose=0, workers=4, use_multiprocessing=True)
        made.compile("sgd", "mse", run_eagerly=True, jit_compile=False)
    yes_no = model(Dense(1, activation="sigmoid"), loss="binary_crossentropy")
    with pytest.warns(DeprecationWarning, match="argmax"):
        assert set(yes_no.predict_classes(X).ravel()) <= {0, 1}


class NoInit(Layer):
    """A layer that forgets its base class."""

    def __init__(self):
        self.units = 3


def test_a_layer_without_the_constructor_of_its_base_class():
    with pytest.raises(TypeError, match=r"super\(\).__init__\(\)"):
        NoInit()(X)


def test_outputs_that_cannot_be_learnt():
    with pytest.warns(DataWarning, match=r"softmax to one unit.*sigmoid"):
        model(Dense(1, activation="softmax"), loss="binary_crossentropy")
    from_logits = losses.SparseCategoricalCrossentropy(from_logits=True)
    with pytest.warns(DataWarning, match="from_logits=True, and Dense .* applies softmax already"):
        model(loss=from_logits)


def test_channels_that_come_first():
    with pytest.raises(ShapeError, match=r"channels seem to come first.*input_shape=\(28, 28, 1\)"):
        Sequential([layers.Conv2D(4, 3, input_shape=(1, 28, 28))])
    with pytest.raises(ShapeError, match=r"without the batch axis: \(28, 28, 1\)"):
        Sequential([layers.Conv2D(4, 3, input_shape=(28, 28))])


@pytest.mark.parametrize(("steps", "epochs", "trained"), [(3, 4, 10), (10, 2, 14)])
def test_data_with_a_length_that_steps_per_epoch_does_not_divide(steps, epochs, trained):
    """The numbers of steps are those of Keras 3.15."""
    batches = ImageDataGenerator().flow(np.zeros((100, 2, 2, 1)), np.zeros(100), batch_size=16)
    trainee = Sequential([Input((2, 2, 1)), Flatten(), Dense(1)])
    trainee.compile("sgd", "mse")
    with pytest.warns(DataWarning, match="It has 7 batches.*leave steps_per_epoch out"):
        trainee.fit(batches, steps_per_epoch=steps, epochs=epochs, verbose=0)
    assert trainee.optimizer.iterations == trained


def test_a_wrong_shape_of_the_validation_data_is_named():
    with pytest.raises(ShapeError, match=r"validation_x: Dense .* got \(2, 3\)"):
        model(Dense(1)).fit(X, np.zeros(len(X)), validation_data=(np.ones((2, 3)), np.ones(2)))
