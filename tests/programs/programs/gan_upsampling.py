# Keras 2
# 생성적 적대 신경망: 업샘플링으로 숫자 그림 만들기
import numpy as np
from tensorflow.keras.datasets import mnist
from tensorflow.keras.layers import (Activation, BatchNormalization, Conv2D, Dense, Dropout, Flatten,
                                     Input, LeakyReLU, Reshape, UpSampling2D)
from tensorflow.keras.models import Model, Sequential

# 생성자 모델
generator = Sequential()
generator.add(Dense(16 * 7 * 7, input_dim=100, activation=LeakyReLU(0.2)))
generator.add(BatchNormalization())
generator.add(Reshape((7, 7, 16)))
generator.add(UpSampling2D())
generator.add(Conv2D(8, kernel_size=5, padding="same"))
generator.add(BatchNormalization())
generator.add(Activation(LeakyReLU(0.2)))
generator.add(UpSampling2D())
generator.add(Conv2D(1, kernel_size=5, padding="same", activation="tanh"))

# 판별자 모델
discriminator = Sequential()
discriminator.add(Conv2D(8, kernel_size=5, strides=2, input_shape=(28, 28, 1), padding="same"))
discriminator.add(Activation(LeakyReLU(0.2)))
discriminator.add(Dropout(0.3))
discriminator.add(Flatten())
discriminator.add(Dense(1, activation="sigmoid"))
discriminator.compile(loss="binary_crossentropy", optimizer="adam")
discriminator.trainable = False

# 생성자와 판별자를 연결하는 GAN 모델
ginput = Input(shape=(100,))
dis_output = discriminator(generator(ginput))
gan = Model(ginput, dis_output)
gan.compile(loss="binary_crossentropy", optimizer="adam")
gan.summary()

(X_train, _), (_, _) = mnist.load_data()
X_train = (X_train.reshape(X_train.shape[0], 28, 28, 1).astype("float32") - 127.5) / 127.5
true, fake = np.ones((8, 1)), np.zeros((8, 1))
for i in range(3):
    idx = np.random.randint(0, X_train.shape[0], 8)
    d_loss_real = discriminator.train_on_batch(X_train[idx], true)
    noise = np.random.normal(0, 1, (8, 100))
    gen_imgs = generator.predict(noise)
    d_loss_fake = discriminator.train_on_batch(gen_imgs, fake)
    d_loss = 0.5 * np.add(d_loss_real, d_loss_fake)
    g_loss = gan.train_on_batch(noise, true)
    print("epoch:%d" % i, " d_loss:%.4f" % d_loss, " g_loss:%.4f" % g_loss)
