"""The errors that minicnn raises.

Every message says three things: what came, what was expected, and what to type instead.
All classes derive from the built-in that NumPy and Keras users would catch.

>>> raise ShapeError("conv2d takes images of shape (batch, 28, 28, 1), got (28, 28, 1).")
Traceback (most recent call last):
    ...
minicnn.errors.ShapeError: conv2d takes images of shape (batch, 28, 28, 1), got (28, 28, 1).
"""

from collections.abc import Callable, Iterable, Mapping, Sequence
from inspect import signature
from typing import Any, NoReturn

from minicnn.legacy import current_name


class ShapeError(ValueError):
    """An array or a layer's output has the wrong shape."""


class UnknownNameError(ValueError):
    """A loss, optimizer, layer, argument or other name that does not exist."""


class NotReadyError(RuntimeError):
    """A method was called too early: `fit` before `compile`, or weights before `build`."""


class FileFormatError(ValueError):
    """A file is damaged, truncated or of another format."""


class DataError(OSError):
    """A data set is not found and cannot be downloaded."""


class KernelError(RuntimeError):
    """The compiled kernels cannot be used. `minicnn.ops` catches it and computes with NumPy."""


class KernelWarning(RuntimeWarning):
    """The compiled kernels cannot be used, or not be cached; results are the same, but slower."""


class DataWarning(UserWarning):
    """Data are valid but suspicious, such as inputs 255 times larger than in training."""


_INSIDE = ("minicnn.", "contextlib")  # where a warning does not point


def warn(message: str, category: type[Warning] = DataWarning) -> None:
    """Warn at the line of the user's program that called minicnn."""
    import sys
    import warnings

    level, frame = 2, sys._getframe(1)
    while frame.f_back and frame.f_globals.get("__name__", "").startswith(_INSIDE):
        level, frame = level + 1, frame.f_back
    warnings.warn(message, category, stacklevel=level)


def warn_renamed(owner: str, old: str, new: str) -> None:
    """Warn the calling program that `owner` accepts an old name, and say the one of today."""
    warn(f"{owner}: {old} is now called {new}.", DeprecationWarning)


def missing_package(purpose: str, package: str, extra: str) -> ModuleNotFoundError:
    """Return the error for a package that an extra of minicnn installs.

    >>> print(missing_package("minicnn.export", "onnx", "onnx"))
    minicnn.export needs the package onnx, which is not installed. Type: pip install "minicnn[onnx]"
    """
    return ModuleNotFoundError(
        f"{purpose} needs the package {package}, which is not installed. "
        f'Type: pip install "minicnn[{extra}]"',
        name=package,
    )


MANY = 24  # names; of more than these, only the nearest are listed


def unknown_name(
    kind: str, name: object, known: Iterable[str], listed: Iterable[str] | None = None
) -> UnknownNameError:
    """Return the error for a misspelt or old name, with the most likely correction.

    Of the `known` names only `listed` are listed, if there are several spellings of each.

    >>> print(unknown_name("optimizer", "adan", ["adam", "sgd"]))
    unknown optimizer 'adan'. Did you mean 'adam'? There are: 'adam', 'sgd'.
    """
    from difflib import get_close_matches

    choices = sorted(set(known))
    shown = choices if listed is None else sorted(set(listed))
    first, second = (shown, choices) if str(name).islower() else (choices, shown)
    nearest = current_name(name, choices) or _nearest(name, first) or _nearest(name, second)
    hint = f" Did you mean {nearest!r}?" if nearest else ""
    there_are = "There are"
    if len(shown) > MANY:
        there_are = "Among others, there are"
        shown = sorted(get_close_matches(str(name).lower(), shown, n=MANY // 2, cutoff=0))
    names = ", ".join(map(repr, shown)) or "none"
    return UnknownNameError(f"unknown {kind} {name!r}.{hint} {there_are}: {names}.")


def call_error(
    name: str,
    function: Callable[..., Any],
    args: Sequence[Any],
    kwargs: Mapping[str, Any],
    known: Iterable[str] | None = None,
) -> TypeError | None:
    """Return the error for a call that lacks an argument or has one too many; None for other calls.

    `known` are the names of the arguments, if not just those of the function.

    >>> print(call_error("pow", lambda base, exponent=2: base**exponent, [3], {"exponnent": 3}))
    unknown argument of pow 'exponnent'. Did you mean 'exponent'? There are: 'base', 'exponent'.
    >>> print(call_error("pow", lambda base, exponent=2: base**exponent, [], {}))
    pow: missing a required argument: 'base'. Type pow(base, ...).
    """
    called = signature(function)
    try:
        called.bind(*args, **kwargs)
    except TypeError as error:
        names = list(called.parameters if known is None else known)
        for given in kwargs:
            if given not in names:
                return TypeError(str(unknown_name(f"argument of {name}", given, names)))
        needed = [one.name for one in called.parameters.values() if one.default is one.empty]
        needed = [one for one in needed if one in names]
        return TypeError(f"{name}: {error}. Type {name}({', '.join([*needed, '...'])}).")
    return None


def missing_name(module: str, name: str, names: Iterable[str]) -> AttributeError:
    """Return the error for a name that a module does not have."""
    if name.startswith("_"):
        return AttributeError(f"module {module!r} has no attribute {name!r}")
    correction = str(unknown_name("name", name, names)).partition(".")[2]
    return AttributeError(f"{module} has no {name}.{correction}")


def suggest_names(namespace: dict[str, Any]) -> None:
    """Let a module suggest a name for one that it does not have: ``suggest_names(globals())``."""

    def find(name: str) -> NoReturn:
        names = namespace.get("__all__") or [one for one in namespace if not one.startswith("_")]
        raise missing_name(namespace["__name__"], name, names)

    namespace["__getattr__"] = find


def _nearest(name: object, choices: Iterable[str]) -> str | None:
    from difflib import get_close_matches

    lower = {choice.lower(): choice for choice in choices}
    near = get_close_matches(str(name).lower(), lower, n=1)
    return lower[near[0]] if near else None
