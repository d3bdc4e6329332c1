"""Text of any length in an HDF5 attribute, read from the file's bytes.

Keras' names and configs are strings of variable length. They are stored in *global heaps*; for each
string the attribute holds a length, the heap's address and an index. libhdf5 trusts the length before
it looks into the heap: four damaged bytes cost 4 GB and 20 seconds. A heap with unused space keeps it
busy for ever. So these few structures are read here, and every number in them is checked.

Source: "HDF5 File Format Specification Version 3.0", sections III.E (global heap), IV.A.1.a (object
header, version 1) and IV.A.2.m (attribute message). All that h5py writes by default has that version.
"""

from collections.abc import Iterator
from struct import Struct
from typing import BinaryIO

CONTINUATION, ATTRIBUTE = 0x10, 0x0C  # types of messages in an object's header
VARIABLE_LENGTH, STRING = 9, 1  # class of a datatype, and its type within the class
MAX_BLOCKS = 1_000  # of one object's header
HEAP = b"GCOL"

# Of several numbers each, little-endian; x is a byte of no interest
OBJECT = Struct("<B7xI4x")  # version, size of the first block of messages
MESSAGE = Struct("<HHB3x")  # type, size, flags
BLOCK = Struct("<QQ")  # address, size
PARTS = Struct("<BxHHH")  # version of an attribute, sizes of its name, datatype and dataspace
REFERENCE = Struct("<IQI")  # length of a text, address of its heap, index in the heap
HEAP_HEAD = Struct("<4s4xQ")  # signature, size
ENTRY = Struct("<H6xQ")  # index, size


class HeapTexts:
    """Read the texts of variable length in one file's attributes."""

    def __init__(self, file: BinaryIO) -> None:
        self._file = file
        self._size = file.seek(0, 2)
        self._heaps: dict[int, dict[int, tuple[int, int]]] = {}
        self._walked = 0

    def read(self, header: int, name: str, count: int) -> list[bytes]:
        """Return the texts of an attribute."""
        data = self._attribute(header, name.encode())[: count * REFERENCE.size]
        if len(data) < count * REFERENCE.size:
            raise ValueError(f"the attribute {name} is cut off")
        found = [self._resolve(*reference) for reference in REFERENCE.iter_unpack(data)]
        if sum(length for _, length in found) > self._size:
            raise ValueError(f"the attribute {name} has more text than there is in the file")
        return [self._bytes(*item) for item in found]

    def _attribute(self, header: int, name: bytes) -> bytes:
        """Return the references that an attribute holds."""
        for found, datatype, data in map(_attribute_parts, self._attributes(header)):
            if found == name:
                if (datatype[0] & 15, datatype[1] & 15) != (VARIABLE_LENGTH, STRING):
                    raise ValueError(f"the attribute {name.decode()} is not text")
                return data
        raise ValueError(f"the attribute {name.decode()} is not where h5py writes it")

    def _attributes(self, header: int) -> Iterator[bytes]:
        """Yield the attributes among the messages of an object's header."""
        version, size = OBJECT.unpack(self._bytes(header, OBJECT.size))
        if version != 1:
            raise ValueError("an object has another header than h5py writes")
        blocks, seen = [(header + OBJECT.size, size)], 0
        while blocks and seen < MAX_BLOCKS:
            block = self._bytes(*blocks.pop(0))
            seen, start = seen + 1, 0
            while start + MESSAGE.size <= len(block):
                message_type, size, flags = MESSAGE.unpack_from(block, start)
                start += MESSAGE.size
                if message_type == CONTINUATION:
                    blocks.append(BLOCK.unpack_from(block, start))
                elif message_type == ATTRIBUTE and not flags & 2:  # 2: it is stored elsewhere
                    yield block[start : start + size]
                start += size

    def _resolve(self, length: int, address: int, index: int) -> tuple[int, int]:
        """Return the address and length of the text that a reference points to."""
        if not length:
            return 0, 0
        start, size = self._heap(address).get(index, (0, -1))
        if length > size:
            raise ValueError(f"a text of {length:,} bytes is not in its heap")
        return start, length

    def _heap(self, address: int) -> dict[int, tuple[int, int]]:
        """Return address and size of every entry of a heap, by its index."""
        if address in self._heaps:
            return self._heaps[address]
        signature, total = HEAP_HEAD.unpack(self._bytes(address, HEAP_HEAD.size))
        end = address + total
        self._walked += total
        if signature != HEAP or end > self._size or self._walked > 2 * self._size:
            raise ValueError(f"there is no heap of text at byte {address}")
        found, start = {}, address + HEAP_HEAD.size
        while start + ENTRY.size <= end:
            index, size = ENTRY.unpack(self._bytes(start, ENTRY.size))
            if index == 0:  # the unused rest
                break
            start += ENTRY.size
            if start + size > end:
                raise ValueError(f"the heap of text at byte {address} is damaged")
            found[index] = start, size
            start += -(-size // 8) * 8
        self._heaps[address] = found
        return found

    def _bytes(self, address: int, length: int) -> bytes:
        if address + length > self._size:
            raise ValueError(f"{length:,} bytes at byte {address:,} are beyond the file's end")
        self._file.seek(address)
        return self._file.read(length)


def _attribute_parts(message: bytes) -> tuple[bytes, bytes, bytes]:
    """Return name, datatype and data of an attribute message."""
    version, *sizes = PARTS.unpack_from(message)
    if version == 1:  # padded to whole words
        sizes = [-(-size // 8) * 8 for size in sizes]
    name = 9 if version == 3 else 8  # where each part starts
    datatype = name + sizes[0]
    data = datatype + sizes[1] + sizes[2]
    if version not in (1, 2, 3) or sizes[1] < 8 or len(message) < data:
        raise ValueError("an attribute is damaged")
    return message[name:datatype].split(b"\0")[0], message[datatype:data], message[data:]
