"""Symbolic tensors: what layers return when they are called to build a model, as in Keras.

>>> from minicnn.layers import Dense, Input
>>> x = Input((3,))
>>> y = Dense(2, name="out")(x)
>>> y.shape, y.call.layer.name
((None, 2), 'out')

A tensor refers to the call that made it, and the call to the tensors that it read. Nothing is computed;
`minicnn.models.Model` turns the calls into a graph.
"""

import operator
from collections.abc import Mapping
from typing import Any

from minicnn.errors import ShapeError
from minicnn.layers.shapes import Shape

OPERATORS: dict[str, Any] = {}
"""The layers behind operators; `minicnn.layers` registers them, which imports this module."""


class SymbolicTensor:
    """An array that does not exist yet: shape, data type, and the layer call that will make it.

    Attributes
    ----------
    shape : tuple
        With None for the batch and for sizes that may vary.
    dtype : str
    call : Call
    index : int
        Position among the outputs of the call.
    """

    def __init__(self, call: "Call", shape: Shape, dtype: str, index: int = 0) -> None:
        self.call, self.shape, self.dtype, self.index = call, shape, dtype, index

    @property
    def name(self) -> str:
        """Name of the layer that makes the tensor."""
        return self.call.layer.name

    @property
    def ndim(self) -> int:
        """Number of axes, including the batch."""
        return len(self.shape)

    def __repr__(self) -> str:
        return f"<KerasTensor shape={self.shape}, dtype={self.dtype}, name={self.name}>"

    def _refuse(self, *_: Any, **__: Any) -> Any:
        raise TypeError(
            f'the output of the layer "{self.name}" has no values yet: it is a symbolic tensor, from '
            "which a model is built. Combine such tensors with layers (Add, Concatenate, …); for values "
            "call model.predict(x) with arrays."
        )

    # NumPy and Python must not take it for a number or a sequence
    __array__ = __bool__ = __float__ = __int__ = __iter__ = __len__ = _refuse
    __array_ufunc__ = None

    def _combined(self, other: Any, layer_name: str) -> "SymbolicTensor":
        return OPERATORS[layer_name]()([self, other])

    def _scaled(self, scale: Any, offset: Any = 0.0) -> "SymbolicTensor":
        return OPERATORS["Rescaling"](scale, offset)(self)

    def _computed(self, function: Any, *others: Any) -> "SymbolicTensor":
        return OPERATORS["function"](function, (self, *others), {})

    def __add__(self, other: Any) -> "SymbolicTensor":
        return self._combined(other, "Add") if is_symbolic(other) else self._scaled(1.0, other)

    def __mul__(self, other: Any) -> "SymbolicTensor":
        return self._combined(other, "Multiply") if is_symbolic(other) else self._scaled(other)

    def __sub__(self, other: Any) -> "SymbolicTensor":
        return (
            self._combined(other, "Subtract") if is_symbolic(other) else self._scaled(1.0, -other)
        )

    def __truediv__(self, other: Any) -> "SymbolicTensor":
        if is_symbolic(other):
            return self._computed(operator.truediv, other)
        return self._scaled(1.0 / other)

    def __rtruediv__(self, other: Any) -> "SymbolicTensor":
        return self._computed(lambda x: other / x)

    def __pow__(self, other: Any) -> "SymbolicTensor":
        return self._computed(operator.pow, other)

    def __rpow__(self, other: Any) -> "SymbolicTensor":
        return self._computed(lambda x: other**x)

    def __matmul__(self, other: Any) -> "SymbolicTensor":
        return self._computed(operator.matmul, other)

    def __abs__(self) -> "SymbolicTensor":
        return self._computed(abs)

    def __getitem__(self, index: Any) -> "SymbolicTensor":
        return self._computed(lambda x: x[index])

    def __neg__(self) -> "SymbolicTensor":
        return self._scaled(-1.0)

    def __rsub__(self, other: Any) -> "SymbolicTensor":
        return self._scaled(-1.0, other)

    __radd__, __rmul__ = __add__, __mul__


class Call:
    """One call of a layer: the tensors it reads and those it makes.

    Attributes
    ----------
    layer : Layer
    inputs : tuple of SymbolicTensor
        None for the input of a model.
    outputs : list of SymbolicTensor
        Held by those who use them; the layer itself refers to them weakly.
    """

    def __init__(self, layer: Any, inputs: tuple[SymbolicTensor, ...]) -> None:
        self.layer, self.inputs = layer, inputs


def is_symbolic(x: Any) -> bool:
    """Return whether `x` is a symbolic tensor, or a list, tuple or dict with one in it."""
    if isinstance(x, (list, tuple)):
        return any(isinstance(item, SymbolicTensor) for item in x)
    if isinstance(x, Mapping):
        return is_symbolic(list(x.values()))
    return isinstance(x, SymbolicTensor)


def as_tensors(owner: str, x: Any) -> tuple[SymbolicTensor, ...]:
    """Return the tensors that a layer is called with; raise if arrays are among them."""
    tensors = tuple(x) if isinstance(x, (list, tuple)) else (x,)
    for tensor in tensors:
        if not isinstance(tensor, SymbolicTensor):
            raise ShapeError(
                f"{owner} was called with symbolic tensors and {type(tensor).__name__} together. Give "
                "it tensors from Input(...) and other layers only."
            )
    return tensors
