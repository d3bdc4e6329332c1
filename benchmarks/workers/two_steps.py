"""Run two training steps of the lecture network on random images.

Prints the time at the end and the peak memory of the process:

    python -m workers.two_steps minicnn [steps]
"""

import json
import sys
import time
from importlib import import_module
from pathlib import Path
from typing import Any

BATCH = 32


def main(library: str, steps: int) -> None:
    """Train and print one line of JSON."""
    start = time.perf_counter()
    x, labels = _random_images(steps * BATCH)
    made = time.perf_counter() - start
    if library == "torch":
        _train_torch(x, labels, steps)
    else:
        _train_by_fit(import_module(library), x, labels)
    facts = {
        "ended": time.time() - made,  # without the time to generate the images
        "peak_mib": _peak_bytes() / 2**20,
        "images_mib": x.nbytes / 2**20,
    }
    print(json.dumps(facts))


def _random_images(count: int) -> tuple[Any, Any]:
    import numpy as np

    rng = np.random.default_rng(0)
    images = rng.integers(0, 256, (count, 28, 28, 1), np.uint8)
    return images, rng.integers(0, 10, count)


def _train_by_fit(library: Any, x: Any, labels: Any) -> None:
    """Train with minicnn or Keras as the lecture does."""
    import numpy as np

    from workers.fit_and_predict import build

    model = build(library, "lecture")
    model.compile("adam", "categorical_crossentropy", metrics=["accuracy"])
    model.fit(x, np.eye(10, dtype=np.float32)[labels], batch_size=BATCH, epochs=1, verbose=0)


def _train_torch(x: Any, labels: Any, steps: int) -> None:
    import torch

    from workers.pytorch import build

    model = build("lecture")
    optimizer = torch.optim.Adam(model.parameters(), fused=True)
    for step in range(steps):
        part = slice(step * BATCH, (step + 1) * BATCH)
        images = torch.from_numpy(x[part].astype("float32").transpose(0, 3, 1, 2).copy())
        optimizer.zero_grad()
        targets = torch.from_numpy(labels[part])
        torch.nn.functional.cross_entropy(model(images), targets).backward()
        optimizer.step()


def _peak_bytes() -> int:
    """Return the peak resident memory of this process."""
    status = Path("/proc/self/status")
    if status.exists():  # ru_maxrss may include the parent process
        line = next(row for row in status.read_text().splitlines() if row.startswith("VmHWM"))
        return int(line.split()[1]) * 1024
    import resource

    peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
    return peak if sys.platform == "darwin" else peak * 1024


if __name__ == "__main__":
    main(sys.argv[1], int(sys.argv[2]) if len(sys.argv) > 2 else 2)
