"""What a learner sees when something is wrong.

Every message says three things: what came, what was expected, and what to type instead.
All classes derive from the built-in that NumPy and Keras users would catch.

>>> raise ShapeError("conv2d takes images of shape (batch, 28, 28, 1), got (28, 28, 1).")
Traceback (most recent call last):
    ...
minicnn.errors.ShapeError: conv2d takes images of shape (batch, 28, 28, 1), got (28, 28, 1).
"""

from collections.abc import Iterable


class ShapeError(ValueError):
    """An array, or a layer's output, does not have the shape that is needed there."""


class UnknownNameError(ValueError):
    """A name that means nothing here: of a loss, an optimizer, an argument, a layer."""


class NotReadyError(RuntimeError):
    """A step was left out: `fit` before `compile`, weights before the input's shape is known."""


class FileFormatError(ValueError):
    """A file is damaged, cut, or of another kind than its reader takes."""


class DataError(OSError):
    """A data set can be neither found nor downloaded."""


class DataWarning(UserWarning):
    """Data that are legal but look wrong, such as inputs 255 times larger than in training."""


def missing_package(purpose: str, package: str, extra: str) -> ModuleNotFoundError:
    """Return the error for a package that is not installed, with the command that installs it.

    Parameters
    ----------
    purpose : str
        What needs it, as a learner would say it: ``"minicnn.export"``.
    package : str
        As it is imported.
    extra : str
        The extra of minicnn that brings it along.

    Returns
    -------
    ModuleNotFoundError
        For the caller to raise.

    Examples
    --------
    >>> print(missing_package("minicnn.export", "onnx", "onnx"))
    minicnn.export needs the package onnx, which is not installed. Type: pip install "minicnn[onnx]"
    """
    return ModuleNotFoundError(
        f"{purpose} needs the package {package}, which is not installed. "
        f'Type: pip install "minicnn[{extra}]"',
        name=package,
    )


def unknown_name(kind: str, name: object, known: Iterable[str]) -> UnknownNameError:
    """Return the error for a misspelt name, with the nearest right one and the whole choice.

    Parameters
    ----------
    kind : str
        What was to be named, as a learner would say it: ``"loss"``, ``"argument of Conv2D"``.
    name : object
        What came.
    known : iterable of str
        What there is.

    Returns
    -------
    UnknownNameError
        For the caller to raise.

    Examples
    --------
    >>> print(unknown_name("optimizer", "adan", ["adam", "sgd"]))
    unknown optimizer 'adan'. Did you mean 'adam'? There are: 'adam', 'sgd'.
    """
    from difflib import get_close_matches

    choice = sorted(known)
    lower = {one.lower(): one for one in choice}
    near = get_close_matches(str(name).lower(), lower, n=1)
    hint = f" Did you mean {lower[near[0]]!r}?" if near else ""
    listed = ", ".join(repr(one) for one in choice) or "none"
    return UnknownNameError(f"unknown {kind} {name!r}.{hint} There are: {listed}.")
