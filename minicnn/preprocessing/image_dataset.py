"""A folder of pictures, one subfolder for each class, as a data set of batches."""

import itertools
import os
from collections.abc import Callable, Iterator, Sequence
from typing import Any, TypeAlias

import numpy as np
import numpy.typing as npt

from minicnn import checks
from minicnn.errors import ShapeError
from minicnn.preprocessing.folder import check_split, encode_labels, find_pictures, split
from minicnn.preprocessing.pictures import COLOR_MODES, img_to_array, load_img
from minicnn.preprocessing.resize import INTERPOLATIONS, crop_to_size, pad_to_size, resize
from minicnn.random import fresh_seed

Batch: TypeAlias = np.ndarray | tuple[np.ndarray, np.ndarray]


def smart_resize(
    x: npt.ArrayLike, size: tuple[int, int], interpolation: str = "bilinear"
) -> np.ndarray:
    """Resize pictures without stretching them: their middle is cropped to the target's proportions.

    Parameters
    ----------
    x : array_like, shape (height, width, channels) or (pictures, height, width, channels)
    size : (int, int)
        Height and width.
    interpolation : str, optional
        As for `image_dataset_from_directory`.

    Returns
    -------
    ndarray of float32

    Raises
    ------
    ShapeError
        If `x` has another number of axes.

    Examples
    --------
    >>> smart_resize(np.ones((4, 6, 1)), (2, 2)).shape
    (2, 2, 1)
    """
    images, target = np.asarray(x), checks.pair("smart_resize", "size", size)
    if images.ndim == 4:
        return np.stack([crop_to_size(image, target, interpolation) for image in images])
    if images.ndim != 3:
        raise ShapeError(
            "smart_resize takes a picture (height, width, channels) or several, got "
            f"{images.shape}."
        )
    return crop_to_size(images, target, interpolation)


class BatchSource:
    """The methods of TensorFlow's data sets that programs call on batches of pictures."""

    def __init__(self, iterate: Callable[[], Iterator[Any]], length: int) -> None:
        self._iterate = iterate
        self._length = length

    def __len__(self) -> int:
        """Return the number of batches in a pass."""
        return self._length

    def __iter__(self) -> Iterator[Any]:
        """Start a pass."""
        return self._iterate()

    def take(self, count: int) -> "BatchSource":
        """Return the first batches; -1 for all."""
        length = min(count, len(self)) if count >= 0 else len(self)
        return BatchSource(lambda: itertools.islice(self, length), length)

    def map(self, function: Callable[..., Any], *_: Any, **__: Any) -> "BatchSource":
        """Return the results of a function of each batch, called as ``function(images, labels)``."""

        def iterate() -> Iterator[Any]:
            for batch in self:
                yield function(*batch) if isinstance(batch, tuple) else function(batch)

        return BatchSource(iterate, len(self))

    def shuffle(self, buffer_size: int, seed: int | None = None, **_: Any) -> "BatchSource":
        """Return the batches in random order, drawn from a buffer of this size."""

        def iterate() -> Iterator[Any]:
            random = np.random.default_rng(fresh_seed() if seed is None else seed)
            source, buffer = iter(self), list[Any]()
            for batch in source:
                buffer.append(batch)
                if len(buffer) >= buffer_size:
                    yield buffer.pop(random.integers(len(buffer)))
            while buffer:
                yield buffer.pop(random.integers(len(buffer)))

        return BatchSource(iterate, len(self))

    def cache(self, *_: Any, **__: Any) -> "BatchSource":
        """Return the data set itself: pictures are read in each pass, when they are needed."""
        return self

    prefetch = cache


