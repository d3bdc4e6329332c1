"""How a window slides over an image: which cells it covers, who sees a cell, and both in words."""

from collections.abc import Sequence
from dataclasses import dataclass

from minicnn.errors import ShapeError
from minicnn.ops.windows import effective_size, output_size, padding_amounts, window_indices
from minicnn.steps.notation import counted

Pair = tuple[int, int]


@dataclass(frozen=True)
class Sliding:
    """A window and its way over an image; axis 0 is down, axis 1 across."""

    operation: str
    size: Pair
    window: Pair
    strides: Pair
    padding: str
    dilation_rate: Pair = (1, 1)

    def __post_init__(self) -> None:
        if not (self.positions(0) and self.positions(1)):
            rows, columns = map(effective_size, self.window, self.dilation_rate)
            raise ShapeError(
                f"the window of {self.operation} covers {rows}×{columns} cells, and the image has "
                f"only {self.size[0]}×{self.size[1]}. Take a smaller window, a larger image or "
                'padding="same".'
            )

    def positions(self, axis: int) -> int:
        """Return how many positions the window takes along an axis."""
        return output_size(*self._along(axis))

    def covered(self, axis: int, position: int) -> list[int]:
        """Return the image's rows or columns under the window; padding lies outside 0…size−1."""
        return window_indices(position, *self._along(axis))

    def reached(self, axis: int, cell: int) -> tuple[list[int], list[int]]:
        """Return the positions of the window that cover a cell, and its place in each of them."""
        pairs = [
            (position, self.covered(axis, position).index(cell))
            for position in range(self.positions(axis))
            if cell in self.covered(axis, position)
        ]
        return [position for position, _ in pairs], [inside for _, inside in pairs]

    def sizes_text(self) -> str:
        """Write how the output's rows and columns come about."""
        rows, columns = self.size_equation(0), self.size_equation(1)
        if rows == columns:
            return f"Rows and columns: {rows}."
        return f"Rows: {rows}. Columns: {columns}."

    def size_equation(self, axis: int) -> str:
        """Write how many positions the window takes along an axis."""
        size, window, stride, padding, dilation = self._along(axis)
        count = self.positions(axis)
        if padding == "same":
            quotient = _quotient(str(size), size, stride, "⌈⌉")
            before, after = padding_amounts(size, window, stride, padding, dilation)
            cells = counted(before, "cell")
            return f"{quotient} = {count}, with {cells} of padding before and {after} after"
        covered = effective_size(window, dilation)
        return f"{_quotient(f'({size} − {covered})', size - covered, stride, '⌊⌋')} + 1 = {count}"

    def _along(self, axis: int) -> tuple[int, int, int, str, int]:
        """Return what `minicnn.ops.windows` asks for: size, window, stride, padding, dilation."""
        return (
            self.size[axis], self.window[axis], self.strides[axis], self.padding,
            self.dilation_rate[axis],
        )  # fmt: skip


def span_text(rows: Sequence[int], columns: Sequence[int]) -> str:
    """Write which rows and columns a window covers."""
    return f"{_span('row', rows)}, {_span('column', columns)}"


def _quotient(written: str, number: int, stride: int, brackets: str) -> str:
    """Write a division, in rounding brackets where it leaves a rest."""
    quotient = f"{written}/{stride}"
    return quotient if number % stride == 0 else f"{brackets[0]}{quotient}{brackets[1]}"


def _span(kind: str, cells: Sequence[int]) -> str:
    if len(cells) == 1:
        text = f"{kind} {cells[0]}"
    elif list(cells) == list(range(cells[0], cells[-1] + 1)):
        text = f"{kind}s {cells[0]} to {cells[-1]}"
    else:
        listed = cells if len(cells) <= 5 else [*cells[:2], "…", cells[-1]]
        text = f"{kind}s {', '.join(map(str, listed))}"
    return text.replace("-", "−")
