# Keras 3
"""Grey digits for a network that takes colour pictures of another size, in a tf.data pipeline."""

import numpy as np
import tensorflow as tf
from tensorflow import keras

(x, y), (x_test, y_test) = keras.datasets.mnist.load_data()


def prepare(image, label):
    image = tf.image.resize(image[..., tf.newaxis] / 255, (32, 32))
    return tf.image.grayscale_to_rgb(image), label


def augment(image, label):
    return tf.image.random_brightness(tf.image.flip_left_right(image), 0.1), label


data = tf.data.Dataset.from_tensor_slices((x.astype("float32"), y)).map(prepare).cache()
data = data.map(augment, num_parallel_calls=tf.data.AUTOTUNE).shuffle(320).batch(32).prefetch(1)
images, labels = data.element_spec
assert images.shape[1:] == (32, 32, 3)
test = tf.data.Dataset.from_tensor_slices((x_test.astype("float32"), y_test)).map(prepare).batch(32)
model = keras.Sequential([
    keras.Input((32, 32, 3)),
    keras.layers.Conv2D(4, 3, strides=2, activation="relu"),
    keras.layers.Flatten(),
    keras.layers.Dense(10),
])
loss = keras.losses.SparseCategoricalCrossentropy(from_logits=True)
model.compile("adam", loss, metrics=["accuracy"])
history = model.fit(data, validation_data=test, epochs=3, verbose=0)
classes = tf.argmax(model.predict(test, verbose=0), axis=-1)
print(tf.math.confusion_matrix(y_test, classes).numpy().sum(), np.mean(classes == y_test))
