"""A layer of a traced model, step by step: its operation, then its activation; and back."""

from collections.abc import Mapping, Sequence
from typing import Any

from numpy import ndarray
from numpy.typing import ArrayLike

from minicnn.steps.grid import Grid
from minicnn.steps.step import Place, Step, Term
from minicnn.steps.walk import BackwardWalk, GradientWalk, Walk


class ActivatedStep(Step):
    """A sum, and what the activation makes of it."""

    def __init__(self, before: Step, after: Step) -> None:
        equation = f"{before.equation} → {after.equation}"
        super().__init__("output", before.place, after.value, (), None, equation, before.note)
        self.before, self.after = before, after
        self.bias = before.bias

    @property
    def terms(self) -> Sequence[Term]:
        """The products that are summed, before the activation."""
        return self.before.terms

    @property
    def grids(self) -> list[list[Grid]]:
        """What to draw: the products."""
        return self.before.grids

    @property
    def remark(self) -> str:
        """What the tables leave out."""
        return self.before.remark

    def __getattr__(self, name: str) -> Any:
        if name.startswith("_") or "before" not in self.__dict__:
            raise AttributeError(name)
        return getattr(self.before, name)


class LayerWalk(Walk):
    """A layer of a `Trace`: a walk that knows the gradient which reached it."""

    def __init__(
        self,
        title: str,
        operation: Walk | None,
        activation: Walk | None,
        upstream: ndarray,
        from_loss: GradientWalk | None = None,
    ) -> None:
        last = activation if activation is not None else operation
        assert last is not None
        super().__init__(title, last.output)
        self.operation, self.activation = operation, activation
        self.upstream = upstream
        self._from_loss = from_loss
        self._last = last

    @property
    def grids(self) -> list[list[Grid]]:
        """What to draw: as the operation does, and what the activation makes of it."""
        if self.operation is None or self.activation is None:
            return self._last.grids
        return [*self.operation.grids, *super().grids]

    @property
    def remark(self) -> str:
        """What the operation remarks."""
        return self._last.remark if self.operation is None else self.operation.remark

    def step(self, place: Place) -> Step:
        """Make the step of one number: its sum, and what the activation makes of that."""
        if self.operation is None or self.activation is None:
            return self._last.step(place)
        return ActivatedStep(self.operation.step(place), self.activation.step(place))

    def backward(self, dy: ArrayLike | None = None) -> BackwardWalk:
        """Walk back through the layer."""
        if dy is not None:
            return super().backward(dy)
        if self._from_loss is not None:
            return BackwardWalk(self.upstream, self._through_operation(self._from_loss))
        return BackwardWalk(self.upstream, self.gradients(self.upstream))

    def gradients(self, dy: ndarray) -> Mapping[str, GradientWalk]:
        """Return the gradients by name."""
        if self.activation is None:
            assert self.operation is not None
            return self.operation.gradients(dy)
        return self._through_operation(self.activation.gradients(dy)["input"])

    def _through_operation(self, dz: GradientWalk) -> Mapping[str, GradientWalk]:
        """Go on from the gradient of what comes before the activation."""
        if self.operation is None:
            return {"input": _renamed(dz, "input")}
        before = _renamed(dz, "z")
        before.title = "gradient of z, which comes before the activation"
        return {"z": before, **self.operation.gradients(dz.gradient)}

    def __getattr__(self, name: str) -> Any:
        if name.startswith("_") or "_last" not in self.__dict__:
            raise AttributeError(name)
        return getattr(self._last if self.operation is None else self.operation, name)


def _renamed(walk: GradientWalk, name: str) -> GradientWalk:
    """Return the same gradient as that of something called `name`."""

    def step(place: Place) -> Step:
        made = walk.step(place)
        made.name = f"d{name}"
        return made

    return GradientWalk(name, walk.gradient, step)
