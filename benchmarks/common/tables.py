"""Format the result of each script as a Markdown table."""

import statistics
from collections.abc import Callable, Iterable
from typing import Any

from common.comparison import fastest_peer, geometric_mean, ratio

TITLES = {
    "torch": "PyTorch",
    "keras": "Keras on TensorFlow",
    "onnx": "ONNX Runtime",
    "minicnn": "minicnn",
}


def training(result: Any) -> str:
    """Format the comparison of training steps."""
    return _comparison(result, "Training: milliseconds per step", "`fit`")


def prediction(result: Any) -> str:
    """Format the comparison of predicted batches."""
    return _comparison(result, "Prediction: milliseconds per batch", "`predict`")


def busy(result: Any) -> str:
    """Format the comparison beside busy processes."""
    head = ["busy processes", "task", "network", "batch", "minicnn, ms"]
    head += ["the faster of PyTorch and Keras", "one thread"]
    rows = []
    for row in result["measured"]:
        peer = row["peers"].get(fastest_peer(row)) if row["peers"] else None
        faster = f"**{ratio(row):.2f} ×** {TITLES[fastest_peer(row)]}" if peer else ""
        alone = row["one thread"]
        rows.append([
            row["busy"], row["task"], row["network"], row["batch"], f"{alone['ours_ms']:.2f}",
            faster, f"{alone['ratio']:.2f} ×",
        ])  # fmt: skip
    return f"### Beside busy processes\n\n{_conditions(result)}\n\n{_table(head, rows)}"


def scaling(result: Any) -> str:
    """Format the times per image."""
    parts = [f"### Scaling ({result['settings']['network']}, training)"]
    for title, key in (
        ("Batch size", "us per image by batch"),
        ("Images per epoch, batch 32", "us per image by images"),
        ("Threads, batch 32", "us per image by threads"),
    ):
        values = result["measured"][key]
        first = next(iter(values.values()))
        rows = [[size, f"{us:.0f}", f"{us / first:.2f} ×"] for size, us in values.items()]
        parts.append(_table([title, "µs per image", "relative to the first row"], rows))
    same = result["measured"]["same bits by network"]
    verdict = "yes" if all(same.values()) else f"no: {', '.join(n for n in same if not same[n])}"
    parts.append(f"The same bits with 1 and 2 threads, {len(same)} networks: {verdict}.")
    return "\n\n".join(parts)


def cold_start(result: Any) -> str:
    """Format the seconds to the end of two steps."""
    measured = result["measured"]
    rows = [
        ["minicnn, empty cache", _list(measured["first"], ".1f")],
        ["minicnn, warm cache", _list(measured["later"], ".2f")],
    ]
    rows += [[TITLES[name], f"{seconds:.2f}"] for name, seconds in measured["peers"].items()]
    said = "\n".join(f"> {line}" for line in measured["said"])
    table = _table(["from process start to the end of two steps (lecture)", "s"], rows)
    return f"### Cold start\n\n{table}\n\nMessage with an empty cache:\n\n{said or '> (none)'}"


def memory(result: Any) -> str:
    """Format the peaks."""
    measured, settings = result["measured"], result["settings"]
    rows = [
        ["minicnn, two steps, empty cache", f"{measured['first']:.0f}"],
        ["minicnn, two steps, warm cache", f"{measured['later']:.0f}"],
        [f"minicnn, {settings['few']} steps", f"{measured['few steps']:.0f}"],
        [f"minicnn, {settings['many']} steps", f"{measured['many steps']:.0f}"],
    ]
    rows += [
        [f"{TITLES[name]}, two steps", f"{mib:.0f}"] for name, mib in measured["peers"].items()
    ]
    return "### Memory\n\n" + _table(["peak of the whole process, without the images", "MiB"], rows)


