import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from hypothesis.extra.numpy import array_shapes, arrays

from minicnn.errors import UnknownNameError
from minicnn.preprocessing import to_categorical


def test_the_lectures_five():
    np.testing.assert_array_equal(to_categorical(5, 10), [0, 0, 0, 0, 0, 1, 0, 0, 0, 0])


# Each as Keras 3.15 answers.
@pytest.mark.parametrize(
    ("x", "num_classes", "expected"),
    [
        ([0, 2], None, [[1, 0, 0], [0, 0, 1]]),
        ([[0], [1]], None, [[1, 0], [0, 1]]),
        ([[1]], None, [[0, 1]]),
        ([[0, 1], [1, 0]], None, [[[1, 0], [0, 1]], [[0, 1], [1, 0]]]),
        ([[[1]], [[0]]], 3, [[[0, 1, 0]], [[1, 0, 0]]]),
        (3, None, [0, 0, 0, 1]),
        ([True, False], None, [[0, 1], [1, 0]]),
        (["1", "2"], None, [[0, 1, 0], [0, 0, 1]]),
        ([1.0, 0.0], None, [[0, 1], [1, 0]]),
    ],
)
def test_shapes_are_those_of_keras(x, num_classes, expected):
    vectors = to_categorical(x, num_classes)
    assert vectors.dtype == np.float64
    np.testing.assert_array_equal(vectors, expected)
    assert vectors.shape == np.shape(expected)


def test_no_labels_of_known_classes():
    assert to_categorical([], 3).shape == (0, 3)


@given(
    arrays(
        st.sampled_from([np.uint8, np.int64, np.float32]),
        array_shapes(max_dims=3, max_side=4),
        elements=st.integers(0, 9),
    )
)
def test_one_in_its_place(x):
    vectors = to_categorical(x, 10)
    kept = x[..., 0] if x.ndim > 1 and x.shape[-1] == 1 else x
    assert vectors.shape == (*kept.shape, 10)
    assert set(np.unique(vectors)) <= {0, 1}
    assert (vectors.sum(axis=-1) == 1).all()
    np.testing.assert_array_equal(vectors.argmax(axis=-1), kept)


@pytest.mark.parametrize(
    ("x", "num_classes", "complaint"),
    [
        ([0, -1], 3, "labels >= 0, got -1"),
        ([0.0, -1.0], 3, r"labels >= 0, got -1\.0"),
        ([1.5], None, r"integers, got the label 1\.5"),
        ([float("nan")], None, "got the label nan"),
        ([float("inf")], None, "got the label inf"),
        (["cat"], None, r"<U3 such as .*'cat'.*return_inverse"),
        ([10], 10, r"got label 10, but num_classes=10 allows 0 to 9: pass num_classes=11"),
        ([], None, "pass num_classes"),
        ([0], 0, "an integer >= 1, got 0"),
        ([0], -2, "an integer >= 1, got -2"),
        ([0], 2.5, r"an integer >= 1, got 2\.5"),
        ([0], "3", "an integer >= 1, got '3'"),
    ],
)
def test_mistakes(x, num_classes, complaint):
    with pytest.raises(ValueError, match=complaint):
        to_categorical(x, num_classes)


def test_the_spellings_of_keras_1_and_2_warn():
    with pytest.warns(DeprecationWarning, match="nb_classes is now called num_classes"):
        vectors = to_categorical([1, 0], nb_classes=3)
    np.testing.assert_array_equal(vectors, [[0, 1, 0], [1, 0, 0]])
    with pytest.warns(DeprecationWarning, match=r"\.astype\(dtype\)"):
        assert to_categorical([1, 0], 2, "int32").dtype == np.int32
    with pytest.warns(DeprecationWarning, match="y is now called x"):
        np.testing.assert_array_equal(to_categorical(y=[1], num_classes=2), [[0, 1]])
    with pytest.raises(UnknownNameError, match="Did you mean 'num_classes'"):
        to_categorical([1], num_class=2)
