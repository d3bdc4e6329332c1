"""MNIST: 70,000 handwritten digits, 28×28 grey pixels each.

Source: Y. LeCun, L. Bottou, Y. Bengio, P. Haffner 1998, "Gradient-based learning applied to
document recognition", Proceedings of the IEEE 86 (11).
"""

from minicnn.datasets import idx
from minicnn.datasets.published import Arrays, DataSet

MNIST = DataSet(
    name="mnist",
    title="MNIST",
    mirrors=(
        "https://storage.googleapis.com/cvdf-datasets/mnist/",
        "https://ossci-datasets.s3.amazonaws.com/mnist/",
        "https://sagemaker-sample-files.s3.amazonaws.com/datasets/image/MNIST/",
    ),
    files=idx.files(
        (9_912_422, "440fcabf73cc546fa21475e81ea370265605f56be210a4024d2ca8f203523609"),
        (28_881, "3552534a0a558bbed6aed32b30c495cca23d567ec52cac8be1a0730e8010255c"),
        (1_648_877, "8d422c7b0a1c1c79245a5bcf07fe86e33eeafee792b84584aec276f5a2dbc4e6"),
        (4_542, "f7ae60f92e00ec6debd23a6088c31dbd2371eca3ffa0defaefb259924204aec6"),
    ),
)


def load_data(path: str | None = None) -> Arrays:
    """Load MNIST: from ``MINICNN_DATA``, else the user's cache folder, else the network (12 MB).

    Parameters
    ----------
    path : str, optional
        Accepted as in Keras, which stores the data under this name, and ignored.

    Returns
    -------
    x_train : ndarray of uint8, shape (60000, 28, 28)
        Grey values: 0 is the background, 255 full ink.
    y_train : ndarray of uint8, shape (60000,)
        The digit, 0 to 9.
    x_test, y_test : the same for 10,000 images

    Examples
    --------
    >>> (x_train, y_train), (x_test, y_test) = load_data()  # doctest: +SKIP
    >>> x_train.shape, y_train[:5]                          # doctest: +SKIP
    ((60000, 28, 28), array([5, 0, 4, 1, 9], dtype=uint8))
    """
    return idx.load(MNIST)
