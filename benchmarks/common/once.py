"""A process that does one thing and ends: how long it took from its start, and what it said."""

import json
import subprocess
import time
from typing import Any

from common.environment import FOLDER, clean_environment


def run_once(python: str, module: str, *arguments: Any, **settings: str) -> dict[str, Any]:
    """Run ``python -m workers.<module>``, and return its last line, JSON, as a dict.

    Parameters
    ----------
    python, module : str
    *arguments
        For the module.
    **settings : str
        Environment variables.

    Returns
    -------
    dict
        What it printed; ``wall`` has the seconds from the start of the process to its end, or to
        the time that it gave as ``ended``; ``said`` what else it wrote.
    """
    began = time.time()
    done = subprocess.run(
        [python, "-m", f"workers.{module}", *map(str, arguments)],
        cwd=FOLDER, env=clean_environment(**settings), text=True,
        stdout=subprocess.PIPE, stderr=subprocess.STDOUT,
    )  # fmt: skip
    ended = time.time()
    lines = done.stdout.strip().splitlines()
    if done.returncode:
        raise RuntimeError(f"{module} ended with code {done.returncode}:\n{done.stdout}")
    found = next(line for line in reversed(lines) if line.startswith("{"))
    facts = json.loads(found)
    facts["wall"] = facts.pop("ended", ended) - began
    facts["said"] = [line for line in lines if line != found]
    return facts
