"""A graph under construction: nodes, constants, and the order of the axes on the way.

Images are (batch, height, width, channels) in minicnn and (batch, channels, height, width) in ONNX.
They are transposed where a node needs the other order, and only there: a stack of convolutions is
transposed once before and once after it.
"""

from typing import Any

import numpy as np
from numpy import ndarray

CHANNELS_FIRST, CHANNELS_LAST = (0, 3, 1, 2), (0, 2, 3, 1)  # the permutations that lead there


class Graph:
    """Nodes in the order in which they run; each new one takes what the last one gave."""

    def __init__(self, rank: int) -> None:
        self.nodes: list[Any] = []
        self.constants: list[Any] = []
        self.value = "input"
        self.rank = rank
        self.channels_first = False
        self.layer = ""
        self._names = {"input", "output"}

    def add(self, kind: str, *inputs: str, **attributes: Any) -> str:
        """Add a node, and return the name of its result."""
        from onnx import helper

        self.value, before = self._unique(f"{self.layer}/{kind}"), self.value
        name = self.value
        self.nodes.append(
            helper.make_node(kind, list(inputs) or [before], [name], name=name, **attributes)
        )
        return name

    def constant(self, name: str, values: Any, dtype: Any = np.float32) -> str:
        """Add an array, such as a weight, and return its name."""
        from onnx import numpy_helper

        unique = self._unique(f"{self.layer}/{name}")
        self.constants.append(numpy_helper.from_array(np.asarray(values, dtype, "C"), unique))
        return unique

    def number(self, value: float) -> str:
        """Add a number, and return its name."""
        return self.constant("number", value)

    def to_channels_first(self) -> None:
        """Bring images into ONNX' order, where they are not."""
        if not self.channels_first:
            self.add("Transpose", perm=CHANNELS_FIRST)
            self.channels_first = True

    def to_channels_last(self) -> None:
        """Bring images into minicnn's order, where they are not."""
        if self.channels_first:
            self.add("Transpose", perm=CHANNELS_LAST)
            self.channels_first = False

    def axis(self, axis: int) -> int:
        """Return the place that an axis of minicnn's order has now."""
        axis %= self.rank
        return CHANNELS_LAST[axis] if self.channels_first else axis

    def per_channel(self, values: ndarray, axis: int = -1) -> ndarray:
        """Give numbers, one for each place along an axis, the shape that broadcasts now."""
        shape = [1] * self.rank
        shape[self.axis(axis)] = -1
        return values.reshape(shape)

    def finish(self) -> None:
        """Bring the result into minicnn's order and give it the name "output"."""
        self.layer = "result"
        self.to_channels_last()
        if not self.nodes:
            self.add("Identity")
        self.nodes[-1].output[0] = self.value = "output"

    def _unique(self, name: str) -> str:
        count, unique = 1, name
        while unique in self._names:
            count += 1
            unique = f"{name}_{count}"
        self._names.add(unique)
        return unique
