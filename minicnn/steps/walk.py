"""A walk: all steps of an operation, in the order in which they are computed, and the way back.

An operation is a class derived from `Walk` with two methods: `step(place)` makes one `Step`, and
`gradients(dy)` returns a `GradientWalk` for everything that has a gradient. Steps are made when they
are asked for: a walk of a thousand feature maps costs no more than their forward pass.
"""

from collections.abc import Callable, Iterator, Mapping
from typing import Any

import numpy as np
from numpy import ndarray
from numpy.typing import ArrayLike

from minicnn.errors import ShapeError
from minicnn.steps import html, text
from minicnn.steps.grid import Grid, left_out, tables
from minicnn.steps.notation import counted
from minicnn.steps.numbers import numbers
from minicnn.steps.step import Factor, Place, Step, Term

__all__ = [
    "BackwardWalk",
    "Factor",
    "GradientWalk",
    "Grid",
    "Place",
    "Step",
    "Term",
    "Walk",
    "numbers",
]


class Steps:
    """What `Walk` and `GradientWalk` share: an array, each of whose numbers is a `Step`.

    Parameters
    ----------
    title : str
        What is computed, in one line: "conv2d: 6×6 image, 3×3 kernel".
    output : ndarray
        All numbers.
    """

    def __init__(self, title: str, output: ndarray) -> None:
        self.title = title
        self.output = output

    def step(self, place: Place) -> Step:
        """Make the step that leads to ``output[place]``; `place` is whole and lies inside."""
        raise NotImplementedError

    @property
    def grids(self) -> list[list[Grid]]:
        """What to draw: rows of tables that stand side by side."""
        return [tables("output", self.output)]

    @property
    def remark(self) -> str:
        """What stands under the tables: what they leave out."""
        maps = left_out(self.output)
        return f"… and {maps} more" if maps else ""

    def places(self) -> Iterator[Place]:
        """Go through the indices of the output, in the order of computation.

        Of feature maps (rows, columns, maps) the first is computed whole, then the second.
        """
        if self.output.ndim != 3:
            yield from np.ndindex(self.output.shape)
            return
        rows, columns, maps = self.output.shape
        for feature_map, row, column in np.ndindex(maps, rows, columns):
            yield row, column, feature_map

    def __len__(self) -> int:
        return self.output.size

    def __iter__(self) -> Iterator[Step]:
        return map(self.step, self.places())

    def __getitem__(self, index: Any) -> Step:
        return self.step(_place(index, self.output.shape))

    def __repr__(self) -> str:
        return f"<{self.title}: {counted(len(self), 'step')}, output of shape {self.output.shape}>"

    def __str__(self) -> str:
        return text.walk_text(self)

    def _repr_html_(self) -> str:
        return html.walk_html(self)


class GradientWalk(Steps):
    """A gradient, each of whose numbers is a `Step`.

    Parameters
    ----------
    name : str
        What it is the gradient of: "kernel".
    gradient : ndarray
        As large as that.
    make_step : function of tuple of int
        Makes the `Step` of one entry; its name is "d" + `name`.

    Attributes
    ----------
    gradient : ndarray
        The same as `output`.
    """

    def __init__(self, name: str, gradient: ndarray, make_step: Callable[[Place], Step]) -> None:
        super().__init__(f"gradient of the {name}", gradient)
        self.name = name
        self._make_step = make_step

    @property
    def gradient(self) -> ndarray:
        """All numbers, in the shape of what they are the gradient of."""
        return self.output

    @property
    def grids(self) -> list[list[Grid]]:
        """What to draw: the gradient."""
        return [tables(f"d{self.name}", self.output)]

    def step(self, place: Place) -> Step:
        """Make the step that leads to ``gradient[place]``."""
        return self._make_step(place)


