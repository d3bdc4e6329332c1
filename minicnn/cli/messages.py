"""How the command says that something went wrong."""


def reason(error: BaseException) -> str:
    """Say what went wrong, without Python's numbers."""
    if isinstance(error, OSError) and error.strerror:
        return f"{error.filename}: {error.strerror}" if error.filename else error.strerror
    if isinstance(error, MemoryError):
        return f"there is not enough memory: {error}. A smaller --batch-size takes less."
    return str(error)
