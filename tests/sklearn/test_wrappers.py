"""Programs written for keras.wrappers.scikit_learn and scikeras."""

import numpy as np
import pytest
from sklearn.base import clone
from sklearn.datasets import load_iris
from sklearn.model_selection import GridSearchCV, cross_val_score
from sklearn.pipeline import make_pipeline
from sklearn.preprocessing import LabelBinarizer, StandardScaler

from minicnn import Sequential, callbacks, layers, optimizers
from minicnn.errors import UnknownNameError
from minicnn.sklearn import CNNClassifier
from minicnn.wrappers.scikit_learn import KerasClassifier, KerasRegressor

X, Y = load_iris(return_X_y=True)
X = StandardScaler().fit_transform(X)


def build(units=16, loss="categorical_crossentropy", learning_rate=0.02):
    """A function of Keras 2 programs: it compiles its model."""
    model = Sequential([layers.Dense(units, "relu", input_dim=4), layers.Dense(3, "softmax")])
    model.compile(optimizers.Adam(learning_rate), loss, metrics=["accuracy"])
    return model


def build_of_scikeras(meta, compile_kwargs, hidden=16):
    model = Sequential()
    model.add(layers.Input((meta["n_features_in_"],)))
    model.add(layers.Dense(hidden, activation="relu"))
    model.add(layers.Dense(meta["n_classes_"], activation="softmax"))
    model.compile(**compile_kwargs | {"loss": "sparse_categorical_crossentropy"})
    return model


def not_compiled():
    return Sequential([layers.Dense(3, activation="softmax")])


def one_sigmoid():
    model = Sequential([layers.Dense(1, activation="sigmoid")])
    model.compile(optimizers.Adam(0.05), "binary_crossentropy")
    return model


QUICK = {"epochs": 30, "batch_size": 16, "verbose": 0, "random_state": 0}


@pytest.mark.parametrize(
    "classifier",
    [
        KerasClassifier(build, **QUICK),
        KerasClassifier(build_fn=build, **QUICK),
        KerasClassifier(build, loss="sparse_categorical_crossentropy", units=8, **QUICK),
        KerasClassifier(build, model__units=8, **QUICK),
        KerasClassifier(build(), **QUICK),
        KerasClassifier(build_of_scikeras, optimizer="adam", optimizer__learning_rate=0.02,
                        hidden=20, **QUICK),
        KerasClassifier(model=not_compiled, optimizer=optimizers.Adam, optimizer__learning_rate=0.05,
                        fit__shuffle=True, **QUICK),
    ],
)  # fmt: skip
def test_ways_to_make_one(classifier):
    classifier = clone(classifier).fit(X, Y)
    assert classifier.score(X, Y) > 0.9
    assert classifier.classes_.tolist() == [0, 1, 2]
    np.testing.assert_allclose(classifier.predict_proba(X).sum(axis=1), 1, rtol=1e-5)
    assert len(classifier.history_["loss"]) == len(classifier.history["loss"]) == 30


@pytest.mark.parametrize(
    "labels", [Y, np.array(["a", "b", "c"])[Y], np.eye(3)[Y], LabelBinarizer().fit_transform(Y)]
)
def test_labels_of_every_type(labels):
    classifier = KerasClassifier(build, **QUICK).fit(X, labels)
    expected = labels if labels.ndim == 1 else Y
    assert (classifier.predict(X) == expected).mean() > 0.9


def test_two_classes_of_one_sigmoid():
    two = Y < 2
    names = np.array(["no", "yes"])[Y[two]]
    classifier = KerasClassifier(one_sigmoid, **QUICK).fit(X[two], names)
    assert classifier.score(X[two], names) > 0.9
    assert classifier.predict_proba(X[two]).shape == (100, 2)


def test_cross_validation_and_grid_search():
    scores = cross_val_score(KerasClassifier(build_fn=build, **QUICK), X, Y, cv=3)
    assert scores.min() > 0.8
    grid = {"epochs": [1, 30], "model__learning_rate": [1e-6, 0.02]}
    search = GridSearchCV(KerasClassifier(build, **QUICK), grid, cv=2).fit(X, Y)
    assert search.best_params_ == {"epochs": 30, "model__learning_rate": 0.02}


