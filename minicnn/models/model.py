"""Training, testing and predicting on whole data sets: what every model can do."""

from collections.abc import Callable, Sequence
from typing import Any

import numpy as np
from numpy import ndarray

from minicnn.callbacks import Callback, History
from minicnn.errors import unknown_name
from minicnn.models.batch_model import BatchModel
from minicnn.training import inputs, loop
from minicnn.training.checks import check_counts
from minicnn.training.compiled import Compiled
from minicnn.training.progress import ProgressBar


class Model(BatchModel):
    """What trains, tests and predicts; `Sequential` says of which layers it is made.

    The attributes are those of `BatchModel`.
    """

    def compile(
        self,
        optimizer: Any = "rmsprop",
        loss: Any = None,
        metrics: Sequence[Any] | None = None,
        weighted_metrics: Sequence[Any] | None = None,
        **unknown: Any,
    ) -> None:
        """Choose how to train.

        Parameters
        ----------
        optimizer : str, dict or Optimizer
            "adam", or ``Adam(learning_rate=0.01)``.
        loss : str, Loss or callable
            "categorical_crossentropy" for one-hot labels, "sparse_categorical_crossentropy" for
            class numbers, or a function of ``(y_true, y_pred)`` that returns one loss a sample.
        metrics : list, optional
            What to show besides the loss, such as ``["accuracy"]``.
        weighted_metrics : list, optional
            Metrics that count each example by its sample weight.
        **unknown
            Anything else is an error that names the nearest right argument.

        Raises
        ------
        UnknownNameError
            For a misspelt name, with the nearest right one.

        Examples
        --------
        >>> from minicnn import Sequential, layers
        >>> model = Sequential([layers.Dense(2, activation="softmax")])
        >>> model.compile("adam", "categorical_crossentropy", metrics=["accuracy"])
        >>> model.metrics_names
        ['loss', 'accuracy']
        """
        _refuse(unknown, Model.compile)
        if loss is None:
            raise ValueError(
                "compile needs a loss: model.compile(optimizer='adam', "
                "loss='categorical_crossentropy', metrics=['accuracy'])."
            )
        self.compiled = Compiled(optimizer, loss, metrics, weighted_metrics)

    def fit(
        self,
        x: Any = None,
        y: Any = None,
        batch_size: int | None = None,
        epochs: int = 1,
        verbose: Any = "auto",
        callbacks: Sequence[Callback] | None = None,
        validation_split: float = 0.0,
        validation_data: Any = None,
        shuffle: bool = True,
        class_weight: dict[int, float] | None = None,
        sample_weight: Any = None,
        initial_epoch: int = 0,
        steps_per_epoch: int | None = None,
        validation_steps: int | None = None,
        validation_batch_size: int | None = None,
        validation_freq: int = 1,
        **unknown: Any,
    ) -> History:
        """Train.

        Ctrl-C ends the training after the step under way: the model keeps what it has learnt.

        Parameters
        ----------
        x : array (examples, ...) of any numeric dtype, or iterable of batches
            Batches are ``(x, y)`` or ``(x, y, sample_weight)``.
        y : array (examples, ...), optional
            Labels.
        batch_size : int, optional
            Examples a step, 32 if left out.
        epochs : int
            Number of the epoch at which to stop; with `initial_epoch` 0, how many.
        verbose : "auto", 0, 1 or 2
            1 shows a progress bar, 2 a line an epoch, 0 nothing; "auto" is 1 in a terminal or a
            notebook, else 2.
        callbacks : list of Callback, optional
        validation_split : float
            Share of the examples, taken from the end before shuffling, to validate with.
        validation_data : (x, y), (x, y, sample_weight) or iterable of batches, optional
            What to validate with after each epoch.
        shuffle : bool
            Whether every epoch takes the examples in a new order.
        class_weight : dict of int to float, optional
            How much the examples of a class count.
        sample_weight : array (examples,), optional
            How much each example counts.
        initial_epoch : int
            Number of the first epoch, to continue a training.
        steps_per_epoch : int, optional
            Batches an epoch, for an iterable without end.
        validation_steps : int, optional
            Batches a validation.
        validation_batch_size : int, optional
            `batch_size` if left out.
        validation_freq : int
            Validate after every so many epochs.
        **unknown
            Anything else is an error that names the nearest right argument.

        Returns
        -------
        History
            Its ``history`` has the metrics of every epoch.

        Raises
        ------
        NotReadyError
            Before `compile`.
        ShapeError, ValueError, TypeError
            Where the data do not fit the model, the loss or each other.

        Examples
        --------
        >>> import numpy as np
        >>> from minicnn import Sequential, layers
        >>> model = Sequential([layers.Dense(2, activation="softmax", input_shape=(3,))])
        >>> model.compile("adam", "sparse_categorical_crossentropy", metrics=["accuracy"])
        >>> history = model.fit(np.eye(3), np.array([0, 1, 1]), epochs=2, verbose=0)
        >>> list(history.history)
        ['accuracy', 'loss']
        """
        _refuse(unknown, Model.fit)
        self.require_compiled("fit")
        check_counts(
            steps_per_epoch=steps_per_epoch,
            validation_steps=validation_steps,
            validation_batch_size=validation_batch_size,
        )
        training, validation = inputs.training_and_validation(
            x, y, sample_weight, class_weight, validation_split, validation_data
        )
        if isinstance(training, inputs.Arrays):
            self.check_input(training.x, "fit")
        self.trained_range = None
        if isinstance(training, inputs.Arrays):
            self._remember_range(training.x)
        if isinstance(validation, inputs.Arrays):
            self.check_input(validation.x, "fit", seen=True)
        return loop.fit(
            self,
            inputs.batches(training, batch_size, shuffle, steps_per_epoch),
            None
            if validation is None
            else inputs.batches(
                validation,
                (validation_batch_size or batch_size)
                if isinstance(validation, inputs.Arrays)
                else validation_batch_size,
                steps=validation_steps,
            ),
            loop.Epochs(epochs, initial_epoch, validation_freq),
            callbacks,
            verbose,
        )

    def evaluate(
        self,
        x: Any = None,
        y: Any = None,
        batch_size: int | None = None,
        verbose: Any = "auto",
        sample_weight: Any = None,
        steps: int | None = None,
        callbacks: Sequence[Callback] | None = None,
        return_dict: bool = False,
    ) -> Any:
        """Return loss and metrics on examples that were kept aside.

        Parameters
        ----------
        x, y, batch_size, verbose, sample_weight, callbacks
            As for `fit`.
        steps : int, optional
            Batches to take, of an iterable without end.
        return_dict : bool
            Whether to return the values by name.

        Returns
        -------
        list of float
            In the order of `metrics_names`; a float where there is only the loss.

        Raises
        ------
        NotReadyError
            Before `compile`.
        ShapeError, ValueError, TypeError
            Where the data do not fit the model, the loss or each other.

        Examples
        --------
        >>> import numpy as np
        >>> from minicnn import Sequential, layers
        >>> model = Sequential([layers.Dense(1, kernel_initializer="ones", input_shape=(2,))])
        >>> model.compile("sgd", "mse", metrics=["mae"])
        >>> model.evaluate(np.ones((1, 2)), np.array([5.0]), verbose=0)
        [9.0, 3.0]
        """
        self.require_compiled("evaluate")
        data = x
        if inputs.is_iterable_of_batches(x):
            inputs.refuse_beside_batches(y=y, sample_weight=sample_weight)
        else:
            data = inputs.arrays(x, y, sample_weight)
            if data.y is None:
                raise ValueError("evaluate needs labels: model.evaluate(x, y).")
            self.check_input(data.x, "evaluate", seen=True)
        results = loop.evaluate(
            self, inputs.batches(data, batch_size, steps=steps), callbacks, verbose
        )
        return self._listed(results, return_dict)

    def predict(
        self,
        x: Any,
        batch_size: int | None = None,
        verbose: Any = "auto",
        steps: int | None = None,
        callbacks: Sequence[Callback] | None = None,
    ) -> ndarray:
        """Return the outputs for examples, computed batch by batch.

        May be called from several threads at once.

        Parameters
        ----------
        x : array (examples, ...) of any numeric dtype, or iterable of batches
        batch_size, verbose, callbacks
            As for `fit`.
        steps : int, optional
            Batches to take, of an iterable without end.

        Returns
        -------
        (examples, ...)
            Dtype of the last layer.

        Raises
        ------
        ShapeError, ValueError, TypeError
            Where the data do not fit the model.

        Examples
        --------
        >>> import numpy as np
        >>> from minicnn import Sequential, layers
        >>> model = Sequential([layers.Dense(1, kernel_initializer="ones", input_shape=(2,))])
        >>> model.predict(np.array([[1, 2], [3, 4]]), verbose=0)
        array([[3.],
               [7.]], dtype=float32)
        """
        data = x
        if not inputs.is_iterable_of_batches(x):
            data = inputs.arrays(x)
            self.check_input(data.x, "predict", seen=True)
        batches = inputs.batches(data, batch_size, steps=steps)
        called = loop.callback_list(self, callbacks, verbose, batches.steps, ProgressBar())
        outputs: list[ndarray] = []
        called.on_predict_begin()
        for step, batch in enumerate(loop.checked(self, batches, "predict")):
            called.on_predict_batch_begin(step)
            outputs.append(self.outputs(batch.x))
            called.on_predict_batch_end(step, {"outputs": outputs[-1]})
        if not outputs:
            raise ValueError("the data to predict have no batches.")
        called.on_predict_end()
        return np.concatenate(outputs)


def _refuse(unknown: dict[str, Any], method: Callable[..., Any]) -> None:
    """Raise for a misspelt argument."""
    from inspect import signature

    if unknown:
        known = [name for name in signature(method).parameters if name not in ("self", "unknown")]
        raise unknown_name(f"argument of {method.__name__}", next(iter(unknown)), known)
