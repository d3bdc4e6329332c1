"""A trace as a table: the output and the gradients of every layer."""

from html import escape
from typing import TYPE_CHECKING

import numpy as np
from numpy import ndarray

from minicnn.console import encodable
from minicnn.html_table import html_table
from minicnn.steps.notation import number_text, size_text
from minicnn.steps.text import aligned_text

if TYPE_CHECKING:
    from minicnn.steps.record import LayerTrace
    from minicnn.steps.trace import Trace

_HEAD = ("layer", "output", " smallest", " largest", " |gradient|", " |of weights|")
_LONGEST = 18  # characters of a layer's name


def trace_text(trace: "Trace") -> str:
    """Write the overview, 80 columns wide."""
    rows = [[name.strip() for name in _HEAD], *(_row(seen) for seen in trace.layers)]
    table = aligned_text(rows, [name.startswith(" ") for name in _HEAD])
    return encodable("\n\n".join([_title(trace), "\n".join(table), _remark(trace)]))


def trace_html(trace: "Trace") -> str:
    """Write the overview for a notebook."""
    rows = [_row(seen) for seen in trace.layers]
    columns = [name.strip() for name in _HEAD]
    table = html_table(columns, rows, [name.startswith(" ") for name in _HEAD])
    below = "<br>".join(map(escape, _remark(trace).splitlines()))
    return f"<div><strong>{escape(_title(trace))}</strong>{table}{below}</div>"


def _title(trace: "Trace") -> str:
    name = _short(trace.model.name)
    return f"One example of {size_text(trace.x.shape)} through {name}, and back"


def _row(seen: "LayerTrace") -> list[str]:
    weights = [_largest(gradient) for gradient in seen.weight_gradients.values()]
    return [
        _short(seen.name),
        size_text(seen.output.shape),
        number_text(seen.output.min().item()),
        number_text(seen.output.max().item()),
        number_text(_largest(seen.gradient)),
        number_text(max(weights)) if weights else "",
    ]


def _remark(trace: "Trace") -> str:
    """Return the loss and the most probable class."""
    lines = [f"Loss: {number_text(trace.loss)}."]
    try:
        p = trace.probabilities
    except ValueError:
        p = np.zeros(0)
    if p.ndim == 1 and p.size > 1:
        best = int(p.argmax())
        lines.append(f"Most probable: class {best}, {_percent(p[best])}.")
        label = _class_number(trace.y)
        if 0 <= label < p.size:
            lines.append(f"Label: class {label}, {_percent(p[label])}.")
    lines.append("Of the gradients, ∂loss/∂output and ∂loss/∂weight, the largest without its sign.")
    return "\n".join(lines)


def _class_number(y: ndarray) -> int:
    return int(y.argmax()) if y.ndim else int(y)


def _percent(share: float) -> str:
    return f"{100 * share:.1f} %"


def _largest(array: ndarray) -> float:
    return float(np.abs(array).max(initial=0))


def _short(name: str) -> str:
    return name if len(name) <= _LONGEST else f"{name[: _LONGEST - 1]}…"
