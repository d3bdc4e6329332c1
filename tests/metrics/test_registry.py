import json
import pickle

import numpy as np
import pytest

from minicnn import losses, metrics
from minicnn.errors import UnknownNameError
from minicnn.metrics.registry import REGISTRY

KINDS = (
    metrics.Accuracy,
    metrics.BinaryAccuracy,
    metrics.CategoricalAccuracy,
    metrics.Mean,
    metrics.MeanAbsoluteError,
    metrics.MeanSquaredError,
    metrics.Precision,
    metrics.Recall,
    metrics.SparseCategoricalAccuracy,
    metrics.SparseTopKCategoricalAccuracy,
    metrics.TopKCategoricalAccuracy,
)


@pytest.mark.parametrize("spelling", ["accuracy", "acc", "Accuracy", "ACC"])
@pytest.mark.parametrize(
    ("y_true_shape", "y_pred_shape", "kind"),
    [
        ((None, 10), (None, 10), metrics.CategoricalAccuracy),
        ((32,), (32, 10), metrics.SparseCategoricalAccuracy),
        ((None, 1), (None, 10), metrics.SparseCategoricalAccuracy),
        ((None, 28, 28), (None, 28, 28, 3), metrics.SparseCategoricalAccuracy),
        ((None,), (None, 1), metrics.BinaryAccuracy),
        ((None, 1), (None, 1), metrics.BinaryAccuracy),
    ],
)
def test_accuracy_is_chosen_by_the_shapes_and_keeps_its_spelling(
    spelling, y_true_shape, y_pred_shape, kind
):
    metric = metrics.get(spelling, y_true_shape, y_pred_shape)
    assert type(metric) is kind
    assert metric.name == spelling


@pytest.mark.parametrize("kind", KINDS)
def test_names_classes_objects_and_configs(kind):
    metric = kind()
    assert metrics.get(metric) is metric
    assert type(metrics.get(kind)) is kind
    for name in (kind.__name__, metric.name):
        assert type(metrics.get(name)) is kind
        assert metrics.get(name).name == name
    config = json.loads(json.dumps(metrics.serialize(metric)))
    again = metrics.get(config)
    assert type(again) is kind
    assert again.get_config() == metric.get_config()


@pytest.mark.parametrize("name", ["mse", "MSE", "mae", "MAE"])
def test_short_names(name):
    assert metrics.get(name).name == name


@pytest.mark.parametrize("kind", REGISTRY.classes.values())
def test_every_metric_survives_its_config(kind):
    metric = kind()
    again = metrics.deserialize(json.loads(json.dumps(metrics.serialize(metric))))
    assert type(again) is kind
    assert again.get_config() == metric.get_config()
    assert metrics.get(metric.name).name == metric.name


def test_a_config_is_not_changed():
    config = {"name": "m", "dtype": "float32", "fn": "categorical_accuracy", "k": 3}
    config = {"class_name": "MeanMetricWrapper", "config": config}
    before = json.dumps(config)
    metrics.deserialize(config)
    metrics.deserialize(config, {"categorical_accuracy": lambda y_true, y_pred: y_true})
    assert json.dumps(config) == before


@pytest.mark.parametrize("name", ["crossentropy", "ce"])
def test_crossentropy_is_chosen_by_the_shapes(name):
    assert type(metrics.get(name, (None,), (None, 3))) is metrics.SparseCategoricalCrossentropy
    assert type(metrics.get(name, (None, 3), (None, 3))) is metrics.CategoricalCrossentropy
    assert type(metrics.get(name, (None, 1), (None, 1))) is metrics.BinaryCrossentropy


def test_losses_as_metrics():
    y_true, y_pred = np.array([[0.0], [3.0]]), np.array([[1.0], [1.0]])
    for identifier in ("huber", losses.Huber(), losses.huber):
        assert metrics.get(identifier)(y_true, y_pred) == pytest.approx((0.5 + 1.5) / 2)
    assert metrics.get(losses.mean_squared_error)(y_true, y_pred) == pytest.approx(2.5)


def test_the_method_name_of_keras_2():
    metric = metrics.Mean()
    metric.update_state([1.0])
    with pytest.warns(DeprecationWarning, match="reset_state"):
        metric.reset_states()
    assert metric.result() == 0


