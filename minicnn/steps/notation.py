"""Write numbers, indices and sums: ``output[0, 0] = 1·1 + 0·(−1) + … = 3``."""

import math
from collections.abc import Callable, Iterable, Sequence
from typing import Any

import numpy as np
from numpy import ndarray

_LONG = 30  # terms; of a sum with more the middle is left out
_DIGITS = 4  # significant ones


def number_text(value: float) -> str:
    """Write a number: an integer in full, others with four significant digits; with a true minus."""
    whole = math.isfinite(value) and value == int(value) and abs(value) < 1e15
    return (str(int(value)) if whole else f"{value:.{_DIGITS}g}").replace("-", "−")


def in_a_product(value: float) -> str:
    """Write a number in a sum or product: a negative one in parentheses."""
    written = number_text(value)
    return f"({written})" if written.startswith("−") else written


def product_text(values: Iterable[float]) -> str:
    """Write a product."""
    return "·".join(map(in_a_product, values))


def sum_text(terms: Sequence[Any], bias: float | None, value: float) -> str:
    """Write a sum in one line; the middle of a long one is only counted."""
    parts = shortened(terms)
    if bias is not None:
        parts.append(in_a_product(bias))
    return f"{' + '.join(parts) or 'nothing to add'} = {number_text(value)}"


def shortened(items: Sequence[Any]) -> list[str]:
    """Write each item; of more than thirty leave out the middle, and count it."""
    if len(items) <= _LONG:
        return list(map(str, items))
    return [*map(str, items[:3]), f"… {len(items) - 4} more …", str(items[-1])]


def name_of(name: str, index: Sequence[int]) -> str:
    """Write an array's entry."""
    return f"{name}[{', '.join(map(str, index))}]" if len(index) else name


def size_text(shape: Sequence[int]) -> str:
    """Write a shape as a size, such as 3×4."""
    return "×".join(map(str, shape)) or "1"


def counted(number: int, kind: str) -> str:
    """Write a number and a noun, such as "2 channels"."""
    return f"{number} {kind}" if number == 1 else f"{number} {kind}s"


def cell_texts(cells: ndarray) -> list[list[str]]:
    """Write a table's numbers with the decimals that the largest needs; an exact 0 as "0"."""
    write = _format(cells)
    return [[write(value) for value in row] for row in cells.tolist()]


def _format(cells: ndarray) -> Callable[[float], str]:
    """Return the function that writes each number of a table."""
    finite = cells[np.isfinite(cells)].astype(np.float64)
    largest = float(np.abs(finite).max(initial=0))
    if not np.any(finite % 1) or not 1e-4 <= largest < 1e6:
        return number_text
    most = max(_DIGITS - 1 - max(math.floor(math.log10(largest)), 0), 0)
    enough = (n for n in range(most) if np.allclose(finite, finite.round(n), rtol=0, atol=1e-9))
    decimals = next(enough, most)
    return lambda value: "0" if value == 0 else f"{value:.{decimals}f}".replace("-", "−")
