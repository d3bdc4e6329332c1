"""Classifier and regressor on real data, with scikit-learn's tools."""

import pickle
import random
import threading

import joblib
import numpy as np
import pytest
from sklearn.base import clone
from sklearn.datasets import load_digits
from sklearn.exceptions import NotFittedError
from sklearn.model_selection import GridSearchCV, cross_val_score
from sklearn.pipeline import make_pipeline
from sklearn.preprocessing import MinMaxScaler

from minicnn import Sequential, callbacks, layers, optimizers
from minicnn.errors import ShapeError, UnknownNameError
from minicnn.random import generator, set_random_seed
from minicnn.sklearn import CNNClassifier, CNNRegressor
from tests.sklearn.networks import small


@pytest.fixture(scope="module")
def digits():
    """600 digits of 8 × 8 as rows, 0…1."""
    x, y = load_digits(return_X_y=True)
    return x[:600] / 16, y[:600]


def classifier(**options):
    return CNNClassifier(
        **{"image_shape": (8, 8, 1), "epochs": 8, "learning_rate": 0.005, "random_state": 0}
        | options
    )


def test_images_and_rows_are_the_same(digits):
    x, y = digits
    of_rows = classifier().fit(x, y)
    of_grey = classifier(image_shape=None).fit(x.reshape(-1, 8, 8), y)
    of_images = classifier(image_shape=None).fit(x.reshape(-1, 8, 8, 1), y)
    assert of_rows.score(x, y) > 0.95
    expected = of_rows.predict_proba(x)
    np.testing.assert_array_equal(of_grey.predict_proba(x.reshape(-1, 8, 8)), expected)
    np.testing.assert_array_equal(of_images.predict_proba(x.reshape(-1, 8, 8, 1)), expected)


def test_probabilities_and_text_labels(digits):
    x, y = digits
    names = np.array(["zero", "one", "two"])
    few = y < 3
    trained = classifier().fit(x[few], names[y[few]])
    assert trained.classes_.tolist() == ["one", "two", "zero"]
    probabilities = trained.predict_proba(x[few])
    np.testing.assert_allclose(probabilities.sum(axis=1), 1, rtol=1e-12)
    predicted = trained.predict(x[few])
    assert (predicted == trained.classes_[probabilities.argmax(axis=1)]).all()
    assert (predicted == names[y[few]]).mean() > 0.97


def test_cross_validation_in_a_pipeline(digits):
    x, y = digits
    scores = cross_val_score(make_pipeline(MinMaxScaler(), classifier()), x * 16, y, cv=3)
    assert scores.min() > 0.7


def test_grid_search_in_two_processes(digits):
    x, y = digits
    grid = {"learning_rate": [1e-5, 0.01]}
    search = GridSearchCV(classifier(network=small, epochs=3), grid, cv=2, n_jobs=2).fit(x, y)
    assert search.best_params_["learning_rate"] == 0.01
    assert search.best_score_ > 0.7
    alone = GridSearchCV(classifier(network=small, epochs=3), grid, cv=2).fit(x, y)
    np.testing.assert_array_equal(
        search.cv_results_["mean_test_score"], alone.cv_results_["mean_test_score"]
    )


@pytest.mark.parametrize("copy", ["pickle", "joblib"])
def test_copies_predict_the_same_bits(tmp_path, digits, copy):
    x, y = digits
    trained = classifier(network=small, epochs=1).fit(x, y)
    if copy == "joblib":
        joblib.dump(trained, tmp_path / "model.joblib")
        loaded = joblib.load(tmp_path / "model.joblib")
    else:
        loaded = pickle.loads(pickle.dumps(trained))
    np.testing.assert_array_equal(loaded.predict_proba(x), trained.predict_proba(x))


def test_a_file_holds_no_examples(tmp_path, digits):
    """Weights, the optimizer's moments and little more; not the last batch."""
    x, y = digits
    big = np.repeat(x, 20, axis=1)
    trained = CNNClassifier(epochs=1, batch_size=600).fit(big, y)
    assert len(pickle.dumps(trained)) < 4 * 8 * trained.model_.count_params()


def test_random_state_gives_the_same_bits(digits):
    x, y = digits
    weights = [
        classifier(network=small, epochs=2, random_state=state).fit(x, y).model_.get_weights()
        for state in (1, 1, 2)
    ]
    for first, again, other in zip(*weights, strict=True):
        np.testing.assert_array_equal(first, again)
        assert not np.array_equal(first, other)


def test_the_users_streams_stay_where_they_are(digits):
    def drawn():
        return generator().random(), np.random.random(), random.random()  # noqa: NPY002

    set_random_seed(5)
    expected = drawn()
    set_random_seed(5)
    classifier(network=small, epochs=1).fit(*digits)
    assert drawn() == expected


