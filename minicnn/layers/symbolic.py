"""Symbolic tensors: what layers return when they are called to build a model, as in Keras.

A tensor refers to the call that made it, and the call to the tensors that it read. Nothing is computed;
`minicnn.models.Model` turns the calls into a graph.
"""

import operator
from collections.abc import Mapping
from typing import Any

from minicnn.errors import ShapeError
from minicnn.layers.shapes import Shape

OPERATORS: dict[str, Any] = {}
"""What makes layers of functions and of models; modules that import this one register them."""


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

    # Python must not take it for a number or a sequence
    __array__ = __bool__ = __float__ = __int__ = __iter__ = __len__ = _refuse

    def __array_ufunc__(self, ufunc: Any, method: str, *inputs: Any, **options: Any) -> Any:
        """Make a layer of NumPy's function, for ``np.exp(x)``."""
        return OPERATORS["function"](
            ufunc if method == "__call__" else self._refuse(), inputs, options
        )

    def __array_function__(self, function: Any, types: Any, inputs: Any, options: Any) -> Any:
        """Make a layer of NumPy's function, for ``np.mean(x, axis=1)``."""
        return OPERATORS["function"](function, inputs, options)

    def activated(self, activation: Any) -> Any:
        """Call a layer of an activation, for ``activations.relu(x)``."""
        return OPERATORS["activation"](activation)(self)

    def compared(self, loss: Any, y_true: Any) -> Any:
        """Call a layer of a loss, for ``losses.mse(y_true, x)``."""
        return OPERATORS["loss"](loss)([y_true, self])


def _method(function: Any, swapped: bool = False) -> Any:
    """Return the method behind an operator."""

    def call(*operands: Any) -> Any:
        return OPERATORS["function"](function, operands[::-1] if swapped else operands, {})

    return call


for _name in ("add", "sub", "mul", "truediv", "floordiv", "mod", "pow", "matmul"):
    setattr(SymbolicTensor, f"__{_name}__", _method(getattr(operator, _name)))
    setattr(SymbolicTensor, f"__r{_name}__", _method(getattr(operator, _name), swapped=True))
for _name in ("getitem", "lt", "le", "gt", "ge", "neg", "abs"):
    setattr(SymbolicTensor, f"__{_name}__", _method(getattr(operator, _name)))


class Call:
    """One call of a layer, and the tensors that it reads: none for the input of a model."""

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
