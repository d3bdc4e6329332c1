"""The functions of TensorFlow, against values from TensorFlow 2.20's documentation or by hand."""

import numpy as np
import pytest

from minicnn import activations, layers
from minicnn.keras.namespace import TENSORFLOW as tf  # noqa: N811 (as in programs)
from minicnn.keras.namespace import find_module
from minicnn.keras.tensor import EagerTensor as Tensor


def values(tensor):
    assert isinstance(tensor, Tensor)
    return tensor.numpy().tolist()


def test_dtypes_of_constants():
    assert tf.constant([1.5, 2.0]).dtype == tf.float32
    assert tf.constant([1, 2]).dtype == tf.int32
    assert tf.constant(np.ones(2)).dtype == tf.float64
    assert tf.constant(1, tf.float32).numpy() == np.float32(1)
    assert values(tf.constant(2.0, shape=(1, 2))) == [[2.0, 2.0]]
    assert repr(tf.constant([1, 2])).startswith("<tf.Tensor: shape=(2,), dtype=int32, numpy=array(")


def test_parts():
    assert [values(part) for part in tf.split([1, 2, 3, 4], 2)] == [[1, 2], [3, 4]]
    assert [values(part) for part in tf.split(np.array([1, 2, 3]), [1, 2])] == [[1], [2, 3]]
    assert [values(row) for row in tf.unstack(np.array([[1, 2], [3, 4]]), axis=1)] == [
        [1, 3],
        [2, 4],
    ]
    assert values(tf.reverse(np.array([1, 2]), axis=[0])) == [2, 1]


def test_argmax_has_tensorflows_default_axis():
    x = [[1, 5, 2], [3, 4, 9]]
    assert values(tf.argmax(x)) == [1, 0, 1]
    assert values(tf.argmax(x, axis=1)) == values(tf.math.argmax(input=x, axis=-1)) == [1, 2]


def test_confusion_matrix():
    assert values(tf.math.confusion_matrix([1, 2, 4], [2, 2, 4])) == [
        [0, 0, 0, 0, 0],
        [0, 0, 1, 0, 0],
        [0, 0, 1, 0, 0],
        [0, 0, 0, 0, 0],
        [0, 0, 0, 0, 1],
    ]
    matrix = tf.math.confusion_matrix(labels=[0, 0, 1], predictions=[0, 0, 1], num_classes=3)
    assert values(matrix) == [[2, 0, 0], [0, 1, 0], [0, 0, 0]]


def test_activations():
    np.testing.assert_allclose(tf.nn.softmax([[0.0, np.log(3.0)]]), [[0.25, 0.75]], rtol=1e-6)
    np.testing.assert_allclose(
        tf.nn.softmax([[0.0], [np.log(3.0)]], axis=0), [[0.25], [0.75]], 1e-6
    )
    assert values(tf.nn.relu([-1.0, 2.0])) == [0.0, 2.0]
    np.testing.assert_allclose(tf.nn.leaky_relu([-1.0, 2.0]), [-0.2, 2.0], rtol=1e-6)


def test_layers_take_them_as_activations():
    assert activations.get(tf.nn.relu) is activations.relu
    x = np.array([[-1.0, 2.0]], np.float32)
    np.testing.assert_allclose(layers.Activation(tf.nn.leaky_relu)(x), [[-0.2, 2.0]], rtol=1e-6)


def test_shapes():
    x = tf.reshape(tf.range(6), (2, 3))
    assert values(tf.expand_dims(x, 0)) == [[[0, 1, 2], [3, 4, 5]]]
    assert values(tf.transpose(x)) == [[0, 3], [1, 4], [2, 5]]
    assert values(tf.concat([x, x], axis=1))[0] == [0, 1, 2, 0, 1, 2]
    assert values(tf.squeeze([[1], [2]])) == [1, 2]
    assert values(tf.pad([[1]], [[0, 1], [1, 0]])) == [[0, 1], [0, 0]]
    assert values(tf.shape(x)) == [2, 3]
    assert x[tf.newaxis].shape == (1, 2, 3)


