"""Measure an epoch with 1 to 4 ranks, and what they exchange, on this machine and between hosts.

Claim: the exchange is one sum per step of the size of the weights. Hosts are network namespaces of this
machine (as root), so more ranks than cores only show the cost, not the gain, of more machines.

    python benchmarks/distributed.py --rate 1gbit
"""

import argparse
import json
import os
import shutil
import subprocess
import sys
from pathlib import Path
from typing import Any

from common import environment, results
from common.hosts import hosts

BATCH = 128


def main() -> None:
    """Measure and write."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--networks", nargs="*", default=["convnet", "mlp", "vgg"])
    parser.add_argument("--ranks", type=int, nargs="*", default=[1, 2, 3, 4])
    parser.add_argument("--rate", action="append", default=[], help="of hosts; repeat for several")
    options = results.parse(parser)
    measured = []
    for network in options.networks:
        for count in options.ranks:
            start = ["mpiexec", "--oversubscribe", "--bind-to", "none"]
            measured.append(run(network, count, "this machine", start))
            for rate in options.rate if count > 1 else []:
                with hosts(count, None if rate == "unlimited" else rate) as start:
                    measured.append(run(network, count, rate, start))
    results.write(options.results, "distributed", measured, {"batch": BATCH}, {})


def run(network: str, ranks: int, where: str, start: list[str]) -> dict[str, Any]:
    """Train with some ranks."""
    folder = str(Path(sys.executable).parent)
    path = f"{folder}{os.pathsep}{os.environ['PATH']}"
    prefix = "OMPI_ALLOW_RUN_AS_ROOT", "PRTE_ALLOW_RUN_AS_ROOT"
    root = {f"{one}{end}": "1" for one in prefix for end in ("", "_CONFIRM")}
    start = [shutil.which(one, path=path) or one if one == "mpiexec" else one for one in start]
    settings = environment.clean_environment(MINICNN_THREADS="1", PATH=path, **root)
    passed = [f"{name}={settings[name]}" for name in ("PYTHONPATH", "MINICNN_THREADS")]
    worker = [sys.executable, "-m", "workers.ranks", network, str(BATCH)]
    done = subprocess.run(
        [*start, "-n", str(ranks), "env", *passed, *worker],
        cwd=environment.FOLDER, env=settings, capture_output=True, text=True, timeout=600,
    )  # fmt: skip
    if done.returncode:
        raise RuntimeError(done.stderr)
    facts = json.loads(done.stdout.strip().splitlines()[-1])
    row = {"network": network, "ranks": ranks, "where": where, **facts}
    print(row, flush=True)
    return row


if __name__ == "__main__":
    main()
