"""Messages of the command: in English, or in Korean by ``--language ko`` or the environment's ``LANG``.

Sentences are written in English where they are used; ``korean.json`` translates them.
"""

import json
import os
import re
import sys
from collections.abc import Iterable, Sequence
from functools import cache
from importlib.resources import files
from itertools import pairwise

from minicnn.console import printable
from minicnn.errors import unknown_name

LANGUAGES = ("en", "ko")
_current = ["en"]


def say(english: str, **values: object) -> str:
    """Return a sentence in the language of the command, with values in its braces."""
    sentence = _korean().get(english, english) if language() == "ko" else english
    return sentence.format(**values) if values else sentence


def tell(english: str, **values: object) -> None:
    """Print a sentence in the language of the command."""
    print(say(english, **values), flush=True)  # what follows may take a while


def translated(text: str, sentences: Iterable[str]) -> str:
    """Translate sentences, with any values in their braces, in a text that the library wrote."""
    for english in sentences if language() == "ko" else ():
        pattern = re.sub(r"\\{(\w+)\\}", r"(?P<\1>[^\n]+?)", re.escape(english))
        text = re.sub(pattern, lambda found, e=english: say(e, **found.groupdict()), text)  # type: ignore[misc]
    return text


def language() -> str:
    """Return the language of the command, "en" or "ko"."""
    return _current[0]


def use_language(arguments: Sequence[str]) -> None:
    """Choose the language by what was typed, or by the environment."""
    typed = [after for name, after in pairwise(arguments) if name == "--language"]
    typed += [one.partition("=")[2] for one in arguments if one.startswith("--language=")]
    places = (os.environ.get(name) for name in ("LC_ALL", "LC_MESSAGES", "LANG"))
    wanted = typed[0] if typed else next(filter(None, places), "")
    _current[0] = "ko" if wanted.lower().startswith("ko") else "en"


def unknown(kind: str, name: object, known: Iterable[str]) -> str:
    """Return what `unknown_name` says, in the language of the command."""
    text = str(unknown_name(kind, name, known))
    for english in (f"unknown {kind}", "Did you mean", "There are"):
        text = text.replace(english, say(english), 1)
    return text


def report(command: str, message: str) -> None:
    """Print what went wrong, on stderr, in one line with the name of the command."""
    lines = (printable(line) for line in message.splitlines())
    print(f"minicnn {command}: {chr(10).join(lines)}", file=sys.stderr)


def reason(error: BaseException) -> str:
    """Return what went wrong in a sentence, without Python's error numbers."""
    if isinstance(error, OSError) and error.strerror:
        return f"{error.filename}: {error.strerror}" if error.filename else error.strerror
    if isinstance(error, MemoryError):
        return say("not enough memory: {error}. A smaller --batch-size needs less.", error=error)
    return str(error)


@cache
def _korean() -> dict[str, str]:
    return json.loads((files("minicnn.cli") / "korean.json").read_text("utf-8"))
