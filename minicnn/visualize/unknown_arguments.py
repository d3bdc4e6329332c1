"""The error for an argument that a picture does not take, although another library's may."""

from collections.abc import Callable, Iterable, Mapping
from inspect import signature
from typing import Any

from minicnn.errors import UnknownNameError, unknown_name


def refuse(function: Callable[..., Any], unknown: Iterable[str], advice: Mapping[str, str]) -> None:
    """Raise an error for the first argument that a function does not take; without any, go on."""
    name = function.__name__
    for argument in unknown:
        if argument in advice:
            raise UnknownNameError(
                f"minicnn's {name} has no argument {argument!r}. {advice[argument]}"
            )
        parameters = signature(function).parameters.values()
        known = [one.name for one in parameters if one.kind is one.POSITIONAL_OR_KEYWORD]
        raise unknown_name(f"argument of {name}", argument, known)
