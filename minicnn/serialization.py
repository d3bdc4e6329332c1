"""Describe objects by plain configs, and make objects from names or configs, as Keras does.

A config is what Keras 3 writes into its files:

>>> from minicnn import regularizers
>>> regularizers.serialize(regularizers.L2(0.5))
{'module': 'keras.regularizers', 'class_name': 'L2', 'config': {'l2': 0.5},
 'registered_name': None}

Only the names of a `minicnn.registry.Registry` and the caller's ``custom_objects`` are ever looked up,
so a config may come from a stranger's file.
"""

from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from functools import wraps
from typing import Any, ClassVar, Self

import numpy as np

from minicnn.errors import call_error, warn_renamed
from minicnn.legacy import OLD_ARGUMENTS, current_name

Config = str | Mapping[str, Any]
CustomObjects = Mapping[str, Any] | None


class Configurable:
    """Base of objects that are made again from the arguments of their constructor.

    As in scikit-learn, each argument of ``__init__`` is stored as an attribute of the same name;
    `get_config` reads them there. Arguments that a class passes on with ``**kwargs`` are looked
    up in its bases. A class that stores something else overrides `get_config`.

    Examples
    --------
    >>> class Scale(Configurable):
    ...     def __init__(self, factor=2.0):
    ...         self.factor = factor
    >>> Scale(3.0).get_config()
    {'factor': 3.0}
    >>> Scale.from_config({"factor": 3.0, "added_by_a_newer_version": None}).factor
    3.0
    """

    keras_module: ClassVar[str] = "keras"
    """Module in which Keras has the library's own subclasses."""

    not_in_config: ClassVar[tuple[str, ...]] = ()
    """Arguments that an equal object does not need."""

    def __init_subclass__(cls, **options: Any) -> None:
        """Let the constructor accept the argument names of Keras 1 and 2."""
        super().__init_subclass__(**options)
        if "__init__" in vars(cls):
            cls.__init__ = _accepting_old_names(vars(cls)["__init__"])  # type: ignore[method-assign]

    @classmethod
    def translate_old_arguments(
        cls, args: tuple[Any, ...], kwargs: dict[str, Any]
    ) -> tuple[tuple[Any, ...], dict[str, Any]]:
        """Translate what Keras 1 or 2 expressed with other values, not only with other names."""
        return args, kwargs

    def get_config(self) -> dict[str, Any]:
        """Return the arguments that make an equal object, as plain values.

        Raises
        ------
        NotImplementedError
            If an argument of the constructor is not stored as an attribute.
        """
        return {
            name: serialize_value(self._argument(name))
            for name in argument_names(type(self))
            if name not in self.not_in_config
        }

    @classmethod
    def from_config(cls, config: Mapping[str, Any]) -> Self:
        """Make an object from the result of `get_config`; unknown arguments are ignored."""
        return cls(**known_arguments(cls, config))

    def _argument(self, name: str) -> Any:
        try:
            return getattr(self, name)
        except AttributeError:
            kind = type(self).__name__
            raise NotImplementedError(
                f"{kind} cannot be saved: its constructor takes {name}, but does not store it. "
                f"Write self.{name} = {name} in __init__, or add a method get_config(self)."
            ) from None

    def _check_initialized(self) -> None:
        """Raise an error if the constructor of a subclass left something out."""

    def _serialize(self) -> Any:
        is_builtin = type(self).__module__.startswith("minicnn.")
        name = type(self).__name__
        return {
            "module": self.keras_module if is_builtin else None,
            "class_name": name,
            "config": self.get_config(),
            "registered_name": None if is_builtin else name,
        }


def _accepting_old_names(init: Callable[..., None]) -> Callable[..., None]:
    """Wrap a constructor: an argument under its old name gets a warning and its name of today."""

    @wraps(init)
    def wrapped(self: Any, *args: Any, **kwargs: Any) -> None:
        if not OLD_ARGUMENTS.keys().isdisjoint(kwargs):
            args, kwargs = type(self).translate_old_arguments(args, kwargs)
            known = argument_names(type(self))
            for old in [name for name in kwargs if name not in known]:
                new = current_name(old, known)
                if new is not None and new not in kwargs:
                    warn_renamed(type(self).__name__, old, new)
                    kwargs[new] = kwargs.pop(old)
        is_own = type(self).__init__ is wrapped  # not a base class's
        try:
            init(self, *args, **kwargs)
        except TypeError:
            kind, given = type(self), (self, *args)
            known = argument_names(kind)
            if is_own and (error := call_error(kind.__name__, init, given, kwargs, known)):
                raise error from None
            raise
        if is_own:
            self._check_initialized()

    return wrapped


def serialize_object(thing: Any) -> Any:
    """Return the config of a `Configurable`, or of a function, which has only its name."""
    return thing._serialize() if isinstance(thing, Configurable) else function_config(thing)


