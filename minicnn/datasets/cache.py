"""Where the files of data sets live on this machine."""

import os
import sys
from pathlib import Path


def own_folder(data_set: str) -> Path | None:
    """Return the user's own folder of a data set: the one under ``MINICNN_DATA``."""
    root = os.environ.get("MINICNN_DATA")
    if not root:
        return None
    folder = Path(root).expanduser() / data_set
    return folder if folder.is_dir() else None


def cache_folder(data_set: str) -> Path:
    r"""Return the folder that keeps what was downloaded, a place of the user's own."""
    if sys.platform == "win32":
        chosen, usual = os.environ.get("LOCALAPPDATA", ""), Path("AppData", "Local")
    elif sys.platform == "darwin":
        chosen, usual = "", Path("Library", "Caches")
    else:
        chosen, usual = os.environ.get("XDG_CACHE_HOME", ""), Path(".cache")
    # The XDG specification has relative paths ignored.
    root = Path(chosen) if os.path.isabs(chosen) else Path.home() / usual
    return root / "minicnn" / data_set


def store(content: bytes, goal: Path) -> None:
    """Write a file so that nobody ever sees half of it."""
    import tempfile

    goal.parent.mkdir(parents=True, exist_ok=True)
    number, name = tempfile.mkstemp(prefix=f".{goal.name}.", suffix=".part", dir=goal.parent)
    temporary = Path(name)
    try:
        with os.fdopen(number, "wb") as handle:
            handle.write(content)
            handle.flush()
            os.fsync(handle.fileno())
        os.replace(temporary, goal)
    finally:
        temporary.unlink(missing_ok=True)  # it is there only if something went wrong
