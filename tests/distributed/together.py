"""Several ranks as threads of one process, with a communicator of barriers: no MPI is needed."""

import pickle
from contextvars import copy_context
from threading import Barrier, Thread

import numpy as np

from minicnn.distributed.processes import Processes
from minicnn.distributed.ranks import Ranks


class _Room:
    def __init__(self, size):
        self.slots, self.barrier, self.bytes = [None] * size, Barrier(size, timeout=60), 0


class ThreadProcesses(Processes):
    def __init__(self, rank, room):
        self.rank, self.size, self.room = rank, len(room.slots), room
        self.training = False

    def _all(self, value):
        self.room.slots[self.rank] = pickle.dumps(value)
        self.room.barrier.wait()
        values = [pickle.loads(slot) for slot in self.room.slots]
        self.room.barrier.wait()
        return values

    def call(self, method, value):
        values = self._all(value)
        return {"bcast": values[0], "allgather": values}[method]

    def sum(self, array):
        array[...] = np.sum(self._all(array), axis=0)
        return array

    def fail(self, message):
        self.room.barrier.abort()


def together(size, work):
    """Return ``work(ranks)`` of every rank."""
    room, results, errors = _Room(size), [None] * size, []

    def run(rank):
        try:
            results[rank] = work(Ranks(ThreadProcesses(rank, room)))
        except BaseException as error:  # as an excepthook ends all ranks
            errors.append(error)
            room.barrier.abort()

    threads = [Thread(target=copy_context().run, args=(run, rank)) for rank in range(size)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    if errors:
        raise errors[0]
    return results
