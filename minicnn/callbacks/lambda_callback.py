"""A callback made of functions."""

from collections.abc import Callable
from inspect import signature
from typing import Any

from minicnn.callbacks.callback import HOOKS, Callback, accepts, hook_parameters
from minicnn.errors import unknown_name


class LambdaCallback(Callback):
    """Calls functions, for callbacks that are too short for a class.

    Parameters
    ----------
    on_epoch_begin, on_epoch_end : callable, optional
        Called with ``(epoch, logs)``.
    on_train_begin, on_train_end : callable, optional
        Called with ``(logs)``.
    on_train_batch_begin, on_train_batch_end : callable, optional
        Called with ``(batch, logs)``.
    **hooks : callable
        Any other hook of `Callback`.

    Raises
    ------
    UnknownNameError
        If `Callback` has no hook of that name.
    TypeError
        If a function cannot be called with these arguments.

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
            "on_epoch_begin": on_epoch_begin, "on_epoch_end": on_epoch_end,
            "on_train_begin": on_train_begin, "on_train_end": on_train_end,
            "on_train_batch_begin": on_train_batch_begin, "on_train_batch_end": on_train_batch_end,
        }  # fmt: skip
        for name, function in hooks.items():
            if name not in HOOKS:
                raise unknown_name("argument of LambdaCallback", name, HOOKS)
            if function is not None:
                _check_signature(name, function)
                setattr(self, name, function)


def _check_signature(name: str, function: Callable[..., Any]) -> None:
    parameters = hook_parameters(name)
    arguments = ", ".join(parameters)
    if not callable(function):
        raise TypeError(
            f"{name} of LambdaCallback must be a function, got {function!r}. "
            f"Write {name}=lambda {arguments}: ..."
        )
    if not accepts(function, *parameters):
        raise TypeError(
            f"LambdaCallback calls {name} with ({arguments}), but the function has the parameters "
            f"{signature(function)}."
        )
