"""A folder of pictures, one subfolder a class, as a data set."""

import os

import numpy as np
import numpy.typing as npt

from minicnn.preprocessing.aspect import crop_to_size, pad_to_size
from minicnn.preprocessing.folder import find_pictures
from minicnn.preprocessing.image_dataset import ImageDataset
from minicnn.preprocessing.label_modes import encode_labels
from minicnn.preprocessing.picture_reader import PictureReader
from minicnn.preprocessing.resize import resize
from minicnn.preprocessing.split import check_split, split
from minicnn.random import fresh_seed


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
    """Make batches of the pictures in a folder, read from disk when they are needed.

    With the same `seed`, the pictures are split as Keras splits them.

    Parameters
    ----------
    directory : path
        The folder. Each of its subfolders is a class and holds its pictures: .bmp, .gif, .jpeg,
        .jpg or .png files, in subfolders of their own too.
    labels : "inferred", None or array_like of int, optional
        None: no labels, and subfolders do not matter. Numbers: one a picture, in the order of the
        sorted paths.
    label_mode : {"int", "categorical", "binary", None}, optional
        int32 (batch,), one-hot float32 (batch, classes), float32 (batch, 1) of 0 and 1, or none.
    class_names : list of str, optional
        Which subfolders to take, numbered in this order; by default all, sorted.
    color_mode : {"rgb", "grayscale", "rgba"}, optional
        For 3, 1 or 4 channels.
    batch_size : int or None, optional
        None yields the pictures one by one.
    image_size : (int, int) or int, optional
        Height and width, in pixels, that all pictures are resized to.
    shuffle : bool, optional
        Whether to shuffle the pictures, and each pass over them anew; else they come sorted.
    seed : int, optional
        Of the shuffling; by default drawn from the stream that `set_random_seed` sets.
    validation_split : float, optional
        Share of the pictures to validate with, between 0 and 1: the last ones.
    subset : {"training", "validation", "both"}, optional
        Which part to return; needed with `validation_split`.
    interpolation : str, optional
        bilinear, nearest, area, bicubic, lanczos3, lanczos5, gaussian or mitchellcubic.
    follow_links : bool, optional
        Whether to enter folders inside a class that are symbolic links.
    crop_to_aspect_ratio, pad_to_aspect_ratio : bool, optional
        Cut off, or put black beside, what else would be stretched.
    verbose : bool, optional
        Whether to print how many pictures were found.

    Returns
    -------
    ImageDataset, or two of them (training, validation) for ``subset="both"``
        Yields ``(images, labels)``: images float32 (batch, height, width, channels), 0 to 255.
        Has a length in batches, `class_names`, `file_paths` and `labels`.

    Raises
    ------
    DataError
        If the folder is not there, or holds no picture.
    FileFormatError
        During a pass: if a picture is damaged or dangerously large. The file is named.
    UnknownNameError
        If a mode, an interpolation, a subset or a class folder is misspelt.
    ValueError
        If arguments do not fit each other or the pictures.

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
    size = (image_size, image_size) if isinstance(image_size, int) else image_size
    if crop_to_aspect_ratio and pad_to_aspect_ratio:
        raise ValueError("choose one of crop_to_aspect_ratio and pad_to_aspect_ratio.")
    fit = crop_to_size if crop_to_aspect_ratio else pad_to_size if pad_to_aspect_ratio else resize
    read = PictureReader(color_mode, size, interpolation, fit)
    found = find_pictures(
        os.fspath(directory), None if label_mode is None else labels, class_names, follow_links
    )
    names = found.class_names or []
    targets = encode_labels(found.numbers, len(names), label_mode)
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
            # As in Keras, what validates beside a training part keeps its order.
            shuffle_seed=seed if shuffle and not (subset == "both" and number == 1) else None,
        )
        for number, part in enumerate(split(order, validation_split, subset))
    ]
    return (datasets[0], datasets[1]) if subset == "both" else datasets[0]
