# Keras 2.0
"""A GAN as a class, whose networks share one optimizer; and names of Keras 1 and 2.0."""

import numpy as np
from keras.callbacks import ModelCheckpoint, ReduceLROnPlateau
from keras.datasets import mnist
from keras.layers import Dense, Flatten, Input, Reshape
from keras.layers.advanced_activations import LeakyReLU
from keras.models import Model, Sequential
from keras.optimizers import adam

(x_train, y_train), _ = mnist.load_data()


class GAN:
    def __init__(self):
        optimizer = adam(lr=0.0002, beta_1=0.5)
        self.discriminator = Sequential([
            Flatten(input_shape=(28, 28, 1)), Dense(32), LeakyReLU(alpha=0.2),
            Dense(1, activation="sigmoid"),
        ])
        self.discriminator.compile(
            loss="binary_crossentropy", optimizer=optimizer, metrics=["accuracy"]
        )
        self.generator = Sequential([
            Dense(32, input_dim=10), LeakyReLU(alpha=0.2), Dense(784, activation="tanh"),
            Reshape((28, 28, 1)),
        ])
        z = Input(shape=(10,))
        self.discriminator.trainable = False
        self.combined = Model(z, self.discriminator(self.generator(z)))
        self.combined.compile(loss="binary_crossentropy", optimizer=optimizer)

    def train(self, epochs, batch_size):
        images = np.expand_dims(x_train / 127.5 - 1.0, axis=3)
        for _ in range(epochs):
            real = images[np.random.randint(0, len(images), batch_size)]
            fake = self.generator.predict(np.random.normal(size=(batch_size, 10)))
            d_real = self.discriminator.train_on_batch(real, np.ones((batch_size, 1)))
            d_fake = self.discriminator.train_on_batch(fake, np.zeros((batch_size, 1)))
            g_loss = self.combined.train_on_batch(
                np.random.normal(size=(batch_size, 10)), np.ones((batch_size, 1))
            )
        return 0.5 * np.add(d_real, d_fake), g_loss


gan = GAN()
before = [layer.get_weights()[0] for layer in (gan.generator.layers[0], gan.discriminator.layers[1])]
d_loss, g_loss = gan.train(epochs=3, batch_size=16)
after = [layer.get_weights()[0] for layer in (gan.generator.layers[0], gan.discriminator.layers[1])]
assert all((old != new).any() for old, new in zip(before, after))
assert d_loss.shape == (2,) and np.isfinite(g_loss)

model = Sequential([Flatten(input_shape=(28, 28)), Dense(10, activation="softmax")])
model.compile(loss="sparse_categorical_crossentropy", optimizer="adam", metrics=["accuracy"])
history = model.fit(
    x_train / 255.0, y_train, nb_epoch=2, validation_split=0.2,
    callbacks=[
        ModelCheckpoint("m-{val_acc:.2f}.hdf5", monitor="val_acc", save_best_only=True),
        ReduceLROnPlateau(monitor="val_acc"),
    ],
)
assert history.history["val_acc"] and history.history["acc"]
