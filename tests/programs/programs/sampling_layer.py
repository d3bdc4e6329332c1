# Keras 3
"""An autoencoder with a random code: a custom layer with call, and keras.random."""

import keras
from keras import layers, ops

(x, _), (x_test, _) = keras.datasets.mnist.load_data()
x, x_test = (one.reshape(-1, 784).astype("float32") / 255 for one in (x, x_test))


class Sampling(layers.Layer):
    def __init__(self, **kwargs):
        super().__init__(**kwargs)
        self.seed_generator = keras.random.SeedGenerator(1337)

    def call(self, inputs):
        mean, log_variance = inputs
        batch, size = ops.shape(mean)[0], ops.shape(mean)[1]
        noise = keras.random.normal(shape=(batch, size), seed=self.seed_generator)
        return mean + ops.exp(0.5 * log_variance) * noise


picture = keras.Input((784,))
hidden = layers.Dense(16, activation="relu")(picture)
mean = layers.Dense(2, name="mean")(hidden)
log_variance = layers.Dense(2, name="log_variance", kernel_initializer="zeros")(hidden)
encoder = keras.Model(picture, [mean, log_variance, Sampling()([mean, log_variance])])
code = keras.Input((2,))
decoder = keras.Model(code, layers.Dense(784, activation="sigmoid")(code), name="decoder")
model = keras.Model(picture, decoder(encoder(picture)[2]))
model.compile(optimizer="adam", loss="binary_crossentropy")
history = model.fit(x, x, epochs=3, batch_size=32, verbose=0)
codes, _, _ = encoder.predict(x_test, verbose=0)
assert codes.shape == (64, 2)
assert decoder.predict(codes[:1], verbose=0).reshape(28, 28).max() <= 1
