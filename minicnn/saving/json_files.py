"""JSON from untrusted files: bounded in size and depth, each key once.

Python's own parser accepts documents nested as deep as its stack allows, which slows down whatever
walks the result, and lets the second of two equal keys silently replace the first.
"""

import json
from itertools import chain
from typing import Any

import numpy as np

from minicnn.saving.damaged import damage_named, unreadable

MAX_BYTES = 4 * 2**20  # the lecture's model takes 6 kB
MAX_DEPTH = 64  # Keras nests a Sequential's initializers eight deep


def parse_json(text: bytes, path: str, part: str) -> Any:
    """Parse a JSON document in UTF-8; the file and its part are for the error.

    Raises
    ------
    FileFormatError
        If it is not JSON, longer than 4 MiB, nested deeper than 64, or has a key twice.

    Examples
    --------
    >>> parse_json(b'{"units": 10}', "model.keras", "config.json")
    {'units': 10}
    """
    if len(text) > MAX_BYTES:
        raise unreadable(path, part, f"{len(text):,} bytes, more than the {MAX_BYTES:,} allowed")
    with damage_named(path, part):
        document = json.loads(text.decode("utf-8"), object_pairs_hook=_unique_keys)
    if _depth(document) > MAX_DEPTH:
        raise unreadable(path, part, f"it is nested more than {MAX_DEPTH} deep")
    return document


def to_json(document: Any, **options: Any) -> str:
    """Return a document as JSON, with NumPy numbers and arrays as plain ones.

    Examples
    --------
    >>> import numpy as np
    >>> to_json({"rate": np.float64(0.5), "sizes": (1, None)})
    '{"rate": 0.5, "sizes": [1, null]}'
    """
    return json.dumps(document, default=_plain, **options)


def _plain(item: Any) -> Any:
    if isinstance(item, (np.generic, np.ndarray)):
        return item.tolist()
    raise TypeError(
        f"a config may hold text, numbers, lists and dicts, got {item!r}. "
        "Return one of these from get_config."
    )


def _unique_keys(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    result = dict(pairs)
    if len(result) < len(pairs):
        raise ValueError("an object has the same key twice")
    return result


def _depth(document: Any) -> int:
    """Return how deep the document is nested, looking no deeper than just past the limit."""
    depth, level = 0, [document]
    while level and depth <= MAX_DEPTH:
        containers = [item for item in level if isinstance(item, (dict, list))]
        values = [item.values() if isinstance(item, dict) else item for item in containers]
        level = list(chain.from_iterable(values))
        depth += bool(containers)
    return depth
