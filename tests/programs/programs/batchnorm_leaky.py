# Keras 2.0
from keras.datasets import mnist
from keras.layers import Activation, Conv2D, Dense, Flatten
from keras.layers.advanced_activations import LeakyReLU
from keras.layers.normalization import BatchNormalization
from keras.layers.pooling import MaxPooling2D
from keras.models import Sequential
from keras.optimizers import SGD
from keras.utils import to_categorical

(X_train, y_train), (X_test, y_test) = mnist.load_data()
X_train = X_train.reshape(-1, 28, 28, 1).astype("float32") / 255
X_test = X_test.reshape(-1, 28, 28, 1).astype("float32") / 255
model = Sequential()
model.add(Conv2D(8, (3, 3), padding="same", kernel_initializer="he_normal", input_shape=(28, 28, 1)))
model.add(BatchNormalization(axis=-1))
model.add(LeakyReLU(alpha=0.1))
model.add(MaxPooling2D(pool_size=(2, 2), strides=(2, 2)))
model.add(Flatten())
model.add(Dense(10, kernel_initializer="uniform"))
model.add(Activation("softmax"))
model.compile(loss="categorical_crossentropy",
              optimizer=SGD(lr=0.01, decay=1e-6, momentum=0.9, nesterov=True),
              metrics=["accuracy"])
history = model.fit(X_train, to_categorical(y_train, 10), batch_size=32, epochs=3, verbose=2,
                    validation_data=(X_test, to_categorical(y_test, 10)))
