"""The base of all optimizers: gradients in, weights changed in place."""

from collections.abc import Iterable, Mapping, Sequence
from operator import attrgetter
from typing import Any, Self

import numpy as np
from numpy import ndarray

from minicnn import ops
from minicnn.errors import NotReadyError, ShapeError
from minicnn.naming import snake_case
from minicnn.optimizers import arguments
from minicnn.optimizers.learning_rate import LearningRate, check_learning_rate, current
from minicnn.optimizers.schedules import LearningRateSchedule, deserialize, serialize

_shape = attrgetter("shape")


class Optimizer:
    """Changes weights so that the loss falls.

    At each step the gradients are clipped, then the weights decayed, then updated. What an
    optimizer remembers of each weight (its *slots*: momentum, running means) is an array of the
    weight's shape and dtype. A subclass writes `update_step` and names its slots in
    `slot_groups`, such as ``(("momentum", "velocity"),)``.

    Parameters
    ----------
    learning_rate : float, LearningRateSchedule or callable
        A callable takes no argument.
    weight_decay : float, optional
        Share by which weights shrink at each step, times the learning rate.
    clipnorm : float, optional
        Longest gradient of a single weight array.
    clipvalue : float, optional
        Largest number in a gradient.
    global_clipnorm : float, optional
        Longest gradient of all weights together. Only one of the three may be given.
    name : str, optional
        The class's name in snake case by default.
    **unknown
        Refused, with what to write instead; Keras' switches that are off are let through.

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

    slot_groups: tuple[tuple[str, ...], ...] = ()

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
        arguments.refuse_unknown(type(self), unknown)
        arguments.check_clipping(clipnorm, clipvalue, global_clipnorm)
        self.name = name or snake_case(type(self).__name__)
        self._learning_rate = check_learning_rate(learning_rate)
        if weight_decay is not None:
            arguments.check_range("weight_decay", weight_decay, at_least=0)
        self.weight_decay = weight_decay
        self.clipnorm = clipnorm
        self.clipvalue = clipvalue
        self.global_clipnorm = global_clipnorm
        self.iterations = 0
        self.built = False
        self.slots: dict[str, list[ndarray]] = {}
        self._shapes: list[tuple[int, ...]] = []

    @property
    def learning_rate(self) -> float:
        """The learning rate of the next step; set it to a number, a schedule or a callable."""
        rate = self._learning_rate
        return rate if isinstance(rate, float) else current(rate, self.iterations)

    @learning_rate.setter
    def learning_rate(self, value: LearningRate) -> None:
        if isinstance(self._learning_rate, LearningRateSchedule) and not callable(value):
            raise TypeError(
                f"the learning rate of this {type(self).__name__} follows a schedule, "
                f"{type(self._learning_rate).__name__}, so it cannot be set to {value!r}. Make the "
                f"optimizer with a number: {type(self).__name__}(learning_rate={value!r})."
            )
        self._learning_rate = check_learning_rate(value)

    @property
    def lr(self) -> float:
        """Refused: Keras 2's name for `learning_rate`."""
        raise AttributeError(f"{type(self).__name__} has learning_rate, not lr.")

    @lr.setter
    def lr(self, value: Any) -> None:
        raise AttributeError(
            f"{type(self).__name__} has learning_rate, not lr. "
            f"Write optimizer.learning_rate = {value!r}."
        )

    def build(self, weights: Sequence[ndarray]) -> None:
        """Make the slots, all 0, for weights of these shapes and dtypes.

        Parameters
        ----------
        weights : list of ndarray
            In the order in which `apply` will get them.
        """
        names = [name for group in self.slot_groups for name in group]
        self.slots = {name: [np.zeros_like(weight) for weight in weights] for name in names}
        self._shapes = [weight.shape for weight in weights]
        self.built = True

    def apply(self, gradients: Sequence[ndarray], weights: Sequence[ndarray]) -> None:
        """Take one step: change the weights in place.

        Parameters
        ----------
        gradients, weights : list of ndarray
            Of equal shapes, in the same order at every step. The gradients are only read.

        Raises
        ------
        ShapeError
            If they do not fit each other, or what the optimizer was built for.
        """
        gradients, weights = list(gradients), list(weights)
        if not self.built:
            self.build(weights)
        self._check(gradients, weights)
        learning_rate = self.learning_rate
        gradients = self._clip(gradients)
        if self.weight_decay:
            ops.weight_decay_update(weights, learning_rate, self.weight_decay)
        self.update_all(weights, gradients, learning_rate)
        self.iterations += 1

    def apply_gradients(self, grads_and_vars: Iterable[tuple[ndarray, ndarray]]) -> None:
        """Take one step, from pairs of gradient and weight, as in Keras."""
        pairs = list(grads_and_vars)
        self.apply([gradient for gradient, _ in pairs], [weight for _, weight in pairs])

    def update_all(
        self, weights: Sequence[ndarray], gradients: Sequence[ndarray], learning_rate: float
    ) -> None:
        """Change all weights in place, by `update_step`; the library's own do so in one pass."""
        for index, (weight, gradient) in enumerate(zip(weights, gradients, strict=True)):
            self.update_step(index, weight, gradient, learning_rate)

    def update_step(
        self, index: int, weight: ndarray, gradient: ndarray, learning_rate: float
    ) -> None:
        """Change one weight in place, and its slots, ``self.slots[name][index]``.

        Parameters
        ----------
        index : int
            Place of the weight in the list that `build` got.
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
        shapes = list(map(_shape, weights))
        gradient_shapes = list(map(_shape, gradients))
        if gradient_shapes != shapes:
            raise ShapeError(
                f"{self.name} takes one gradient for each weight, of its shape: weights have "
                f"{shapes}, got gradients of {gradient_shapes}."
            )
        if shapes != self._shapes:
            raise ShapeError(
                f"{self.name} has been training weights of shapes {self._shapes}, got {shapes}. "
                "If layers were added, removed or frozen since, compile the model again with a "
                "new optimizer."
            )

    @property
    def variables(self) -> list[ndarray]:
        """All that the optimizer remembers, in Keras' order.

        The number of steps (int64); the learning rate (float32), unless it follows a schedule or a
        callable; then the slots: those of a group in turn for each weight.
        """
        scalars = [np.array(self.iterations, dtype=np.int64)]
        if not callable(self._learning_rate):
            scalars.append(np.array(self._learning_rate, dtype=np.float32))
        return scalars + self._slot_arrays()

    def variable_names(self, weight_names: Sequence[str]) -> list[str]:
        """Names of the `variables`, as Keras builds them from those of the weights.

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
        return names

    def set_state(self, variables: Sequence[Any]) -> None:
        """Go on from where another optimizer of this kind was: take over its `variables`.

        Parameters
        ----------
        variables : list of array-like
            In the order of `variables`.

        Raises
        ------
        NotReadyError
            If the optimizer does not know its weights yet.
        ShapeError
            If number or shapes differ; then nothing is changed.
        """
        if not self.built:
            raise NotReadyError(f"call {self.name}.build(weights) before set_state(variables).")
        arrays = [np.asarray(variable) for variable in variables]
        own = self.variables
        if [array.shape for array in arrays] != [array.shape for array in own]:
            raise ShapeError(
                f"{self.name} remembers arrays of shapes {[array.shape for array in own]}, "
                f"got {[array.shape for array in arrays]}: those of another optimizer or model."
            )
        slots = self._slot_arrays()
        scalars = len(own) - len(slots)
        self.iterations = int(arrays[0])
        if scalars == 2:
            # float32 in a file: 0.001 again, not 0.0010000000474974513
            self._learning_rate = check_learning_rate(float(str(np.float32(arrays[1]))))
        for slot, array in zip(slots, arrays[scalars:], strict=True):
            slot[...] = array

    def _slot_arrays(self) -> list[ndarray]:
        ordered = []
        for group in self.slot_groups if self.built else ():
            for of_one_weight in zip(*(self.slots[name] for name in group), strict=True):
                ordered += of_one_weight
        return ordered

    def get_config(self) -> dict[str, Any]:
        """Return the arguments that make an equal optimizer, without what it remembers."""
        rate: Any = self._learning_rate
        if isinstance(rate, LearningRateSchedule):
            rate = serialize(rate)
        elif callable(rate):
            rate = self.learning_rate  # a function cannot be saved: the rate it gives now
        return {
            "name": self.name,
            "learning_rate": rate,
            "weight_decay": self.weight_decay,
            "clipnorm": self.clipnorm,
            "global_clipnorm": self.global_clipnorm,
            "clipvalue": self.clipvalue,
        }

    @classmethod
    def from_config(
        cls, config: Mapping[str, Any], custom_objects: Mapping[str, Any] | None = None
    ) -> Self:
        """Make an optimizer from `get_config`'s answer, or from what Keras 2 or 3 wrote.

        Parameters
        ----------
        config : dict
        custom_objects : dict, optional
            Your own schedules by their names.
        """
        options = arguments.from_keras(cls, config)
        if isinstance(options.get("learning_rate"), Mapping):
            options["learning_rate"] = deserialize(options["learning_rate"], custom_objects)
        return cls(**options)
