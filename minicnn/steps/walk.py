"""A walk: all steps of an operation in the order of computation, and the way back.

An operation is a class derived from `Walk` with two methods: `step(index)` makes one `Step`, and
`gradients(dy)` returns a `GradientWalk` for everything that has a gradient. Steps are made on
request: a walk through a thousand feature maps costs no more than their forward pass.
"""

from collections.abc import Callable, Iterator, Mapping
from functools import partial
from typing import Any

import numpy as np
from numpy import ndarray
from numpy.typing import ArrayLike

from minicnn.errors import ShapeError
from minicnn.steps import html, text
from minicnn.steps.checks import numbers
from minicnn.steps.notation import counted, number_text
from minicnn.steps.step import Factor, Index, Step, Term
from minicnn.steps.table import Drawing, Table, as_tables, left_out

Explain = Callable[[Index], Step | dict[str, Any]]
__all__ = ["Factor", "GradientWalk", "Index", "Step", "Term", "Walk"]  # what a custom walk needs


class Steps:
    """An array, each of whose numbers is a `Step`; base class of all walks.

    `title` is the computation in one line: "conv2d: image 6×6, kernel 3×3".
    """

    name = "output"

    def __init__(self, title: str, output: ndarray) -> None:
        self.title, self.output = title, output

    def step(self, index: Index) -> Step:
        """Make the step that leads to ``output[index]``; `index` is complete and not negative."""
        raise NotImplementedError

    @property
    def tables(self) -> list[list[Table]]:
        """Rows of tables to draw side by side: the input if it is an attribute, and the output."""
        source = getattr(self, "input", None)
        inputs = [as_tables("input", source)] if isinstance(source, ndarray) else []
        return [*inputs, as_tables(self.name, self.output)]

    @property
    def remark(self) -> str:
        """A sentence below the tables, such as what they leave out."""
        maps = left_out(self.output)
        return f"… and {maps} more" if maps else ""

    @property
    def drawing(self) -> Drawing:
        """Contents of a drawing: the tables and the remark."""
        return Drawing(self.title, self.tables, (), [self.remark] if self.remark else [])

    def indices(self) -> Iterator[Index]:
        """Iterate over the indices of the output in the order of computation.

        Of feature maps (rows, columns, maps) the first is computed whole, then the second.
        """
        if self.output.ndim != 3:
            return np.ndindex(self.output.shape)
        rows, columns, maps = self.output.shape
        return ((row, column, k) for k, row, column in np.ndindex(maps, rows, columns))

    def __len__(self) -> int:
        return self.output.size

    def __iter__(self) -> Iterator[Step]:
        return map(self.step, self.indices())

    def __getitem__(self, index: Any) -> Step:
        return self.step(checked_index(index, self.output.shape))

    def __repr__(self) -> str:
        return f"<{self.title}: {counted(len(self), 'step')}, output of shape {self.output.shape}>"

    def __str__(self) -> str:
        return text.drawing_text(self.drawing)

    def _repr_html_(self) -> str:
        return html.drawing_html(self.drawing)


class Part(Steps):
    """A named array, such as an intermediate result; `make_step` is as in `GradientWalk`."""

    def __init__(self, name: str, title: str, values: ndarray, make_step: Explain) -> None:
        super().__init__(title, values)
        self.name, self._make_step = name, make_step

    def step(self, index: Index) -> Step:
        """Make the step that leads to ``output[index]``."""
        made = self._make_step(index)
        if isinstance(made, Step):
            return made
        return Step(self.name, index, self.output[index].item(), **made)


class GradientWalk(Part):
    """A gradient, each of whose numbers is a `Step`.

    Parameters
    ----------
    name : str
        Of the array whose gradient it is: "kernel".
    gradient : ndarray
        In the shape of that array; also the `output`.
    make_step : function of tuple of int
        Makes the `Step` of one entry, with the name "d" + `name`; or returns the terms, bias, equation
        and note of one as a dict.
    """

    def __init__(self, name: str, gradient: ndarray, make_step: Explain) -> None:
        super().__init__(f"d{name}", f"gradient of the {name}", gradient, make_step)
        self.gradient = gradient

    def seen_as(
        self, name: str, gradient: ndarray, index_of: Callable[[Index], Index] = tuple
    ) -> "GradientWalk":
        """Return the same steps under another name, and at other indices."""

        def step(index: Index) -> Step:
            made = self.step(index_of(index))
            made.name, made.index = f"d{name}", index
            return made

        return GradientWalk(name, gradient, step)


