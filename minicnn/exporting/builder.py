"""An ONNX graph under construction: nodes, constants, and the order of the axes of each value.

Images are (batch, height, width, channels) in minicnn and (batch, channels, height, width) in ONNX.
They are transposed only where a node needs the other order: a stack of convolutions is transposed
once before and once after it.
"""

from collections.abc import Sequence
from typing import Any, NamedTuple

import numpy as np
from numpy import ndarray

from minicnn.layers.shapes import Shape
from minicnn.ops.windows import padding_amounts

CHANNELS_FIRST, CHANNELS_LAST = (0, 3, 1, 2), (0, 2, 3, 1)  # the permutations that lead there


class Value(NamedTuple):
    """A result in the graph: its name, its shape in minicnn's order, and whether that is its order."""

    name: str
    shape: Shape
    channels_first: bool = False

    @property
    def rank(self) -> int:
        """Return the number of axes."""
        return len(self.shape)

    def axis(self, axis: int) -> int:
        """Return the current position of an axis counted in minicnn's order."""
        axis %= self.rank
        return CHANNELS_LAST[axis] if self.channels_first else axis

    def aligned(self, array: ndarray) -> ndarray:
        """Return an array that broadcasts against one example, in the current order of axes."""
        whole = array.reshape((1,) * (self.rank - array.ndim) + array.shape)
        return whole.transpose(CHANNELS_FIRST) if self.channels_first else whole


