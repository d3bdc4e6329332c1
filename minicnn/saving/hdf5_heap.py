"""Text of any length in an HDF5 attribute, read from the file's bytes.

Keras' names and configs are strings of variable length. They are stored in *global heaps*; for each
string the attribute holds a length, the heap's address and an index. libhdf5 trusts the length before
it looks into the heap: four damaged bytes cost 4 GB and 20 seconds. A heap with unused space keeps it
busy for ever. So these few structures are read here, and every number in them is checked.

Source: "HDF5 File Format Specification Version 3.0", sections III.E (global heap), IV.A.1.a (object
header, version 1) and IV.A.2.m (attribute message). All that h5py writes by default has that version.
"""

from collections.abc import Iterator
from typing import BinaryIO

CONTINUATION, ATTRIBUTE = 0x10, 0x0C  # types of messages in an object's header
VARIABLE_LENGTH, STRING = 9, 1  # class of a datatype, and its type within the class
MAX_BLOCKS = 1_000  # of one object's header
HEAP = b"GCOL"
REFERENCE = 16  # bytes: length (4), address of the heap (8), index in it (4)


class HeapTexts:
    """Read the texts of variable length in one file's attributes."""

    def __init__(self, file: BinaryIO) -> None:
        self._file = file
        self._size = file.seek(0, 2)
        self._heaps: dict[int, dict[int, tuple[int, int]]] = {}
        self._walked = 0

    def read(self, header: int, name: str, count: int) -> list[bytes]:
        """Return the texts of an attribute."""
        data = self._attribute(header, name.encode())[: count * REFERENCE]
        if len(data) < count * REFERENCE:
            raise ValueError(f"the attribute {name} is cut off")
        found = [
            self._resolve(data[start : start + REFERENCE])
            for start in range(0, len(data), REFERENCE)
        ]
        if sum(length for _, length in found) > self._size:
            raise ValueError(f"the attribute {name} has more text than there is in the file")
        return [self._bytes(*item) for item in found]

    def _attribute(self, header: int, name: bytes) -> bytes:
        """Return the references that an attribute holds."""
        for message_type, flags, message in self._messages(header):
            if message_type == ATTRIBUTE and not flags & 2:  # 2: it is shared, stored elsewhere
                found, datatype, data = _attribute_parts(message)
                if found == name:
                    if (datatype[0] & 15, datatype[1] & 15) != (VARIABLE_LENGTH, STRING):
                        raise ValueError(f"the attribute {name.decode()} is not text")
                    return data
        raise ValueError(f"the attribute {name.decode()} is not where h5py writes it")

    def _messages(self, header: int) -> Iterator[tuple[int, int, bytes]]:
        """Yield type, flags and content of all messages in an object's header."""
        prefix = self._bytes(header, 16)
        if prefix[0] != 1:
            raise ValueError("an object has another header than h5py writes")
        blocks, seen = [(header + 16, _number(prefix[8:12]))], 0
        while blocks and seen < MAX_BLOCKS:
            block = self._bytes(*blocks.pop(0))
            seen, start = seen + 1, 0
            while start + 8 <= len(block):
                message_type = _number(block[start : start + 2])
                size = _number(block[start + 2 : start + 4])
                message = block[start + 8 : start + 8 + size]
                if message_type == CONTINUATION:
                    blocks.append((_number(message[:8]), _number(message[8:16])))
                yield message_type, block[start + 4], message
                start += 8 + size

    def _resolve(self, reference: bytes) -> tuple[int, int]:
        """Return the address and length of the text that a reference points to."""
        length = _number(reference[:4])
        address, index = _number(reference[4:12]), _number(reference[12:])
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
        head = self._bytes(address, 16)
        end = address + _number(head[8:16])
        self._walked += end - address
        if head[:4] != HEAP or end > self._size or self._walked > 2 * self._size:
            raise ValueError(f"there is no heap of text at byte {address}")
        found, start = {}, address + 16
        while start + 16 <= end:
            entry = self._bytes(start, 16)
            index, size = _number(entry[:2]), _number(entry[8:16])
            if index == 0:  # the unused rest
                break
            if start + 16 + size > end:
                raise ValueError(f"the heap of text at byte {address} is damaged")
            found[index] = start + 16, size
            start += 16 + -(-size // 8) * 8
        self._heaps[address] = found
        return found

    def _bytes(self, address: int, length: int) -> bytes:
        if address + length > self._size:
            raise ValueError(f"{length:,} bytes at byte {address:,} are beyond the file's end")
        self._file.seek(address)
        return self._file.read(length)


def _attribute_parts(message: bytes) -> tuple[bytes, bytes, bytes]:
    """Return name, datatype and data of an attribute message."""
    version = message[0] if message else 0
    if version not in (1, 2, 3) or len(message) < 9:
        raise ValueError("an attribute is damaged")
    sizes = [_number(message[start : start + 2]) for start in (2, 4, 6)]
    if version == 1:  # padded to whole words
        sizes = [-(-size // 8) * 8 for size in sizes]
    start, parts = (9 if version == 3 else 8), []
    for size in sizes:  # of name, datatype and dataspace
        parts.append(message[start : start + size])
        start += size
    if len(parts[1]) < 8:
        raise ValueError("an attribute is damaged")
    return parts[0].split(b"\0")[0], parts[1], message[start:]


def _number(content: bytes) -> int:
    return int.from_bytes(content, "little")
