"""One number of a network, and the sum of products that made it."""

import math
from collections.abc import Sequence
from dataclasses import dataclass

from minicnn.steps import html, text
from minicnn.steps.grid import Grid
from minicnn.steps.notation import name_of, product_text, sum_text

Place = tuple[int, ...]


@dataclass(frozen=True, slots=True)
class Factor:
    """A number in a product, and where it was read.

    Parameters
    ----------
    name : str
        Of the array: "input", "kernel", "dy"; or of a single number: "beta_1".
    place : tuple of int
        Its index in the array as the user gave it; () for a single number. A cell of the padding has
        the index that it would have if the image went on, such as (-1, 0).
    value : int or float
    is_padding : bool
        Whether the number lies outside the image.

    Examples
    --------
    >>> print(Factor("input", (0, 1), 5))
    input[0, 1]
    """

    name: str
    place: Place
    value: float
    is_padding: bool = False

    def __str__(self) -> str:
        return name_of(self.name, self.place)


@dataclass(frozen=True, slots=True)
class Term:
    """A product: one part of a sum.

    Parameters
    ----------
    factors : tuple of Factor

    Examples
    --------
    >>> term = Term((Factor("input", (0, 1), 5), Factor("kernel", (0, 1), -2)))
    >>> term.product, str(term), term.where
    (-10, '5·(−2)', 'input[0, 1] · kernel[0, 1]')
    """

    factors: tuple[Factor, ...]

    @property
    def product(self) -> float:
        """The factors multiplied."""
        return math.prod(factor.value for factor in self.factors)

    @property
    def where(self) -> str:
        """Where the factors were read."""
        return " · ".join(map(str, self.factors))

    @property
    def is_padding(self) -> bool:
        """Whether a factor lies outside the image."""
        return any(factor.is_padding for factor in self.factors)

    def __str__(self) -> str:
        return product_text([factor.value for factor in self.factors])


class Step:
    """One number, and how it came about: ``value = Σ term.product + bias``.

    Whatever an operation computes is written as such a sum, so that it can be checked and drawn:
    the largest of a window is the sum of its cells, each times 1 where it won, else times 0.

    Parameters
    ----------
    name : str
        Of the array in which the number stands: "output", "dkernel".
    place : tuple of int
        Its index there.
    value : int or float
    terms : sequence of Term
        In the order of the sum.
    bias : int or float, optional
        What is added to the sum.
    equation : str, optional
        The whole in one line, where it is better not written as a sum: ``max(3, −1, −3, 1) = 3``.
    note : str, optional
        What this number is, in a few words: "rows 0–2, columns 0–2".

    Examples
    --------
    >>> terms = [Term((Factor("input", (0,), 5), Factor("kernel", (0, 0), -2)))]
    >>> step = Step("output", (0,), -9, terms, bias=1)
    >>> step
    <output[0]: 5·(−2) + 1 = −9>
    """

    def __init__(
        self,
        name: str,
        place: Place,
        value: float,
        terms: Sequence[Term] = (),
        bias: float | None = None,
        equation: str | None = None,
        note: str = "",
    ) -> None:
        self.name = name
        self.place = place
        self.value = value
        self.bias = bias
        self.note = note
        self._terms = terms
        self._equation = equation

    @property
    def terms(self) -> Sequence[Term]:
        """The products that are summed."""
        return self._terms

    @property
    def label(self) -> str:
        """Which number this is: ``output[0, 0]``."""
        return name_of(self.name, self.place)

    @property
    def equation(self) -> str:
        """One line: ``1·1 + 0·(−1) + … = 3``. Of a long sum the middle is left out, and counted."""
        if self._equation is not None:
            return self._equation
        return sum_text(self.terms, self.bias, self.value)

    @property
    def grids(self) -> list[list[Grid]]:
        """What to draw: rows of tables that stand side by side. None: the terms are listed."""
        return []

    @property
    def remark(self) -> str:
        """What stands under the tables: what they leave out."""
        return ""

    def __str__(self) -> str:
        return text.step_text(self)

    def __repr__(self) -> str:
        return f"<{self.label}: {self.equation}>"

    def _repr_html_(self) -> str:
        return html.step_html(self)