def test_reductions_and_casts():
    x = tf.constant([[1.0, 2.0], [3.0, 4.0]])
    assert values(tf.reduce_mean(x)) == 2.5
    assert values(tf.reduce_sum(x, axis=1, keepdims=True)) == [[3.0], [7.0]]
    assert values(tf.reduce_mean(tf.cast(tf.equal([1, 2], [1, 3]), tf.float32))) == 0.5
    assert values(tf.clip_by_value([-1.0, 0.5, 2.0], 0, 1)) == [0.0, 0.5, 1.0]
    assert values(tf.one_hot([0, 2, -1], 3)) == [[1, 0, 0], [0, 0, 1], [0, 0, 0]]
    assert values(tf.one_hot([0, 1], depth=2, axis=0)) == [[1, 0], [0, 1]]
    assert values(tf.nn.top_k([1, 3, 2], k=2).indices) == [1, 2]


def test_random_numbers_follow_the_seed():
    tf.random.set_seed(3)
    first = values(tf.random.normal([2, 2]))
    tf.random.set_seed(3)
    assert values(tf.random.normal(shape=(2, 2))) == first
    assert set(values(tf.random.uniform((50,), 0, 3, dtype=tf.int32))) == {0, 1, 2}
    assert sorted(values(tf.random.shuffle([1, 2, 3]))) == [1, 2, 3]


def test_settings_change_nothing():
    assert tf.config.list_physical_devices("GPU") == []
    assert len(tf.config.list_physical_devices()) == 1
    assert not tf.test.is_gpu_available()
    tf.get_logger().setLevel("ERROR")
    tf.compat.v1.logging.set_verbosity(tf.compat.v1.logging.ERROR)
    with tf.device("/GPU:0"):
        assert tf.executing_eagerly()
    assert int(tf.__version__.split(".")[0]) == 2


# tf.data


def numbers(count=5):
    return tf.data.Dataset.from_tensor_slices(np.arange(count))


def listed(dataset):
    return [element.tolist() for element in dataset.as_numpy_iterator()]


def test_batches():
    assert listed(numbers().batch(2)) == [[0, 1], [2, 3], [4]]
    assert len(numbers().batch(2)) == 3
    assert listed(numbers().batch(2, drop_remainder=True)) == [[0, 1], [2, 3]]
    assert len(numbers().batch(2, drop_remainder=True)) == 2
    assert listed(numbers().batch(2).unbatch()) == [0, 1, 2, 3, 4]


def test_pipelines():
    assert listed(numbers().skip(1).take(2)) == [1, 2]
    assert listed(numbers(2).repeat(2)) == [0, 1, 0, 1]
    assert listed(numbers(2).repeat().take(3)) == [0, 1, 0]
    assert listed(numbers().filter(lambda x: x % 2 == 0)) == [0, 2, 4]
    assert listed(numbers(2).concatenate(numbers(1))) == [0, 1, 0]
    assert [(i, x.numpy()) for i, x in numbers(2).enumerate()] == [(0, 0), (1, 1)]
    pairs = tf.data.Dataset.zip((numbers(3), numbers(2)))
    assert [(a.numpy(), b.numpy()) for a, b in pairs] == [(0, 0), (1, 1)]
    assert len(pairs) == 2


def test_cache_keeps_the_elements():
    calls = []
    dataset = numbers(3).map(lambda x: calls.append(x) or x).cache()
    assert listed(dataset) == listed(dataset) == [0, 1, 2]
    assert len(calls) == 3


def test_shuffling():
    tf.random.set_seed(1)
    dataset = numbers(20).shuffle(20)
    first, second = listed(dataset), listed(dataset)
    assert sorted(first) == sorted(second) == list(range(20))
    assert first != second, "each iteration has its own order"
    assert listed(numbers(9).shuffle(1)) == list(range(9)), "a buffer of one element"
    fixed = numbers(20).shuffle(20, reshuffle_each_iteration=False)
    assert listed(fixed) == listed(fixed)


