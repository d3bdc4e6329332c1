"""Download a published file from the first mirror that sends it unchanged."""

from collections.abc import Callable, Sequence
from io import BytesIO
from threading import Thread
from typing import TYPE_CHECKING, Any

from minicnn.errors import DataError

if TYPE_CHECKING:
    from minicnn.datasets.published import PublishedFile

READ_TIMEOUT = 20.0
"""Seconds without a byte after which a mirror is given up."""

DEADLINE = 600.0
"""Seconds that one mirror may take for one file, even if it keeps sending."""


def download(file: "PublishedFile", mirrors: Sequence[str]) -> bytes:
    """Fetch a file, trying one mirror after the other until its content is right."""
    failures = []
    for mirror in mirrors:
        try:
            content = _fetch(mirror + file.name, file)
        except (OSError, ValueError) as error:
            failures.append(f"{mirror}: {reason(error)}")
            continue
        fault = file.fault(content)
        if fault is None:
            return content
        failures.append(f"{mirror}: it did not send the published file, {fault}")
    tried = "".join(f"\n  {failure}" for failure in failures)
    raise DataError(f"{file.name} could not be downloaded; tried:{tried}")


def _fetch(url: str, file: "PublishedFile") -> bytes:
    """Return what `url` sends."""
    from pooch import HTTPDownloader
    from rich.console import Console
    from rich.progress import DownloadColumn, Progress, TimeRemainingColumn, TransferSpeedColumn

    failures: list[Exception] = []
    responses: list[Any] = []
    downloader = HTTPDownloader(
        timeout=READ_TIMEOUT,
        # .gz files must arrive as they are: requests would unpack what a server calls "encoded".
        headers={"Accept-Encoding": "identity"},
        hooks={"response": lambda response, **_: responses.append(response)},
    )

    def run() -> None:
        try:
            downloader(url, received, None)
        except Exception as error:
            failures.append(error)
        finally:
            for response in responses:  # pooch leaves the connection of a failure open
                response.close()

    columns = *Progress.get_default_columns()[:2], DownloadColumn(), TransferSpeedColumn()
    bar = Progress(*columns, TimeRemainingColumn(), console=Console(stderr=True))
    task = bar.add_task(file.name, total=file.size)
    # Closing it ends a thread that still runs, at its next byte.
    with _Received(file.size, lambda count: bar.update(task, completed=count)) as received, bar:
        # A thread, as no timeout of requests bounds headers that trickle in.
        thread = Thread(target=run, daemon=True)
        thread.start()
        thread.join(DEADLINE)
        if thread.is_alive():
            raise TimeoutError(f"slower than {DEADLINE:g} s")
        if failures:
            raise failures[0]
        return received.getvalue()


class _Received(BytesIO):
    """The file that pooch writes to: in memory, and never larger than what was published."""

    def __init__(self, limit: int, on_progress: Callable[[int], None]) -> None:
        super().__init__()
        self._limit, self._on_progress = limit, on_progress

    def write(self, chunk: Any) -> int:
        if self.tell() + len(chunk) > self._limit:
            raise ValueError(f"it is longer than the {self._limit:,} bytes that were published")
        written = super().write(chunk)
        self._on_progress(self.tell())
        return written


def reason(error: Exception) -> str:
    """Say why a mirror failed, in a few words."""
    response = getattr(error, "response", None)
    if response is not None:
        return f"it answers {response.status_code} {response.reason}"
    cause: BaseException = error
    while cause.__context__ is not None:  # requests wraps what the system said several times
        cause = cause.__context__
    if isinstance(cause, TimeoutError) and str(cause) in ("timed out", ""):
        return f"no answer for {READ_TIMEOUT:g} s"
    return str(cause) or type(cause).__name__