def test_the_trained_model_is_the_model_as_in_keras_2():
    search = GridSearchCV(KerasClassifier(build_fn=build, verbose=0), {"epochs": [1, 2]}, cv=2)
    best = search.fit(X, Y).best_estimator_
    assert best.model is best.model_
    assert best.model.predict(X, verbose=0).shape[0] == len(X)
    assert clone(best).model is None
    assert KerasClassifier(build, **QUICK).fit(X, Y).get_params()["model"] is build


def test_options_of_fit_and_callbacks():
    seen = []
    callback = callbacks.LambdaCallback(on_epoch_end=lambda epoch, logs: seen.append(logs))
    classifier = KerasClassifier(build, callbacks=[callback], **QUICK)
    classifier.fit(X, Y, epochs=2, validation_data=(X, np.eye(3)[Y]))
    assert len(seen) == 2
    assert "val_accuracy" in classifier.history_


def test_warm_start_and_class_weight():
    classifier = KerasClassifier(build, warm_start=True, class_weight="balanced", **QUICK)
    classifier.fit(X, Y).fit(X, Y)
    assert len(classifier.history_["loss"]) == 60


def test_regressor():
    def build_model(hidden=8):
        model = Sequential([layers.Dense(hidden, "relu"), layers.Dense(1)])
        model.compile(optimizers.Adam(0.02), "mse")
        return model

    target = X @ [1.0, -2, 3, 0]
    regressor = make_pipeline(StandardScaler(), KerasRegressor(build_model, hidden=16, **QUICK))
    assert regressor.fit(X, target).score(X, target) > 0.8
    assert regressor.predict(X).shape == target.shape


def test_mistakes():
    with pytest.raises(UnknownNameError, match=r"parameter of KerasClassifier 'unit'.*'units'"):
        KerasClassifier(build, unit=3).fit(X, Y)
    with pytest.raises(TypeError, match=r"KerasClassifier\(model=build_model\), got None"):
        KerasClassifier().fit(X, Y)


# The same wishes for minicnn's own estimators


@pytest.mark.parametrize(
    "network",
    [build(), lambda: build(8, "sparse_categorical_crossentropy")],
    ids=["model", "lambda"],
)
def test_templates_functions_and_one_hot_labels_of_a_cnn_classifier(network):
    trained = CNNClassifier(network, epochs=30, random_state=0, batch_size=16).fit(X, np.eye(3)[Y])
    assert trained.score(X, Y) > 0.9
    assert trained.model_.optimizer.learning_rate == pytest.approx(0.02)  # of the compiled network


def test_partial_fit_and_warm_start():
    parts = CNNClassifier(random_state=0, batch_size=16, learning_rate=0.01)
    for _ in range(25):
        parts.partial_fit(X, Y, classes=[0, 1, 2])
    assert parts.score(X, Y) > 0.9
    assert parts.n_iter_ == 25
    with pytest.raises(ValueError, match=r"needs classes=np\.unique"):
        CNNClassifier().partial_fit(X, Y)
    with pytest.raises(ValueError, match=r"not in classes: \[3\]"):
        parts.partial_fit(X, Y + 1)
    warm = CNNClassifier(random_state=0, epochs=2, warm_start=True).fit(X, Y).fit(X, Y)
    assert warm.n_iter_ == 4


def test_balanced_class_weights_of_a_cnn_classifier():
    few = np.r_[0:50, 50:55]  # ten times as many of the first class
    noise = np.random.default_rng(0).normal(size=(len(few), 4))
    plain, balanced = (
        CNNClassifier(epochs=15, random_state=0, class_weight=weight)
        .fit(noise, Y[few]).predict_proba(noise)[:, 1].mean()
        for weight in (None, "balanced")
    )  # fmt: skip
    assert balanced > plain + 0.1
