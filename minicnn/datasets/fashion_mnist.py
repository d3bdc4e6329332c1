"""Fashion-MNIST: 70,000 pictures of clothes, of the same shape as MNIST and harder.

Source: H. Xiao, K. Rasul, R. Vollgraf 2017, "Fashion-MNIST: a novel image dataset for benchmarking
machine learning algorithms", arXiv:1708.07747.
"""

from minicnn.datasets import idx
from minicnn.datasets.published import Arrays, DataSet

CLASS_NAMES = (
    *("T-shirt/top", "Trouser", "Pullover", "Dress", "Coat"),
    *("Sandal", "Shirt", "Sneaker", "Bag", "Ankle boot"),
)
"""Names of the classes 0 to 9."""

# The authors publish MD5 sums; TensorFlow Datasets and torchvision hold the same files to these
# SHA-256.
FASHION_MNIST = DataSet(
    name="fashion_mnist",
    title="Fashion-MNIST",
    mirrors=(
        "https://storage.googleapis.com/tensorflow/tf-keras-datasets/",
        "https://raw.githubusercontent.com/zalandoresearch/fashion-mnist/master/data/fashion/",
        "http://fashion-mnist.s3-website.eu-central-1.amazonaws.com/",
    ),
    files=idx.files(
        (26_421_880, "3aede38d61863908ad78613f6a32ed271626dd12800ba2636569512369268a84"),
        (29_515, "a04f17134ac03560a47e3764e11b92fc97de4d1bfaf8ba1a3aa29af54cc90845"),
        (4_422_102, "346e55b948d973a97e58d2351dde16a484bd415d4595297633bb08f03db6a073"),
        (5_148, "67da17c76eaffca5446c3361aaab5c3cd6d1c2608764d35dfb1850b086bf8dd5"),
    ),
)


def load_data() -> Arrays:
    """Load Fashion-MNIST: from ``MINICNN_DATA``, else the cache folder, else the network (31 MB).

    Returns
    -------
    x_train : ndarray of uint8, shape (60000, 28, 28)
        Grey values: 0 is the background.
    y_train : ndarray of uint8, shape (60000,)
        The class, 0 to 9, named in `CLASS_NAMES`.
    x_test, y_test : the same for 10,000 images

    Examples
    --------
    >>> (x_train, y_train), (x_test, y_test) = load_data()  # doctest: +SKIP
    >>> CLASS_NAMES[y_train[0]]                             # doctest: +SKIP
    'Ankle boot'
    """
    return idx.load(FASHION_MNIST)
