# Keras 3
# Images together with a number about each: whether its digit is even.
import numpy as np
from tensorflow import keras
from tensorflow.keras.layers import Concatenate, Conv2D, Dense, Flatten, Input, MaxPooling2D
from tensorflow.keras.models import Model

(x_train, y_train), (x_test, y_test) = keras.datasets.mnist.load_data()
x_train = x_train[..., np.newaxis] / 255.0
x_test = x_test[..., np.newaxis] / 255.0
even_train = (y_train % 2 == 0).astype("float32").reshape(-1, 1)
even_test = (y_test % 2 == 0).astype("float32").reshape(-1, 1)

image = Input(shape=(28, 28, 1), name="image")
parity = Input(shape=(1,), name="parity")
x = Conv2D(8, 3, activation="relu")(image)
x = MaxPooling2D(2)(x)
x = Flatten()(x)
x = Concatenate()([x, parity])
x = Dense(32, activation="relu")(x)
output = Dense(10, activation="softmax")(x)
model = Model(inputs=[image, parity], outputs=output)
model.compile("adam", "sparse_categorical_crossentropy", metrics=["accuracy"])
history = model.fit([x_train, even_train], y_train, epochs=3, batch_size=32)
print(model.evaluate([x_test, even_test], y_test))
print(model.predict({"image": x_test[:2], "parity": even_test[:2]}).shape)
