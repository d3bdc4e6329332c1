"""Several callbacks, called as one, in order."""

from collections.abc import Callable, Iterable
from typing import Any

from minicnn.callbacks.callback import Callback, Logs


class ProgressCallback(Callback):
    """A callback that keeps a line of the screen open, as a progress bar does."""

    def step_aside(self) -> None:
        """Clear the open line: somebody else may print now."""


class CallbackList(Callback):
    """Calls the hooks of several callbacks, in order.

    Which callbacks override which hooks is looked up when training, testing or predicting begins,
    so that a hook that nobody overrides costs next to nothing in each step.

    Parameters
    ----------
    callbacks : Callback or list of Callback, optional
        The learner's own first; then the `History`, which so keeps what they add to `logs`.
    model : Sequential, optional
        Given to each callback as its ``model``.
    params : dict, optional
        Given to each callback as its ``params``: ``verbose``, ``epochs``, ``steps``.
    progress : ProgressCallback, optional
        The progress bar. It is called last, and steps aside before any other callback runs: what
        that prints starts on a line of its own.

    Raises
    ------
    TypeError
        If there is something that is no callback, such as a class without its parentheses.

    Examples
    --------
    >>> from minicnn.callbacks import History, LambdaCallback
    >>> say = LambdaCallback(on_epoch_end=lambda epoch, logs: print("epoch", epoch, logs))
    >>> history = History()
    >>> CallbackList([say, history]).on_epoch_end(0, {"loss": 0.5})
    epoch 0 {'loss': 0.5}
    >>> history.history
    {'loss': [0.5]}
    """

    def __init__(
        self,
        callbacks: Callback | Iterable[Callback] | None = None,
        model: Any = None,
        params: Logs | None = None,
        progress: ProgressCallback | None = None,
    ) -> None:
        self.callbacks = _checked(callbacks)
        self.progress = progress
        self.set_model(model)
        self.set_params(params or {})
        self._hooks: dict[str, list[Callable[..., Any]]] = {}  # those found so far, by name

    def append(self, callback: Callback) -> None:
        """Add a callback after the others."""
        self.callbacks += _checked(callback)
        self._hooks.clear()

    def set_model(self, model: Any) -> None:
        """Give the model to every callback."""
        self.model = model
        for callback in self._everyone():
            callback.set_model(model)

    def set_params(self, params: Logs) -> None:
        """Give the parameters of the run to every callback."""
        self.params = params
        for callback in self._everyone():
            callback.set_params(params)

    def on_train_begin(self, logs: Logs | None = None) -> None:
        """Call every callback's `on_train_begin`."""
        self._begin("train", logs)

    def on_train_end(self, logs: Logs | None = None) -> None:
        """Call every callback's `on_train_end`."""
        self._call("on_train_end", logs)

    def on_epoch_begin(self, epoch: int, logs: Logs | None = None) -> None:
        """Call every callback's `on_epoch_begin`."""
        self._call("on_epoch_begin", epoch, logs)

    def on_epoch_end(self, epoch: int, logs: Logs | None = None) -> None:
        """Call every callback's `on_epoch_end`; all get the same `logs`, and may add to it."""
        self._call("on_epoch_end", epoch, logs)

    def on_train_batch_begin(self, batch: int, logs: Logs | None = None) -> None:
        """Call every callback's `on_train_batch_begin`."""
        self._call("on_train_batch_begin", batch, logs)

    def on_train_batch_end(self, batch: int, logs: Logs | None = None) -> None:
        """Call every callback's `on_train_batch_end`."""
        self._call("on_train_batch_end", batch, logs)

    def on_batch_begin(self, batch: int, logs: Logs | None = None) -> None:
        """Call every callback's `on_batch_begin`."""
        self._call("on_batch_begin", batch, logs)

    def on_batch_end(self, batch: int, logs: Logs | None = None) -> None:
        """Call every callback's `on_batch_end`."""
        self._call("on_batch_end", batch, logs)

    def on_test_begin(self, logs: Logs | None = None) -> None:
        """Call every callback's `on_test_begin`."""
        self._begin("test", logs)

    def on_test_end(self, logs: Logs | None = None) -> None:
        """Call every callback's `on_test_end`."""
        self._call("on_test_end", logs)

    def on_test_batch_begin(self, batch: int, logs: Logs | None = None) -> None:
        """Call every callback's `on_test_batch_begin`."""
        self._call("on_test_batch_begin", batch, logs)

    def on_test_batch_end(self, batch: int, logs: Logs | None = None) -> None:
        """Call every callback's `on_test_batch_end`."""
        self._call("on_test_batch_end", batch, logs)

    def on_predict_begin(self, logs: Logs | None = None) -> None:
        """Call every callback's `on_predict_begin`."""
        self._begin("predict", logs)

    def on_predict_end(self, logs: Logs | None = None) -> None:
        """Call every callback's `on_predict_end`."""
        self._call("on_predict_end", logs)

    def on_predict_batch_begin(self, batch: int, logs: Logs | None = None) -> None:
        """Call every callback's `on_predict_batch_begin`."""
        self._call("on_predict_batch_begin", batch, logs)

    def on_predict_batch_end(self, batch: int, logs: Logs | None = None) -> None:
        """Call every callback's `on_predict_batch_end`."""
        self._call("on_predict_batch_end", batch, logs)

    def on_run_begin(self, run: Any) -> None:
        """Call every callback's `on_run_begin`."""
        for callback in self.callbacks:
            callback.on_run_begin(run)

    def on_run_settled(self, run: Any) -> None:
        """Call every callback's `on_run_settled`."""
        for callback in self.callbacks:
            callback.on_run_settled(run)

    def get_state(self) -> dict[str, Any]:
        """Return every callback's state, by its class and its number among those of the class."""
        return {name: callback.get_state() for name, callback in self._by_name().items()}

    def set_state(self, state: dict[str, Any]) -> None:
        """Give the callbacks their states back; one that is new begins anew."""
        for name, callback in self._by_name().items():
            if name in state:
                callback.set_state(state[name])

    def _by_name(self) -> dict[str, Callback]:
        named: dict[str, Callback] = {}
        for callback in self.callbacks:
            kind = type(callback).__name__
            number = sum(type(one).__name__ == kind for one in named.values())
            named[f"{kind} {number}"] = callback
        return named

    def _begin(self, kind: str, logs: Logs | None) -> None:
        """Call the hook of a beginning, and look up those of the batches that follow."""
        self._hooks.clear()
        self._call(f"on_{kind}_begin", logs)
        self._hooks.clear()  # what begins may have given itself further hooks
        for moment in ("begin", "end"):
            self._look_up(f"on_{kind}_batch_{moment}")

    def _call(self, name: str, *arguments: Any) -> None:
        """Call the hook `name` with ``(epoch or batch, logs)`` or ``(logs)``."""
        hooks = self._hooks.get(name)
        if hooks is None:
            hooks = self._look_up(name)
        if not hooks:
            return
        if arguments[-1] is None:
            arguments = (*arguments[:-1], {})
        for hook in hooks:
            hook(*arguments)

    def _look_up(self, name: str) -> list[Callable[..., Any]]:
        hooks = self._hooks[name] = self._hooks_named(name)
        return hooks

    def _hooks_named(self, name: str) -> list[Callable[..., Any]]:
        hooks = [getattr(one, name) for one in self.callbacks if _overrides(one, name)]
        progress = self.progress
        if progress is None:
            return hooks
        if hooks:
            hooks.insert(0, lambda *_: progress.step_aside())
        return hooks + ([getattr(progress, name)] if _overrides(progress, name) else [])

    def _everyone(self) -> list[Callback]:
        return self.callbacks + ([] if self.progress is None else [self.progress])


