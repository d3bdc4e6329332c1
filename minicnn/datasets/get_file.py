"""Keras' `get_file`: download any file once."""

import os
import shutil
import tarfile
import zipfile
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

from minicnn.datasets.download import READ_TIMEOUT, reason
from minicnn.datasets.published import cache_folder
from minicnn.errors import DataError


def get_file(
    fname: str | None = None,
    origin: str | None = None,
    untar: bool = False,
    md5_hash: str | None = None,
    file_hash: str | None = None,
    cache_subdir: str = "datasets",
    hash_algorithm: str = "auto",
    extract: bool = False,
    archive_format: Any = "auto",
    cache_dir: str | os.PathLike[str] | None = None,
    force_download: bool = False,
) -> str:
    """Download a file unless it is in the cache; return its path.

    Parameters
    ----------
    fname : str, optional
        Name of the file in the cache; that in `origin` by default.
    origin : str
        Address: ``https://…``, ``http://…``, ``ftp://…`` or ``file:///…``.
    md5_hash, file_hash : str, optional
        Hash that the content must have. A cached file with another one is downloaded again.
    cache_dir, cache_subdir : str
        Folder of the cache, minicnn's own by default, and a folder in it.
    hash_algorithm : "auto", "sha256" or "md5"
        Of `file_hash`; "auto" decides by its length.
    extract, untar : bool
        Whether to extract a zip or tar archive, and to return the path of the folder: `fname`, or
        ``<fname>_extracted`` without the endings of a name that has some. No file is
        written outside of it.
    archive_format : str
        Ignored: the content decides.
    force_download : bool
        Whether to download what is in the cache too.

    Raises
    ------
    ValueError
        If there is no `origin`, or `fname` is not the name of a file.
    DataError
        If the file cannot be downloaded, its hash is another one, or it is not an archive.

    Examples
    --------
    >>> from tempfile import mkdtemp
    >>> source = Path(mkdtemp(), "notes.txt")
    >>> _ = source.write_text("7")
    >>> Path(get_file(origin=source.as_uri(), cache_dir=mkdtemp())).read_text()
    '7'
    """
    if not origin:
        raise ValueError('get_file needs an address: get_file("mnist.npz", origin="https://…").')
    name = os.fspath(fname) if fname else os.path.basename(urlsplit(origin).path)
    if name in ("", ".", "..") or name != os.path.basename(name):
        raise ValueError(
            f"get_file: fname must be the name of a file without folders, got {name!r}. Choose the "
            "folder with cache_dir or cache_subdir."
        )
    folder = Path(cache_dir).expanduser() if cache_dir else cache_folder("")
    folder = folder / cache_subdir
    known = file_hash or md5_hash
    if known is not None:
        if hash_algorithm == "auto" or file_hash is None:
            hash_algorithm = "md5" if file_hash is None or len(known) == 32 else "sha256"
        known = f"{hash_algorithm}:{known.lower()}"
    target = file = folder / name
    if extract or untar:
        has_ending = fname is not None and "." in name
        target = folder / (name.split(".")[0] + "_extracted" if has_ending else name)
        file = folder / (name if has_ending else f"{name}_archive")
    if force_download:
        file.unlink(missing_ok=True)
    _download(origin, file, known)
    if extract or untar:
        _extract(file, target)
    return str(target)


def _download(origin: str, target: Path, known: str | None) -> None:
    """Download a file with a known hash, unless it is there."""
    import pooch

    local = urlsplit(origin).scheme == "file"
    downloader = _copy if local else pooch.core.choose_downloader(origin, progressbar=False)
    if isinstance(downloader, pooch.HTTPDownloader):
        downloader = pooch.HTTPDownloader(timeout=READ_TIMEOUT)
    try:
        pooch.retrieve(origin, known, target.name, target.parent, downloader=downloader)
    except (OSError, ValueError) as error:
        raise DataError(
            f"{origin} could not be downloaded: {reason(error)}. Without a network, save the file as "
            f"{target}."
        ) from error


def _copy(url: str, output_file: Any, pooch: Any) -> None:
    from urllib.request import url2pathname

    shutil.copyfile(url2pathname(urlsplit(url).path), output_file)


def _extract(archive: Path, folder: Path) -> None:
    """Extract an archive; names that lead out of the folder are errors, or left out."""
    if tarfile.is_tarfile(archive):
        shutil.unpack_archive(archive, folder, "tar", filter="data")
    elif zipfile.is_zipfile(archive):
        shutil.unpack_archive(archive, folder, "zip")
    else:
        raise DataError(f"{archive} is neither a tar nor a zip archive: leave extract=True out.")
