"""The base class of callbacks, with all hooks."""

from inspect import signature
from typing import TYPE_CHECKING, Any, TypeAlias

from minicnn.errors import warn_renamed

if TYPE_CHECKING:
    from minicnn.models import Model

Logs: TypeAlias = dict[str, Any]
"""Names of metrics and their current values, in the order in which they are displayed."""


_OLD_METRICS = (
    ("acc", "accuracy"), ("lr", "learning_rate"), ("mse", "mean_squared_error"),
    ("mae", "mean_absolute_error"),
)  # fmt: skip


class MetricValues(dict[str, Any]):
    """Values by name of the metric, which are also found under the names of Keras 1 and 2.

    >>> import warnings
    >>> with warnings.catch_warnings(action="ignore"):  # a DeprecationWarning names the new name
    ...     MetricValues(val_accuracy=0.5).get("val_acc")
    0.5
    """

    def __missing__(self, name: str) -> Any:
        bare = name.removeprefix("val_")
        for old, new in _OLD_METRICS:
            found = name.removesuffix(bare) + (new if bare == old else old)
            if bare in (old, new) and found in self:
                warn_renamed("metrics", name, found)
                return self[found]
        raise KeyError(name)

    def get(self, name: str, default: Any = None) -> Any:
        """Return a value, or the default if there is none."""
        try:
            return self[name]
        except KeyError:
            return default


class Callback:
    """Base class of callbacks, whose hooks are called during training, testing and prediction.

    Override the hooks you need and pass an instance to ``model.fit(..., callbacks=[...])``. Epochs
    and batches are counted from 0. `logs` maps the names of the metrics to their running means; at
    the end of an epoch it also contains the ``val_`` values.

    If training can be interrupted and resumed (`BackupAndRestore`), list the attributes that must
    be restored in `state_attributes`, or override `get_state` and `set_state`.

    Attributes
    ----------
    model : Sequential
        The model in use. ``self.model.stop_training = True`` ends `fit` after this batch.
    params : dict
        ``verbose``, ``epochs`` and ``steps`` (batches per epoch, or None if unknown).

    Examples
    --------
    >>> class StopWhenGoodEnough(Callback):
    ...     def on_epoch_end(self, epoch, logs=None):
    ...         if logs["accuracy"] > 0.97:
    ...             self.model.stop_training = True
    """

    # Class attributes, so that a subclass need not call super().__init__().
    model: Any = None
    params: Logs = {}  # noqa: RUF012 (replaced, never modified)
    validation_data: Any = None
    """In `fit` with arrays to validate on, the list of them: x, y and sample weights, as in Keras 1."""
    state_attributes: tuple[str, ...] = ()
    """Names of the attributes to save and restore when training is interrupted and resumed."""
    writes_files = False
    """Whether only the first of several processes that train together needs the callback."""

    def set_model(self, model: "Model") -> None:
        """Set the model; called before any hook."""
        self.model = model

    def set_params(self, params: Logs) -> None:
        """Set ``verbose``, ``epochs`` and ``steps``; called before any hook."""
        self.params = params

    def on_train_begin(self, logs: Logs | None = None) -> None:
        """Called before the first epoch of `fit`."""

    def on_train_end(self, logs: Logs | None = None) -> None:
        """Called after the last epoch of `fit`."""

    def on_epoch_begin(self, epoch: int, logs: Logs | None = None) -> None:
        """Called before the first batch of an epoch."""

    def on_epoch_end(self, epoch: int, logs: Logs | None = None) -> None:
        """Called after an epoch and its validation; values added to `logs` appear in the history."""

    def on_train_batch_begin(self, batch: int, logs: Logs | None = None) -> None:
        """Called before a training step; calls `on_batch_begin`, its older name."""
        self.on_batch_begin(batch, logs)

    def on_train_batch_end(self, batch: int, logs: Logs | None = None) -> None:
        """Called after a training step; calls `on_batch_end`, its older name."""
        self.on_batch_end(batch, logs)

    def on_batch_begin(self, batch: int, logs: Logs | None = None) -> None:
        """Called before a training step; older name of `on_train_batch_begin`."""

    def on_batch_end(self, batch: int, logs: Logs | None = None) -> None:
        """Called after a training step; older name of `on_train_batch_end`."""

    def on_test_begin(self, logs: Logs | None = None) -> None:
        """Called before the first batch of `evaluate`, or of the validation in `fit`."""

    def on_test_end(self, logs: Logs | None = None) -> None:
        """Called after the last batch of `evaluate`, or of the validation in `fit`."""

    def on_test_batch_begin(self, batch: int, logs: Logs | None = None) -> None:
        """Called before a batch of `evaluate`, or of the validation in `fit`."""

    def on_test_batch_end(self, batch: int, logs: Logs | None = None) -> None:
        """Called after a batch of `evaluate`, or of the validation in `fit`."""

    def on_predict_begin(self, logs: Logs | None = None) -> None:
        """Called before the first batch of `predict`."""

    def on_predict_end(self, logs: Logs | None = None) -> None:
        """Called after the last batch of `predict`."""

    def on_predict_batch_begin(self, batch: int, logs: Logs | None = None) -> None:
        """Called before a batch of `predict`."""

    def on_predict_batch_end(self, batch: int, logs: Logs | None = None) -> None:
        """Called after a batch of `predict`."""

    # Resuming an interrupted training

    def get_state(self) -> dict[str, Any]:
        """Return the state that a resumed training must restore.

        Returns
        -------
        dict
            The `state_attributes`. An override may use any names; the values may be numbers,
            strings, None, numeric arrays, and lists and dicts of these.
        """
        return {name: getattr(self, name) for name in self.state_attributes}

    def set_state(self, state: dict[str, Any]) -> None:
        """Restore the state that `get_state` returned; called after `on_train_begin`.

        Parameters
        ----------
        state : dict

        Raises
        ------
        ValueError
            If it is the state of a different callback.
        """
        if set(state) != set(self.state_attributes):
            raise ValueError(
                f"the state of {type(self).__name__} must have the keys "
                f"{sorted(self.state_attributes)}, got {sorted(state)}."
            )
        for name, value in state.items():
            setattr(self, name, value)

    def on_state_restore(self, state: Any) -> None:
        """Called after every callback's `on_train_begin`, when earlier training can be resumed.

        Parameters
        ----------
        state : TrainingState
            The state of the running `fit`; ``state.resume(path)`` restores a saved one.
        """

    def on_state_save(self, state: Any) -> None:
        """Called after all hooks of a step or epoch, when the state is consistent.

        Parameters
        ----------
        state : TrainingState
            The state of the running `fit`; ``state.save(path)`` writes it to a file.
        """


