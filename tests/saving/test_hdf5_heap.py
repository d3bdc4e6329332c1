"""Text in global heaps, as it is laid out byte by byte in the HDF5 specification."""

import io

import pytest

from minicnn.saving.hdf5_heap import HeapTexts

REFERENCES = 200


class CountedFile(io.BytesIO):
    reads = 0

    def read(self, size=-1):
        self.reads += 1
        return super().read(size)


def number(value, size):
    return value.to_bytes(size, "little")


def header(references):
    """An object's header, version 1, with one attribute "a": an array of texts."""
    datatype = bytes([0x19, 0x01, 0, 0]) + number(16, 4)  # of variable length, a string
    name, space = b"a".ljust(8, b"\0"), b"\0" * 8
    attribute = b"\1\0" + number(2, 2) + number(8, 2) + number(8, 2) + name + datatype + space
    message = attribute + references
    block = number(0x0C, 2) + number(len(message), 2) + bytes(4) + message
    return b"\1\0" + number(1, 2) + number(1, 4) + number(len(block), 4) + bytes(4) + block


def heap(size):
    return b"GCOL" + bytes([1, 0, 0, 0]) + number(size, 8)


def entry(index, size):
    return number(index, 2) + bytes(6) + number(size, 8)


def file_of(addresses, heaps):
    """A file whose header refers to entry 1 of the heaps at these addresses, of one byte each."""
    start = len(header(bytes(16 * len(addresses))))
    references = b"".join(number(1, 4) + number(start + at, 8) + number(1, 4) for at in addresses)
    return CountedFile(header(references) + heaps)


def test_a_text_is_found_in_its_heap():
    file = file_of([0, 0], heap(48) + entry(1, 1) + b"x".ljust(8, b"\0") + bytes(8))
    assert HeapTexts(file).read(0, "a", 2) == [b"x", b"x"]


def test_texts_of_many_heaps():
    heaps = [heap(40) + entry(1, 1) + bytes([65 + i]).ljust(8, b"\0") for i in range(26)]
    file = file_of([40 * i for i in range(26)], b"".join(heaps))
    assert b"".join(HeapTexts(file).read(0, "a", 26)) == b"ABCDEFGHIJKLMNOPQRSTUVWXYZ"


def test_an_empty_text_is_in_no_heap():
    assert HeapTexts(CountedFile(header(bytes(16)) + b"x" * 50)).read(0, "a", 1) == [b""]


@pytest.mark.parametrize("size", [17, 1000])
def test_an_entry_longer_than_its_heap_is_damage(size):
    heaps = heap(48) + entry(1, size) + bytes(size)
    with pytest.raises(ValueError, match=r"heap of text at byte .* is damaged"):
        HeapTexts(file_of([0], heaps)).read(0, "a", 1)


def test_a_text_longer_than_its_entry_is_damage():
    file = file_of([0], heap(56) + entry(1, 0) + entry(2, 1) + bytes(8))
    with pytest.raises(ValueError, match="a text of 1 bytes is not in its heap"):
        HeapTexts(file).read(0, "a", 1)


def test_heaps_that_share_their_bytes_are_not_walked_for_ever():
    """Each of many heaps reaches over the same long tail: a small file would cost hours."""
    tail = entry(2, 0) * 2000 + entry(1, 8) + b"x" * 8
    pairs = b""
    length = 32 * REFERENCES + len(tail)
    for index in range(REFERENCES):  # the heap's first entry leads past the others to the tail
        at = 32 * index
        pairs += heap(length - at) + entry(3, 32 * (REFERENCES - index - 1))
    file = file_of([32 * index for index in range(REFERENCES)], pairs + tail)
    with pytest.raises(ValueError, match="no heap of text"):
        HeapTexts(file).read(0, "a", REFERENCES)
    assert file.reads < 5 * 2000
