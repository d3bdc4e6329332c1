"""The searches of `examples/search_on_a_cluster.py`, each on a real cluster of two processes."""

import re
import subprocess
import sys

import pytest

from tests.examples.test_examples import EXAMPLES, environment

ENGINES = {"dask": "dask.distributed", "ray": "ray", "dask-ml": "dask_ml", "optuna": "optuna"}


@pytest.mark.parametrize("engine", ENGINES)
def test_a_search(tmp_path, engine):
    """Two workers that begin with an empty cache compile at the same time, and agree."""
    pytest.importorskip(ENGINES[engine])
    cache = tmp_path / "cache"
    done = subprocess.run(
        [sys.executable, EXAMPLES / "search_on_a_cluster.py", engine],
        cwd=tmp_path,
        env=environment() | {"NUMBA_CACHE_DIR": str(cache), "PYTHONWARNINGS": "default"},
        capture_output=True,
        encoding="utf-8",
        timeout=300,
        check=False,
    )
    assert done.returncode == 0, done.stderr[-3000:]
    found = re.search(r"^best: \{.*learning_rate.*\}, accuracy (\d\.\d+)$", done.stdout, re.M)
    assert found, done.stdout
    assert float(found[1]) > 0.8
    assert not re.search("minicnn.*Warning", done.stderr)  # such as of a damaged cache
