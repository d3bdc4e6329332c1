"""NumPy arrays that look like eager tensors of TensorFlow."""

from typing import Any

import numpy as np

from minicnn.tensors import Tensor


class EagerTensor(Tensor):
    """A NumPy array with the methods and the representation of TensorFlow's tensors.

    >>> as_tensor([1, 2]).numpy().tolist()
    [1, 2]
    """

    def numpy(self) -> Any:
        """Return the values as a plain array, or as a NumPy scalar if there are no axes."""
        return np.asarray(self)[()]

    def get_shape(self) -> tuple[int, ...]:
        """Return the shape."""
        return self.shape

    def __repr__(self) -> str:
        values = repr(np.asarray(self)[()] if self.ndim else np.asarray(self)[()].item())
        return f"<tf.Tensor: shape={self.shape}, dtype={self.dtype}, numpy={values}>"


def as_tensor(value: Any, dtype: Any = None) -> EagerTensor:
    """Return an array as a tensor; Python's numbers become float32 and int32, as in TensorFlow."""
    array = np.asarray(value, dtype)
    if dtype is None and not isinstance(value, (np.ndarray, np.generic)):
        smaller = {"float64": np.float32, "int64": np.int32}.get(array.dtype.name)
        array = array if smaller is None else array.astype(smaller)
    return array.view(EagerTensor)
