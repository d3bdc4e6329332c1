"""A file as its authors published it, and whether what came is that file."""

from dataclasses import dataclass
from pathlib import Path

from minicnn.errors import FileFormatError


@dataclass(frozen=True)
class PublishedFile:
    """What is known of a published file before it is opened.

    Parameters
    ----------
    name : str
        Its name, the same on every mirror and on disk.
    size : int
        Its length in bytes.
    sha256 : str
        The SHA-256 of its content, 64 hexadecimal digits.

    Examples
    --------
    >>> file = PublishedFile("empty.gz", 0, "e3b0c44298fc1c149afbf4c8996fb924"
    ...                                     "27ae41e4649b934ca495991b7852b855")
    >>> file.fault(b"") is None
    True
    >>> file.fault(b"!")
    'it is longer than the 0 bytes that were published'
    """

    name: str
    size: int
    sha256: str

    def fault(self, content: bytes) -> str | None:
        """Say what tells `content` from the published file.

        Parameters
        ----------
        content : bytes

        Returns
        -------
        str or None
            Half a sentence about "it"; None if the content is right to the last bit.
        """
        import hashlib

        if len(content) < self.size:
            return f"it is cut: {len(content):,} of {self.size:,} bytes"
        if len(content) > self.size:
            return f"it is longer than the {self.size:,} bytes that were published"
        digest = hashlib.sha256(content).hexdigest()
        if digest != self.sha256:
            return f"its content was changed: SHA-256 {digest}, expected {self.sha256}"
        return None

    def read(self, path: Path) -> bytes:
        """Read the file from disk, and vouch for its content.

        Parameters
        ----------
        path : pathlib.Path

        Returns
        -------
        bytes
            Exactly what was published.

        Raises
        ------
        FileFormatError
            If anything else stands in the file.
        OSError
            If it cannot be read.
        """
        with path.open("rb") as handle:
            content = handle.read(self.size + 1)  # one more is enough to see that it is too long
        fault = self.fault(content)
        if fault is not None:
            raise FileFormatError(
                f"{path} is not the file that was published: {fault}. "
                "Put the published one in its place."
            )
        return content