def test_tuples_and_dicts():
    dataset = tf.data.Dataset.from_tensor_slices(({"a": [1, 2]}, [3, 4])).batch(2)
    ((x, y),) = dataset
    assert values(x["a"]) == [1, 2]
    assert values(y) == [3, 4]
    with pytest.raises(ValueError, match=r"same length, got \[1, 2\]"):
        tf.data.Dataset.from_tensor_slices(([1], [2, 3]))


def test_unknown_lengths():
    generated = tf.data.Dataset.from_generator(lambda: iter([1, 2]), output_types=tf.int32)
    assert listed(generated) == [1, 2]
    assert generated.cardinality() == -2
    assert numbers().repeat().cardinality() == -1
    with pytest.raises(TypeError, match="unknown or infinite"):
        len(generated)


def test_names_of_keras_1():
    old = find_module("keras").layers
    with pytest.warns(DeprecationWarning, match="rows, columns"):
        layer = old.Convolution2D(4, 3, 2, activation="relu")
    assert (layer.kernel_size, layer.strides) == ((3, 2), (1, 1))
    assert old.Conv2D(4, 3, 2).strides == (2, 2)
    assert find_module("keras.utils.visualize_util").plot is find_module("keras.utils").plot_model
    assert find_module("keras.objectives").mse is find_module("keras.losses").mean_squared_error
    assert find_module("tensorflow").optimizers.Adam is find_module("keras.optimizers").adam


def test_lengths_are_those_of_tensorflow():
    known, unknown, endless = numbers(), numbers().filter(lambda x: True), numbers().repeat()
    lengths = {
        known.take(-1): 5, known.skip(-1): 0, known.take(9): 5, known.repeat(3): 15,
        unknown.repeat(): -1, unknown.repeat(2): -2, unknown.take(3): -2, known.batch(2).unbatch(): -2,
        endless.take(3): 3, endless.batch(2): -1, endless.skip(2): -1, endless.repeat(0): 0,
        unknown.concatenate(endless): -1, unknown.concatenate(known): -2,
        tf.data.Dataset.zip((unknown, known)): -2, tf.data.Dataset.zip((endless, known)): 5,
        known.take(0).repeat(): 0,
    }  # fmt: skip
    assert [int(dataset.cardinality()) for dataset in lengths] == list(lengths.values())
    assert listed(known.take(-1)) == [0, 1, 2, 3, 4]
    assert listed(known.skip(-1)) == listed(known.take(0).repeat()) == []


def test_norms():
    assert values(tf.norm([[3.0, 4.0], [0.0, 0.0]])) == 5
    assert values(tf.norm([[3.0, 4.0]], 1)) == 7
    assert values(tf.norm(np.ones((2, 2, 2)), axis=[0, 1])) == [2, 2]
    assert values(tf.norm([[3.0, 4.0]], keepdims=True)) == [[5]]


def test_several_axes_may_be_a_list():
    x = np.arange(8.0).reshape(2, 2, 2)
    assert values(tf.reduce_sum(x, [0, 1])) == values(tf.reduce_sum(x, axis=[0, 1])) == [12, 16]


def test_images_and_arrays_take_the_parameters_of_tensorflow_by_name():
    picture = np.arange(12.0).reshape(3, 4, 1)
    padded = tf.image.resize_with_pad(image=picture, target_height=4, target_width=4)
    assert padded.shape == (4, 4, 1)
    assert tf.image.flip_up_down(image=picture).numpy()[0, 0, 0] == 8
    assert values(tf.boolean_mask(tensor=[1, 2], mask=[True, False])) == [1]
    assert values(tf.one_hot(indices=[1], depth=2, name="labels")) == [[0, 1]]
    assert values(tf.pad(tensor=[1], paddings=[[0, 1]])) == [1, 0]
