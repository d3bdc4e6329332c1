"""Plot the time of the peers relative to minicnn."""

from pathlib import Path
from typing import Any

from common.comparison import Row, geometric_mean

# the Okabe–Ito palette, safe for colour-blind readers
COLOURS = {"torch": "#D55E00", "keras": "#0072B2", "onnx": "#009E73"}
NAMES = {"torch": "PyTorch", "keras": "Keras on TensorFlow", "onnx": "ONNX Runtime"}
MARKS = {"torch": "o", "keras": "s", "onnx": "^"}


def draw(training: list[Row], prediction: list[Row], path: Path) -> None:
    """Draw both comparisons side by side, one row per network and batch size."""
    import matplotlib

    matplotlib.use("agg")
    import matplotlib.pyplot as plt

    figure, axes = plt.subplots(1, 2, figsize=(10, 4.6), layout="constrained", squeeze=False)
    for panel, title, rows in zip(
        axes[0], ("Training", "Prediction"), (training, prediction), strict=True
    ):
        if rows:
            _panel(panel, title, rows)
        else:
            panel.set_visible(False)
    handles, labels = axes[0][1 if prediction else 0].get_legend_handles_labels()
    figure.legend(handles, labels, loc="outside lower center", ncols=len(labels), frameon=False)
    path.parent.mkdir(parents=True, exist_ok=True)
    figure.savefig(path, dpi=150)
    plt.close(figure)
    print(f"written: {path}")


def _panel(panel: Any, title: str, rows: list[Row]) -> None:
    from matplotlib.ticker import FuncFormatter, NullFormatter

    positions = range(len(rows), 0, -1)
    for name in rows[0]["peers"]:
        ratios = [row["peers"][name]["ratio"] for row in rows]
        panel.plot(
            ratios, positions, MARKS[name], color=COLOURS[name], label=NAMES[name], markersize=8
        )
    panel.axvline(1, color="black", linewidth=1.5)
    panel.text(1.06, len(rows) + 0.7, "minicnn", ha="left", va="center", fontsize=9)
    panel.set_yticks(positions, [f"{row['network']}, batch {row['batch']}" for row in rows])
    panel.set_ylim(0.4, len(rows) + 1)
    panel.set_xscale("log")
    panel.set_xlim(left=min(0.6, panel.get_xlim()[0]))
    panel.set_xticks([1, 2, 5, 10, 20, 50])
    panel.xaxis.set_major_formatter(FuncFormatter(lambda value, _: f"{value:g} ×"))
    panel.xaxis.set_minor_formatter(NullFormatter())
    panel.set_xlabel("time relative to minicnn (> 1: minicnn is faster)")
    panel.set_title(
        f"{title}: {geometric_mean(rows):.1f} × as fast as\nthe faster of PyTorch and Keras",
        fontsize=11,
    )
    panel.grid(axis="both", color="0.9")
    panel.set_axisbelow(True)
    panel.spines[["top", "right"]].set_visible(False)
