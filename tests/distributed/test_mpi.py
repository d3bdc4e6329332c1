"""The same program with mpiexec: 1 to 4 ranks, ranks that fail, and resuming on other numbers."""

import ast
import os
import shutil
import subprocess
import sys
from pathlib import Path

import numpy as np
import pytest

from tests.pages import blocks

pytest.importorskip("mpi4py", reason='needs MPI: pip install "minicnn[mpi]"')
MPIEXEC = shutil.which("mpiexec", path=f"{Path(sys.executable).parent}:{os.environ.get('PATH')}")
if MPIEXEC is None:
    pytest.skip("needs mpiexec", allow_module_level=True)
PROGRAM = Path(__file__).with_name("program.py")


@pytest.fixture(scope="module")
def alone(tmp_path_factory):
    """The folder of a training with one process, without mpiexec."""
    folder = tmp_path_factory.mktemp("alone")
    done = run(1, folder, start=[])
    assert done.returncode == 0, done.stderr
    return folder


def run(size, folder, *arguments, start=None, program=PROGRAM):
    if start is None:
        start = [MPIEXEC, "--oversubscribe", "-n", str(size)]
    environment = {
        "OMPI_ALLOW_RUN_AS_ROOT": "1",
        "OMPI_ALLOW_RUN_AS_ROOT_CONFIRM": "1",
        "MINICNN_THREADS": "1",
        **(
            {"MINICNN_OPS": "numpy"} if program == PROGRAM else {}
        ),  # compiling would look like hanging
        "PYTHONPATH": os.pathsep.join(sys.path),
    }
    return subprocess.run(
        [*start, sys.executable, program, str(folder), *arguments],
        cwd=folder,
        env=os.environ | environment,
        capture_output=True,
        text=True,
        timeout=300,
        check=False,
    )


def assert_trained_as(alone, folder, size):
    expected = np.load(alone / "rank0.npz")
    for rank in range(size):
        found = np.load(folder / f"rank{rank}.npz")
        for name in set(expected.files) - {"local"}:
            np.testing.assert_allclose(found[name], expected[name], rtol=1e-4, atol=1e-5)
        assert found["local"].tolist() == [rank, size, rank, size]


@pytest.mark.parametrize("size", [1, 2, 3, 4])
def test_any_number_of_ranks(alone, tmp_path, size):
    done = run(size, tmp_path)
    assert done.returncode == 0, done.stderr
    assert_trained_as(alone, tmp_path, size)
    assert done.stdout.count("training\n") == done.stdout.count("trained\n") == 1
    assert done.stdout.count("Epoch 1/4") == 1
    assert len((tmp_path / "log.csv").read_text().splitlines()) == 5
    own = {f"rank{rank}.npz" for rank in range(size)}
    written = {path.name for path in tmp_path.iterdir()}
    assert written == own | {"log.csv", "best.keras", "model.keras"}


@pytest.mark.parametrize(
    ("failure", "message"),
    [
        ("error", "minicnn: rank 1 failed with RuntimeError. All ranks end."),
        ("exit", "minicnn: rank 1 left the training with SystemExit. All ranks end."),
        ("kill", "signal 9"),
        ("hang", "minicnn: rank 0 has waited"),
    ],
)
def test_a_rank_that_fails_ends_all(alone, tmp_path, failure, message):
    done = run(2, tmp_path, failure)  # a rank that hangs would hang for an hour
    assert done.returncode != 0
    assert message in done.stderr
    if failure == "error":
        assert "RuntimeError: the last rank has a problem" in done.stderr
    if failure == "hang":
        assert "minicnn: rank 1 keeps the others waiting" in done.stderr
        assert "time.sleep(3600)" in done.stderr
    assert "trained\n" not in done.stdout
    assert not list(tmp_path.rglob("*.tmp")), "nothing half-written"
    resumed = run(3, tmp_path)
    assert resumed.returncode == 0, resumed.stderr
    assert "Epoch 2/4" in resumed.stdout
    assert "Epoch 1/4" not in resumed.stdout
    assert_trained_as(alone, tmp_path, 3)


def test_the_program_of_the_guide(tmp_path):
    (code,) = (
        code for language, code in blocks("docs/several_machines.md") if language == "python"
    )
    program = tmp_path / "train.py"
    program.write_text(code)
    done = run(2, tmp_path, program=program)
    assert done.returncode == 0, done.stderr
    loss, accuracy = ast.literal_eval(done.stdout.splitlines()[-1])
    assert loss < 0.7
    assert accuracy > 0.8
    assert {path.name for path in tmp_path.iterdir()} == {"train.py", "digits.keras"}
