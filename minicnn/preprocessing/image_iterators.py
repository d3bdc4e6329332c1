"""Batches of randomly changed pictures, from arrays, folders or tables, for `ImageDataGenerator`."""

import os
from collections.abc import Sequence
from itertools import chain
from typing import TYPE_CHECKING, Any

import numpy as np
from numpy import ndarray
from numpy.random import RandomState

from minicnn import checks
from minicnn.errors import ShapeError, unknown_name, warn
from minicnn.preprocessing.folder import paths_and_classes, pictures_by_class
from minicnn.preprocessing.pictures import COLOR_MODES, array_to_img, img_to_array, load_img
from minicnn.preprocessing.py_dataset import PyDataset
from minicnn.random import fresh_seed
from minicnn.serialization import argument_names

if TYPE_CHECKING:
    from minicnn.preprocessing.image_generator import ImageDataGenerator

CLASS_MODES = ("categorical", "binary", "sparse", "input", None)
RAW_MODES = ("raw", "multi_output")


class Iterator(PyDataset):
    """Batches of examples, of which every pass has another order.

    It is a data set of ``len(iterator)`` batches for `fit`, and endless for `next` and ``for``. With
    the same seed, orders and changes are those of Keras.

    Parameters
    ----------
    n : int
        Number of examples.
    batch_size : int
    shuffle : bool
    seed : int or None
    """

    def __init__(self, n: int, batch_size: int, shuffle: bool, seed: int | None) -> None:
        super().__init__()
        self.n = n
        self.batch_size = checks.integer("flow", "batch_size", batch_size)
        self.shuffle = shuffle
        self.seed = seed
        self.batch_index = 0
        self.total_batches_seen = 0
        self.index_array: ndarray | None = None
        self._random = RandomState(fresh_seed() if seed is None else seed)

    def __len__(self) -> int:
        return -(-self.n // self.batch_size)

    def __getitem__(self, index: int) -> Any:
        if not 0 <= index < len(self):
            raise IndexError(f"there are {len(self)} batches, got the index {index}.")
        return self._read(index, new_order=self.index_array is None)

    def __next__(self) -> Any:
        """Return the next batch; after the last one the next pass begins."""
        index = self.batch_index
        self.batch_index = (index + 1) % max(len(self), 1)
        return self._read(index, new_order=index == 0)

    def __iter__(self) -> "Iterator":
        """Return the iterator itself, which never ends."""
        return self

    def one_epoch(self) -> Any:
        """Yield the batches of one epoch, for `fit`."""
        return super().__iter__()

    def next(self) -> Any:
        """Return the next batch, as Keras 1 and 2 name the method."""
        return next(self)

    def on_epoch_end(self) -> None:
        """Shuffle."""
        self.index_array = self._random.permutation(self.n) if self.shuffle else np.arange(self.n)

    def reset(self) -> None:
        """Let `next` begin with the first batch of a new pass."""
        self.batch_index = 0

    def _read(self, index: int, new_order: bool) -> Any:
        if self.seed is not None:
            self._random.seed(self.seed + self.total_batches_seen)
        self.total_batches_seen += 1
        if new_order:
            Iterator.on_epoch_end(self)
        assert self.index_array is not None
        start = index * self.batch_size
        return self._batch(self.index_array[start : start + self.batch_size])

    def _batch(self, indices: ndarray) -> Any:
        """Return the batch of these examples."""
        raise NotImplementedError


class _Pictures(Iterator):
    """Pictures that the generator changes and standardizes, and a copy of each in a folder."""

    def __init__(
        self,
        image_data_generator: "ImageDataGenerator",
        n: int,
        batch_size: int = 32,
        shuffle: bool = True,
        seed: int | None = None,
        save_to_dir: str | os.PathLike[str] | None = None,
        save_prefix: str = "",
        save_format: str = "png",
        **unknown: Any,
    ) -> None:
        if unknown:
            raise unknown_name("argument of flow", next(iter(unknown)), argument_names(type(self)))
        super().__init__(n, batch_size, shuffle, seed)
        self.image_data_generator = image_data_generator
        self.dtype = image_data_generator.dtype
        self.save_to_dir = save_to_dir
        self.save_prefix, self.save_format = save_prefix, save_format

    def _picture(self, index: int) -> ndarray:
        raise NotImplementedError

    def _changed(self, indices: ndarray) -> ndarray:
        images = []
        for index in indices:
            image = self._picture(index)
            transform = self.image_data_generator.draw_transform(image.shape, self._random)
            image = self.image_data_generator.apply_transform(image, transform)
            images.append(self.image_data_generator.standardize(image))
        batch = np.array(images, self.dtype)
        if self.save_to_dir is not None:
            os.makedirs(self.save_to_dir, exist_ok=True)
            for index, image in zip(indices, batch, strict=True):
                name = f"{self.save_prefix}_{index}_{self._random.randint(10**7)}"
                path = os.path.join(self.save_to_dir, f"{name}.{self.save_format}")
                array_to_img(image).save(path)
        return batch


class NumpyArrayIterator(_Pictures):
    """The result of `ImageDataGenerator.flow`."""

    def __init__(
        self,
        x: Any,
        y: Any,
        image_data_generator: "ImageDataGenerator",
        sample_weight: Any = None,
        subset: str | None = None,
        ignore_class_split: bool = False,
        **options: Any,
    ) -> None:
        arrays = [np.asarray(x)]
        arrays += [np.asarray(item) for item in (y, sample_weight) if item is not None]
        if arrays[0].ndim != 4:
            raise ShapeError(
                "flow takes images of shape (images, height, width, channels), got "
                f"{arrays[0].shape}. To grey images add the axis of channels: x[..., None]."
            )
        if len({len(array) for array in arrays}) > 1:
            raise ShapeError(
                "flow takes one label and one sample weight for each image, got lengths "
                f"{[len(array) for array in arrays]}."
            )
        part = image_data_generator.subset_range(subset, len(arrays[0]))
        if subset is not None and y is not None and not ignore_class_split:
            cut = part.stop if subset == "validation" else part.start
            if not np.array_equal(np.unique(arrays[1][:cut]), np.unique(arrays[1][cut:])):
                raise ValueError(
                    "the training and the validation subset have different classes. Shuffle the "
                    "examples if they are sorted by class."
                )
        self.x, *rest = (array[part] for array in arrays)
        self.y = rest.pop(0) if y is not None else None
        self.sample_weight = rest.pop(0) if rest else None
        super().__init__(image_data_generator, len(self.x), **options)

    def _picture(self, index: int) -> ndarray:
        return self.x[index].astype(self.dtype)

    def _batch(self, indices: ndarray) -> Any:
        parts = [self._changed(indices)]
        parts += [item[indices] for item in (self.y, self.sample_weight) if item is not None]
        return tuple(parts) if len(parts) > 1 else parts[0]


class _Files(_Pictures):
    """Pictures that are read from files."""

    filepaths: list[str]
    labels: Any
    class_mode: str | None
    class_indices: dict[str, int]
    sample_weight: ndarray | None = None

    def __init__(
        self,
        image_data_generator: "ImageDataGenerator",
        target_size: tuple[int, int] = (256, 256),
        color_mode: str = "rgb",
        interpolation: str = "nearest",
        keep_aspect_ratio: bool = False,
        **options: Any,
    ) -> None:
        super().__init__(image_data_generator, len(self.filepaths), **options)
        self.samples = self.n
        self.target_size = checks.pair("flow", "target_size", target_size)
        self.color_mode = checks.choice("flow", "color_mode", color_mode, COLOR_MODES)
        self.image_shape = (*self.target_size, len(COLOR_MODES[self.color_mode]))
        self.interpolation = interpolation
        self.keep_aspect_ratio = keep_aspect_ratio

    def _picture(self, index: int) -> ndarray:
        image = load_img(
            self.filepaths[index],
            self.color_mode,
            self.target_size,
            self.interpolation,
            self.keep_aspect_ratio,
        )
        return img_to_array(image, dtype=self.dtype)

    def _batch(self, indices: ndarray) -> Any:
        x = self._changed(indices)
        if self.class_mode is None:
            return x
        y: Any
        if self.class_mode == "input":
            y = x.copy()
        elif self.class_mode == "raw":
            y = self.labels[indices]
        elif self.class_mode == "multi_output":
            y = [output[indices] for output in self.labels]
        elif self.class_mode == "categorical":
            y = np.zeros((len(x), len(self.class_indices)), self.dtype)
            for row, index in zip(y, indices, strict=True):
                row[self.labels[index]] = 1
        else:
            y = np.asarray(self.labels)[indices].astype(self.dtype)
        return (x, y) if self.sample_weight is None else (x, y, self.sample_weight[indices])


class DirectoryIterator(_Files):
    """The result of `ImageDataGenerator.flow_from_directory`."""

    def __init__(
        self,
        directory: str | os.PathLike[str],
        image_data_generator: "ImageDataGenerator",
        classes: Sequence[str] | None = None,
        class_mode: str | None = "categorical",
        follow_links: bool = False,
        subset: str | None = None,
        **options: Any,
    ) -> None:
        if class_mode not in CLASS_MODES:
            raise unknown_name("class_mode", class_mode, filter(None, CLASS_MODES))
        self.directory = checks.path("flow_from_directory", "directory", directory)
        self.class_mode = class_mode
        by_class = pictures_by_class(self.directory, classes, follow_links)
        self.class_indices = {name: index for index, name in enumerate(by_class)}
        self.num_classes = len(by_class)
        for name, paths in by_class.items():
            by_class[name] = paths[image_data_generator.subset_range(subset, len(paths))]
        self.filepaths, self.classes = paths_and_classes(by_class)
        self.filenames = [os.path.relpath(path, self.directory) for path in self.filepaths]
        self.labels = self.classes
        print(f"Found {len(self.filepaths)} images belonging to {self.num_classes} classes.")
        super().__init__(image_data_generator, **options)


class DataFrameIterator(_Files):
    """The result of `ImageDataGenerator.flow_from_dataframe`."""

    def __init__(
        self,
        dataframe: Any,
        directory: str | os.PathLike[str] | None,
        image_data_generator: "ImageDataGenerator",
        x_col: str = "filename",
        y_col: Any = "class",
        weight_col: str | None = None,
        classes: Sequence[str] | None = None,
        class_mode: str | None = "categorical",
        subset: str | None = None,
        validate_filenames: bool = True,
        **options: Any,
    ) -> None:
        if class_mode not in (*CLASS_MODES, *RAW_MODES):
            raise unknown_name("class_mode", class_mode, [*filter(None, CLASS_MODES), *RAW_MODES])
        for column in (x_col, *([y_col] if isinstance(y_col, str) else y_col or ()), weight_col):
            if column is not None and class_mode is not None and column not in dataframe:
                raise unknown_name("column of the dataframe", column, map(str, dataframe))
        self.directory, self.class_mode = os.fspath(directory or ""), class_mode
        paths = [os.path.join(self.directory, str(name)) for name in dataframe[x_col]]
        keep = np.ones(len(paths), bool)
        if validate_filenames:
            keep = np.array([os.path.isfile(path) for path in paths], bool)
            if not keep.all():
                warn(f"{(~keep).sum()} files of the column {x_col!r} are missing and left out.")
        by_class = class_mode in ("categorical", "binary", "sparse")
        values = [self._as_list(value) for value in dataframe[y_col]] if by_class else []
        names = self._class_names(values, classes) if by_class else []
        self.class_indices = known = {name: index for index, name in enumerate(names)}
        found = [[known[name] for name in value if name in known] for value in values]
        if by_class:
            keep &= [bool(indices) for indices in found]
        chosen = np.flatnonzero(keep)
        chosen = chosen[image_data_generator.subset_range(subset, len(chosen))]
        self.filepaths = [paths[index] for index in chosen]
        self.filenames = [str(dataframe[x_col].iloc[index]) for index in chosen]
        if by_class:
            labels = [found[index] for index in chosen]
            self.labels = self.classes = labels if class_mode == "categorical" else np.ravel(labels)
        elif class_mode == "raw":
            self.labels = np.asarray(dataframe[y_col].iloc[chosen])
        elif class_mode == "multi_output":
            self.labels = [np.array(dataframe[name].iloc[chosen].tolist()) for name in y_col]
        if weight_col is not None:
            self.sample_weight = np.asarray(dataframe[weight_col].iloc[chosen], np.float64)
        checked = "validated" if validate_filenames else "non-validated"
        of_classes = f" belonging to {len(names)} classes" if by_class else ""
        print(f"Found {len(chosen)} {checked} image filenames{of_classes}.")
        super().__init__(image_data_generator, **options)

    def _as_list(self, value: Any) -> list[Any]:
        several = self.class_mode == "categorical" and isinstance(value, (list, tuple))
        return list(value) if several else [value]

    def _class_names(self, values: list[list[Any]], classes: Sequence[str] | None) -> list[str]:
        found = list(chain.from_iterable(values))
        for label in found:
            if not isinstance(label, str):
                raise TypeError(
                    f'class_mode="{self.class_mode}" takes labels that are text, got {label!r}. '
                    'Convert the column: df["label"] = df["label"].astype(str), or use '
                    'class_mode="raw".'
                )
        names = list(dict.fromkeys(classes)) if classes else sorted(set(found))
        if self.class_mode == "binary" and len(names) != 2:
            raise ValueError(f'class_mode="binary" takes 2 classes, found {len(names)}.')
        return names
