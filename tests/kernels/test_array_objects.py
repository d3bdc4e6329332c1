"""What compiled code reads of arrays, against what Python says of them."""

import pickle

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

pytest.importorskip("numba")

from minicnn.kernels.runtime import array_objects
from minicnn.kernels.runtime.array_objects import PLAIN_FLOAT32
from minicnn.kernels.runtime.jit import kernel as compiled


@compiled
def _read(array, wanted):
    if not array_objects.is_plain(array, wanted):
        return False, 0, 0
    return True, array_objects.data_address(array), array_objects.count_numbers(array)


def read(array):
    return _read(id(array), PLAIN_FLOAT32)


@given(st.lists(st.integers(0, 9), max_size=5).map(tuple))
def test_plain_arrays_of_any_shape(shape):
    array = np.empty(shape, np.float32)
    assert read(array) == (True, array.ctypes.data, array.size)


def test_a_view_begins_in_the_middle():
    array = np.empty((4, 5, 6), np.float32)[1:3]
    assert read(array) == (True, array.ctypes.data, 60)


def test_a_dtype_that_is_equal_but_not_the_same():
    array = pickle.loads(pickle.dumps(np.ones((3, 4), np.float32)))
    assert array.dtype is not np.dtype(np.float32)
    assert read(array) == (True, array.ctypes.data, 12)


class Own(np.ndarray):
    """An array, but not NumPy's own kind."""


READ_ONLY = np.ones(3, np.float32)
READ_ONLY.flags.writeable = False


@pytest.mark.parametrize(
    "other",
    [
        np.empty((2, 3)),
        np.empty((2, 3), np.int32),
        np.empty((2, 3), np.float16),
        np.empty((2, 3), np.complex64),
        np.empty((2, 3), [("a", "f4")]),
        np.empty((2, 3), object),
        np.empty((2, 3), ">f4"),
        np.empty((2, 3), np.float32).T,
        np.empty((2, 6), np.float32)[:, ::2],
        np.empty(13, np.uint8)[1:].view(np.float32),  # not aligned
        np.broadcast_to(np.float32(1), (2, 3)),
        READ_ONLY,
        np.empty(3, np.float32).view(Own),
        np.float32(1),
        [1.0, 2.0],
        None,
    ],
    ids=lambda other: f"{type(other).__name__} {getattr(other, 'dtype', '')}",
)
def test_anything_else_is_not_plain(other):
    assert read(other) == (False, 0, 0)
