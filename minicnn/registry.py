"""Objects by name, config, class or function, as arguments of Keras accept them."""

from collections.abc import Callable, Iterable, Mapping
from dataclasses import InitVar, dataclass
from typing import Any, Generic, TypeVar

from minicnn.errors import unknown_name
from minicnn.naming import snake_case
from minicnn.serialization import (
    Config,
    CustomObjects,
    known_objects,
    parse_config,
    serialize_object,
)

T = TypeVar("T")


@dataclass(eq=False)
class Registry(Generic[T]):
    """Objects of one kind, such as the losses, by all the names that Keras accepts for them."""

    kind: str  # in messages: "loss"
    base: type
    library: InitVar[Iterable[type]]  # known by name in both spellings
    aliases: InitVar[Mapping[str, Any] | None] = None
    wrap: Callable[[Any], Any] | None = None  # makes an object from a user's function
    example: str = ""  # what the message for anything else suggests
    ignore_case: bool = False
    default: Callable[[], T] | None = None  # makes the object for None

    def __post_init__(self, library: Iterable[type], aliases: Mapping[str, Any] | None) -> None:
        self.classes: dict[str, Any] = {cls.__name__: cls for cls in library}
        self.names: dict[str, Any] = {**spellings(self.classes), **(aliases or {})}
        self._lower = {name.lower(): cls for name, cls in self.names.items()}

    def get(self, identifier: Any) -> T:
        """Return the object for a name, config, class, object or function.

        Parameters
        ----------
        identifier : str, dict, type, object, callable or None
            A name in either spelling ("mse", "HeNormal", "he_normal"), a config from `serialize`, an
            object or its class, or a function where Keras takes one. None means what it means in Keras'
            arguments: no constraint, no regularizer, the initializer glorot_uniform.

        Raises
        ------
        UnknownNameError
            If there is no object of that name.
        TypeError
            If it is none of these.

        Examples
        --------
        >>> from minicnn import initializers, losses
        >>> losses.get("mse").name, initializers.get("he_normal").get_config()
        ('mean_squared_error', {'seed': None})
        """
        if identifier is None and self.default is not None:
            return self.default()
        if isinstance(identifier, self.base):
            return identifier  # type: ignore[return-value]
        if isinstance(identifier, (str, Mapping)):
            return self.deserialize(identifier)
        return self._make(identifier, {})

    def serialize(self, thing: T) -> Any:
        """Return the config that Keras writes for an object, ready for JSON; None for None.

        Examples
        --------
        >>> from minicnn import losses
        >>> losses.serialize(losses.get("mse"))
        {'module': 'keras.losses', 'class_name': 'MeanSquaredError',
         'config': {'reduction': 'sum_over_batch_size', 'name': 'mean_squared_error'},
         'registered_name': None}
        """
        return None if thing is None else serialize_object(thing)

    def deserialize(self, config: Config, custom_objects: CustomObjects = None) -> T:
        """Return the object that a name or a config from `serialize` or Keras (2 or 3) describes.

        Parameters
        ----------
        config : str or dict
        custom_objects : dict, optional
            Custom classes and functions by name.

        Raises
        ------
        UnknownNameError
            If the name is neither the library's nor among `custom_objects`.

        Examples
        --------
        >>> from minicnn import losses
        >>> losses.deserialize({"class_name": "Hinge", "config": {"name": "margin"}}).name
        'margin'
        """
        return self._make(*self.resolve(config, custom_objects))

    def resolve(
        self, config: Config, custom_objects: CustomObjects = None
    ) -> tuple[Any, dict[str, Any]]:
        """Return the class (or the caller's function) that a config names, and its arguments."""
        name, arguments = parse_config(config)
        own = known_objects(custom_objects)
        if isinstance(name, str):
            for names in (own, self.names):
                if name in names:
                    return names[name], arguments
            if self.ignore_case and name.lower() in self._lower:
                return self._lower[name.lower()], arguments
        raise self.unknown(name, own)

    def unknown(self, name: object, own: Iterable[str] = ()) -> Exception:
        """Return the error for a name that is neither here nor the caller's."""
        listed = [*map(snake_case, self.classes), *own]
        return unknown_name(self.kind, name, [*self.names, *own], listed)

    def _make(self, target: Any, arguments: dict[str, Any]) -> T:
        if isinstance(target, self.base):
            return target  # type: ignore[return-value]
        if isinstance(target, type):
            if issubclass(target, self.base):
                made: Any = target
                return made.from_config(arguments) if arguments else made()
        elif callable(target) and self.wrap is not None:
            return self.wrap(target)
        raise TypeError(f"{self.kind} must be {self.example}, got {target!r}.")


def spellings(names: Mapping[str, Any]) -> dict[str, Any]:
    """Add to every name its spelling with underscores: "he_normal" for "HeNormal"."""
    return {**names, **{snake_case(name): thing for name, thing in names.items()}}
