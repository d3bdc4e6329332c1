# Keras 2.0
"""The siamese network of 2017, with keras.backend in the Lambda layer, the loss and the metric."""

import numpy as np
from keras import backend as K
from keras.datasets import mnist
from keras.layers import Dense, Dropout, Input, Lambda
from keras.models import Model
from keras.optimizers import RMSprop

(x, y), _ = mnist.load_data()
x = x.reshape(-1, 784).astype("float32") / 255


def euclidean_distance(vects):
    a, b = vects
    return K.sqrt(K.maximum(K.sum(K.square(a - b), axis=1, keepdims=True), K.epsilon()))


def output_shape(shapes):
    return (shapes[0][0], 1)


def contrastive_loss(y_true, y_pred):
    margin = 1
    return K.mean(
        y_true * K.square(y_pred) + (1 - y_true) * K.square(K.maximum(margin - y_pred, 0))
    )


def accuracy(y_true, y_pred):
    return K.mean(K.equal(y_true, K.cast(y_pred < 0.5, y_true.dtype)))


start = Input(shape=(784,))
base = Model(start, Dropout(0.1)(Dense(8, activation="relu")(start)))
a, b = Input(shape=(784,)), Input(shape=(784,))
distance = Lambda(euclidean_distance, output_shape=output_shape)([base(a), base(b)])
model = Model([a, b], distance)
model.compile(loss=contrastive_loss, optimizer=RMSprop(lr=0.001), metrics=[accuracy])
history = model.fit([x, np.roll(x, 10, axis=0)], np.ones(len(x)), batch_size=32, epochs=3, verbose=0)

features = K.function([base.layers[0].input, K.learning_phase()], [base.layers[1].output])
assert features([x[:2], 0])[0].shape == (2, 8)
