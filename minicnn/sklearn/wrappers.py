"""Keras' wrappers for scikit-learn, as in keras.wrappers.scikit_learn and scikeras.

`CNNClassifier` and `CNNRegressor` are minicnn's own; these are for programs written for the wrappers.
"""

from collections.abc import Callable, Mapping
from inspect import signature
from typing import Any

import numpy as np
from numpy import ndarray
from sklearn.base import BaseEstimator, ClassifierMixin, RegressorMixin
from sklearn.utils import check_random_state
from sklearn.utils.validation import check_is_fitted

from minicnn import losses, optimizers
from minicnn.errors import unknown_name
from minicnn.models import Model
from minicnn.models.answer import answer_of
from minicnn.random import private_stream
from minicnn.serialization import argument_names
from minicnn.sklearn.classifier import from_one_hot, with_class_weight
from minicnn.sklearn.estimator import extend_history
from minicnn.sklearn.networks import copy_untrained

ROUTES = ("model", "fit", "predict", "optimizer")
OF_FIT = ("batch_size", "epochs", "verbose", "callbacks", "validation_split", "shuffle")


class KerasEstimator(BaseEstimator):
    """Base class of `KerasClassifier` and `KerasRegressor`, whose docstrings explain the parameters."""

    model_: Model
    history_: dict[str, list[float]]

    def __init__(
        self,
        model: Model | Callable[..., Model] | None = None,
        *,
        build_fn: Callable[..., Model] | None = None,
        optimizer: Any = "rmsprop",
        loss: Any = None,
        metrics: Any = None,
        batch_size: int | None = None,
        epochs: int = 1,
        verbose: Any = 1,
        callbacks: Any = None,
        validation_split: float = 0.0,
        shuffle: bool = True,
        class_weight: Any = None,
        random_state: Any = None,
        warm_start: bool = False,
        **options: Any,
    ) -> None:
        self.model = model
        self.build_fn = build_fn
        self.optimizer = optimizer
        self.loss = loss
        self.metrics = metrics
        self.batch_size = batch_size
        self.epochs = epochs
        self.verbose = verbose
        self.callbacks = callbacks
        self.validation_split = validation_split
        self.shuffle = shuffle
        self.class_weight = class_weight
        self.random_state = random_state
        self.warm_start = warm_start
        self._options = list(options)
        for name, value in options.items():
            setattr(self, name, value)

    @property
    def model(self) -> Any:
        """The trained model, as Keras' own wrapper has it; before `fit`, the parameter."""
        return getattr(self, "model_", self._model)

    @model.setter
    def model(self, value: Any) -> None:
        self._model = value

    @property
    def history(self) -> dict[str, list[float]]:
        """The losses and metrics of all epochs, as the result of Keras 2's `fit` has them."""
        return self.history_

    def get_params(self, deep: bool = True) -> dict[str, Any]:
        """Return all parameters, the further options included."""
        further = {name: getattr(self, name) for name in self._options}
        return super().get_params(deep=False) | {"model": self._model} | further

    def set_params(self, **params: Any) -> "KerasEstimator":
        """Set parameters and further options, such as ``model__units``."""
        known = super().get_params(deep=False)
        for name, value in params.items():
            if name not in known and name not in self._options:
                self._options.append(name)
            setattr(self, name, value)
        return self

    def _fit(
        self, X: Any, targets: Callable[[Model], ndarray], meta: dict[str, Any], weight: Any,
        fit_options: Mapping[str, Any],
    ) -> None:  # fmt: skip
        """Train a model; `targets` returns the labels as its loss takes them."""
        x = np.asarray(X)
        meta = {"X_shape_": x.shape, "n_features_in_": x.shape[-1], **meta}
        self.n_features_in_ = meta["n_features_in_"]
        seed = int(check_random_state(self.random_state).randint(2**31))
        with private_stream(seed):
            if not (self.warm_start and hasattr(self, "model_")):
                self.model_, self.history_ = self._build(x, meta), {}
            options = {name: getattr(self, name) for name in OF_FIT}
            options |= {**self._routed("fit"), **fit_options}
            history = self.model_.fit(x, targets(self.model_), sample_weight=weight, **options)
        extend_history(self.history_, history)

    def _build(self, x: ndarray, meta: dict[str, Any]) -> Model:
        """Return a new, compiled model."""
        template = self._template
        compile_options = {
            "optimizer": self._optimizer(), "loss": self.loss, "metrics": self.metrics
        }  # fmt: skip
        if isinstance(template, Model):
            model = copy_untrained(template)
        elif callable(template):
            arguments = self._routed("model")
            for name, value in {"meta": meta, "compile_kwargs": compile_options}.items():
                if name in _arguments(template):
                    arguments[name] = value
            model = template(**arguments)
        else:
            raise TypeError(
                f"{type(self).__name__} needs a function that returns a model, or a model: "
                f"{type(self).__name__}(model=build_model), got {template!r}."
            )
        model.build((None, *x.shape[1:]))
        if model.loss is None:
            if self.loss is None:
                compile_options["loss"] = self._default_loss(model)
            model.compile(**compile_options)
        return model

    @property
    def _template(self) -> Any:
        return self.build_fn if self._model is None else self._model

    def _optimizer(self) -> Any:
        chosen = self.optimizer() if isinstance(self.optimizer, type) else self.optimizer
        optimizer = optimizers.get(chosen)
        return type(optimizer).from_config(optimizer.get_config() | self._routed("optimizer"))

    def _routed(self, route: str) -> dict[str, Any]:
        """Return the options of one of `ROUTES`, without their prefix."""
        template = self._template
        is_function = callable(template) and not isinstance(template, Model)
        build = _arguments(template) if is_function else []
        fit = argument_names(Model.fit)
        routed = {}
        for name in self._options:
            prefix, _, argument = name.partition("__")
            if not argument or prefix not in ROUTES:
                argument = name
                prefix = "model" if name in build or "**" in build else "fit"
                if prefix == "fit" and name not in fit:
                    raise unknown_name(f"parameter of {type(self).__name__}", name, [*build, *fit])
            if prefix == route:
                routed[argument] = getattr(self, name)
        return routed

    def _default_loss(self, model: Model) -> str:
        raise NotImplementedError

    def _outputs(self, X: Any, options: Mapping[str, Any]) -> ndarray:
        check_is_fitted(self, "model_")
        options = {"verbose": 0, **self._routed("predict"), **options}
        return self.model_.predict(np.asarray(X), **options)


