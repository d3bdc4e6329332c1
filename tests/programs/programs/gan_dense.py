# Keras 2
import numpy as np
from tensorflow.keras.datasets import mnist
from tensorflow.keras.layers import BatchNormalization, Dense, Flatten, Input, LeakyReLU, Reshape
from tensorflow.keras.models import Model, Sequential
from tensorflow.keras.optimizers import Adam

latent_dim = 20
optimizer = Adam(0.0002, 0.5)


def build_generator():
    model = Sequential()
    model.add(Dense(64, input_dim=latent_dim))
    model.add(LeakyReLU(0.2))
    model.add(BatchNormalization(momentum=0.8))
    model.add(Dense(784, activation="tanh"))
    model.add(Reshape((28, 28, 1)))
    noise = Input(shape=(latent_dim,))
    return Model(noise, model(noise))


def build_discriminator():
    model = Sequential()
    model.add(Flatten(input_shape=(28, 28, 1)))
    model.add(Dense(64))
    model.add(LeakyReLU(0.2))
    model.add(Dense(1, activation="sigmoid"))
    img = Input(shape=(28, 28, 1))
    return Model(img, model(img))


discriminator = build_discriminator()
discriminator.compile(loss="binary_crossentropy", optimizer=optimizer, metrics=["accuracy"])
generator = build_generator()
z = Input(shape=(latent_dim,))
img = generator(z)
discriminator.trainable = False
validity = discriminator(img)
combined = Model(z, validity)
combined.compile(loss="binary_crossentropy", optimizer=Adam(0.0002, 0.5))

(X_train, _), (_, _) = mnist.load_data()
X_train = np.expand_dims(X_train / 127.5 - 1.0, axis=3)
batch_size = 16
valid = np.ones((batch_size, 1))
fake = np.zeros((batch_size, 1))
before = [w.copy() for w in generator.get_weights()]
for epoch in range(6):
    idx = np.random.randint(0, X_train.shape[0], batch_size)
    noise = np.random.normal(0, 1, (batch_size, latent_dim))
    gen_imgs = generator.predict(noise, verbose=0)
    d_loss_real = discriminator.train_on_batch(X_train[idx], valid)
    d_loss_fake = discriminator.train_on_batch(gen_imgs, fake)
    d_loss = 0.5 * np.add(d_loss_real, d_loss_fake)
    noise = np.random.normal(0, 1, (batch_size, latent_dim))
    frozen = [w.copy() for w in discriminator.get_weights()]
    g_loss = combined.train_on_batch(noise, valid)
    assert all(np.array_equal(a, b) for a, b in zip(frozen, discriminator.get_weights()))
    print("%d [D loss: %f, acc.: %.2f%%] [G loss: %f]" % (epoch, d_loss[0], 100 * d_loss[1], g_loss))
assert not all(np.array_equal(a, b) for a, b in zip(before, generator.get_weights()))