def test_options_survive_a_config():
    metric = metrics.Precision(thresholds=[0.2, 0.4], class_id=1, name="p")
    assert metrics.deserialize(metrics.serialize(metric)).get_config() == metric.get_config()
    assert metrics.deserialize(metrics.serialize(metrics.BinaryAccuracy(threshold=0.2)))([1], [0.3])


def test_misspelt_names_get_the_nearest_right_one():
    with pytest.raises(UnknownNameError, match="Did you mean 'accuracy'"):
        metrics.get("acuracy")


@pytest.mark.parametrize("wrong", [None, 3, ["accuracy"], int])
def test_other_things_are_refused(wrong):
    with pytest.raises(TypeError, match="metric must be a name"):
        metrics.get(wrong)


def test_a_users_function_is_called_by_its_name():
    def within_one(y_true, y_pred):
        return np.abs(y_pred - y_true) <= 1

    metric = metrics.get(within_one)

    assert metric.name == "within_one"
    assert metric([1, 2], [1, 5]) == 0.5
    config = metrics.serialize(metric)
    with pytest.raises(UnknownNameError, match="within_one"):
        metrics.deserialize(config)
    again = metrics.deserialize(config, custom_objects={"within_one": within_one})
    assert (again.name, again([1, 2], [1, 5])) == ("within_one", 0.5)


def test_own_classes_come_back_by_custom_objects():
    class Own(metrics.Recall):
        pass

    config = metrics.serialize(Own(name="r"))
    again = metrics.deserialize(config, custom_objects={"Own": Own})
    assert (type(again), again.name) == (Own, "r")


class Hits(metrics.Metric):
    """Accumulates in variables, as Keras' guide to custom metrics does."""

    def __init__(self, name="hits", **options):
        super().__init__(name=name, **options)
        self.right = self.add_weight(name="right", initializer="zeros")
        self.all = self.add_weight("all")  # as in Keras 2
        self.per_class = self.add_weight(shape=(2,))

    def update_state(self, y_true, y_pred, sample_weight=None):
        right = np.argmax(y_pred, axis=-1) == y_true
        self.right.assign_add(right.sum())
        self.all.assign_add(len(right))
        self.per_class.assign_add(np.bincount(y_true, minlength=2))

    def result(self):
        return self.right / self.all


def test_a_metric_accumulates_in_variables():
    metric = Hits()
    assert metric([0, 1, 1], np.eye(2)[[0, 0, 1]]) == pytest.approx(2 / 3)
    assert metric([1], np.eye(2)[[1]]) == 0.75
    assert metric.per_class.numpy().tolist() == [1, 3]
    assert [variable.dtype for variable in metric.variables] == [np.float64] * 3
    state = {name: np.array(value) for name, value in metric.get_state().items()}  # as from a file
    metric.reset_state()
    assert [variable.numpy().sum() for variable in metric.variables] == [0, 0, 0]
    metric.set_state(state)
    assert metric([0], np.eye(2)[[1]]) == 0.6
    metric.all += 1
    assert metric.all.assign_sub(2).numpy() == 4


def test_a_metric_without_methods_says_what_is_missing():
    class Empty(metrics.Metric):
        pass

    assert Empty().name == "empty"
    for method in (lambda: Empty()([1], [1]), Empty().result, Empty().reset_state):
        with pytest.raises(NotImplementedError, match="needs a method"):
            method()


@pytest.mark.parametrize("function", [losses.cosine_similarity, metrics.categorical_accuracy])
def test_the_librarys_functions(function):
    assert pickle.loads(pickle.dumps(function)) is function
    metric = metrics.get(function)
    assert metric.name == function.__name__
    y_true, y_pred = np.eye(2), np.array([[0.1, 0.9], [0.0, 1.0]])
    assert metric(y_true, y_pred) == pytest.approx(function(y_true, y_pred).mean())
    config = json.loads(json.dumps(metrics.serialize(metric)))
    assert metrics.get(config).name == metric.name


@pytest.mark.parametrize(
    ("kind", "option"),
    [
        (metrics.MeanSquaredError, {"reduction": "sum"}),
        (metrics.SparseCategoricalCrossentropy, {"ignore_class": 1}),
        (metrics.BinaryCrossentropy, {"from_logit": True}),
    ],
)
def test_an_option_without_effect_is_refused(kind, option):
    with pytest.raises(
        UnknownNameError, match=f"argument of {kind.__name__} '{next(iter(option))}'"
    ):
        kind(**option)
