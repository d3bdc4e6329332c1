"""The shape that a model takes, as the first item of its list of layers."""

from collections.abc import Sequence
from typing import Any

from numpy import ndarray

from minicnn.layers.arguments import Shape, example_shape
from minicnn.layers.description import Elementwise
from minicnn.layers.layer import Gradients, Layer


class InputLayer(Layer):
    """Tells a model the shape of its input; passes everything as it is.

    Parameters
    ----------
    shape : tuple, optional
        Of one example, without the batch axis; None for a size that may vary.
    batch_size : int, optional
        Only written down: batches of any size are taken.
    dtype : "float32" or "float64"
    name : str, optional
    batch_shape : tuple, optional
        `shape` with the batch axis before it, as Keras' files have it.

    Raises
    ------
    ValueError
        If no shape is given.

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
        if shape is None and batch_shape is None:
            shape = options.pop("input_shape", None)
        if shape is None and batch_shape is not None:
            batch_size, *shape = batch_shape
        sizes = example_shape("Input", "shape", shape)
        super().__init__(name=name, dtype=dtype, input_shape=sizes, **options)
        self.batch_shape: Shape = (batch_size, *sizes)

    def forward(self, x: ndarray, training: bool = False) -> tuple[ndarray, None]:
        """Pass the input on."""
        return x, None

    def backward(self, dy: ndarray, cache: None) -> tuple[ndarray, Gradients]:
        """Pass the gradient on."""
        return dy, {}

    def elementwise(self, input_shape: Shape, training: bool = False) -> Elementwise:
        """Return the identity."""
        return Elementwise()

    def get_config(self) -> dict[str, Any]:
        """Return the arguments that make an equal layer."""
        return {"batch_shape": self.batch_shape, "dtype": self.dtype, "name": self.name}


def Input(  # noqa: N802 (Keras' name)
    shape: Sequence[int | None] | None = None,
    batch_size: int | None = None,
    dtype: Any = "float32",
    name: str | None = None,
    batch_shape: Sequence[int | None] | None = None,
) -> InputLayer:
    """Return the shape that a model takes, for the first place in its list of layers.

    Parameters
    ----------
    shape, batch_size, dtype, name, batch_shape
        As in `InputLayer`.

    Returns
    -------
    InputLayer

    Examples
    --------
    >>> Input((28, 28, 1)).batch_shape
    (None, 28, 28, 1)
    """
    return InputLayer(shape, batch_size, dtype, name, batch_shape)