class KerasClassifier(ClassifierMixin, KerasEstimator):
    """Classifier around a function that builds a Keras model.

    Parameters
    ----------
    model : callable or Model
        Returns a model, compiled or not; it may take ``meta`` and ``compile_kwargs`` as in scikeras.
        A `Model` is a template: it is not trained itself.
    build_fn : callable, optional
        Keras 2's name of `model`.
    optimizer, loss, metrics
        For a model that is not compiled.
    batch_size, epochs, verbose, callbacks, validation_split, shuffle
        As in `Model.fit`.
    class_weight : "balanced" or dict, optional
    random_state : int, RandomState or None
    warm_start : bool
        Whether `fit` continues with the present model.
    **options
        Arguments of the function, ``units=32`` or ``model__units=32``, of ``fit__…``, ``predict__…``
        and ``optimizer__…``.

    Attributes
    ----------
    model_ : Model
    history_ : dict of str to list of float
    classes_ : (classes,)
    n_classes_ : int

    Examples
    --------
    >>> from minicnn import Sequential, layers
    >>> def build_model(units):
    ...     model = Sequential([layers.Dense(units, "relu"), layers.Dense(3, "softmax")])
    ...     model.compile("adam", "sparse_categorical_crossentropy")
    ...     return model
    >>> from sklearn.datasets import load_iris
    >>> X, y = load_iris(return_X_y=True)
    >>> classifier = KerasClassifier(build_model, units=16, epochs=80, verbose=0, random_state=0)
    >>> bool(classifier.fit(X, y).score(X, y) > 0.8)
    True
    """

    classes_: ndarray

    def fit(
        self, X: Any, y: Any, sample_weight: Any = None, **fit_options: Any
    ) -> "KerasClassifier":
        """Train a new model; `y` are labels of any type or one-hot rows. Return the estimator."""
        labels = np.asarray(from_one_hot(np.asarray(y))).ravel()
        self.classes_, indices = np.unique(labels, return_inverse=True)
        self.n_classes_ = len(self.classes_)
        sample_weight = with_class_weight(sample_weight, self.class_weight, labels)

        def targets(model: Model) -> ndarray:
            one_hot = model.output_shape[-1] == self.n_classes_ and not isinstance(
                model.loss, losses.SparseCategoricalCrossentropy
            )
            return np.eye(self.n_classes_, dtype="float32")[indices] if one_hot else indices

        meta = {"n_classes_": self.n_classes_, "classes_": self.classes_, "n_outputs_": 1}
        self._fit(X, targets, meta, sample_weight, fit_options)
        return self

    def predict_proba(self, X: Any, **options: Any) -> ndarray:
        """Return the probability of every class, (examples, classes)."""
        outputs = self._outputs(X, options)
        answer = answer_of(self.model_, classes=True)
        return answer.probabilities(outputs.reshape(len(outputs), -1))

    def predict(self, X: Any, **options: Any) -> ndarray:
        """Return the most probable label of every example."""
        return self.classes_[self.predict_proba(X, **options).argmax(axis=1)]

    def score(self, X: Any, y: Any, sample_weight: Any = None) -> float:
        """Return the accuracy; `y` as in `fit`."""
        return float(super().score(X, from_one_hot(np.asarray(y)), sample_weight))

    def _default_loss(self, model: Model) -> str:
        is_binary = model.output_shape[-1] == 1
        return "binary_crossentropy" if is_binary else "sparse_categorical_crossentropy"