class BackwardWalk:
    """The gradients of an operation, as attributes: ``.input``, ``.kernel``, ``.bias``.

    Parameters
    ----------
    dy : ndarray
        ∂loss/∂output, from which they were computed.
    gradients : dict of str to GradientWalk
        By name.
    """

    def __init__(self, dy: ndarray, gradients: Mapping[str, GradientWalk]) -> None:
        self.dy = dy
        self.gradients = dict(gradients)

    def __getattr__(self, name: str) -> GradientWalk:
        gradients = self.__dict__.get("gradients", {})
        if name in gradients:
            return gradients[name]
        hint = " A bias has one where the walk was given it: bias=0." if name == "bias" else ""
        raise AttributeError(
            f"no gradient {name!r} was computed; there are: {', '.join(gradients) or 'none'}.{hint}"
        )

    def __dir__(self) -> list[str]:
        return sorted({*super().__dir__(), *self.gradients})

    def __repr__(self) -> str:
        shapes = [f"{name} {walk.gradient.shape}" for name, walk in self.gradients.items()]
        return f"<gradients: {', '.join(shapes)}>"

    def __str__(self) -> str:
        return "\n\n".join(map(str, self.gradients.values()))

    def _repr_html_(self) -> str:
        return "".join(walk._repr_html_() for walk in self.gradients.values())


class Walk(Steps):
    """All steps of an operation: a sequence, and by index the step of each number of the output.

    Attributes
    ----------
    output : ndarray
        What the operation computes; one that was given an image (height, width) and a filter
        (height, width) gives a feature map (rows, columns).

    Examples
    --------
    An operation of one's own:

    >>> class Double(Walk):
    ...     def __init__(self, x):
    ...         self.input = np.asarray(x)
    ...         super().__init__("double", 2 * self.input)
    ...
    ...     def step(self, place):
    ...         x = Factor("input", place, self.input[place].item())
    ...         return Step("output", place, self.output[place].item(), [Term((x, Factor("2", (), 2)))])
    ...
    ...     def gradients(self, dy):
    ...         def step(place):
    ...             term = Term((Factor("dy", place, dy[place].item()), Factor("2", (), 2)))
    ...             return Step("dinput", place, term.product, [term])
    ...
    ...         return {"input": GradientWalk("input", 2 * dy, step)}
    >>> walk = Double([3, 4])
    >>> walk[1], walk.backward([1, -1]).input[1]
    (<output[1]: 4·2 = 8>, <dinput[1]: (−1)·2 = −2>)
    """

    def gradients(self, dy: ndarray) -> Mapping[str, GradientWalk]:
        """Return what has a gradient, by name; `dy` has the output's shape."""
        raise NotImplementedError

    def backward(self, dy: ArrayLike) -> BackwardWalk:
        """Walk back: ask where each gradient comes from.

        Parameters
        ----------
        dy : array_like, of the output's shape
            ∂loss/∂output: how much the loss rises with each number of the output.

        Returns
        -------
        BackwardWalk

        Raises
        ------
        ShapeError
            If `dy` has another shape.
        """
        dy = numbers("dy", dy)
        if dy.shape != self.output.shape:
            raise ShapeError(
                f"backward takes one number for each of the output, dy of shape "
                f"{self.output.shape}, got {dy.shape}. To ask for the gradient of the output's sum, "
                "write walk.backward(np.ones_like(walk.output))."
            )
        return BackwardWalk(dy, self.gradients(dy))


def _place(index: Any, shape: tuple[int, ...]) -> Place:
    """Return an index as whole numbers from 0, or say what the output has.

    A last axis of size 1 (one filter, one unit) may be left out.
    """
    place = index if isinstance(index, tuple) else (index,)
    if len(place) == len(shape) - 1 and shape[-1] == 1:
        place = (*place, 0)
    if not all(isinstance(one, (int, np.integer)) and not isinstance(one, bool) for one in place):
        raise TypeError(f"a step is asked for by whole numbers, such as walk[0, 0], got {index!r}.")
    if len(place) != len(shape):
        raise IndexError(
            f"the output has shape {shape}: a step is asked for by {len(shape)} whole numbers, got "
            f"{len(place)}. The first step is walk[{', '.join('0' * len(shape)) or '()'}]."
        )
    inside = all(-size <= one < size for one, size in zip(place, shape, strict=True))
    if not inside:
        ends = [str(size - 1) for size in shape]
        raise IndexError(
            f"{list(map(int, place))} lies outside the output of shape {shape}. "
            f"The last step is walk[{', '.join(ends)}]."
        )
    return tuple(int(one) % size for one, size in zip(place, shape, strict=True))
