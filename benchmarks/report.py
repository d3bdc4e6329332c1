"""Generate the tables of the README and the plot of the comparison from ``benchmarks/results``.

python benchmarks/report.py
"""

import argparse
import re
from pathlib import Path
from typing import Any

from common import results, tables
from common.environment import FOLDER, REPOSITORY
from common.picture import draw

BEGIN, END = "<!-- results: made by report.py -->", "<!-- end of results -->"


def main() -> None:
    """Rewrite the generated part of the README and draw the plot."""
    parser = argparse.ArgumentParser(description=__doc__)
    results.add_results_option(parser)
    parser.add_argument("--readme", type=Path, default=FOLDER / "README.md")
    parser.add_argument("--picture", type=Path, default=REPOSITORY / "docs/pictures/speed.png")
    options = parser.parse_args()
    stored = {name: results.read(options.results, name) for name in tables.MAKERS}
    available = {name: result for name, result in stored.items() if result is not None}
    fill(
        options.readme,
        "\n\n".join(tables.MAKERS[name](result) for name, result in available.items()),
    )
    if "training" in available:
        draw(available["training"]["measured"], _measured(available, "prediction"), options.picture)


def fill(path: Path, text: str) -> None:
    """Replace the text between the marks of a file.

    Raises
    ------
    ValueError
        If the file has no marks.
    """
    old = path.read_text(encoding="utf-8")
    pattern = re.compile(re.escape(BEGIN) + ".*?" + re.escape(END), re.DOTALL)
    if not pattern.search(old):
        raise ValueError(f"{path} has no line {BEGIN} followed by a line {END}")
    new = pattern.sub(lambda _: f"{BEGIN}\n\n{text}\n\n{END}", old)
    path.write_text(new, encoding="utf-8")
    print(f"written: {path}")


def _measured(available: dict[str, Any], name: str) -> list[Any]:
    return list(available[name]["measured"]) if name in available else []


if __name__ == "__main__":
    main()
