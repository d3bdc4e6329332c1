"""Write docs/keras_names.md: which of Keras' public names minicnn has.

    python docs/keras_names.py

The names are those of a real Keras, listed in tests/parity/keras_names.json. A name is here if the same
import works under `minicnn.keras`.
"""

import json
from importlib import import_module
from pathlib import Path

HERE = Path(__file__).parent
NAMES = HERE.parent / "tests" / "parity" / "keras_names.json"
PAGE = HERE / "keras_names.md"

HEAD = """# Keras' names

Every public name of Keras {version}, by module, and whether `minicnn.keras` has it.
{here} of {all} are here, {layers} of {all_layers} layers among them. What is missing is mostly
recurrent, attention, text and 3-D layers, other backends and devices, and automatic
differentiation: every backward pass is written by hand.
[keras_names.py](keras_names.py) writes this page, and a test keeps it true.
"""


def is_here(module: str, name: str) -> bool:
    """Whether ``minicnn.keras`` has the name."""
    found = import_module("minicnn.keras")
    try:
        for part in (*module.split(".")[1:], name):
            found = getattr(found, part)
    except (AttributeError, ImportError):
        return False
    return True


def page() -> str:
    """Return the text of the page."""
    names = json.loads(NAMES.read_text(encoding="utf-8"))
    version = names.pop("version")
    here = {
        module: [name for name in known if is_here(module, name)] for module, known in names.items()
    }
    parts = [
        HEAD.format(
            version=version,
            here=sum(map(len, here.values())),
            all=sum(map(len, names.values())),
            layers=len(here["keras.layers"]),
            all_layers=len(names["keras.layers"]),
        )
    ]
    for module, known in names.items():
        missing = [name for name in known if name not in here[module]]
        parts.append(f"## `{module}`\n")
        parts.append(f"Here ({len(here[module])}): {_listed(here[module])}\n")
        parts.append(f"Not here ({len(missing)}): {_listed(missing)}\n")
    return "\n".join(parts)


def _listed(names: list[str]) -> str:
    return " ".join(f"`{name}`" for name in names) or "none"


if __name__ == "__main__":
    PAGE.write_text(page(), encoding="utf-8")
