"""The base class of all optimizers, which update weights in place from their gradients."""

import math
from collections.abc import Callable, Iterable, Mapping, Sequence
from copy import copy
from operator import attrgetter
from typing import Any, ClassVar, Self

import numpy as np
from numpy import ndarray

from minicnn import checks, ops
from minicnn.errors import NotReadyError, ShapeError, warn_renamed
from minicnn.naming import snake_case
from minicnn.optimizers import arguments, schedules
from minicnn.optimizers.schedules import InverseTimeDecay, LearningRateSchedule
from minicnn.serialization import Configurable, CustomObjects

LearningRate = float | LearningRateSchedule | Callable[[], float]
Arrays = Sequence[ndarray]

_shape = attrgetter("shape")


class Rate(float):
    """The learning rate of an optimizer: a float with the methods of Keras' variables."""

    _optimizer: "Optimizer"

    def assign(self, value: float) -> None:
        """Set the learning rate of the optimizer."""
        self._optimizer.learning_rate = value

    def numpy(self) -> float:
        """Return the learning rate as a float."""
        return float(self)


class Optimizer(Configurable):
    """Base class of optimizers.

    Each step clips the gradients, applies the weight decay, and updates the weights. What an
    optimizer keeps for each weight (its *slots*: momentum, running means) are arrays of the
    weight's shape and dtype. A subclass writes `update_step` and names its slots in
    `slot_groups`, such as ``(("momentum", "velocity"),)``.

    Parameters
    ----------
    learning_rate : float, LearningRateSchedule or callable
        A callable takes no argument.
    weight_decay : float, optional
        Fraction by which weights shrink at each step, times the learning rate.
    clipnorm : float, optional
        Maximum norm of the gradient of each weight.
    clipvalue : float, optional
        Maximum absolute value in a gradient.
    global_clipnorm : float, optional
        Maximum norm of all gradients together. At most one of the three may be set.
    name : str, optional
        The class's name in snake case by default.
    **unknown
        ``decay=`` of Keras 2, or Keras' switches that are off; anything else is an error that
        suggests the right name.

    Raises
    ------
    ValueError
        If an argument is out of range.
    UnknownNameError
        If an argument does not exist.

    Examples
    --------
    >>> class SignDescent(Optimizer):
    ...     def update_step(self, index, weight, gradient, learning_rate):
    ...         weight -= learning_rate * np.sign(gradient)
    >>> weights = [np.array([1.0, 2.0])]
    >>> SignDescent(0.5).apply([np.array([10.0, -0.1])], weights)
    >>> weights
    [array([0.5, 2.5])]
    """

    keras_module = "keras.optimizers"

    slot_groups: tuple[tuple[str, ...], ...] = ()

    distributed: Any = None
    """The processes that train together, set by `minicnn.distributed.DistributedOptimizer`."""

    state_names: ClassVar[tuple[str, ...]] = ()
    """Attributes with further state, each a float."""

    def __init__(
        self,
        learning_rate: LearningRate = 0.001,
        weight_decay: float | None = None,
        clipnorm: float | None = None,
        clipvalue: float | None = None,
        global_clipnorm: float | None = None,
        name: str | None = None,
        **unknown: Any,
    ) -> None:
        owner = type(self).__name__
        self._decay = arguments.keras_2_decay(owner, unknown)
        arguments.refuse_unknown(type(self), unknown)
        self.name = checks.optional_text(owner, "name", name or None, snake_case(owner))
        self._learning_rate = self._checked_rate(learning_rate)
        self.weight_decay = weight_decay
        if weight_decay is not None:
            checks.finite_number(owner, "weight_decay", weight_decay, ge=0)
        self.clipnorm = clipnorm
        self.clipvalue = clipvalue
        self.global_clipnorm = global_clipnorm
        limits = {"clipnorm": clipnorm, "clipvalue": clipvalue, "global_clipnorm": global_clipnorm}
        chosen = {name: limit for name, limit in limits.items() if limit is not None}
        for limit_name, limit in chosen.items():
            checks.finite_number(owner, limit_name, limit, gt=0)
        if len(chosen) > 1:
            raise ValueError(f"{owner}: set only one of {', '.join(limits)}, got {chosen}.")
        self.iterations = 0
        self.built = False
        self.slots: dict[str, list[ndarray]] = {}
        self._shapes: list[tuple[int, ...]] = []

    @property
    def learning_rate(self) -> float:
        """The learning rate of the next step; set it to a number, a schedule or a callable."""
        rate = Rate(self._current_rate())
        rate._optimizer = self
        return rate

    @learning_rate.setter
    def learning_rate(self, value: LearningRate) -> None:
        follows = isinstance(self._learning_rate, LearningRateSchedule) and not self._decay
        if follows and not callable(value):
            raise TypeError(
                f"the learning rate of this {type(self).__name__} follows a schedule, "
                f"{type(self._learning_rate).__name__}, so it cannot be set to {value!r}. Make the "
                f"optimizer with a number: {type(self).__name__}(learning_rate={value!r})."
            )
        self._learning_rate = self._checked_rate(value)

    @property
    def lr(self) -> float:
        """The learning rate, under its name in Keras 2."""
        warn_renamed(type(self).__name__, "lr", "learning_rate")
        return self.learning_rate

    @lr.setter
    def lr(self, value: LearningRate) -> None:
        warn_renamed(type(self).__name__, "lr", "learning_rate")
        self.learning_rate = value

    def _checked_rate(self, value: Any) -> LearningRate:
        """Return a number as float (decaying, with Keras 2's ``decay``), anything else as it is."""
        owner = type(self).__name__
        if isinstance(value, type) and issubclass(value, LearningRateSchedule):
            raise TypeError(
                f"{owner}: learning_rate must be a number or a schedule object, got the class "
                f"{value.__name__}. Write {value.__name__}(...) with its arguments."
            )
        if callable(value):
            return value
        number = np.asarray(value)
        if number.shape != () or number.dtype.kind not in "iuf":
            raise TypeError(
                f"{owner}: learning_rate must be a number such as 0.001, or a schedule, "
                f"got {value!r}."
            )
        rate = checks.finite_number(owner, "learning_rate", number[()], ge=0)
        return InverseTimeDecay(rate, 1, self._decay) if self._decay else rate

    def _current_rate(self) -> float:
        rate = self._learning_rate
        if not isinstance(rate, float):
            schedule: Any = rate
            takes_step = isinstance(rate, LearningRateSchedule)
            rate = float(schedule(self.iterations) if takes_step else schedule())
            if not (rate >= 0 and math.isfinite(rate)):
                raise ValueError(
                    f"{self.name}: the learning rate must be a number >= 0, but its schedule "
                    f"returned {rate} at step {self.iterations}."
                )
        return rate

    def build(self, weights: Arrays) -> None:
        """Create the slots, all 0, for weights of these shapes and dtypes.

        Parameters
        ----------
        weights : list of ndarray
            In the order in which they are passed to `apply`.
        """
        names = [name for group in self.slot_groups for name in group]
        self.slots = {
            name: [np.zeros_like(weight, subok=False) for weight in weights] for name in names
        }
        self._shapes = [weight.shape for weight in weights]
        self.built = True

    def fits(self, weights: Arrays) -> bool:
        """Return whether the optimizer can update these weights: it has no slots, or their shapes."""
        return not self.built or self._shapes == [*map(_shape, weights)]

    def without_state(self) -> Self:
        """Return a copy with the same settings that has taken no step."""
        other = copy(self)
        other.iterations, other.built, other.slots, other._shapes = 0, False, {}, []
        return other

    def apply(self, gradients: Arrays, weights: Arrays) -> None:
        """Take one step: update the weights in place.

        Parameters
        ----------
        gradients, weights : list of ndarray
            Of equal shapes, in the same order at every step. The gradients are only read.

        Raises
        ------
        ShapeError
            If they do not match each other, or the weights that the optimizer was built for.
        ValueError
            If a schedule returns a learning rate that is not a number >= 0.
        """
        gradients, weights = list(gradients), list(weights)
        if not self.built:
            self.build(weights)
        self._check(gradients, weights)
        learning_rate = self._current_rate()
        gradients = self._clip(gradients)
        if self.weight_decay:
            ops.weight_decay_update(weights, learning_rate, self.weight_decay)
        self.update_all(weights, gradients, learning_rate)
        self.iterations += 1

    def apply_gradients(self, grads_and_vars: Iterable[tuple[ndarray, ndarray]]) -> None:
        """Take one step, from pairs of gradient and weight, as in Keras."""
        pairs = list(grads_and_vars)
        self.apply([gradient for gradient, _ in pairs], [weight for _, weight in pairs])

    def update_all(self, weights: Arrays, gradients: Arrays, learning_rate: float) -> None:
        """Update all weights in place with `update_step`; the library's optimizers override this."""
        for index, (weight, gradient) in enumerate(zip(weights, gradients, strict=True)):
            self.update_step(index, weight, gradient, learning_rate)

    def update_step(
        self, index: int, weight: ndarray, gradient: ndarray, learning_rate: float
    ) -> None:
        """Update one weight and its slots, ``self.slots[name][index]``, in place.

        Parameters
        ----------
        index : int
            Position of the weight in the list that `build` got.
        weight, gradient : ndarray
            Of one shape.
        learning_rate : float
            Of this step.
        """
        raise NotImplementedError(
            f"{type(self).__name__} needs a method "
            "update_step(index, weight, gradient, learning_rate)."
        )

    def _clip(self, gradients: list[ndarray]) -> list[ndarray]:
        if self.clipnorm is not None:
            return ops.clip_by_norm(gradients, self.clipnorm)
        if self.global_clipnorm is not None:
            return ops.clip_by_global_norm(gradients, self.global_clipnorm)
        if self.clipvalue is not None:
            return ops.clip_by_value(gradients, self.clipvalue)
        return gradients

    def _check(self, gradients: list[ndarray], weights: list[ndarray]) -> None:
        shapes, gradient_shapes = [*map(_shape, weights)], [*map(_shape, gradients)]
        if gradient_shapes == shapes == self._shapes:
            return
        if gradient_shapes != shapes:
            raise ShapeError(
                f"{self.name} needs one gradient for each weight, of its shape: weights have "
                f"{shapes}, got gradients of {gradient_shapes}."
            )
        raise ShapeError(
            f"{self.name} was built for weights of shapes {self._shapes}, got {shapes}. If layers were "
            "added, removed or frozen since, compile the model again with a new optimizer."
        )

    @property
    def variables(self) -> list[ndarray]:
        """The state of the optimizer, in Keras' order.

        The number of steps (int64); the learning rate (float32), unless it follows a schedule or a
        callable; the slots, for each weight those of a group together; further numbers (float32).
        """
        scalars = [np.array(self.iterations, dtype=np.int64)]
        if not callable(self._learning_rate):
            scalars.append(np.array(self._learning_rate, dtype=np.float32))
        further = [np.array(getattr(self, name), np.float32) for name in self.state_names]
        return scalars + self._slot_arrays() + further

    def variable_names(self, weight_names: Sequence[str]) -> list[str]:
        """Return the names of the `variables`, as Keras builds them from those of the weights.

        Examples
        --------
        >>> from minicnn.optimizers import Adam
        >>> Adam().variable_names(["kernel"])
        ['iteration', 'learning_rate', 'kernel_momentum', 'kernel_velocity']
        """
        names = ["iteration"]
        if not callable(self._learning_rate):
            names.append("learning_rate")
        for group in self.slot_groups:
            names += [f"{weight}_{slot}" for weight in weight_names for slot in group]
        return [*names, *self.state_names]

    def set_state(self, variables: Sequence[Any]) -> None:
        """Restore the `variables` of another optimizer of this class.

        Parameters
        ----------
        variables : list of array-like
            In the order of `variables`.

        Raises
        ------
        NotReadyError
            If the optimizer has not been built.
        ShapeError
            If their number or shapes differ; then nothing is changed.
        """
        if not self.built:
            raise NotReadyError(f"call {self.name}.build(weights) before set_state(variables).")
        arrays = [np.asarray(variable) for variable in variables]
        expected, got = [*map(_shape, self.variables)], [*map(_shape, arrays)]
        if got != expected:
            raise ShapeError(
                f"{self.name} has variables of shapes {expected}, got {got}: those of another "
                "optimizer or model."
            )
        values = iter(arrays)
        self.iterations = int(next(values))
        if not callable(self._learning_rate):
            # float32 in a file: 0.001 again, not 0.0010000000474974513
            self._learning_rate = self._checked_rate(float(str(np.float32(next(values)))))
        for slot in self._slot_arrays():
            slot[...] = next(values)
        for name in self.state_names:
            setattr(self, name, float(next(values)))

    def _slot_arrays(self) -> list[ndarray]:
        ordered = []
        for group in self.slot_groups if self.built else ():
            for slots_of_weight in zip(*(self.slots[name] for name in group), strict=True):
                ordered += slots_of_weight
        return ordered

    def get_config(self) -> dict[str, Any]:
        """Return the arguments that make an equal optimizer, without its state."""
        rate: Any = self._learning_rate
        if isinstance(rate, LearningRateSchedule):
            rate = schedules.serialize(rate)
        elif callable(rate):
            rate = self._current_rate()  # a function cannot be saved
        return {**super().get_config(), "learning_rate": rate}

    @classmethod
    def from_config(cls, config: Mapping[str, Any], custom_objects: CustomObjects = None) -> Self:
        """Make an optimizer from the result of `get_config`, or from a config of Keras 2 or 3.

        Parameters
        ----------
        config : dict
        custom_objects : dict, optional
            Custom schedules by name.
        """
        options = arguments.from_keras(cls, config)
        if isinstance(options.get("learning_rate"), Mapping):
            schedule = schedules.deserialize(options["learning_rate"], custom_objects)
            options["learning_rate"] = schedule
        return cls(**options)
