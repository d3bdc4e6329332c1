"""How the command says that something went wrong."""


def reason(error: BaseException) -> str:
    """Say what went wrong, without Python's numbers.

    Parameters
    ----------
    error : Exception

    Returns
    -------
    str

    Examples
    --------
    >>> reason(FileNotFoundError(2, "No such file or directory", "seven.png"))
    'seven.png: No such file or directory'
    >>> reason(ValueError("the batch is empty."))
    'the batch is empty.'
    """
    if isinstance(error, OSError) and error.strerror:
        return f"{error.filename}: {error.strerror}" if error.filename else error.strerror
    if isinstance(error, MemoryError):
        return f"there is not enough memory: {error}. A smaller --batch-size takes less."
    return str(error)
