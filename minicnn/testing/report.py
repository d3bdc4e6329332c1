"""What a gradient check has found, and the error that says it."""

from collections.abc import Sequence
from typing import NamedTuple

Place = tuple[int, ...]


class Entry(NamedTuple):
    """One entry of a gradient: what backward says, and what forward does."""

    place: Place
    said: float
    slope: float
    error: float
    kink: bool
    right: bool


class ArrayReport(NamedTuple):
    """What was found of the gradient with respect to one array: a weight, or the input.

    Attributes
    ----------
    owner : str
        Whose it is: ``'Dense "dense"'``.
    name : str
        ``"kernel"``, ``"bias"``, …; ``"x"`` is the input.
    shape : tuple of int
    checked : int
        How many entries were compared one by one; all of them took part in one sum more.
    kinks : int
        How many of these lie at a kink and prove nothing.
    error : float
        The largest difference found, as a share of the array's largest gradient.
    wrong : tuple of Entry
        The entries that differ, the worst first.
    likely : str
        What kind of mistake would give such numbers; empty where all is right.
    """

    owner: str
    name: str
    shape: Place
    checked: int
    kinks: int
    error: float
    wrong: tuple[Entry, ...] = ()
    likely: str = ""

    @property
    def right(self) -> bool:
        """Whether no entry is wrong."""
        return not self.wrong

    @property
    def verdict(self) -> str:
        """Return a word or two for a table: ``"right"``, ``"WRONG"`` or ``"kinks only"``."""
        if not self.right:
            return "WRONG"
        return "kinks only" if 0 < self.checked == self.kinks else "right"

    def explain(self) -> str:
        """Return what is wrong: where, both numbers, and the likely mistake."""
        worst = self.wrong[0]
        place = f" at [{', '.join(map(str, worst.place))}]" if worst.place else ""
        gradient = "dx" if self.name == "x" else f"the gradient d{self.name}"
        return (
            f"{gradient} of {self.owner} is wrong{place}: backward says {worst.said:.6g}, and the "
            f"slope of forward is {worst.slope:.6g} ({len(self.wrong)} of {self.checked} entries "
            f"looked at are wrong). {self.likely}"
        )


class GradientReport:
    """What `check_gradients` has found.

    Attributes
    ----------
    rows : tuple of ArrayReport
        One an array: each trainable weight, layer by layer, and the input.
    """

    def __init__(self, rows: Sequence[ArrayReport]) -> None:
        self.rows = tuple(rows)

    @property
    def right(self) -> bool:
        """Whether no gradient is wrong."""
        return all(row.right for row in self.rows)

    @property
    def kinks(self) -> int:
        """How many of the entries looked at lie at a kink."""
        return sum(row.kinks for row in self.rows)

    @property
    def error(self) -> float:
        """The largest difference, as a share of its array's largest gradient."""
        return max((row.error for row in self.rows), default=0.0)

    def __str__(self) -> str:
        lines = [
            f"{row.owner}: d{row.name}: {row.checked} entries, {row.kinks} at kinks, "
            f"error {row.error:.1e}: {row.verdict}"
            for row in self.rows
        ]
        return "\n".join(lines)

    def __repr__(self) -> str:
        return f"<GradientReport: {'right' if self.right else 'WRONG'}, error {self.error:.1e}>"


class GradientError(AssertionError):
    """A backward pass that is not the derivative of its forward pass.

    Attributes
    ----------
    report : GradientReport or None
        All that was found; None where there was nothing to compare, as with a missing gradient.
    """

    def __init__(self, message: str, report: GradientReport | None = None) -> None:
        super().__init__(message)
        self.report = report