class ImageDataset(BatchSource):
    """Batches of pictures and labels; each pass over it reads the files again."""

    def __init__(
        self,
        file_paths: Sequence[str],
        labels: np.ndarray | None,
        class_names: Sequence[str] | None,
        *,
        read: Callable[[str], np.ndarray],
        batch_size: int | None,
        shuffle_seed: int | None,
    ) -> None:
        super().__init__(self._batches, -(-len(file_paths) // (batch_size or 1)))
        self.file_paths = list(file_paths)
        self.labels = labels
        self.class_names = None if class_names is None else list(class_names)
        self.batch_size = batch_size
        self._read = read
        self._shuffle_seed = shuffle_seed
        self._passes = itertools.count()

    def _batches(self) -> Iterator[Batch]:
        order = np.arange(len(self.file_paths))
        if self._shuffle_seed is not None:
            np.random.default_rng((self._shuffle_seed, next(self._passes))).shuffle(order)
        parts: Any = order
        if self.batch_size is not None:
            parts = np.split(order, range(self.batch_size, len(order), self.batch_size))
        for part in parts:
            if self.batch_size is None:
                images = self._read(self.file_paths[part])
            else:
                images = np.stack([self._read(self.file_paths[index]) for index in part])
            yield images if self.labels is None else (images, self.labels[part])


def image_dataset_from_directory(
    directory: str | os.PathLike[str],
    labels: npt.ArrayLike | None = "inferred",
    label_mode: str | None = "int",
    class_names: list[str] | None = None,
    color_mode: str = "rgb",
    batch_size: int | None = 32,
    image_size: int | tuple[int, int] = (256, 256),
    shuffle: bool = True,
    seed: int | None = None,
    validation_split: float | None = None,
    subset: str | None = None,
    interpolation: str = "bilinear",
    follow_links: bool = False,
    crop_to_aspect_ratio: bool = False,
    pad_to_aspect_ratio: bool = False,
    verbose: bool = True,
) -> ImageDataset | tuple[ImageDataset, ImageDataset]:
    """Return the pictures in a folder as batches that are read from disk when they are needed.

    With the same `seed`, the pictures are split exactly as in Keras.

    Parameters
    ----------
    directory : path
        Each of its subfolders is a class and holds, at any depth, its pictures: .bmp, .gif, .jpeg,
        .jpg or .png files.
    labels : "inferred", None or array_like of int, optional
        None: no labels, and subfolders do not matter. Integers: one for each picture, in the order
        of the sorted paths.
    label_mode : {"int", "categorical", "binary", None}, optional
        int32 (batch,), one-hot float32 (batch, classes), float32 (batch, 1) of 0 and 1, or none.
    class_names : list of str, optional
        The subfolders to use, numbered in this order; by default all, sorted.
    color_mode : {"rgb", "grayscale", "rgba"}, optional
        For 3, 1 or 4 channels.
    batch_size : int or None, optional
        None yields the pictures one by one.
    image_size : (int, int) or int, optional
        Height and width, in pixels, that all pictures are resized to.
    shuffle : bool, optional
        Whether to shuffle the pictures before each pass; otherwise they are sorted.
    seed : int, optional
        Seed of the shuffling; by default drawn from the stream that `set_random_seed` sets.
    validation_split : float, optional
        Fraction of the pictures, between 0 and 1, to use for validation: the last ones.
    subset : {"training", "validation", "both"}, optional
        The part to return; required with `validation_split`.
    interpolation : str, optional
        "bilinear", "nearest" or "bicubic", computed as in Keras; or "area", "lanczos3", "lanczos5",
        "gaussian" or "mitchellcubic", for which Pillow's box, lanczos, lanczos, hamming and bicubic
        filters are used.
    follow_links : bool, optional
        Whether to enter folders inside a class that are symbolic links; each folder only once.
    crop_to_aspect_ratio, pad_to_aspect_ratio : bool, optional
        Whether to crop pictures, or to pad them with black, instead of stretching them.
    verbose : bool, optional
        Whether to print the number of pictures.

    Returns
    -------
    ImageDataset, or two of them (training, validation) for ``subset="both"``
        Yields ``(images, labels)``: images float32 (batch, height, width, channels), 0 to 255.
        Has a length in batches, `class_names`, `file_paths` and `labels`; and `take`, `map`,
        `shuffle`, `cache` and `prefetch` as TensorFlow's data sets.

    Raises
    ------
    DataError
        If the folder is missing or holds no picture.
    FileFormatError
        During a pass: if a picture is damaged or dangerously large. The file is named.
    UnknownNameError
        If a mode, an interpolation, a subset or a class folder is misspelt.
    ValueError
        If arguments contradict each other or the pictures.

    Examples
    --------
    >>> import tempfile, pathlib
    >>> from PIL import Image
    >>> folder = tempfile.TemporaryDirectory()
    >>> for name in ("cat", "dog"):
    ...     pathlib.Path(folder.name, name).mkdir()
    ...     Image.new("L", (9, 9)).save(pathlib.Path(folder.name, name, "1.png"))
    >>> data = image_dataset_from_directory(folder.name, color_mode="grayscale", image_size=28)
    Found 2 files belonging to 2 classes.
    >>> for images, labels in data:
    ...     print(images.shape, sorted(labels.tolist()), data.class_names)
    (2, 28, 28, 1) [0, 1] ['cat', 'dog']
    >>> folder.cleanup()
    """
    check_split(validation_split, subset, shuffle, seed)
    owner = "image_dataset_from_directory"
    size = checks.pair(owner, "image_size", image_size)
    if batch_size is not None:
        batch_size = checks.integer(owner, "batch_size", batch_size)
    if crop_to_aspect_ratio and pad_to_aspect_ratio:
        raise ValueError("use only one of crop_to_aspect_ratio and pad_to_aspect_ratio.")
    fit = crop_to_size if crop_to_aspect_ratio else pad_to_size if pad_to_aspect_ratio else resize
    checks.choice(owner, "interpolation", interpolation, INTERPOLATIONS)
    checks.choice(owner, "color_mode", color_mode, COLOR_MODES)

    def read(path: str) -> np.ndarray:
        picture = img_to_array(load_img(path, color_mode), dtype="uint8")
        return fit(picture, size, interpolation)

    found = find_pictures(
        checks.path(owner, "directory", directory),
        None if label_mode is None else labels,
        class_names,
        follow_links,
    )
    names = found.class_names or []
    targets = encode_labels(found.classes, len(names), label_mode)
    if verbose:
        classes = f" belonging to {len(names)} classes" if names else ""
        print(f"Found {len(found.paths)} files{classes}.")

    order = np.arange(len(found.paths))
    if shuffle:
        seed = fresh_seed() if seed is None else seed
        np.random.RandomState(seed).shuffle(order)  # Keras' stream, for Keras' split
    datasets = [
        ImageDataset(
            [found.paths[index] for index in part],
            None if targets is None else targets[part],
            found.class_names,
            read=read,
            batch_size=batch_size,
            # As in Keras, a validation set beside a training set keeps its order.
            shuffle_seed=seed if shuffle and not (subset == "both" and number == 1) else None,
        )
        for number, part in enumerate(split(order, validation_split, subset))
    ]
    return (datasets[0], datasets[1]) if subset == "both" else datasets[0]
