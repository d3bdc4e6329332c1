"""Names as Keras gives and understands them: of layers, and of things called by name."""

import re
from collections import Counter
from collections.abc import Callable, Mapping
from typing import Any

from minicnn.errors import unknown_name

_given: Counter[str] = Counter()


def snake_case(name: str) -> str:
    """Turn a class's name into Keras' spelling of it with underscores."""
    words = re.sub(r"(.)([A-Z][a-z]+)", r"\1_\2", re.sub(r"\W+", "", name))
    return re.sub(r"([a-z])([A-Z])", r"\1_\2", words).lower()


def unique_name(prefix: str) -> str:
    """Return `prefix` the first time, then ``prefix_1``, ``prefix_2``, … as Keras counts layers."""
    number = _given[prefix]
    _given[prefix] += 1
    return f"{prefix}_{number}" if number else prefix


def clear_session() -> None:
    """Let the automatic names of layers and models begin at the first again."""
    _given.clear()


def spellings(names: Mapping[str, Any]) -> dict[str, Any]:
    """Add to every name its spelling with underscores: ``{"HeNormal": …}`` also as "he_normal".

    Examples
    --------
    >>> sorted(spellings({"HeNormal": 1}))
    ['HeNormal', 'he_normal']
    """
    return {**names, **{snake_case(name): thing for name, thing in names.items()}}


def from_identifier(kind: str, identifier: Any, known: Mapping[str, Callable[..., Any]]) -> Any:
    """Make the object that a name, or a config ``{"class_name": …, "config": …}``, stands for.

    Nothing but the names in `known` is ever looked up, so a config may come from a stranger's file.
    What a newer Keras has added to a config is left out.

    Parameters
    ----------
    kind : str
        What is to be made, as a learner would say it, such as ``"initializer"``.
    identifier : str or dict
    known : mapping of str to class

    Raises
    ------
    UnknownNameError
        If the name is not in `known`; with the nearest that is.

    Examples
    --------
    >>> known = {"double": lambda value: 2 * value}
    >>> from_identifier("number", {"class_name": "double", "config": {"value": 3}}, known)
    6
    """
    name, config = identifier, {}
    if isinstance(identifier, Mapping):
        name, config = identifier.get("class_name"), dict(identifier.get("config") or {})
    if not isinstance(name, str) or name not in known:
        raise unknown_name(kind, name, known)
    return known[name](**known_arguments(known[name], config))


def known_arguments(kind: Callable[..., Any], config: Mapping[str, Any]) -> dict[str, Any]:
    """Return the part of a config that a class takes, by the names of its arguments."""
    from inspect import signature

    taken = signature(kind).parameters
    return {name: value for name, value in config.items() if name in taken}
