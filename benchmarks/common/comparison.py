"""Compare a task, training or prediction, with the peers: a row per network and batch size."""

import argparse
import statistics
import subprocess
import tempfile
from pathlib import Path
from typing import Any

from common import environment, results, turns
from common.networks import NETWORKS
from common.worker import Worker

Row = dict[str, Any]

MODULES = {"torch": "pytorch", "keras": "fit_and_predict", "onnx": "onnx_runtime"}


def run(task: str, peers: tuple[str, ...], description: str | None) -> None:
    """Compare, print each row when it is measured, and write the result.

    Parameters
    ----------
    task : "training" or "prediction"
    peers : names
    description : str
        The script's docstring.
    """
    options = results.parse(parser(description))
    pythons = environment.peer_pythons(options.peer, peers)
    versions: dict[str, Any] = {}
    rows = []
    for network in options.networks:
        for batch in options.batches:
            rows.append(compare(task, network, batch, pythons, options, versions))
            print(line(rows[-1]), flush=True)
    _print_means(rows)
    settings = {"turn_seconds": options.turn, "rounds": options.rounds}
    results.write(options.results, task, rows, settings, versions)


def compare(
    task: str,
    network: str,
    batch: int,
    pythons: dict[str, str],
    options: argparse.Namespace,
    versions: dict[str, Any],
) -> Row:
    """Measure one row: each peer takes turns with minicnn."""
    row: Row = {"network": network, "batch": batch, "peers": {}}
    with tempfile.TemporaryDirectory() as folder, _ours(task, network, batch) as ours:
        versions[environment.OURS] = ours.facts["versions"]
        for name, python in pythons.items():
            arguments = _arguments(name, task, network, batch, Path(folder))
            with Worker(python, MODULES[name], *arguments) as peer:
                versions[name] = peer.facts["versions"]
                pairs = turns.take_turns(ours, peer, options.turn, options.rounds)
                row["peers"][name] = turns.summary(pairs) | {"variant": peer.facts["variant"]}
    return row


def fastest_peer(row: Row) -> str:
    """Return the name of the fastest peer, ONNX Runtime excluded."""
    peers = {name: peer["ratio"] for name, peer in row["peers"].items() if name != "onnx"}
    return min(peers, key=lambda name: peers[name])


def ratio(row: Row) -> float:
    """Return the time of the fastest peer divided by minicnn's."""
    return float(row["peers"][fastest_peer(row)]["ratio"])


def geometric_mean(rows: list[Row]) -> float:
    """Return the geometric mean of the rows' ratios."""
    return statistics.geometric_mean(ratio(row) for row in rows)


def _ours(task: str, network: str, batch: int) -> Worker:
    python = environment.our_python()
    return Worker(python, "fit_and_predict", environment.OURS, task, network, batch)


def _arguments(name: str, task: str, network: str, batch: int, folder: Path) -> list[Any]:
    """Return the arguments of a peer's worker."""
    if name == "keras":
        return ["keras", task, network, batch]
    if name != "onnx":
        return [task, network, batch]
    path = folder / f"{network}.onnx"
    subprocess.run(
        [environment.our_python(), "-m", "workers.write_onnx", network, str(path)],
        cwd=environment.FOLDER, env=environment.clean_environment(), check=True,
    )  # fmt: skip
    return [task, network, batch, path]


def parser(description: str | None, rounds: int = 7, turn: float = 2.0) -> argparse.ArgumentParser:
    """Return the options of a comparison, with these defaults."""
    made = argparse.ArgumentParser(
        description=description, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    made.add_argument("--networks", nargs="+", choices=list(NETWORKS), default=list(NETWORKS))
    made.add_argument("--batches", nargs="+", type=int, default=[32, 128])
    made.add_argument(
        "--rounds", type=int, default=rounds, help=f"pairs of turns (default: {rounds})"
    )
    made.add_argument(
        "--turn", type=float, default=turn, help=f"seconds a turn (default: {turn:g})"
    )
    environment.add_peer_option(made)
    return made


def line(row: Row) -> str:
    """Return what is printed of a row."""
    parts = [f"{row['network']:8} {row['batch']:4}"]
    for name, peer in row["peers"].items():
        parts.append(
            f"minicnn {peer['ours_ms']:7.2f} ms  {name} {peer['peer_ms']:7.2f} ms  "
            f"{peer['ratio']:5.2f} × ({peer['lowest']:.2f}…{peer['highest']:.2f}, {peer['variant']})"
        )
    return "   ".join(parts)


def _print_means(rows: list[Row]) -> None:
    measured = [row for row in rows if set(row["peers"]) - {"onnx"}]
    if measured:
        least = min(measured, key=ratio)
        print(
            f"against the fastest peer: geometric mean {geometric_mean(measured):.2f} ×, least "
            f"{ratio(least):.2f} × ({least['network']}, batch {least['batch']})"
        )
