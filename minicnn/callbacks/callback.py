"""The base of all callbacks: every hook, doing nothing."""

from typing import Any, TypeAlias

Logs: TypeAlias = dict[str, Any]
"""Names of metrics and their values so far, in the order in which they are shown."""


class Callback:
    """Something to do at certain moments of training, testing or predicting.

    Write a class of your own with the hooks you need, and pass an object of it to
    ``model.fit(..., callbacks=[...])``. Epochs and batches count from 0. `logs` maps the names of
    the metrics to their means so far; at the end of an epoch it has the ``val_`` values as well.

    What a training that is interrupted and resumed (`BackupAndRestore`) must find again, a callback
    names in `state_attributes`, or gives and takes in `get_state` and `set_state`.

    Attributes
    ----------
    model : Sequential
        The model at work. ``self.model.stop_training = True`` ends `fit` after this batch.
    params : dict
        ``verbose``, ``epochs`` and ``steps`` (batches an epoch, None where that is unknown).

    Examples
    --------
    >>> class StopWhenGoodEnough(Callback):
    ...     def on_epoch_end(self, epoch, logs=None):
    ...         if logs["accuracy"] > 0.97:
    ...             self.model.stop_training = True
    """

    # On the class, so that a learner's __init__ may forget super().__init__().
    model: Any = None
    params: Logs = {}  # noqa: RUF012 (never changed, only replaced by set_params)
    state_attributes: tuple[str, ...] = ()
    """Names of the attributes that change while training and that a resumed training needs."""

    def set_model(self, model: Any) -> None:
        """Take the model at work; called before everything else."""
        self.model = model

    def set_params(self, params: Logs) -> None:
        """Take ``verbose``, ``epochs`` and ``steps``; called before everything else."""
        self.params = params

    def on_train_begin(self, logs: Logs | None = None) -> None:
        """Before the first epoch of `fit`."""

    def on_train_end(self, logs: Logs | None = None) -> None:
        """After the last epoch of `fit`."""

    def on_epoch_begin(self, epoch: int, logs: Logs | None = None) -> None:
        """Before the first batch of an epoch."""

    def on_epoch_end(self, epoch: int, logs: Logs | None = None) -> None:
        """After an epoch and its validation; what is added to `logs` gets into the history."""

    def on_train_batch_begin(self, batch: int, logs: Logs | None = None) -> None:
        """Before a training step; calls `on_batch_begin`, its older name."""
        self.on_batch_begin(batch, logs)

    def on_train_batch_end(self, batch: int, logs: Logs | None = None) -> None:
        """After a training step; calls `on_batch_end`, its older name."""
        self.on_batch_end(batch, logs)

    def on_batch_begin(self, batch: int, logs: Logs | None = None) -> None:
        """Do the same as `on_train_batch_begin`, under its older name."""

    def on_batch_end(self, batch: int, logs: Logs | None = None) -> None:
        """Do the same as `on_train_batch_end`, under its older name."""

    def on_test_begin(self, logs: Logs | None = None) -> None:
        """Before the first batch of `evaluate`, or of the validation in `fit`."""

    def on_test_end(self, logs: Logs | None = None) -> None:
        """After the last batch of `evaluate`, or of the validation in `fit`."""

    def on_test_batch_begin(self, batch: int, logs: Logs | None = None) -> None:
        """Before a batch of `evaluate`, or of the validation in `fit`."""

    def on_test_batch_end(self, batch: int, logs: Logs | None = None) -> None:
        """After a batch of `evaluate`, or of the validation in `fit`."""

    def on_predict_begin(self, logs: Logs | None = None) -> None:
        """Before the first batch of `predict`."""

    def on_predict_end(self, logs: Logs | None = None) -> None:
        """After the last batch of `predict`."""

    def on_predict_batch_begin(self, batch: int, logs: Logs | None = None) -> None:
        """Before a batch of `predict`."""

    def on_predict_batch_end(self, batch: int, logs: Logs | None = None) -> None:
        """After a batch of `predict`."""

    # Interrupted and resumed

    def get_state(self) -> dict[str, Any]:
        """Return what this callback must know again when an interrupted training is resumed.

        Returns
        -------
        dict
            Of the `state_attributes`. An override may return any names with numbers, texts, None,
            arrays of numbers, and lists and dicts of these.
        """
        return {name: getattr(self, name) for name in self.state_attributes}

    def set_state(self, state: dict[str, Any]) -> None:
        """Take up what `get_state` returned; called after `on_train_begin`.

        Parameters
        ----------
        state : dict

        Raises
        ------
        ValueError
            If it is another callback's state.
        """
        if set(state) != set(self.state_attributes):
            raise ValueError(
                f"{type(self).__name__} keeps {sorted(self.state_attributes)}, got {sorted(state)}."
            )
        for name, value in state.items():
            setattr(self, name, value)

    def on_run_begin(self, run: Any) -> None:
        """After every callback's `on_train_begin`: the moment to take up an earlier training.

        Parameters
        ----------
        run : Run
            The training under way, see `minicnn.training.run`.
        """

    def on_run_settled(self, run: Any) -> None:
        """After all hooks of a step, or of the end of an epoch: the state is whole, and can be kept.

        Parameters
        ----------
        run : Run
            The training under way, see `minicnn.training.run`.
        """


HOOKS = tuple(
    name for name in vars(Callback) if name.startswith("on_") and not name.startswith("on_run_")
)
"""The names of all hooks that Keras has."""