class BackwardWalk:
    """The gradients of an operation, as attributes: ``.input``, ``.kernel``, ``.bias``.

    `gradients` has them by name, `dy` is ∂loss/∂output, from which they were computed.
    """

    def __init__(self, dy: ndarray, gradients: Mapping[str, GradientWalk]) -> None:
        self.dy, self.gradients = dy, dict(gradients)

    def __getattr__(self, name: str) -> GradientWalk:
        gradients = self.__dict__.get("gradients", {})
        if name in gradients:
            return gradients[name]
        hint = " A bias has one if the walk was given it: bias=0." if name == "bias" else ""
        raise AttributeError(
            f"no gradient {name!r} was computed; there are: {', '.join(gradients) or 'none'}.{hint}"
        )

    def __dir__(self) -> list[str]:
        return sorted({*super().__dir__(), *self.gradients})

    def __repr__(self) -> str:
        shapes = (f"{name} {walk.gradient.shape}" for name, walk in self.gradients.items())
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
        The result; for an image (height, width) and a filter (height, width) a feature map
        (rows, columns).

    Examples
    --------
    A custom operation:

    >>> class Double(Walk):
    ...     def __init__(self, x):
    ...         self.input = np.asarray(x)
    ...         super().__init__("double", 2 * self.input)
    ...
    ...     def step(self, index):
    ...         x = Factor("input", index, self.input[index].item())
    ...         return Step("output", index, self.output[index].item(), [Term((x, Factor("2", (), 2)))])
    ...
    ...     def gradients(self, dy):
    ...         def step(index):
    ...             return {"terms": [Term((Factor.of("dy", dy, index), Factor("2", (), 2)))]}
    ...
    ...         return {"input": GradientWalk("input", 2 * dy, step)}
    >>> walk = Double([3, 4])
    >>> walk[1], walk.backward([1, -1]).input[1]
    (<output[1]: 4·2 = 8>, <dinput[1]: (−1)·2 = −2>)
    """

    def gradients(self, dy: ndarray) -> Mapping[str, GradientWalk]:
        """Return the gradients by name; `dy` has the output's shape."""
        raise NotImplementedError

    def backward(self, dy: ArrayLike) -> BackwardWalk:
        """Walk back: show where each gradient comes from.

        Parameters
        ----------
        dy : array_like, of the output's shape
            ∂loss/∂output: how much the loss grows with each number of the output.

        Raises
        ------
        ShapeError
            If `dy` has another shape.
        """
        dy = numbers("dy", dy)
        if dy.shape != self.output.shape:
            raise ShapeError(
                f"backward takes one number for each of the output, dy of shape "
                f"{self.output.shape}, got {dy.shape}. For the gradient of the output's sum write "
                "walk.backward(np.ones_like(walk.output))."
            )
        return BackwardWalk(dy, self.gradients(dy))


class OpaqueWalk(Walk):
    """Numbers as something else computed them, without terms.

    `words` say what an output and what a gradient is; ``differentiate(dy)`` returns the gradients.
    """

    def __init__(
        self,
        title: str,
        output: ndarray,
        name: str,
        words: tuple[str, str],
        differentiate: Callable[[ndarray], Mapping[str, ndarray]],
    ) -> None:
        super().__init__(title, output)
        self._name, self._words, self._differentiate = name, words, differentiate

    def step(self, index: Index) -> Step:
        """Make the step of one number, which only says where it is from."""
        value = self.output[index].item()
        return Step(self._name, index, value, **_computed(self.output, self._words[0], index))

    def gradients(self, dy: ndarray) -> dict[str, GradientWalk]:
        """Return the gradients by name."""
        return {
            name: GradientWalk(name, gradient, partial(_computed, gradient, self._words[1]))
            for name, gradient in self._differentiate(dy).items()
        }


def _computed(array: ndarray, words: str, index: Index) -> dict[str, Any]:
    return {"equation": f"{number_text(array[index].item())}, {words}"}


def checked_index(index: Any, shape: tuple[int, ...], owner: str = "the output") -> Index:
    """Return an index as integers from 0; a last axis of size 1 (one filter) may be left out."""
    whole = index if isinstance(index, tuple) else (index,)
    if len(whole) == len(shape) - 1 and shape[-1] == 1:
        whole = (*whole, 0)
    integers = (int, np.integer)
    if not all(isinstance(i, integers) and not isinstance(i, bool) for i in whole):
        raise TypeError(f"an index of {owner} must be integers, such as walk[0, 0], got {index!r}.")
    inside = len(whole) == len(shape) and all(
        -size <= number < size for number, size in zip(whole, shape, strict=True)
    )
    if not inside:
        first, last = (", ".join(map(str, end)) for end in ([0] * len(shape), np.array(shape) - 1))
        raise IndexError(
            f"{owner} has shape {shape}: an index has {len(shape)} integers, from [{first}] to "
            f"[{last}], got {index!r}."
        )
    return tuple(int(number) % size for number, size in zip(whole, shape, strict=True))
