import gzip

import numpy as np
from hypothesis import given
from hypothesis.extra.numpy import array_shapes, arrays

from minicnn.datasets.idx import parse


def idx(*lengths, values):
    """Write an IDX file by hand."""
    header = bytes([0, 0, 8, len(lengths)])
    return header + b"".join(n.to_bytes(4, "big") for n in lengths) + values


@given(arrays(np.uint8, array_shapes(min_dims=1, max_dims=4, max_side=5)))
def test_what_was_written_is_read(array):
    read = parse(gzip.compress(idx(*array.shape, values=array.tobytes())))
    assert read.dtype == np.uint8
    assert read.flags.writeable
    np.testing.assert_array_equal(read, array)


def test_last_axis_is_fastest():
    read = parse(gzip.compress(idx(2, 3, values=b"abcdef")))
    assert read.tolist() == [[97, 98, 99], [100, 101, 102]]
