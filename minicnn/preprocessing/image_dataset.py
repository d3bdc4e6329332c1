"""Pictures on disk as batches, read when they are needed."""

import itertools
from collections.abc import Iterator, Sequence
from numbers import Integral
from typing import TypeAlias

import numpy as np

from minicnn.preprocessing.picture_reader import PictureReader

Batch: TypeAlias = np.ndarray | tuple[np.ndarray, np.ndarray]


class ImageDataset:
    """Batches of pictures and labels; each pass over it reads the files again."""

    def __init__(
        self,
        file_paths: Sequence[str],
        labels: np.ndarray | None,
        class_names: Sequence[str] | None,
        *,
        read: PictureReader,
        batch_size: int | None,
        shuffle_seed: int | None,
    ) -> None:
        if batch_size is not None and not (isinstance(batch_size, Integral) and batch_size >= 1):
            raise ValueError(f"batch_size must be a whole number from 1 up, got {batch_size!r}.")
        self.file_paths = list(file_paths)
        self.labels = labels
        self.class_names = None if class_names is None else list(class_names)
        self.batch_size = batch_size
        self._read = read
        self._shuffle_seed = shuffle_seed
        self._passes = itertools.count()

    def __len__(self) -> int:
        """Return the number of batches in a pass."""
        return -(-len(self.file_paths) // (self.batch_size or 1))

    def __iter__(self) -> Iterator[Batch]:
        """Start a pass."""
        order = np.arange(len(self.file_paths))
        if self._shuffle_seed is not None:
            np.random.default_rng((self._shuffle_seed, next(self._passes))).shuffle(order)
        if self.batch_size is None:
            return (self._single(index) for index in order.tolist())
        starts = range(0, len(order), self.batch_size)
        return (self._batch(order[start : start + self.batch_size]) for start in starts)

    def _single(self, index: int) -> Batch:
        image = self._read(self.file_paths[index])
        return image if self.labels is None else (image, self.labels[index])

    def _batch(self, indices: np.ndarray) -> Batch:
        images = np.stack([self._read(self.file_paths[index]) for index in indices])
        return images if self.labels is None else (images, self.labels[indices])