def test_threads_do_not_mix_their_streams(digits):
    x, y = digits
    alone = classifier(network=small, epochs=2).fit(x, y).model_.get_weights()
    together = [classifier(network=small, epochs=2, random_state=state) for state in (0, 1)]
    threads = [threading.Thread(target=one.fit, args=(x, y)) for one in together]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    for one, other in zip(alone, together[0].model_.get_weights(), strict=True):
        np.testing.assert_array_equal(one, other)


def test_sample_weight_counts(digits):
    x, y = digits
    mixed = y.copy()
    mixed[::2] = (mixed[::2] + 1) % 10  # every other label is wrong, and counts nothing
    weight = np.tile([0.0, 1.0], len(y) // 2)
    trained = classifier().fit(x, mixed, sample_weight=weight)
    assert trained.score(x, y) > 0.9


def test_early_stopping(digits):
    x, y = digits
    stopped = classifier(early_stopping=True, n_iter_no_change=2, epochs=200, learning_rate=0.02)
    stopped.fit(x, y)
    losses = stopped.history_["val_loss"]
    assert stopped.n_iter_ == len(losses) < 200
    assert np.argmin(losses) == len(losses) - 3


def test_callbacks_of_fit_are_used_beside_early_stopping(digits):
    seen, of_constructor = [], []
    stopped = classifier(
        early_stopping=True, n_iter_no_change=2, epochs=200, learning_rate=0.02,
        callbacks=[callbacks.LambdaCallback(on_train_end=of_constructor.append)],
    )  # fmt: skip
    callback = callbacks.LambdaCallback(on_epoch_end=lambda epoch, logs: seen.append(epoch))
    given = [callback]
    stopped.fit(*digits, callbacks=given)
    assert len(seen) == stopped.n_iter_ < 200
    assert given == [callback]
    assert of_constructor == []
    stopped.fit(*digits)
    assert len(of_constructor) == 1
    assert len(stopped.callbacks) == 1


def test_optimizer_object_is_not_changed(digits):
    given = optimizers.SGD(0.1, momentum=0.9)
    trained = classifier(optimizer=given, learning_rate=0.05, epochs=1).fit(*digits)
    assert (given.iterations, given.learning_rate) == (0, pytest.approx(0.1))
    assert trained.model_.optimizer.momentum == 0.9
    assert trained.model_.optimizer.learning_rate == pytest.approx(0.05)


def test_clone_trains_the_same(digits):
    x, y = digits
    first = classifier(epochs=1).fit(x, y)
    np.testing.assert_array_equal(clone(first).fit(x, y).predict_proba(x), first.predict_proba(x))


def test_regression_of_one_number_and_of_two(digits):
    x, _ = digits
    ink = 1000 * x.sum(axis=1) + 5e5  # far from 0 and 1
    one = CNNRegressor(image_shape=(8, 8, 1), epochs=20, learning_rate=0.005, random_state=0)
    assert one.fit(x, ink).score(x, ink) > 0.9
    assert one.predict(x).shape == ink.shape
    both = np.stack([ink, np.full(len(x), 7.0)], axis=1)  # the second has no spread
    predicted = clone(one).fit(x, both).predict(x)
    assert predicted.shape == both.shape
    np.testing.assert_allclose(predicted[:, 1], 7, atol=0.5)


def lone_logits(input_shape, outputs):
    return Sequential([layers.Flatten(), layers.Dense(outputs)])


def too_few(input_shape, outputs):
    return Sequential([layers.Flatten(), layers.Dense(3, activation="softmax")])


@pytest.mark.parametrize(
    ("options", "error", "message"),
    [
        ({"network": "lectur"}, UnknownNameError, "Did you mean 'lecture'"),
        ({"network": 3}, TypeError, "'auto', 'lecture', a Sequential or a function"),
        ({"network": lambda shape, outputs: None}, TypeError, "must return a Sequential"),
        (
            {"network": lone_logits},
            ValueError,
            r'End it with Dense\(outputs, activation="softmax"\)',
        ),
        ({"network": too_few}, ShapeError, "a network with 10 outputs"),
        ({"image_shape": (9, 9, 1)}, ShapeError, "needs 81 numbers per example, got 64"),
    ],
)
def test_mistakes(digits, options, error, message):
    with pytest.raises(error, match=message):
        classifier(**options).fit(*digits)


def test_mistakes_in_the_data(digits):
    x, y = digits
    with pytest.raises(ValueError, match="needs at least 2 classes, got 1 class"):
        classifier().fit(x, np.zeros(len(x)))
    with pytest.raises(NotFittedError):
        classifier().predict(x)
    with pytest.raises(ShapeError, match=r"rows .* or images"):
        classifier(image_shape=None).fit(x.reshape(-1, 2, 2, 4, 4), y)
    trained = classifier(image_shape=None, epochs=1).fit(x.reshape(-1, 8, 8), y)
    with pytest.raises(ValueError, match="8"):
        trained.predict(x.reshape(-1, 8, 4, 2))