_OLDER_NAME = {"on_train_batch_begin": "on_batch_begin", "on_train_batch_end": "on_batch_end"}


def _overrides(callback: Callback, name: str) -> bool:
    """Whether the hook does anything: it is not the base class's, or calls one that is not."""
    if getattr(getattr(callback, name), "__func__", None) is not getattr(Callback, name):
        return True
    return name in _OLDER_NAME and _overrides(callback, _OLDER_NAME[name])


def _checked(callbacks: Any) -> list[Callback]:
    """Return the callbacks as a new list, after a look at each."""
    if callbacks is None:
        return []
    if not isinstance(callbacks, (list, tuple)):
        callbacks = [callbacks]
    for callback in callbacks:
        if not isinstance(callback, Callback):
            raise TypeError(_what_to_write_instead(callback))
    return list(callbacks)


def _what_to_write_instead(thing: Any) -> str:
    expected = "callbacks takes a list of Callback objects"
    if isinstance(thing, type) and issubclass(thing, Callback):
        name = thing.__name__
        return f"{expected}, but {name} is a class; write {name}()."
    module = type(thing).__module__
    if module.partition(".")[0] in ("keras", "tensorflow", "tf_keras"):
        name = type(thing).__name__
        return f"{expected}, got Keras' own {name}; write from minicnn.callbacks import {name}."
    if callable(thing) and not isinstance(thing, type):
        name = getattr(thing, "__name__", "function")
        name = "lambda epoch, logs: ..." if name == "<lambda>" else name
        return f"{expected}, got the function {thing!r}; write LambdaCallback(on_epoch_end={name})."
    return f"{expected}, such as [History()], got {thing!r}."
