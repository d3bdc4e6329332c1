"""The searches of `examples/search_on_a_cluster.py`, each on a real cluster of two processes."""

import re
import subprocess
import sys

import pytest

from tests.examples.test_examples import EXAMPLES, environment

ENGINES = {"dask": "dask.distributed", "ray": "ray", "dask-ml": "dask_ml", "optuna": "optuna"}


@pytest.mark.parametrize("engine", ENGINES)
def test_a_search(tmp_path, engine):
    """With Dask, two workers begin with an empty cache and compile at the same time."""
    pytest.importorskip(ENGINES[engine])
    cache = {"NUMBA_CACHE_DIR": str(tmp_path / "cache")} if engine == "dask" else {}
    done = subprocess.run(
        [sys.executable, EXAMPLES / "search_on_a_cluster.py", engine],
        cwd=tmp_path,
        env=environment() | {"PYTHONWARNINGS": "default"} | cache,
        capture_output=True,
        encoding="utf-8",
        timeout=600,
        check=False,
    )
    assert done.returncode == 0, done.stderr[-3000:]
    found = re.search(r"^best: \{.*learning_rate.*\}, accuracy (\d\.\d+)$", done.stdout, re.M)
    assert found, done.stdout
    assert float(found[1]) > 0.8
    assert not re.search("minicnn.*Warning", done.stderr)  # such as of a damaged cache
