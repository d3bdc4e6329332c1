"""The input of a model: its shape and data type."""

from collections.abc import Sequence
from typing import Any

from numpy import ndarray

from minicnn.checks import integer
from minicnn.layers.description import Elementwise
from minicnn.layers.layer import Gradients, Layer
from minicnn.layers.shapes import Shape, example_shape
from minicnn.layers.symbolic import Call, SymbolicTensor


class InputLayer(Layer):
    """Declare the shape of a model's input; pass the input unchanged.

    Parameters
    ----------
    shape : tuple, optional
        Shape of one example, without the batch axis; None for a size that may vary.
    batch_size : int, optional
        Only stored: batches of any size are accepted.
    dtype : "float32" or "float64"
    name : str, optional
    batch_shape : tuple, optional
        `shape` with the batch axis in front, as in files of Keras.

    Raises
    ------
    ValueError
        If both `shape` and `batch_shape` are passed, or neither.

    Examples
    --------
    >>> InputLayer((28, 28, 1)).batch_shape
    (None, 28, 28, 1)
    """

    family = "elementwise"

    def __init__(
        self,
        shape: Sequence[int | None] | None = None,
        batch_size: int | None = None,
        dtype: Any = "float32",
        name: str | None = None,
        batch_shape: Sequence[int | None] | None = None,
        **options: Any,
    ) -> None:
        if shape is not None and batch_shape is not None:
            raise ValueError("Input takes shape and batch_shape, but only one of them.")
        if shape is None and batch_shape is None:
            shape = options.pop("input_shape", None)
        if batch_shape is not None:
            batch_size, *shape = batch_shape
        if batch_size is not None:
            batch_size = integer("Input", "batch_size", batch_size)
        sizes = example_shape("Input", "shape", shape)
        super().__init__(name=name, dtype=dtype, input_shape=sizes, **options)
        self.batch_shape: Shape = (batch_size, *sizes)

    def tensor(self) -> SymbolicTensor:
        """Return the symbolic tensor of the input."""
        self.build(self.batch_shape)
        return self._record_call(SymbolicTensor(Call(self, ()), self.batch_shape, self.dtype))

    def forward(self, x: ndarray, training: bool = False) -> tuple[ndarray, None]:
        return x, None

    def backward(self, dy: ndarray, cache: None) -> tuple[ndarray, Gradients]:
        return dy, {}

    def elementwise(self, input_shape: Shape, training: bool = False) -> Elementwise:
        return Elementwise()

    def get_config(self) -> dict[str, Any]:
        return {"batch_shape": self.batch_shape, "dtype": self.dtype, "name": self.name}


def Input(  # noqa: N802 (Keras' name)
    shape: Sequence[int | None] | None = None,
    batch_size: int | None = None,
    dtype: Any = "float32",
    name: str | None = None,
    batch_shape: Sequence[int | None] | None = None,
) -> SymbolicTensor:
    """Return the input of a model: for the start of a list of layers, or to call layers on.

    Parameters as in `InputLayer`.

    Returns
    -------
    SymbolicTensor

    Examples
    --------
    >>> Input((28, 28, 1)).shape
    (None, 28, 28, 1)
    """
    return InputLayer(shape, batch_size, dtype, name, batch_shape).tensor()
