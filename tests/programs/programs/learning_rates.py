# Keras 3
import math

import keras
from keras.callbacks import LearningRateScheduler, ReduceLROnPlateau
from keras.layers import Dense, Flatten, Input
from keras.models import Sequential


def step_decay(epoch):
    initial_lrate = 0.1
    drop = 0.5
    epochs_drop = 2.0
    return initial_lrate * math.pow(drop, math.floor((1 + epoch) / epochs_drop))


(x_train, y_train), (x_test, y_test) = keras.datasets.mnist.load_data()
x_train, x_test = x_train / 255.0, x_test / 255.0


def build(optimizer):
    model = Sequential([Input((28, 28)), Flatten(), Dense(10, activation="softmax")])
    model.compile(optimizer=optimizer, loss="sparse_categorical_crossentropy", metrics=["accuracy"])
    return model


model = build(keras.optimizers.SGD(learning_rate=0.0, momentum=0.9))
history = model.fit(x_train, y_train, epochs=4, verbose=0, callbacks=[LearningRateScheduler(step_decay)])
print(history.history["learning_rate"])

schedule = keras.optimizers.schedules.ExponentialDecay(0.01, decay_steps=10, decay_rate=0.9)
build(keras.optimizers.Adam(learning_rate=schedule)).fit(x_train, y_train, epochs=2, verbose=0)

reduce_lr = ReduceLROnPlateau(monitor="val_loss", factor=0.2, patience=1, min_lr=0.001, verbose=1)
build("rmsprop").fit(x_train, y_train, epochs=3, validation_data=(x_test, y_test),
                     callbacks=[reduce_lr], verbose=0)
