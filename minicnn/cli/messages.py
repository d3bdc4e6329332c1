"""Messages of the command: in English, or in Korean by ``--language ko`` or the environment's ``LANG``.

Sentences are written in English where they are used; ``korean.json`` translates them, and
``korean_library.json`` those that the library writes, in this order.
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
    sentence = _korean("korean").get(english, english) if language() == "ko" else english
    return sentence.format(**values) if values else sentence


def tell(english: str, **values: object) -> None:
    """Print a sentence in the language of the command."""
    print(say(english, **values), flush=True)  # what follows may take a while


def translated(text: str) -> str:
    """Translate the sentences in a text that the library wrote, with any values in their braces."""
    text += "\n"  # a value reaches up to what follows it
    for english, korean in _korean("korean_library").items() if language() == "ko" else ():
        pattern = re.sub(r"\\{(\w+)\\}", r"(?P<\1>[^\n]+?)", re.escape(english))
        text = re.sub(pattern, lambda found, ko=korean: ko.format(**found.groupdict()), text)  # type: ignore[misc]
    return text[:-1]


def translated_heads(text: str, heads: Iterable[str], right: Iterable[str] = ()) -> str:
    """Translate the heads of tables, each as wide as before; those on the right are flush right."""
    from rich.cells import cell_len

    words = "|".join(map(re.escape, [*heads, *right]))
    names = rf"(?:(?:{words})(?: \d+)?|[a-z_]+(?:\[[^]]*\])?)"  # and names of arrays, which stay

    def fitted(found: re.Match[str]) -> str:
        korean = say(found[0])
        room = " " * (len(found[0]) - cell_len(korean))
        return room + korean if found[0] in right else korean + room

    line = re.compile(rf"^(?:  +{names})+$", re.MULTILINE)
    return line.sub(lambda found: re.sub(words, fitted, found[0]).rstrip(), text)


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
    return translated(str(unknown_name(kind, name, known)))


def report(command: str, message: str) -> None:
    """Print what went wrong, on stderr, in one line with the name of the command."""
    lines = (printable(line) for line in message.splitlines())
    print(f"minicnn {command}: {chr(10).join(lines)}", file=sys.stderr)


def reason(error: BaseException) -> str:
    """Return what went wrong in a sentence, without Python's error numbers."""
    if isinstance(error, MemoryError):
        return say("not enough memory: {error}. A smaller --batch-size needs less.", error=error)
    if isinstance(error, OSError) and error.strerror:
        where = f"{error.filename}: " if error.filename else ""
        return translated(f"{where}{error.strerror}")
    return translated(str(error))


@cache
def _korean(name: str) -> dict[str, str]:
    return json.loads((files("minicnn.cli") / f"{name}.json").read_text("utf-8"))
