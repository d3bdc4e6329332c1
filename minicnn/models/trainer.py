"""Compile, train, test and predict: what every model can do with data."""

from collections.abc import Sequence
from typing import Any
from weakref import WeakKeyDictionary, ref

from minicnn import optimizers
from minicnn.callbacks import Callback, History
from minicnn.models.added_losses import traced
from minicnn.models.batch_trainer import BatchTrainer, joined
from minicnn.models.old_names import OldMethods, accept_old_names
from minicnn.models.structure import leaf_layers
from minicnn.training import inputs, loop
from minicnn.training.checks import check_counts, warn_of_outputs
from minicnn.training.compiled import Compiled
from minicnn.training.progress import ProgressBar

_USERS: WeakKeyDictionary[Any, Any] = WeakKeyDictionary()
"""The model that was compiled with an optimizer."""


class Trainer(BatchTrainer, OldMethods):
    """Base class of `Model`: train, test and predict on whole data sets."""

    @accept_old_names
    def compile(
        self,
        optimizer: Any = "rmsprop",
        loss: Any = None,
        loss_weights: Any = None,
        metrics: Sequence[Any] | None = None,
        weighted_metrics: Sequence[Any] | None = None,
    ) -> None:
        """Choose how to train.

        Which layers are trained is decided by their attribute `trainable` in `fit`. If all of them have
        been frozen after `compile`, as programs for GANs do, those that were not frozen at `compile`
        are trained.

        Parameters
        ----------
        optimizer : str, dict or Optimizer
            "adam", or ``Adam(learning_rate=0.01)``. An optimizer of another model, or
            of other weights, is copied without its state.
        loss : str, Loss or callable
            "categorical_crossentropy" for one-hot labels, "sparse_categorical_crossentropy" for
            class ids, or a function of ``(y_true, y_pred)`` that returns one loss for each sample. For
            several outputs a list, or a dict by name of the output.
        loss_weights : list or dict of float, optional
            Factors of the losses of several outputs in their sum. As in Keras 2, metrics may come third.
        metrics : list, optional
            What to show besides the loss, such as ``["accuracy"]``. For several outputs a list of
            lists, or a dict.
        weighted_metrics : list, optional
            Metrics that count each example by its sample weight.

        Raises
        ------
        UnknownNameError
            For an unknown name, with a suggestion.

        Examples
        --------
        >>> from minicnn import Sequential, layers
        >>> model = Sequential([layers.Dense(2, activation="softmax")])
        >>> model.compile("adam", "categorical_crossentropy", metrics=["accuracy"])
        >>> model.metrics_names
        ['loss', 'accuracy']
        """
        third = loss_weights if isinstance(loss_weights, (list, tuple)) else ()
        if metrics is None and not all(isinstance(one, (int, float)) for one in third):
            metrics, loss_weights = third, None
        optimizer = optimizers.get(optimizer)
        used_elsewhere = _USERS.setdefault(optimizer, ref(self))() is not self
        if used_elsewhere or not optimizer.fits(self.trainable_weights):
            optimizer = optimizer.without_state()  # Keras 2's had a state for each weight
        kept = [one for one in self.added_losses if one.labels is None]
        found = traced(loss, self.outputs) if self.built else []
        self.added_losses, loss = [*kept, *found], None if found else loss
        self.compiled = Compiled(
            optimizer, loss, metrics, weighted_metrics, loss_weights, self.output_names
        )
        if self.built:
            warn_of_outputs(self.graph, self.compiled.losses)
        leaves = leaf_layers(self.layers)
        self._trainable_at_compile = [layer for layer in leaves if layer.trainable]
        self._begun, self._warned_of_frozen = None, False

    @accept_old_names
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
        validation_freq: Any = 1,
    ) -> History:
        """Train.

        Ctrl-C ends the training after the current step: the model keeps what it has learnt.

        Parameters
        ----------
        x : array (examples, ...) of any numeric dtype, or iterable of batches
            Batches are ``(x, y)`` or ``(x, y, sample_weight)``. For several inputs a list of arrays, or
            a dict by name of the input.
        y : array (examples, ...), optional
            Labels; for several outputs a list or dict.
        batch_size : int, optional
            Examples in a step, 32 by default.
        epochs : int
            Number of the epoch at which to stop; with `initial_epoch` 0, the number of epochs.
        verbose : "auto", 0, 1 or 2
            1 shows a progress bar, 2 a line for each epoch, 0 nothing; "auto" is 1 in a terminal or a
            notebook, else 2.
        callbacks : list of Callback, optional
        validation_split : float
            Fraction of the examples, from the end and before shuffling, to validate with.
        validation_data : (x, y), (x, y, sample_weight) or iterable of batches, optional
            Data to validate with after each epoch.
        shuffle : bool
            Whether to shuffle the examples in every epoch.
        class_weight : dict of int to float, optional
            Weights of the examples of each class.
        sample_weight : array (examples,), optional
            Weights of the examples.
        initial_epoch : int
            Number of the first epoch, to continue a training.
        steps_per_epoch : int, optional
            Batches in an epoch; the next epoch continues with the next batch.
        validation_steps : int, optional
            Batches in a validation.
        validation_batch_size : int, optional
            `batch_size` by default.
        validation_freq : int or list of int
            Number of epochs between validations, or the epochs to validate after, counted from 1.

        Returns
        -------
        History
            Its ``history`` has the metrics of every epoch.

        Raises
        ------
        NotReadyError
            Before `compile`, or without a loss.
        ShapeError, ValueError, TypeError
            If the data do not fit the model, the loss or each other.

        Examples
        --------
        >>> from minicnn import Sequential, layers
        >>> model = Sequential([layers.Dense(2, activation="softmax", input_shape=(3,))])
        >>> model.compile("adam", "sparse_categorical_crossentropy", metrics=["accuracy"])
        >>> history = model.fit(np.eye(3), np.array([0, 1, 1]), epochs=2, verbose=0)
        >>> list(history.history)
        ['accuracy', 'loss']
        """
        self.require_compiled("fit")
        check_counts(
            steps_per_epoch=steps_per_epoch,
            validation_steps=validation_steps,
            validation_batch_size=validation_batch_size,
        )
        if self.added_losses and isinstance(validation_data, (list, tuple)):
            held, *labels = validation_data
            validation_data = (held, self.with_labels(held, labels[0] if labels else None))
        if not inputs.is_iterable_of_batches(x):
            y = self.with_labels(x, y)
        training, validation = inputs.training_and_validation(
            x, y, sample_weight, class_weight, validation_split, validation_data, self.names
        )
        self.trained_range = None
        if isinstance(training, inputs.Arrays):
            training = training._replace(x=self.prepare_input(training.x, "fit", training=True))
        if isinstance(validation, inputs.Arrays):
            checked = self.prepare_input(validation.x, "fit", training=False, name="validation_x")
            validation = validation._replace(x=checked)
            self.check_labels(validation, "validation_y")
            validation_batch_size = validation_batch_size or batch_size
        if validation is not None:
            validation = inputs.batches(validation, validation_batch_size, steps=validation_steps)
        batches = inputs.batches(training, batch_size, shuffle, steps_per_epoch)
        numbers = loop.Epochs(epochs, initial_epoch, validation_freq)
        return loop.fit(self, batches, validation, numbers, callbacks, verbose)

    @accept_old_names
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
        """Return loss and metrics on test data.

        Parameters
        ----------
        x, y, batch_size, verbose, sample_weight, callbacks : as in `fit`
        steps : int, optional
            Batches to use, of an endless iterable.
        return_dict : bool
            Whether to return the values by name.

        Returns
        -------
        list of float
            In the order of `metrics_names`; a float if there is only the loss.

        Raises
        ------
        NotReadyError, ShapeError, ValueError, TypeError
            As in `fit`.

        Examples
        --------
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
            data = self.prepare_arrays("evaluate", x, y, sample_weight)
        batches = inputs.batches(data, batch_size, steps=steps)
        return self._listed(loop.evaluate(self, batches, callbacks, verbose), return_dict)

    @accept_old_names
    def predict(
        self,
        x: Any,
        batch_size: int | None = None,
        verbose: Any = "auto",
        steps: int | None = None,
        callbacks: Sequence[Callback] | None = None,
    ) -> Any:
        """Return the outputs for examples, computed batch by batch.

        Several threads may call it at once.

        Parameters
        ----------
        x : array (examples, ...) of any numeric dtype, or iterable of batches
            For several inputs a list of arrays, or a dict.
        batch_size, verbose, callbacks : as in `fit`
        steps : int, optional
            Batches to use, of an endless iterable.

        Returns
        -------
        array (examples, ...) of the dtype of the last layer
            A list of arrays if the model has several outputs, or a dict if it was made with one.

        Raises
        ------
        ShapeError, ValueError, TypeError
            If the data do not fit the model.

        Examples
        --------
        >>> from minicnn import Sequential, layers
        >>> model = Sequential([layers.Dense(1, kernel_initializer="ones", input_shape=(2,))])
        >>> model.predict(np.array([[1, 2], [3, 4]]), verbose=0)
        array([[3.],
               [7.]], dtype=float32)
        """
        data = x if inputs.is_iterable_of_batches(x) else self.prepare_arrays("predict", x)
        batches = inputs.batches(data, batch_size, steps=steps)
        called = loop.callback_list(self, callbacks, verbose, batches.steps, ProgressBar())
        outputs: list[Any] = []
        called.on_predict_begin()
        for step, batch in enumerate(loop.prepared(self, batches, "predict")):
            called.on_predict_batch_begin(step)
            outputs.append(self.compute_outputs(batch.x))
            called.on_predict_batch_end(step, {"outputs": outputs[-1]})
        if not outputs:
            raise ValueError("the data to predict have no batches.")
        called.on_predict_end()
        return self.names.as_given(joined(outputs))
