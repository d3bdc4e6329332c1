"""JSON from strangers: bounded in size and depth, each key once.

Python's own parser accepts documents that are nested as deep as its stack allows, which whoever
walks the result would pay for, and lets the second of two equal keys silently replace the first.
"""

from typing import Any

import numpy as np

from minicnn.saving.damage import damage_named, unreadable

MAX_BYTES = 4 * 2**20  # the lecture's model takes 6 kB
MAX_DEPTH = 64  # Keras nests a Sequential's initializers eight deep


def parse_json(text: bytes, path: str, place: str) -> Any:
    """Parse a JSON document of a file.

    Parameters
    ----------
    text : bytes
        The document, in UTF-8.
    path, place : str
        The file, and which part of it the document is: for the error.

    Returns
    -------
    dict, list, str, int, float, bool or None
        What the document says.

    Raises
    ------
    FileFormatError
        If it is no JSON, longer than 4 MiB, nested deeper than 64, or has a key twice.

    Examples
    --------
    >>> parse_json(b'{"units": 10}', "model.keras", "config.json")
    {'units': 10}
    """
    import json

    if len(text) > MAX_BYTES:
        raise unreadable(path, place, f"{len(text):,} bytes, where {MAX_BYTES:,} are the most")
    with damage_named(path, place):
        document = json.loads(text.decode("utf-8"), object_pairs_hook=_each_key_once)
    if _depth(document) > MAX_DEPTH:
        raise unreadable(path, place, f"it is nested more than {MAX_DEPTH} deep")
    return document


def to_json(document: Any, **options: Any) -> str:
    """Return a document as JSON; NumPy's numbers and arrays as plain ones.

    Parameters
    ----------
    document : dict or list
        Of what JSON knows.
    **options
        Of `json.dumps`.

    Raises
    ------
    TypeError
        If there is something else in it.

    Examples
    --------
    >>> import numpy as np
    >>> to_json({"rate": np.float64(0.5), "sizes": (1, None)})
    '{"rate": 0.5, "sizes": [1, null]}'
    """
    import json

    return json.dumps(document, default=_plain, **options)


def _plain(thing: Any) -> Any:
    if isinstance(thing, (np.generic, np.ndarray)):
        return thing.tolist()
    raise TypeError(
        f"a file takes text, numbers, lists and dicts, got {thing!r} in a config. Let get_config "
        "return something plain in its place."
    )


def _each_key_once(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    result = dict(pairs)
    if len(result) < len(pairs):
        raise ValueError("a key stands twice in the same object")
    return result


def _depth(document: Any) -> int:
    """Return how deep the document is nested, looking no deeper than just past the limit."""
    depth, level = 0, [document]
    while level and depth <= MAX_DEPTH:
        containers = [one for one in level if isinstance(one, (dict, list))]
        level = [
            child
            for one in containers
            for child in (one.values() if isinstance(one, dict) else one)
        ]
        depth += bool(containers)
    return depth
