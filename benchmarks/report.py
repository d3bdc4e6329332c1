"""The README's tables and the picture of the comparison, from ``benchmarks/results``.

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
    """Rewrite what stands between the marks, and draw."""
    parser = argparse.ArgumentParser(description=__doc__)
    results.add_results_option(parser)
    parser.add_argument("--readme", type=Path, default=FOLDER / "README.md")
    parser.add_argument("--picture", type=Path, default=REPOSITORY / "docs/pictures/speed.png")
    options = parser.parse_args()
    found = {name: results.read(options.results, name) for name in tables.MAKERS}
    there = {name: one for name, one in found.items() if one is not None}
    fill(options.readme, "\n\n".join(tables.MAKERS[name](one) for name, one in there.items()))
    if "training" in there:
        draw(there["training"]["measured"], _measured(there, "prediction"), options.picture)


def fill(path: Path, text: str) -> None:
    """Put `text` between the marks of a file.

    Raises
    ------
    ValueError
        If the file has no marks.
    """
    old = path.read_text(encoding="utf-8")
    pattern = re.compile(re.escape(BEGIN) + ".*?" + re.escape(END), re.DOTALL)
    if not pattern.search(old):
        raise ValueError(f"{path} has no line {BEGIN} with a line {END} after it")
    new = pattern.sub(lambda _: f"{BEGIN}\n\n{text}\n\n{END}", old)
    path.write_text(new, encoding="utf-8")
    print(f"written: {path}")


def _measured(there: dict[str, Any], name: str) -> list[Any]:
    return list(there[name]["measured"]) if name in there else []


if __name__ == "__main__":
    main()
