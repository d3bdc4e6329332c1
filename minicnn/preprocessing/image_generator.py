"""Keras' `ImageDataGenerator`: pictures that are changed at random for every epoch."""

import os
from collections.abc import Sequence
from typing import Any

import numpy.typing as npt

from minicnn import checks
from minicnn.preprocessing.image_iterators import (
    DataFrameIterator,
    DirectoryIterator,
    NumpyArrayIterator,
)
from minicnn.preprocessing.picture_transformer import PictureTransformer

Path = str | os.PathLike[str]


class ImageDataGenerator(PictureTransformer):
    """Change pictures at random, standardize them, and return them in batches.

    Parameters
    ----------
    featurewise_center, featurewise_std_normalization : bool
        Whether to subtract the mean of all pictures, and to divide by their standard deviation, of
        each channel; `fit` computes them.
    samplewise_center, samplewise_std_normalization : bool
        The same with the mean and standard deviation of each picture.
    zca_whitening : bool
        Whether to remove the correlations between pixels; `fit` computes them.
    zca_epsilon : float
        Added to their singular values.
    rotation_range : float
        Largest angle, in degrees.
    width_shift_range, height_shift_range : float, int or sequence
        Shift by up to this fraction of the width or height (below 1), by up to this number of
        pixels, or by one of the numbers.
    brightness_range : (float, float), optional
        Multiply the brightness by a factor from this range.
    shear_range : float
        Largest angle, in degrees.
    zoom_range : float or (float, float)
        Zoom by a factor from this range, or from 1 - `zoom_range` to 1 + `zoom_range`.
    channel_shift_range : float
        Add up to this number.
    fill_mode : {"nearest", "constant", "reflect", "wrap"}
        How to fill pixels from outside the picture.
    cval : float
        Their value with "constant".
    horizontal_flip, vertical_flip : bool
        Whether to flip half of the pictures.
    rescale : float, optional
        Factor for all pixels, such as 1/255; applied after the changes.
    preprocessing_function : callable, optional
        Takes a changed picture and returns one of the same shape.
    data_format : {"channels_last"}, optional
    validation_split : float
        Fraction of the pictures, the first ones, of ``subset="validation"``.
    interpolation_order : int
        Of the spline that the geometric changes interpolate with.
    dtype : str, optional
        "float32" by default.

    Raises
    ------
    ValueError
        If an argument makes no sense.

    Examples
    --------
    >>> x, y = np.zeros((5, 8, 8, 1), "uint8"), np.arange(5)
    >>> generator = ImageDataGenerator(rotation_range=10, rescale=1 / 255)
    >>> flow = generator.flow(x, y, batch_size=2, seed=1)
    >>> len(flow), [array.shape for array in flow[0]]
    (3, [(2, 8, 8, 1), (2,)])
    """

    def flow(
        self,
        x: npt.ArrayLike,
        y: npt.ArrayLike | None = None,
        batch_size: int = 32,
        shuffle: bool = True,
        sample_weight: npt.ArrayLike | None = None,
        seed: int | None = None,
        **options: Any,
    ) -> NumpyArrayIterator:
        """Return batches of the images in an array.

        Parameters
        ----------
        x : array_like, shape (images, height, width, channels)
        y : array_like, optional
            Labels.
        batch_size : int
        shuffle : bool
        sample_weight : array_like, optional
        seed : int, optional
            With the same seed, batches are those of Keras, except for shifts.
        save_to_dir : path-like, optional
            Folder to save the changed pictures in, to look at them.
        save_prefix, save_format : str
            Of these files' names; "" and "png" by default.
        ignore_class_split : bool
            Whether the subsets may have different classes.
        subset : {"training", "validation"}, optional
            Which images to use if `validation_split` is set.

        Returns
        -------
        NumpyArrayIterator
            Yields x, (x, y) or (x, y, sample_weight).

        Raises
        ------
        ShapeError, ValueError
            If the arrays do not fit each other.
        UnknownNameError
            If a subset or an option is misspelt.
        """
        options |= {"batch_size": batch_size, "shuffle": shuffle, "seed": seed}
        return NumpyArrayIterator(x, y, self, sample_weight, **options)

    def flow_from_directory(
        self,
        directory: Path,
        target_size: tuple[int, int] = (256, 256),
        color_mode: str = "rgb",
        classes: Sequence[str] | None = None,
        class_mode: str | None = "categorical",
        batch_size: int = 32,
        shuffle: bool = True,
        seed: int | None = None,
        **options: Any,
    ) -> DirectoryIterator:
        """Return batches of the pictures in a folder, whose subfolders are the classes.

        Parameters
        ----------
        directory : path-like
        target_size : (int, int)
            Height and width to resize to.
        color_mode : {"rgb", "grayscale", "rgba"}
        classes : list of str, optional
            The subfolders to use, numbered in this order; by default all, sorted.
        class_mode : {"categorical", "binary", "sparse", "input", None}
            One-hot labels, numbers of classes (the next two), the pictures themselves, or none.
        interpolation : {"nearest", "bilinear", "bicubic", "hamming", "box", "lanczos"}
        keep_aspect_ratio : bool
            Whether to crop the middle of pictures instead of stretching them.
        follow_links : bool
            Whether to enter folders that are symbolic links.
        batch_size, shuffle, seed, save_to_dir, save_prefix, save_format, subset
            As for `flow`.

        Returns
        -------
        DirectoryIterator
            Has ``class_indices``, ``classes``, ``filenames`` and ``samples``.

        Raises
        ------
        DataError
            If the folder is missing or has no subfolders.
        UnknownNameError
            If a mode, a class or an option is misspelt.
        """
        options |= {"batch_size": batch_size, "shuffle": shuffle, "seed": seed}
        options |= {"target_size": target_size, "color_mode": color_mode}
        return DirectoryIterator(directory, self, classes, class_mode, **options)

    def flow_from_dataframe(
        self,
        dataframe: Any,
        directory: Path | None = None,
        x_col: str = "filename",
        y_col: str | Sequence[str] = "class",
        weight_col: str | None = None,
        **options: Any,
    ) -> DataFrameIterator:
        """Return batches of the pictures that a pandas DataFrame lists.

        Parameters
        ----------
        dataframe : pandas.DataFrame
        directory : path-like, optional
            Folder of the files; without it the column holds whole paths.
        x_col : str
            Column of file names.
        y_col : str or list of str
            Column of labels: text, or with "categorical" also lists of text; with "raw" and
            "multi_output" numbers.
        weight_col : str, optional
            Column of sample weights.
        class_mode : {"categorical", "binary", "sparse", "input", "raw", "multi_output", None}
            As for `flow_from_directory`; or the numbers of a column, or of several columns.
        validate_filenames : bool
            Whether to leave out files that are missing, with a warning.
        target_size, color_mode, classes, interpolation, keep_aspect_ratio
            As for `flow_from_directory`.
        batch_size, shuffle, seed, save_to_dir, save_prefix, save_format, subset
            As for `flow`.

        Returns
        -------
        DataFrameIterator

        Raises
        ------
        UnknownNameError
            If a mode, a column or an option is misspelt.
        TypeError
            If labels are not text.
        """
        return DataFrameIterator(dataframe, directory, self, x_col, y_col, weight_col, **options)

    def subset_range(self, subset: str | None, count: int) -> slice:
        """Return the part of `count` pictures that is a subset."""
        if subset is None:
            return slice(0, count)
        checks.choice("flow", "subset", subset, ("training", "validation"))
        cut = int(self.validation_split * count)
        return slice(0, cut) if subset == "validation" else slice(cut, count)
