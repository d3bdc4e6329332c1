# Keras 2
"""The loss of a variational autoencoder, added to the model as a tensor; without noise."""

import numpy as np
from tensorflow.keras import backend as K
from tensorflow.keras.datasets import mnist
from tensorflow.keras.layers import Dense, Input
from tensorflow.keras.losses import mse
from tensorflow.keras.models import Model

(x_train, _), (x_test, _) = mnist.load_data()
x_train = x_train.reshape(-1, 784).astype("float32") / 255
x_test = x_test.reshape(-1, 784).astype("float32") / 255

inputs = Input(shape=(784,), name="encoder_input")
x = Dense(32, activation="relu")(inputs)
z_mean = Dense(2, name="z_mean")(x)
z_log_var = Dense(2, name="z_log_var")(x)
encoder = Model(inputs, [z_mean, z_log_var], name="encoder")

latent = Input(shape=(2,), name="z")
decoder = Model(latent, Dense(784, activation="sigmoid")(latent), name="decoder")
outputs = decoder(encoder(inputs)[0])
vae = Model(inputs, outputs, name="vae")

random = np.random.RandomState(0)
vae.set_weights([random.normal(0, 0.05, weight.shape) for weight in vae.get_weights()])

reconstruction = mse(inputs, outputs)
reconstruction *= 784
kl = 1 + z_log_var - K.square(z_mean) - K.exp(z_log_var)
kl = K.sum(kl, axis=-1)
kl *= -0.5
vae.add_loss(K.mean(reconstruction + kl))
vae.compile(optimizer="adam")
history = vae.fit(
    x_train, epochs=3, batch_size=32, shuffle=False, verbose=0, validation_data=(x_test, None)
)
