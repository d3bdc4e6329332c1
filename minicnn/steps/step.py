"""One number of a network, and the sum of products that made it."""

import math
from collections.abc import Iterable, Sequence
from dataclasses import dataclass

import numpy as np
from numpy import ndarray

from minicnn.console import encodable
from minicnn.steps import html, text
from minicnn.steps.notation import name_of, number_text, product_text, sum_text
from minicnn.steps.table import Drawing, Table

Index = tuple[int, ...]
_LISTED = 12  # terms


@dataclass(frozen=True, slots=True)
class Factor:
    """A number in a product, and where it was read from.

    Parameters
    ----------
    name : str
        Of the array: "input", "kernel", "dy"; or of a single number: "beta_1".
    index : tuple of int
        Its index in the array that the user passed; () for a single number. A padding cell has the
        index that it would have if the image continued, such as (-1, 0).
    value : int or float
    is_padding : bool
        Whether the number is outside the image.

    Examples
    --------
    >>> print(Factor("input", (0, 1), 5))
    input[0, 1]
    """

    name: str
    index: Index
    value: float
    is_padding: bool = False

    @classmethod
    def of(cls, name: str, array: ndarray, index: Index) -> "Factor":
        """Return an array's number as a factor."""
        return cls(name, index, array[index].item())

    def __str__(self) -> str:
        return name_of(self.name, self.index)


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
        """Where the factors were read from."""
        return " · ".join(map(str, self.factors))

    @property
    def is_padding(self) -> bool:
        """Whether a factor is outside the image."""
        return any(factor.is_padding for factor in self.factors)

    def __str__(self) -> str:
        return product_text([factor.value for factor in self.factors])


def products(*columns: tuple[str, ndarray, Iterable[Index]]) -> list[Term]:
    """Return the terms of a sum over indices: the numbers of some arrays multiplied.

    Each column is an array's name, the array, and the index that each term reads.
    """
    factors = [
        [Factor.of(name, array, index) for index in indices] for name, array, indices in columns
    ]
    return [Term(row) for row in zip(*factors, strict=True)]


def ravelled(index: Index, shape: Index) -> int:
    """Return the place of an index in the flat array."""
    return int(np.ravel_multi_index(index, shape)) if index else 0


def unravelled(place: int, shape: Index) -> Index:
    """Return the index of a place in the flat array."""
    return tuple(int(number) for number in np.unravel_index(place, shape))


class Step:
    """One number and the sum that made it: ``value = Σ term.product + bias``.

    Every operation is written as such a sum, so that it can be checked and drawn: the maximum of a
    window is the sum of its cells, each times 1 if it won, otherwise times 0.

    Parameters
    ----------
    name : str
        Name of the array that holds the number: "output", "dkernel".
    index : tuple of int
        Its index there.
    value : int or float
    terms : sequence of Term
        In the order of the sum.
    bias : int or float, optional
        What is added to the sum.
    equation : str, optional
        One line to show instead of the sum: ``max(3, −1, −3, 1) = 3``.
    note : str, optional
        A few words about the number: "rows 0–2, columns 0–2".
    tables : list of lists of Table, optional
        To draw instead of a list of the terms.

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
        index: Index,
        value: float,
        terms: Sequence[Term] = (),
        bias: float | None = None,
        equation: str | None = None,
        note: str = "",
        tables: list[list[Table]] | None = None,
    ) -> None:
        self.name, self.index, self.value = name, index, value
        self.bias, self.note = bias, note
        self._terms, self._equation, self._tables = terms, equation, tables or []

    @property
    def terms(self) -> Sequence[Term]:
        """The products that are summed."""
        return self._terms

    @property
    def label(self) -> str:
        """Which number this is: ``output[0, 0]``."""
        return name_of(self.name, self.index)

    @property
    def equation(self) -> str:
        """One line: ``1·1 + 0·(−1) + … = 3``. Of a long sum the middle is left out, and counted."""
        if self._equation is not None:
            return self._equation
        return sum_text(self.terms, self.bias, self.value)

    @property
    def tables(self) -> list[list[Table]]:
        """Rows of tables to draw side by side; if there are none, the terms are listed."""
        return self._tables

    @property
    def remark(self) -> str:
        """A sentence below the tables, such as what they leave out."""
        return ""

    @property
    def drawing(self) -> Drawing:
        """Contents of a drawing: tables or a list of terms, the remark and the equation."""
        title = f"{self.label}: {self.note}" if self.note else self.label
        listing = [] if self.tables else self._listing()
        sentences = [sentence for sentence in (self.remark, self.equation) if sentence]
        return Drawing(title, self.tables, listing, sentences)

    def _listing(self) -> list[str]:
        """List the terms, one a line: names, numbers, product; of many the largest."""
        terms, smaller = self.terms, self.terms[:0]
        if len(terms) > _LISTED:
            ordered = sorted(terms, key=lambda term: -abs(term.product))
            terms, smaller = ordered[:_LISTED], ordered[_LISTED:]
        rows = [(term.where, str(term), number_text(term.product)) for term in terms]
        if smaller:
            others = number_text(sum(term.product for term in smaller))
            rows.append((f"{len(smaller)} smaller ones", "", others))
        if self.bias is not None:
            rows.append(("bias", "", number_text(self.bias)))
        return text.aligned_text(rows, (False, False, True))

    def __str__(self) -> str:
        return text.drawing_text(self.drawing)

    def __repr__(self) -> str:
        return encodable(f"<{self.label}: {self.equation}>")

    def _repr_html_(self) -> str:
        return html.drawing_html(self.drawing)