def check_frequency(owner: str, name: str, value: Any, *keywords: Any) -> Any:
    """Return `value` if it is a number of batches or one of the keywords, such as "epoch"."""
    is_keyword = any(value is keyword or value == keyword != 0 for keyword in keywords)
    if is_keyword or (isinstance(value, int) and not isinstance(value, bool) and value >= 1):
        return value
    options = ", ".join(map(repr, keywords))
    raise ValueError(
        f"{owner}: {name} must be {options} or a number of batches >= 1, got {value!r}."
    )


def print_epoch(callback: Any, epoch: int, text: str) -> None:
    """Print a message that begins with the epoch, if the callback is verbose."""
    if callback.verbose:
        print(f"Epoch {epoch + 1}: {text}")


def hook_parameters(name: str) -> list[str]:
    """Return the names of a hook's parameters: ["epoch", "logs"]."""
    return list(signature(getattr(Callback, name)).parameters)[1:]


def accepts(function: Any, *arguments: Any) -> bool:
    """Return whether a function can be called with these arguments, as far as is known."""
    try:
        parameters = signature(function)
    except ValueError:  # some built-in functions have no signature
        return True
    try:
        parameters.bind(*arguments)
    except TypeError:
        return False
    return True


HOOKS = tuple(
    name for name in vars(Callback) if name.startswith("on_") and not name.startswith("on_state_")
)
"""The names of all hooks that Keras has."""
