"""Store results, one JSON file per script, with machine, versions and settings."""

import argparse
import datetime
import json
from pathlib import Path
from typing import Any

from common import machine
from common.environment import FOLDER


def parse(parser: argparse.ArgumentParser) -> argparse.Namespace:
    """Parse the options of a script; warn if the machine is busy."""
    add_results_option(parser)
    options = parser.parse_args()
    machine.warn_if_busy()
    return options


def add_results_option(parser: argparse.ArgumentParser) -> None:
    """Add the option ``--results FOLDER``."""
    parser.add_argument(
        "--results", type=Path, default=FOLDER / "results", metavar="FOLDER",
        help="folder of the results (default: benchmarks/results)",
    )  # fmt: skip


def write(folder: Path, name: str, measured: Any, settings: Any, versions: Any) -> None:
    """Write ``<folder>/<name>.json``.

    Parameters
    ----------
    folder : Path
    name : str
        Name of the script.
    measured, settings, versions
        Values that JSON can represent.
    """
    folder.mkdir(parents=True, exist_ok=True)
    path = folder / f"{name}.json"
    content = {
        "date": datetime.date.today().isoformat(),
        "machine": machine.describe(),
        "versions": versions,
        "settings": settings,
        "measured": measured,
    }
    path.write_text(json.dumps(content, indent=1, ensure_ascii=False) + "\n", encoding="utf-8")
    print(f"written: {path}")


def read(folder: Path, name: str) -> Any:
    """Return a stored result, or None if there is none."""
    path = folder / f"{name}.json"
    return json.loads(path.read_text(encoding="utf-8")) if path.exists() else None
