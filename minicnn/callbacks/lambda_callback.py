"""A callback from plain functions."""

from collections.abc import Callable
from typing import Any

from minicnn.callbacks.callback import HOOKS, Callback
from minicnn.errors import unknown_name


class LambdaCallback(Callback):
    """A callback made of functions, for what is too short for a class.

    Parameters
    ----------
    on_epoch_begin, on_epoch_end : callable, optional
        Called with ``(epoch, logs)``.
    on_train_begin, on_train_end : callable, optional
        Called with ``(logs)``.
    on_train_batch_begin, on_train_batch_end : callable, optional
        Called with ``(batch, logs)``.
    **hooks : callable
        Any other hook of `Callback`, by its name.

    Raises
    ------
    UnknownNameError
        If there is no hook of that name.
    TypeError
        If something cannot be called, or not with these arguments: better now than after an epoch.

    Examples
    --------
    >>> callback = LambdaCallback(on_epoch_end=lambda epoch, logs: print(epoch, logs["loss"]))
    >>> callback.on_epoch_end(0, {"loss": 0.25})
    0 0.25
    """

    def __init__(
        self,
        on_epoch_begin: Callable[[int, Any], Any] | None = None,
        on_epoch_end: Callable[[int, Any], Any] | None = None,
        on_train_begin: Callable[[Any], Any] | None = None,
        on_train_end: Callable[[Any], Any] | None = None,
        on_train_batch_begin: Callable[[int, Any], Any] | None = None,
        on_train_batch_end: Callable[[int, Any], Any] | None = None,
        **hooks: Callable[..., Any] | None,
    ) -> None:
        hooks |= {
            "on_epoch_begin": on_epoch_begin,
            "on_epoch_end": on_epoch_end,
            "on_train_begin": on_train_begin,
            "on_train_end": on_train_end,
            "on_train_batch_begin": on_train_batch_begin,
            "on_train_batch_end": on_train_batch_end,
        }
        for name, function in hooks.items():
            if name not in HOOKS:
                raise unknown_name("argument of LambdaCallback", name, HOOKS)
            if function is not None:
                _check_takes_the_hooks_arguments(name, function)
                setattr(self, name, function)


def _check_takes_the_hooks_arguments(name: str, function: Callable[..., Any]) -> None:
    if not callable(function):
        raise TypeError(
            f"LambdaCallback takes a function as {name}, got {function!r}. "
            f"Write {name}=lambda {', '.join(_arguments(name))}: ..."
        )
    import inspect

    try:
        signature = inspect.signature(function)
    except ValueError:  # some built-in functions do not say what they take
        return
    try:
        signature.bind(*_arguments(name))
    except TypeError:
        raise TypeError(
            f"{name} is called with ({', '.join(_arguments(name))}), "
            f"but the function given to LambdaCallback takes {signature}."
        ) from None


def _arguments(name: str) -> tuple[str, ...]:
    if "batch" in name:
        return ("batch", "logs")
    return ("epoch", "logs") if "epoch" in name else ("logs",)