class OnnxBuilder:
    """Collects nodes and constants; `Layer.onnx` is called with one.

    Values go in and out in either order of axes: `channels_first` and `channels_last` convert.
    """

    def __init__(self, reserved: Sequence[str]) -> None:
        self.nodes: list[Any] = []
        self.constants: list[Any] = []
        self.prefix = ""
        self._names = set(reserved)  # of inputs and outputs

    def add(
        self, operator: str, x: Value, *inputs: Any, shape: Shape | None = None, **attributes: Any
    ) -> Value:
        """Add a node that reads `x` and other inputs; return its result, shaped as `x` by default.

        The inputs are values in the order of axes of `x`, names of constants, floats or integers.
        """
        from onnx import helper

        name = self._unique(f"{self.prefix}/{operator}")
        names = [self._name(one) for one in (x, *inputs)]
        self.nodes.append(helper.make_node(operator, names, [name], name=name, **attributes))
        return Value(name, x.shape if shape is None else shape, x.channels_first)

    def _name(self, content: Any) -> str:
        if isinstance(content, Value):
            return content.name
        if isinstance(content, str):
            return content
        array = np.asarray(content)
        return self.constant("constant", array, np.float32 if array.dtype.kind == "f" else np.int64)

    def constant(self, name: str, values: Any, dtype: Any = np.float32) -> str:
        """Add an array, such as a weight, and return its name."""
        from onnx import numpy_helper

        unique = self._unique(f"{self.prefix}/{name}")
        self.constants.append(numpy_helper.from_array(np.asarray(values, dtype, "C"), unique))
        return unique

    def channels_first(self, x: Value) -> Value:
        """Transpose an image to ONNX's order if necessary."""
        if x.channels_first:
            return x
        return self.add("Transpose", x, perm=CHANNELS_FIRST)._replace(channels_first=True)

    def channels_last(self, x: Value) -> Value:
        """Transpose an image to minicnn's order if necessary."""
        if not x.channels_first:
            return x
        return self.add("Transpose", x, perm=CHANNELS_LAST)._replace(channels_first=False)

    def reshape(self, x: Value, shape: Shape) -> Value:
        """Reshape to a shape that begins with the batch; at most one other size may be open."""
        sizes = [-1 if size is None else size for size in shape[1:]]
        # 0 keeps the batch's size; with all other sizes known, -1 works for an empty batch too.
        target = [0 if -1 in sizes else -1, *sizes]
        return self.add("Reshape", self.channels_last(x), target, shape=shape)

    def scale_and_shift(self, x: Value, scale: Any, offset: Any) -> Value:
        """Multiply and add arrays that broadcast against one example."""
        if np.any(np.asarray(scale) != 1):
            x = self.add("Mul", x, self.constant("scale", x.aligned(np.asarray(scale))))
        if np.any(np.asarray(offset) != 0):
            x = self.add("Add", x, self.constant("offset", x.aligned(np.asarray(offset))))
        return x

    def sliding(
        self,
        operator: str,
        x: Value,
        shape: Shape,
        *inputs: str,
        window: Sequence[int],
        strides: Sequence[int],
        padding: str,
        dilations: Sequence[int] = (1, 1),
        **attributes: Any,
    ) -> Value:
        """Add a node whose window slides over an image or a sequence: Conv, MaxPool or AveragePool."""
        if x.rank == 3:  # a sequence is an image with one row
            y = self.sliding(
                operator, self.reshape(x, (x.shape[0], 1, *x.shape[1:])),
                (shape[0], 1, *shape[1:]), *inputs, window=window, strides=strides,
                padding=padding, dilations=dilations, **attributes,
            )  # fmt: skip
            return self.reshape(y, shape)
        attributes |= {"kernel_shape": window, "strides": strides}
        if operator == "Conv":
            attributes["dilations"] = dilations
        sizes = x.shape[1:3]
        if padding == "same" and None in sizes and max(strides) > 1:
            attributes["auto_pad"] = "SAME_UPPER"  # the amount is only known at run time
        elif padding != "valid":
            # With stride 1 the padding does not depend on the size: any size gives it.
            (top, bottom), (left, right) = (
                padding_amounts(size or taps, taps, stride, padding, dilation)
                for size, taps, stride, dilation in zip(
                    sizes, window, strides, dilations, strict=True
                )
            )
            attributes["pads"] = (top, left, bottom, right)
        return self.add(operator, self.channels_first(x), *inputs, shape=shape, **attributes)

    def global_pool(self, operator: str, x: Value, shape: Shape) -> Value:
        """Add a reduction over rows and columns, or steps: ReduceMean or ReduceMax."""
        axes = sorted(x.axis(axis) for axis in range(1, x.rank - 1))
        keepdims = len(shape) == x.rank
        pooled = self.add(operator, x, axes, shape=shape, keepdims=int(keepdims))
        return pooled._replace(channels_first=x.channels_first and keepdims)

    def merge(
        self, operator: str, values: Sequence[Value], shape: Shape, **attributes: Any
    ) -> Value:
        """Add a node that combines several values, in minicnn's order of axes."""
        first, *others = map(self.channels_last, values)
        if operator not in ("Mul", "Sub"):
            return self.add(operator, first, *others, shape=shape, **attributes)
        for other in others:
            first = self.add(operator, first, other, shape=shape)
        return first

    def pad(self, x: Value, shape: Shape, margins: Sequence[tuple[int, int]]) -> Value:
        """Surround an image with zeros: (before, after) for rows and columns."""
        amounts = np.zeros((2, 4), np.int64)  # (before and after, axes)
        for axis, margin in enumerate(margins, start=1):
            amounts[:, x.axis(axis)] = margin
        return self.add("Pad", x, amounts.ravel(), shape=shape)

    def output(self, x: Value, name: str) -> None:
        """Make a value a result of the graph, in minicnn's order of axes, under a name."""
        from onnx import helper

        self.prefix = "result"
        x = self.channels_last(x)
        if self.nodes and self.nodes[-1].output[0] == x.name:
            self.nodes[-1].output[0] = name
        else:
            self.nodes.append(helper.make_node("Identity", [x.name], [name], name=name))

    def _unique(self, name: str) -> str:
        count, unique = 1, name
        while unique in self._names:
            count += 1
            unique = f"{name}_{count}"
        self._names.add(unique)
        return unique
