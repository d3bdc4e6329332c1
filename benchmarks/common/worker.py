"""Run a library in its own process, which works on request."""

import json
import subprocess
from typing import Any, Self

from common.environment import FOLDER, clean_environment


class Worker:
    """A running ``python -m workers.<module>``; `workers.serve` defines the protocol.

    Parameters
    ----------
    python : str
    module : str
        A module of the folder ``workers``.
    *arguments : str
        Arguments of the module: task, network, batch size, …
    **settings : str
        Environment variables.

    Attributes
    ----------
    facts : dict
        First message of the worker: versions and the fastest variant.
    """

    def __init__(self, python: str, module: str, *arguments: Any, **settings: str) -> None:
        self._name = f"workers.{module} {' '.join(map(str, arguments))}"
        command = [python, "-m", f"workers.{module}", *map(str, arguments)]
        self._process = subprocess.Popen(
            command, cwd=FOLDER, env=clean_environment(**settings), text=True,
            stdin=subprocess.PIPE, stdout=subprocess.PIPE,
        )  # fmt: skip
        self.facts = self._answer()

    def seconds(self, steps: int) -> float:
        """Run a number of steps and return the seconds they took."""
        assert self._process.stdin is not None
        print(steps, file=self._process.stdin, flush=True)
        return float(self._answer()["seconds"])

    def _answer(self) -> dict[str, Any]:
        assert self._process.stdout is not None
        line = self._process.stdout.readline()
        if not line:
            raise RuntimeError(f"{self._name} ended with code {self._process.wait()}")
        return json.loads(line)

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *error: object) -> None:
        assert self._process.stdin is not None
        self._process.stdin.close()
        self._process.wait(timeout=60)
