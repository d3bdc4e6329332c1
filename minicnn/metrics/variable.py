"""Arrays in which a custom metric accumulates."""

from typing import Any

import numpy as np
from numpy import ndarray


class Variable(ndarray):
    """An array with the methods of Keras' variables; what is computed from it is a plain array.

    >>> total = Variable((), np.float64)
    >>> total.assign(0.0).assign_add(2.5)
    Variable(2.5)
    >>> float(total / 2)
    1.25
    """

    def assign(self, value: Any) -> "Variable":
        """Replace the values."""
        self[...] = value
        return self

    def assign_add(self, value: Any) -> "Variable":
        """Add to the values."""
        return self.assign(np.asarray(self) + np.asarray(value))

    def assign_sub(self, value: Any) -> "Variable":
        """Subtract from the values."""
        return self.assign(np.asarray(self) - np.asarray(value))

    def numpy(self) -> Any:
        """Return a copy of the values as a plain array, or as a NumPy scalar if there are no axes."""
        return np.array(self)[()]

    def __array_wrap__(
        self, array: ndarray, context: Any = None, return_scalar: bool = False
    ) -> Any:
        return self if array is self else np.asarray(array)[()]