def function_config(function: Any) -> dict[str, Any]:
    """Return what Keras writes for a function: its name, or that of a callable object's class."""
    return {
        "module": "builtins",
        "class_name": "function",
        "config": getattr(function, "__name__", type(function).__name__),
        "registered_name": "function",
    }


def serialize_value(value: Any) -> Any:
    """Return an argument as JSON can hold it: objects as configs, arrays as lists."""
    if isinstance(value, (np.ndarray, np.generic)):
        return value.tolist()
    if isinstance(value, (list, tuple)):
        return type(value)(serialize_value(item) for item in value)
    if isinstance(value, Configurable) or callable(value):
        return serialize_object(value)
    return value


def argument_names(cls: Callable[..., Any]) -> list[str]:
    """Return the arguments that a constructor takes, with those it passes on to its bases.

    >>> class Base:
    ...     def __init__(self, name=None): ...
    >>> class Derived(Base):
    ...     def __init__(self, units, **kwargs): ...
    >>> argument_names(Derived)
    ['name', 'units']
    """
    from inspect import Parameter, signature

    named = (Parameter.POSITIONAL_OR_KEYWORD, Parameter.KEYWORD_ONLY)
    if not isinstance(cls, type):
        return [name for name, item in signature(cls).parameters.items() if item.kind in named]
    names: list[str] = []
    for base in cls.__mro__[:-1]:
        if "__init__" not in vars(base):
            continue
        _, *parameters = signature(vars(base)["__init__"]).parameters.values()
        own = [item.name for item in parameters if item.kind in named and item.name not in names]
        names = own + names
        if not any(item.kind is Parameter.VAR_KEYWORD for item in parameters):
            break
    return names


def known_arguments(cls: Callable[..., Any], config: Mapping[str, Any]) -> dict[str, Any]:
    """Return the part of a config that a class takes, by the names of its arguments."""
    known = argument_names(cls)
    return {name: value for name, value in config.items() if name in known}


def parse_config(config: Any) -> tuple[Any, dict[str, Any]]:
    """Return the name in a config of Keras 2 or 3, and a copy of the arguments.

    >>> parse_config({"class_name": "Custom>Adam", "config": {"learning_rate": 0.1}})
    ('Adam', {'learning_rate': 0.1})
    >>> parse_config({"class_name": "function", "config": "relu"}), parse_config("relu")
    (('relu', {}), ('relu', {}))
    """
    name: Any = config
    arguments: Any = {}
    if isinstance(config, Mapping):
        name, arguments = config.get("class_name"), config.get("config")
        if name == "function":
            name, arguments = arguments, {}
            if isinstance(name, Mapping):  # Keras 3.0 nests the function's name
                name = name.get("name")
    if isinstance(name, str):
        name = name.rpartition(">")[2]
    return name, dict(arguments) if isinstance(arguments, Mapping) else {}


_registered: dict[str, Any] = {}


def get_custom_objects() -> dict[str, Any]:
    """Return the dict of custom classes and functions that loading looks names up in.

    Examples
    --------
    >>> get_custom_objects()["Swish"] = lambda x: x
    >>> list(get_custom_objects())
    ['Swish']
    >>> get_custom_objects().clear()
    """
    return _registered


def register_keras_serializable(
    package: str = "Custom", name: str | None = None
) -> Callable[[Any], Any]:
    """Return a decorator that lets `load_model` find a class or function by its name.

    Parameters
    ----------
    package : str
        Accepted as in Keras; names are looked up without it.
    name : str, optional
        The name of the class or function by default.

    Examples
    --------
    >>> @register_keras_serializable()
    ... class Swish: ...
    >>> get_custom_objects().pop("Swish") is Swish
    True
    """

    def register(target: Any) -> Any:
        _registered[name or target.__name__] = target
        return target

    return register


@contextmanager
def custom_object_scope(*custom_objects: Mapping[str, Any]) -> Iterator[None]:
    """Let loading look names up in these dicts, until the end of the ``with`` block.

    Examples
    --------
    >>> with custom_object_scope({"Swish": abs}):
    ...     get_custom_objects()
    {'Swish': <built-in function abs>}
    """
    before = dict(_registered)
    for names in custom_objects:
        _registered.update(names)
    try:
        yield
    finally:
        _registered.clear()
        _registered.update(before)


def known_objects(custom_objects: CustomObjects) -> dict[str, Any]:
    """Return the caller's names and those that the program has registered."""
    if custom_objects is not None and not isinstance(custom_objects, Mapping):
        raise TypeError(
            "custom_objects must be a dict of classes and functions by name, such as "
            f"{{'MyLayer': MyLayer}}, got {custom_objects!r}."
        )
    return {**_registered, **(custom_objects or {})}
