"""Calls several callbacks in order."""

from collections.abc import Callable, Iterable
from typing import TYPE_CHECKING, Any

import numpy as np

from minicnn.callbacks.callback import HOOKS, Callback, Logs, accepts, hook_parameters

if TYPE_CHECKING:
    from minicnn.models import Model


class CallbackList(Callback):
    """Calls the hooks of several callbacks, in order.

    Which callbacks override which hooks is looked up when training, testing or predicting begins,
    so that a hook that no callback overrides costs next to nothing per step.

    Parameters
    ----------
    callbacks : Callback or list of Callback, optional
        All of them get the same `logs`, and see what an earlier one adds.
    model : Sequential, optional
        The ``model`` of each callback.
    params : dict, optional
        The ``params`` of each callback: ``verbose``, ``epochs``, ``steps``.
    progress : Callback, optional
        The progress bar. It is called last, and its method ``clear`` is called before any other
        callback, which may print.

    Raises
    ------
    TypeError
        If `callbacks` contains anything else, such as a class without parentheses.

    Examples
    --------
    >>> from minicnn.callbacks import History, LambdaCallback
    >>> printing = LambdaCallback(on_epoch_end=lambda epoch, logs: print("epoch", epoch, logs))
    >>> history = History()
    >>> CallbackList([printing, history]).on_epoch_end(0, {"loss": 0.5})
    epoch 0 {'loss': 0.5}
    >>> history.history
    {'loss': [0.5]}
    """

    def __init__(
        self,
        callbacks: Callback | Iterable[Callback] | None = None,
        model: Any = None,
        params: Logs | None = None,
        progress: Any = None,
    ) -> None:
        self.callbacks = _as_list(callbacks)
        self.progress = progress
        self._overridden: dict[str, list[Callable[..., Any]]] = {}  # by the name of the hook
        self.set_model(model)
        self.set_params(params or {})

    def append(self, callback: Callback) -> None:
        """Add a callback after the others."""
        self.callbacks += _as_list(callback)
        self._overridden.clear()
        callback.set_model(self.model)
        callback.set_params(self.params)

    def set_model(self, model: "Model") -> None:
        """Set the model of every callback."""
        self.model = model
        for callback in self._with_progress():
            callback.set_model(model)

    def set_params(self, params: Logs) -> None:
        """Set the parameters of every callback."""
        self.params = params
        for callback in self._with_progress():
            callback.set_params(params)

    def set_validation_data(self, arrays: Any) -> None:
        """Set what callbacks of Keras 1 and early Keras 2 read: x, y and a weight for each sample."""
        weights = arrays.sample_weight
        weights = np.ones(arrays.count, "float32") if weights is None else weights
        for callback in self.callbacks:
            callback.validation_data = [arrays.x, arrays.y, weights]

    def on_state_restore(self, state: Any) -> None:
        """Call every callback's `on_state_restore`."""
        for callback in self.callbacks:
            callback.on_state_restore(state)

    def on_state_save(self, state: Any) -> None:
        """Call every callback's `on_state_save`."""
        for callback in self.callbacks:
            callback.on_state_save(state)

    def get_state(self) -> dict[str, Any]:
        """Return every callback's state; the keys are ``"EarlyStopping 0"`` and so on."""
        return {name: callback.get_state() for name, callback in self._by_name().items()}

    def set_state(self, state: dict[str, Any]) -> None:
        """Restore the states of the callbacks; a callback without one starts afresh."""
        for name, callback in self._by_name().items():
            if name in state:
                callback.set_state(state[name])

    def _by_name(self) -> dict[str, Callback]:
        named: dict[str, Callback] = {}
        for callback in self.callbacks:
            class_name = type(callback).__name__
            number = sum(type(other).__name__ == class_name for other in named.values())
            named[f"{class_name} {number}"] = callback
        return named

    def _call(self, name: str, *arguments: Any) -> None:
        """Call the hook `name` with ``(epoch or batch, logs)`` or ``(logs)``."""
        hooks = self._overridden.get(name)
        if hooks is None:
            hooks = self._overridden[name] = self._find(name)
        if not hooks:
            return
        if arguments[-1] is None:
            arguments = (*arguments[:-1], {})
        for hook in hooks:
            hook(*arguments)

    def _find(self, name: str) -> list[Callable[..., Any]]:
        hooks = [getattr(item, name) for item in self.callbacks if _overrides(item, name)]
        expected = hook_parameters(name)
        for hook in hooks:
            if not accepts(hook, *expected):
                owner = type(getattr(hook, "__self__", hook)).__name__
                raise TypeError(
                    f"{owner}.{name} must take {' and '.join(expected)}. Write def {name}(self, "
                    f"{', '.join(expected)}=None)."
                )
        progress = self.progress
        if progress is None:
            return hooks
        if hooks:
            hooks.insert(0, lambda *_: progress.clear())
        return hooks + ([getattr(progress, name)] if _overrides(progress, name) else [])

    def _with_progress(self) -> list[Callback]:
        return self.callbacks + ([] if self.progress is None else [self.progress])


def _add_hook(name: str) -> None:
    """Give `CallbackList` a hook that calls those of its callbacks."""
    if "epoch" in name or "batch" in name:

        def hook(self: CallbackList, index: int, logs: Logs | None = None) -> None:
            if self._overridden.get(name, True):  # not in every step, if nobody listens
                self._call(name, index, logs)

    else:

        def hook(self: CallbackList, logs: Logs | None = None) -> None:  # type: ignore[misc]
            self._overridden.clear()
            self._call(name, logs)
            self._overridden.clear()  # on_train_begin may have replaced hooks of its callback

    hook.__name__, hook.__doc__ = name, f"Call every callback's `{name}`."
    setattr(CallbackList, name, hook)


for _name in HOOKS:
    _add_hook(_name)

_OLDER_NAME = {"on_train_batch_begin": "on_batch_begin", "on_train_batch_end": "on_batch_end"}


def _overrides(callback: Callback, name: str) -> bool:
    """Whether the hook differs from that of `Callback`, or calls one that does."""
    if getattr(getattr(callback, name), "__func__", None) is not getattr(Callback, name):
        return True
    return name in _OLDER_NAME and _overrides(callback, _OLDER_NAME[name])


def _as_list(callbacks: Any) -> list[Callback]:
    """Return a new list of callbacks, after checking their types."""
    if callbacks is None:
        return []
    if not isinstance(callbacks, (list, tuple)):
        callbacks = [callbacks]
    for callback in callbacks:
        if not isinstance(callback, Callback):
            raise TypeError(_correction(callback))
    return list(callbacks)


def _correction(value: Any) -> str:
    """Return the message for a value that is not a callback: what to write instead."""
    expected = "callbacks must be a list of Callback objects"
    if isinstance(value, type) and issubclass(value, Callback):
        name = value.__name__
        return f"{expected}, but {name} is a class. Write {name}()."
    if type(value).__module__.partition(".")[0] in ("keras", "tensorflow", "tf_keras"):
        name = type(value).__name__
        return f"{expected}, got {name} of Keras. Write from minicnn.callbacks import {name}."
    if callable(value) and not isinstance(value, type):
        name = getattr(value, "__name__", "function")
        name = "lambda epoch, logs: ..." if name == "<lambda>" else name
        return f"{expected}, got the function {value!r}. Write LambdaCallback(on_epoch_end={name})."
    return f"{expected}, such as [History()], got {value!r}."
