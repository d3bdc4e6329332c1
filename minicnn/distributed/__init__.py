"""Train one model on several processes or machines, with MPI, in Horovod's idiom.

Every process (*rank*) runs the same program on the same data and computes its part of every batch; the
gradients are added up, so all ranks make the same step. One line of a program changes::

    import minicnn.distributed as hvd

    hvd.init()
    model.compile(hvd.DistributedOptimizer("adam"), "categorical_crossentropy", ["accuracy"])

and ``mpiexec -n 4 python train.py`` starts it. Needs ``pip install "minicnn[mpi]"``.
"""

from minicnn.distributed.optimizer import (
    BroadcastGlobalVariablesCallback,
    DistributedOptimizer,
    MetricAverageCallback,
)
from minicnn.distributed.processes import init, local_rank, local_size, rank, size

__all__ = [
    "BroadcastGlobalVariablesCallback",
    "DistributedOptimizer",
    "MetricAverageCallback",
    "init",
    "local_rank",
    "local_size",
    "rank",
    "size",
]
