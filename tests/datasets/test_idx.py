import gzip
import io
import tracemalloc

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from hypothesis.extra.numpy import array_shapes, arrays

from minicnn.datasets.idx import parse
from minicnn.errors import FileFormatError


def idx(*lengths, values=b"", kind=8, zeros=b"\0\0", axes=None):
    """Write an IDX file by hand, right or wrong."""
    header = zeros + bytes([kind, len(lengths) if axes is None else axes])
    return header + b"".join(n.to_bytes(4, "big") for n in lengths) + values


@given(arrays(np.uint8, array_shapes(min_dims=1, max_dims=4, max_side=5)))
def test_what_was_written_is_read(array):
    read = parse(gzip.compress(idx(*array.shape, values=array.tobytes())), "a.gz")
    assert read.dtype == np.uint8
    assert read.flags.writeable
    np.testing.assert_array_equal(read, array)


def test_last_axis_is_fastest():
    read = parse(gzip.compress(idx(2, 3, values=b"abcdef")), "a.gz")
    assert read.tolist() == [[97, 98, 99], [100, 101, 102]]


@pytest.mark.parametrize(
    ("content", "complaint"),
    [
        (b"", "at byte 0 stands nothing"),
        (b"\0\0\x08", "at byte 0 stands 00 00 08"),
        (idx(3, values=b"abc", zeros=b"\1\0"), "at byte 0 stands 01 00 08 01"),
        (idx(3, values=b"abc", kind=0x0D), "at byte 2 its type is 0x0d, expected 0x08"),
        (idx(axes=0), "at byte 3 it declares 0 axes, expected 1 to 4"),
        (idx(*[1] * 255, values=b"a"), "at byte 3 it declares 255 axes"),
        (idx(3, axes=3), "it ends at byte 8"),
        (idx(3, 0), r"shape \(3, 0\), which holds nothing"),
        (idx(3, values=b"ab"), r"declares 3 values, \(3,\), but holds 2"),
        (idx(3, values=b"abcd"), "more follows after the 3 values"),
        (idx(2**32 - 1, 2**32 - 1, 2**32 - 1, values=b"ab"), "can't hold the"),
    ],
)
def test_wrong_idx_is_named(content, complaint):
    with pytest.raises(FileFormatError, match=f"^some.gz is not a whole IDX file.*{complaint}"):
        parse(gzip.compress(content), "some.gz")


@pytest.mark.parametrize(
    "content",
    [b"", b"\x1f", b"<html>", gzip.compress(idx(1, values=b"a"), mtime=0)[:-1]],
    ids=["empty", "one byte", "a page", "cut"],
)
def test_wrong_gzip_is_named(content):
    with pytest.raises(FileFormatError, match=r"^some\.gz is not a whole"):
        parse(content, "some.gz")


RIGHT = np.random.default_rng(0).integers(0, 256, (7, 5, 3)).astype(np.uint8)
RAW = idx(*RIGHT.shape, values=RIGHT.tobytes())
PACKED = gzip.compress(RAW, mtime=0)


@st.composite
def damaged(draw, content):
    """Cut, flip, zero or replace a part of the content, or put junk into it."""
    start = draw(st.integers(0, len(content) - 1))
    end = draw(st.integers(start, min(start + 16, len(content))))
    how = draw(st.sampled_from(["cut", "flip", "zero", "junk", "drop"]))
    if how == "cut":
        return content[:start]
    if how == "flip":
        flipped = content[start] ^ draw(st.integers(1, 255))
        return content[:start] + bytes([flipped]) + content[start + 1 :]
    middle = {"zero": bytes(end - start), "drop": b""}.get(how)
    return content[:start] + (draw(st.binary()) if middle is None else middle) + content[end:]


@given(damaged(PACKED))
def test_a_damaged_file_is_refused_or_harmless(content):
    try:
        read = parse(content, "some.gz")
    except FileFormatError:
        return
    # Damage to a name or a date in gzip's header, or none at all.
    np.testing.assert_array_equal(read, RIGHT)


@given(damaged(RAW))
def test_a_damaged_array_is_refused_or_what_it_says(raw):
    try:
        read = parse(gzip.compress(raw), "some.gz")
    except FileFormatError:
        return
    assert idx(*read.shape, values=read.tobytes()) == raw


@given(st.binary(max_size=200))
def test_junk_is_refused(junk):
    with pytest.raises(FileFormatError):
        parse(junk, "some.gz")


def peak_of_refusing(content):
    tracemalloc.start()
    try:
        with pytest.raises(FileFormatError):
            parse(content, "some.gz")
        return tracemalloc.get_traced_memory()[1]
    finally:
        tracemalloc.stop()


def test_a_bomb_is_not_unpacked():
    packed = io.BytesIO()
    with gzip.GzipFile(fileobj=packed, mode="wb") as stream:
        stream.write(idx(10))
        for _ in range(100):
            stream.write(bytes(1_000_000))
    assert peak_of_refusing(packed.getvalue()) < 2_000_000


def test_a_false_size_takes_no_memory():
    assert peak_of_refusing(gzip.compress(idx(2**31, values=bytes(1000)))) < 1_000_000
