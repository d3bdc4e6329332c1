"""The error for an argument that a picture does not take, although another library's may."""

from collections.abc import Callable, Iterable, Mapping
from inspect import signature
from typing import Any

from minicnn.errors import UnknownNameError, unknown_name


def refuse(function: Callable[..., Any], unknown: Iterable[str], advice: Mapping[str, str]) -> None:
    """Raise an error for the first argument that a function does not take; without any, go on.

    Parameters
    ----------
    function : callable
        Which was called.
    unknown : iterable of str
        Names of what it got besides its arguments.
    advice : dict of str to str
        What to write instead of arguments that Keras or visualkeras have.

    Raises
    ------
    UnknownNameError

    Examples
    --------
    >>> def picture(model, width=1, **unknown): ...
    >>> refuse(picture, ["height"], {"height": "Write width."})
    Traceback (most recent call last):
        ...
    minicnn.errors.UnknownNameError: minicnn's picture has no argument 'height'. Write width.
    """
    name = function.__name__
    for argument in unknown:
        if argument in advice:
            raise UnknownNameError(
                f"minicnn's {name} has no argument {argument!r}. {advice[argument]}"
            )
        parameters = signature(function).parameters.values()
        known = [one.name for one in parameters if one.kind is one.POSITIONAL_OR_KEYWORD]
        raise unknown_name(f"argument of {name}", argument, known)
