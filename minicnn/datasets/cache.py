"""Where the files of data sets live on this machine."""

import os
import sys
from pathlib import Path


def own_folder(data_set: str) -> Path | None:
    """Return the user's own folder of a data set: the one under ``MINICNN_DATA``.

    Parameters
    ----------
    data_set : str
        Name of the data set and of its folder: ``"mnist"``.

    Returns
    -------
    pathlib.Path or None
        None if ``MINICNN_DATA`` is not set or holds no such folder.

    Examples
    --------
    >>> own_folder("a data set that nobody has") is None
    True
    """
    root = os.environ.get("MINICNN_DATA")
    if not root:
        return None
    folder = Path(root).expanduser() / data_set
    return folder if folder.is_dir() else None


def cache_folder(data_set: str) -> Path:
    r"""Return the folder that keeps what was downloaded, a place of the user's own.

    On Linux ``$XDG_CACHE_HOME/minicnn`` or ``~/.cache/minicnn``, on macOS
    ``~/Library/Caches/minicnn``, on Windows ``%LOCALAPPDATA%\minicnn``; in it a folder a data set.

    Parameters
    ----------
    data_set : str

    Returns
    -------
    pathlib.Path
        The folder need not be there yet.

    Examples
    --------
    >>> cache_folder("mnist").name
    'mnist'
    """
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
    """Write a file so that nobody ever sees half of it.

    It is written under a name of its own beside the goal, brought to disk, then renamed: several
    processes may store the same file at once, and a crash leaves the old file, the new one or none.

    Parameters
    ----------
    content : bytes
    goal : pathlib.Path
        Its folder is made if it is not there.

    Raises
    ------
    OSError
        If the folder cannot be written to. Nothing is left behind.
    """
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
