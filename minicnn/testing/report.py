"""The result of a gradient check, and the error for a wrong gradient."""

from collections.abc import Sequence
from typing import NamedTuple

Index = tuple[int, ...]


class Entry(NamedTuple):
    """One entry of a gradient, or its derivative along a direction."""

    position: Index
    analytic: float  # the derivative that `backward` returns
    numerical: float  # the one by finite differences
    error: float  # their difference, relative to the array's largest gradient
    kink: bool  # whether the function has a kink here, so that the two need not agree
    passed: bool


class ArrayReport(NamedTuple):
    """The result for the gradient with respect to one array, a weight or the input.

    Attributes
    ----------
    owner : str
        The layer, such as ``'Dense "dense"'``.
    name : str
        ``"kernel"``, ``"bias"``, …; ``"x"`` for the input.
    shape : tuple of int
    checked : int
        The number of entries that were compared one by one. In addition, a random sum of all
        entries is compared.
    kinks : int
        The number of these entries at which the function has a kink.
    error : float
        The largest difference, relative to the array's largest gradient.
    wrong : tuple of Entry
        The entries that differ, the worst first.
    diagnosis : str
        The likely mistake; empty if no entry is wrong.
    """

    owner: str
    name: str
    shape: Index
    checked: int
    kinks: int
    error: float
    wrong: tuple[Entry, ...] = ()
    diagnosis: str = ""

    @property
    def passed(self) -> bool:
        """Whether no entry is wrong."""
        return not self.wrong

    @property
    def verdict(self) -> str:
        """Return ``"passed"``, ``"FAILED"`` or ``"only kinks"``."""
        if not self.passed:
            return "FAILED"
        return "only kinks" if 0 < self.checked == self.kinks else "passed"

    def explain(self) -> str:
        """Return which entry is wrong, both of its values, and the likely mistake."""
        worst = self.wrong[0]
        index = f" at [{', '.join(map(str, worst.position))}]" if worst.position else ""
        gradient = f"d{self.name}" if self.name.startswith("x") else f"the gradient d{self.name}"
        return (
            f"{gradient} of {self.owner} is wrong{index}: backward returns {worst.analytic:.6g}, but "
            f"finite differences give {worst.numerical:.6g} ({len(self.wrong)} of {self.checked} "
            f"compared entries are wrong). {self.diagnosis}"
        )


class GradientReport:
    """The result of `check_gradients`.

    Attributes
    ----------
    rows : tuple of ArrayReport
        One per array: the trainable weights of each layer, then the input.
    """

    def __init__(self, rows: Sequence[ArrayReport]) -> None:
        self.rows = tuple(rows)

    @property
    def passed(self) -> bool:
        """Whether no gradient is wrong."""
        return all(row.passed for row in self.rows)

    @property
    def kinks(self) -> int:
        """The number of compared entries at which the function has a kink."""
        return sum(row.kinks for row in self.rows)

    @property
    def error(self) -> float:
        """The largest difference, relative to the largest gradient of its array."""
        return max((row.error for row in self.rows), default=0.0)

    def __str__(self) -> str:
        lines = [
            f"{row.owner}: d{row.name}: {row.checked} entries, {row.kinks} at kinks, "
            f"error {row.error:.1e}: {row.verdict}"
            for row in self.rows
        ]
        return "\n".join(lines)

    def __repr__(self) -> str:
        return f"<GradientReport: {'passed' if self.passed else 'FAILED'}, error {self.error:.1e}>"


class GradientError(AssertionError):
    """A backward pass that does not match its forward pass.

    Attributes
    ----------
    report : GradientReport or None
        The result; None if there is nothing to compare, for example because a gradient is missing.
    """

    def __init__(self, message: str, report: GradientReport | None = None) -> None:
        super().__init__(message)
        self.report = report