def import_time(result: Any) -> str:
    """Format the import times."""
    rows = [
        [f"`{statement}`", f"{row['ms']:.0f}", f"{row['of numpy']:.2f} ×"]
        for statement, row in result["measured"].items()
    ]
    return "### Import\n\n" + _table(["statement", "ms", "relative to NumPy"], rows)


def time_to_99(result: Any) -> str:
    """Format the seconds to 99 % and the accuracies."""
    rows = [
        [
            name, f"{row['training']:.1f} ({row['slowest']:.1f})", f"{row['whole process']:.1f}",
            _list([100 * accuracy for accuracy in row["accuracies"]], ".2f"),
        ]
        for name, row in result["measured"].items()
    ]  # fmt: skip
    head = [
        "",
        "seconds of training (slowest)",
        "seconds from process start",
        "test accuracy by seed, %",
    ]
    return "### Time to 99 % on MNIST\n\n" + _table(head, rows)


def accuracy(result: Any) -> str:
    """Format the largest errors and the ends of the loss curves."""
    measured = dict(result["measured"])
    curves = measured.pop("loss curves")
    rows = [
        [name, *(f"{errors[key]:.1e}" for key in ("y", "dx", "dkernel", "dbias"))]
        for name, errors in measured.items()
    ]
    table = _table(["largest error / largest value", "y", "dx", "dkernel", "dbias"], rows)
    fast, exact = curves["float32"], curves["float64"]
    last = max(len(fast) // 4, 1)
    ends = [statistics.mean(curve[-last:]) for curve in (fast, exact)]
    return (
        f"### Accuracy, against float64 ({result['settings']['cases']} random cases each)\n\n{table}\n\n"
        f"Loss over the last {last} of {len(fast)} training steps, same weights and images: "
        f"{ends[0]:.4f} fast, {ends[1]:.4f} in float64."
    )


MAKERS: dict[str, Callable[[Any], str]] = {
    maker.__name__: maker
    for maker in (
        training, prediction, busy, time_to_99, scaling, cold_start, memory, import_time, accuracy,
    )
}  # fmt: skip
"""Formatters by name of the script."""


def _comparison(result: Any, title: str, ours: str) -> str:
    measured = result["measured"]
    peers = list(measured[0]["peers"])
    head = ["network", "batch", f"minicnn, {ours}"]
    head += [f"{TITLES[name]} (× ours)" for name in peers] + ["the faster of PyTorch and Keras"]
    rows = []
    for row in measured:
        ours_ms = statistics.median(peer["ours_ms"] for peer in row["peers"].values())
        cells = [row["network"], row["batch"], f"{ours_ms:.2f}"]
        for peer in row["peers"].values():
            cells.append(f"{peer['peer_ms']:.2f} ({peer['ratio']:.2f}) {peer['variant']}")
        rows.append([*cells, f"**{ratio(row):.2f} ×** {TITLES[fastest_peer(row)]}"])
    means = (
        f"Geometric mean of the last column: **{geometric_mean(measured):.2f} ×**; "
        f"least: {min(map(ratio, measured)):.2f} ×."
    )
    return f"### {title}\n\n{_conditions(result)}\n\n{_table(head, rows)}\n\n{means}"


def _conditions(result: Any) -> str:
    machine = ", ".join(f"{key}: {value}" for key, value in result["machine"].items())
    versions = "; ".join(
        f"{name}: " + " ".join(f"{package} {number}" for package, number in packages.items())
        for name, packages in result["versions"].items()
    )
    settings = result["settings"]
    return (
        f"{result['date']}. {machine}. {versions}. "
        f"{settings['rounds']} pairs of turns of {settings['turn_seconds']} s."
    )


def _list(numbers: Iterable[float], form: str) -> str:
    return ", ".join(format(number, form) for number in numbers)


def _table(head: list[str], rows: list[list[Any]]) -> str:
    lines = [head, ["---"] * len(head), *rows]
    return "\n".join("| " + " | ".join(map(str, line)) + " |" for line in lines)
