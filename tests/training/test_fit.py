"""Inputs of `fit`, `evaluate` and `predict`; batches and epochs."""

import numpy as np
import pytest

from minicnn.callbacks import Callback
from minicnn.optimizers import SGD

from .small import NUMBERS, ONE_HOT, X, assert_same_weights, cut, endless, network, trained


class Sizes(Callback):
    """Counts the steps of every epoch."""

    def __init__(self):
        self.steps = []

    def on_epoch_begin(self, epoch, logs=None):
        self.steps.append(0)

    def on_train_batch_end(self, batch, logs=None):
        self.steps[-1] += 1


@pytest.mark.parametrize("kind", ["uint8", "int8", "int64", "bool", "float16", "float32", list])
def test_images_of_any_numeric_dtype(kind):
    x = X.tolist() if kind is list else X.astype(kind)
    model = trained(x, NUMBERS)
    assert_same_weights(model, trained(X.astype(float), NUMBERS))
    np.testing.assert_array_equal(model.predict(x, verbose=0), model.predict(X * 1.0, verbose=0))
    assert model.evaluate(x, NUMBERS, verbose=0) == model.evaluate(X * 1.0, NUMBERS, verbose=0)


@pytest.mark.parametrize("kind", ["uint8", "int32", "float32", list])
@pytest.mark.parametrize("column", [False, True])
def test_class_numbers_of_any_numeric_dtype(kind, column):
    y = NUMBERS[:, np.newaxis] if column else NUMBERS
    y = y.tolist() if kind is list else y.astype(kind)
    assert_same_weights(trained(X, y), trained(X, NUMBERS))


@pytest.mark.parametrize("kind", ["uint8", "bool", "float32", list])
def test_one_hot_labels_of_any_numeric_dtype(kind):
    y = ONE_HOT.tolist() if kind is list else ONE_HOT.astype(kind)
    model = trained(X, y, model=network("categorical_crossentropy"))
    assert_same_weights(model, trained(X, NUMBERS))


def test_the_data_are_left_as_they_were():
    x, y = X.copy(), NUMBERS.copy()
    trained(x, y, shuffle=True, validation_split=0.2, class_weight={0: 2.0})
    np.testing.assert_array_equal(x, X)
    np.testing.assert_array_equal(y, NUMBERS)


@pytest.mark.parametrize(
    ("data", "options"),
    [
        (cut, {}),
        (lambda: iter(cut() * 2), {"steps_per_epoch": 3}),
        (endless, {"steps_per_epoch": 3}),
        (lambda: (batch for _ in range(2) for batch in cut()), {"steps_per_epoch": 3}),
    ],
)
def test_an_iterable_of_batches_trains_as_arrays_do(data, options):
    sizes = Sizes()
    model = trained(data(), callbacks=[sizes], **options)
    assert_same_weights(model, trained(X, NUMBERS, batch_size=4))
    assert sizes.steps == [3, 3]


def test_evaluate_and_predict_iterables():
    model = network()
    values = model.evaluate(X, NUMBERS, verbose=0)
    assert model.evaluate(iter(cut()), verbose=0) == pytest.approx(values)
    assert model.evaluate(endless(), steps=3, verbose=0) == pytest.approx(values)
    outputs = model.predict(X, verbose=0)
    images = [batch[0] for batch in cut()]
    np.testing.assert_allclose(model.predict(iter(images), verbose=0), outputs, rtol=1e-12)
    # As in Keras, labels that come with the images are not looked at.
    np.testing.assert_allclose(model.predict(iter(cut()), verbose=0), outputs, rtol=1e-12)
    np.testing.assert_allclose(
        model.predict(endless(), steps=2, verbose=0), outputs[:8], rtol=1e-12
    )


def test_an_exhausted_generator_says_so():
    model = network()
    with pytest.raises(ValueError, match=r"no batches left for epoch 2.*only once"):
        model.fit(iter(cut()), epochs=2, verbose=0)
    assert model.history.epoch == [0]
    assert model.predict(X, verbose=0).shape == (10, 3)


def test_32_examples_a_step_unless_said_otherwise():
    sizes = Sizes()
    x = np.zeros((70, 6, 6, 1))
    trained(x, np.zeros(70, int), epochs=1, callbacks=[sizes])
    assert sizes.steps == [3]


@pytest.mark.parametrize("batch_size", [1, 3, 4, 10, 1000, np.int64(4)])
def test_the_partial_last_batch_is_kept_and_counts_by_its_size(batch_size):
    sizes = Sizes()
    model = network(optimizer=SGD(0.0))  # learns nothing, so all batches see the same weights
    history = model.fit(X, NUMBERS, batch_size=batch_size, callbacks=[sizes], verbose=0)
    assert sizes.steps == [-(-10 // batch_size)]
    p = model.predict(X, verbose=0)
    loss = -np.log(p[np.arange(10), NUMBERS]).mean()
    accuracy = (p.argmax(axis=1) == NUMBERS).mean()
    assert history.history["loss"] == [pytest.approx(loss)]
    assert history.history["accuracy"] == [pytest.approx(accuracy)]
    values = model.evaluate(X, NUMBERS, batch_size=batch_size, verbose=0)
    assert values == pytest.approx([loss, accuracy])


def test_predict_does_not_depend_on_the_batch_size():
    model = network()
    expected = model.predict(X, verbose=0)
    assert expected.shape == (10, 3)
    for batch_size in (1, 3, 7):
        outputs = model.predict(X, batch_size=batch_size, verbose=0)
        np.testing.assert_allclose(outputs, expected, rtol=1e-12)
    np.testing.assert_allclose(model(X), expected, rtol=1e-12)
    np.testing.assert_allclose(model.predict_on_batch(X), expected, rtol=1e-12)


def test_initial_epoch_continues_the_count():
    model = network()
    history = model.fit(X, NUMBERS, epochs=5, initial_epoch=2, verbose=0)
    assert history.epoch == [2, 3, 4]
    assert len(history.history["loss"]) == 3
    assert model.fit(X, NUMBERS, epochs=2, initial_epoch=2, verbose=0).history == {}


def test_two_fits_of_one_epoch_are_one_of_two():
    model = network(optimizer="adam")
    for _ in range(2):
        trained(X, NUMBERS, model=model, epochs=1)
    assert_same_weights(model, trained(X, NUMBERS, model=network(optimizer="adam")))


def orders_of_labels(shuffle):
    """Return the different orders in which the loss saw the labels 0…9, over two epochs."""
    orders = []

    def spying_loss(y_true, y_pred):
        if y_true.ravel().tolist() not in orders:
            orders.append(y_true.ravel().tolist())
        return y_pred.sum(axis=-1)

    model = network(spying_loss, metrics=None)
    model.fit(X, np.arange(10.0), batch_size=10, epochs=2, shuffle=shuffle, verbose=0)
    return orders


def test_shuffling():
    in_order = list(range(10))
    assert orders_of_labels(shuffle=False) == [in_order]
    first, second = orders_of_labels(shuffle=True)
    assert sorted(first) == sorted(second) == in_order != first
