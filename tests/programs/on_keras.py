"""Run the programs on the Keras that they were written for, and store the exact histories.

    KERAS_BACKEND=tensorflow python tests/programs/on_keras.py [name …]

Programs for Keras 3 run on Keras 3, those for Keras 2 on tf_keras; those for earlier versions need an
environment that no longer installs, and are left out. Histories of programs whose name begins with
"exact" are written to `expected.json`.
"""

import json
import os
import subprocess
import sys
import tempfile
import traceback
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

from running import DATA_SETS, PROGRAMS, check, exact_history, keras_version, run, small_images

EXPECTED = Path(__file__).with_name("expected.json")


def run_here(path: Path) -> dict[str, list[float]] | None:
    """Run one program in this process, whose environment chooses the Keras."""
    if keras_version(path) == "2":
        import tf_keras as keras

        sys.modules.setdefault("keras", keras)
    else:
        import keras
    import tensorflow as tf

    for name, shape in DATA_SETS.items():
        for module in (keras.datasets, tf.keras.datasets):
            getattr(module, name).load_data = lambda shape=shape: small_images(shape)
    names = run(path)
    check(names)
    return exact_history(names) if path.stem.startswith("exact") else None


def run_apart(path: Path) -> subprocess.CompletedProcess[str]:
    """Run one program in a process and a folder of its own."""
    environment = os.environ | {
        "MPLBACKEND": "Agg",
        "TF_CPP_MIN_LOG_LEVEL": "3",
        "TF_USE_LEGACY_KERAS": "1" if keras_version(path) == "2" else "0",
    }
    with tempfile.TemporaryDirectory() as folder:
        return subprocess.run(
            [sys.executable, __file__, "--one", str(path)],
            cwd=folder, env=environment, capture_output=True, text=True, check=False,
        )  # fmt: skip


def main(chosen: list[str]) -> int:
    """Run the programs, as many at a time as there are cores; return the number of failures."""
    expected = json.loads(EXPECTED.read_text("utf-8"))
    failed = 0
    paths = [
        path
        for path in PROGRAMS
        if keras_version(path) in ("2", "3") and (not chosen or path.stem in chosen)
    ]
    with ThreadPoolExecutor(os.cpu_count()) as pool:
        for path, done in zip(paths, pool.map(run_apart, paths), strict=True):
            last = done.stdout.strip().split("\n")[-1]
            if done.returncode == 0 and last.startswith("{"):
                expected[path.stem] = json.loads(last)
            failed += done.returncode != 0
            outcome = "failed" if done.returncode else "ok"
            print(f"{path.stem}: Keras {keras_version(path)}: {outcome}", flush=True)
            if done.returncode:
                print(done.stderr[-1500:])
    EXPECTED.write_text(json.dumps(expected, indent=1) + "\n", "utf-8")
    return failed


if __name__ == "__main__":
    if sys.argv[1:2] == ["--one"]:
        try:
            history = run_here(Path(sys.argv[2]))
        except Exception:
            traceback.print_exc()
            sys.exit(1)
        print(f"\n{json.dumps(history) if history else ''}")
    else:
        sys.exit(main(sys.argv[1:]) != 0)
