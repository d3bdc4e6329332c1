# Keras 3
"""A siamese network: are two pictures of the same class? With keras.ops in layers and in the loss."""

import keras
import numpy as np
from keras import layers, ops

(x, y), _ = keras.datasets.mnist.load_data()
x = x.reshape(-1, 784).astype("float32") / 255
first, second = x[:-1], x[1:]
other = np.roll(x, 10, axis=0)[1:]  # the patterns repeat after ten pictures
pairs = [np.concatenate([second, first]), np.concatenate([other, second])]
different = np.concatenate([np.zeros(len(second)), np.ones(len(first))]).astype("float32")


def distance(vectors):
    a, b = vectors
    squares = ops.sum(ops.square(a - b), axis=1, keepdims=True)
    return ops.sqrt(ops.maximum(squares, keras.config.epsilon()))


def contrastive(y_true, y_pred):
    near = (1 - y_true) * ops.square(y_pred)
    far = y_true * ops.square(ops.maximum(1 - y_pred, 0))
    return ops.mean(near + far)  # one number for the batch


inputs = keras.Input((784,))
tower = keras.Model(inputs, layers.Dense(4, activation="tanh")(inputs))
left, right = keras.Input((784,)), keras.Input((784,))
outputs = layers.Lambda(distance, output_shape=(1,))([tower(left), tower(right)])
model = keras.Model([left, right], outputs)
model.compile(optimizer="adam", loss=contrastive)
history = model.fit(pairs, different, epochs=3, batch_size=32, verbose=0)
cosine = layers.Dot(axes=1, normalize=True)([tower(left), tower(right)])
print(keras.Model([left, right], cosine).predict(pairs, verbose=0).shape)