class KerasRegressor(RegressorMixin, KerasEstimator):
    """Regressor around a function that builds a Keras model; parameters as in `KerasClassifier`.

    Examples
    --------
    >>> from minicnn import Sequential, layers
    >>> def build_model():
    ...     model = Sequential([layers.Dense(1)])
    ...     model.compile("sgd", "mse")
    ...     return model
    >>> regressor = KerasRegressor(build_model, epochs=200, verbose=0, random_state=0)
    >>> regressor.fit([[0.0], [1.0]], [1.0, 3.0]).predict([[2.0]]).shape
    (1,)
    """

    def fit(
        self, X: Any, y: Any, sample_weight: Any = None, **fit_options: Any
    ) -> "KerasRegressor":
        """Train a new model; `y` is (examples,) or (examples, outputs). Return the estimator."""
        y = np.asarray(y)
        meta = {"n_outputs_": 1 if y.ndim == 1 else y.shape[1]}
        self._fit(X, lambda model: y, meta, sample_weight, fit_options)
        return self

    def predict(self, X: Any, **options: Any) -> ndarray:
        """Return the predictions, (examples,) or (examples, outputs)."""
        outputs = self._outputs(X, options)
        return outputs[:, 0] if outputs.ndim == 2 and outputs.shape[1] == 1 else outputs

    def _default_loss(self, model: Model) -> str:
        return "mean_squared_error"


def _arguments(function: Any) -> list[str]:
    """Return the names of the parameters of a function, with ``**`` if it accepts any name."""
    parameters = signature(function).parameters.values()
    return ["**" if item.kind is item.VAR_KEYWORD else item.name for item in parameters]
