"""Write docs/keras_names.md and keras_names.ko.md: which of Keras' public names minicnn has.

    python docs/keras_names.py

The names are those of a real Keras, listed in tests/parity/keras_names.json. A name is here if the same
import works under `minicnn.keras`.
"""

import json
from importlib import import_module
from pathlib import Path

HERE = Path(__file__).parent
NAMES = HERE.parent / "tests" / "parity" / "keras_names.json"
PAGES = {"keras_names.md": "en", "keras_names.ko.md": "ko"}

HEAD = {
    "en": """# Keras' names

Every public name of Keras {version}, by module, and whether `minicnn.keras` has it.
{here} of {all} are here, {layers} of {all_layers} layers among them. What is missing is mostly
recurrent, attention, text and 3-D layers, other backends and devices, and automatic
differentiation: every backward pass is written by hand.
[keras_names.py](keras_names.py) writes this page, and a test keeps it true.
""",
    "ko": """# Keras의 이름

Keras {version}의 모든 공개 이름을 모듈별로 나누어, `minicnn.keras`에 있는지 보여 줍니다.
{all}개 가운데 {here}개가 있고, 층은 {all_layers}개 가운데 {layers}개가 있습니다. 없는 것은
대부분 순환 층, 어텐션, 텍스트, 3차원 층, 다른 백엔드와 장치, 자동 미분입니다. minicnn의
역전파는 모두 손으로 작성했습니다. [keras_names.py](keras_names.py)가 이 페이지를 쓰고,
테스트가 맞는지 확인합니다.
""",
}
WORDS = {"en": ("Here", "Not here", "none"), "ko": ("있음", "없음", "해당 없음")}


def is_here(module: str, name: str) -> bool:
    """Whether ``minicnn.keras`` has the name."""
    found = import_module("minicnn.keras")
    try:
        for part in (*module.split(".")[1:], name):
            found = getattr(found, part)
    except (AttributeError, ImportError):
        return False
    return getattr(found, "__module__", None) != module  # what programs only import


def page(language: str) -> str:
    """Return the text of the page."""
    names = json.loads(NAMES.read_text(encoding="utf-8"))
    version = names.pop("version")
    here = {
        module: [name for name in known if is_here(module, name)] for module, known in names.items()
    }
    parts = [
        HEAD[language].format(
            version=version,
            here=sum(map(len, here.values())),
            all=sum(map(len, names.values())),
            layers=len(here["keras.layers"]),
            all_layers=len(names["keras.layers"]),
        )
    ]
    yes, no, none = WORDS[language]
    for module, known in names.items():
        missing = [name for name in known if name not in here[module]]
        parts.append(f"## `{module}`\n")
        parts.append(f"{yes} ({len(here[module])}): {_listed(here[module]) or none}\n")
        parts.append(f"{no} ({len(missing)}): {_listed(missing) or none}\n")
    return "\n".join(parts)


def _listed(names: list[str]) -> str:
    return " ".join(f"`{name}`" for name in names)


if __name__ == "__main__":
    for name, language in PAGES.items():
        (HERE / name).write_text(page(language), encoding="utf-8")
