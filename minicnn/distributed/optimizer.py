"""The optimizer that trains with the gradients of all processes."""

from typing import Any

from minicnn import optimizers
from minicnn.callbacks import Callback
from minicnn.distributed.processes import init, joined
from minicnn.distributed.ranks import Ranks
from minicnn.optimizers import Optimizer


def DistributedOptimizer(optimizer: Any) -> Optimizer:  # noqa: N802 (Horovod's name)
    """Let an optimizer take its steps with the gradients of all processes.

    Every rank calls `fit` with the same data, model and arguments; `batch_size` is that of all ranks
    together, so the learning rate stays. `fit` then

    - gives all ranks the weights, the optimizer's state and the random numbers of rank 0;
    - lets every rank compute a part of each batch, and of each batch of the validation;
    - adds up the gradients, and counts loss and metrics over the whole batch, so every rank has the
      numbers of a training with one process, to rounding;
    - shows the progress, and calls the callbacks that write files, on rank 0 only.

    `BackupAndRestore` resumes on any number of ranks. `evaluate` and `predict` outside `fit` are not
    shared: every rank that calls them computes all.

    Parameters
    ----------
    optimizer : str, dict or Optimizer
        "adam", or ``Adam(0.01)``.

    Returns
    -------
    Optimizer
        The optimizer itself, which is saved as before.

    Examples
    --------
    With one process, it is an optimizer as every other::

        import minicnn.distributed as hvd

        hvd.init()
        model.compile(hvd.DistributedOptimizer("adam"), "mse")
    """
    init()
    optimizer = optimizers.get(optimizer)
    optimizer.distributed = Ranks(joined()) if joined().size > 1 else None
    return optimizer


class BroadcastGlobalVariablesCallback(Callback):
    """Does nothing: `fit` always begins with the weights of rank 0. For programs written for Horovod.

    Parameters
    ----------
    root_rank : int
        0.
    """

    def __init__(self, root_rank: int = 0) -> None:
        if root_rank != 0:
            raise ValueError(f"the first weights are those of rank 0, got root_rank={root_rank!r}.")
        self.root_rank = root_rank


class MetricAverageCallback(Callback):
    """Does nothing: metrics are those of the whole batches. For programs written for Horovod."""
