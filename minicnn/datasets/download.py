"""Fetch a published file from the first mirror that sends it right."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING

from minicnn.datasets.published import PublishedFile
from minicnn.errors import DataError

if TYPE_CHECKING:
    from rich.progress import Progress

SILENCE = 20.0
"""Seconds without a byte after which a mirror is given up."""

DEADLINE = 600.0
"""Seconds that one mirror may take for one file, however steadily it trickles."""

CHUNK = 1 << 16


def download(file: PublishedFile, mirrors: Sequence[str]) -> bytes:
    """Fetch a file, from one mirror after the other until its content is right."""
    from http.client import HTTPException

    failures = []
    for mirror in mirrors:
        try:
            content = _fetch(mirror + file.name, file)
        except (OSError, HTTPException, ValueError) as error:
            failures.append(f"{mirror}: {_reason(error)}")
            continue
        fault = file.fault(content)
        if fault is None:
            return content
        failures.append(f"{mirror}: what it sent is not the published file, {fault}")
    tried = "".join(f"\n  {failure}" for failure in failures)
    raise DataError(f"{file.name} could not be downloaded; tried:{tried}")


def _fetch(url: str, file: PublishedFile) -> bytes:
    """Read what `url` sends, up to one byte more than the file should have."""
    import time
    from urllib.request import Request, urlopen

    end = time.monotonic() + DEADLINE
    content = bytearray()
    request = Request(url, headers={"User-Agent": "minicnn"})
    with urlopen(request, timeout=SILENCE) as response, _progress_bar() as progress:
        task = progress.add_task(file.name, total=file.size)
        # read1 returns what is there; read would wait for a whole chunk, and miss the deadline.
        while len(content) <= file.size and (chunk := response.read1(CHUNK)):
            content += chunk
            progress.update(task, completed=len(content))
            if time.monotonic() > end:
                raise TimeoutError(f"slower than {DEADLINE:.0f} s")
    return bytes(content)


def _progress_bar() -> Progress:
    """Return the bar: on the error stream, drawn live in a terminal, one line in a log."""
    from rich.console import Console
    from rich.progress import (
        BarColumn,
        DownloadColumn,
        Progress,
        TextColumn,
        TimeRemainingColumn,
        TransferSpeedColumn,
    )

    return Progress(
        TextColumn("{task.description}"),
        BarColumn(),
        DownloadColumn(),
        TransferSpeedColumn(),
        TimeRemainingColumn(),
        console=Console(stderr=True),
    )


def _reason(error: Exception) -> str:
    """Say why a mirror failed, in a few words."""
    from urllib.error import HTTPError, URLError

    if isinstance(error, HTTPError):
        return f"it answers {error.code} {error.reason}"
    cause = error.reason if isinstance(error, URLError) else error
    if isinstance(cause, TimeoutError) and str(cause) in ("timed out", ""):
        return f"no answer for {SILENCE:g} s"
    return str(cause) or type(cause).__name__
