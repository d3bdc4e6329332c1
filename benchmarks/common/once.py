"""Run a worker to its end; return its result, output and elapsed time."""

import json
import subprocess
import time
from typing import Any

from common.environment import FOLDER, clean_environment


def run_once(python: str, module: str, *arguments: Any, **settings: str) -> dict[str, Any]:
    """Run ``python -m workers.<module>`` and parse the last line of its output as JSON.

    Parameters
    ----------
    python, module : str
    *arguments
        Arguments of the module.
    **settings : str
        Environment variables.

    Returns
    -------
    dict
        The parsed line, and ``wall``, the seconds from the start of the process to its end, or to the
        time it printed as ``ended``, and ``said``, the other lines it printed.
    """
    start = time.time()
    done = subprocess.run(
        [python, "-m", f"workers.{module}", *map(str, arguments)],
        cwd=FOLDER, env=clean_environment(**settings), text=True,
        stdout=subprocess.PIPE, stderr=subprocess.STDOUT,
    )  # fmt: skip
    ended = time.time()
    lines = done.stdout.strip().splitlines()
    if done.returncode:
        raise RuntimeError(f"{module} ended with code {done.returncode}:\n{done.stdout}")
    result = next(line for line in reversed(lines) if line.startswith("{"))
    facts = json.loads(result)
    facts["wall"] = facts.pop("ended", ended) - start
    facts["said"] = [line for line in lines if line != result]
    return facts
