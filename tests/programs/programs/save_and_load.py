# Keras 2
import os

import numpy as np
from tensorflow.keras.datasets import mnist
from tensorflow.keras.layers import Conv2D, Dense, Flatten
from tensorflow.keras.models import Sequential, load_model, model_from_json

(x_train, y_train), (x_test, y_test) = mnist.load_data()
x_train = x_train.reshape(-1, 28, 28, 1) / 255.0
x_test = x_test.reshape(-1, 28, 28, 1) / 255.0
model = Sequential([
    Conv2D(4, 5, strides=2, activation="relu", input_shape=(28, 28, 1)),
    Flatten(),
    Dense(10, activation="softmax"),
])
model.compile("adam", "sparse_categorical_crossentropy", metrics=["accuracy"])
history = model.fit(x_train, y_train, epochs=2, verbose=0)
before = model.predict(x_test, verbose=0)

model_json = model.to_json()
with open("model.json", "w") as json_file:
    json_file.write(model_json)
model.save_weights("model.weights.h5")
with open("model.json") as json_file:
    loaded_model = model_from_json(json_file.read())
loaded_model.load_weights("model.weights.h5")
assert np.allclose(loaded_model.predict(x_test, verbose=0), before, atol=1e-6)

os.makedirs("saved", exist_ok=True)
model.save(os.path.join("saved", "mnist.h5"))
again = load_model(os.path.join("saved", "mnist.h5"))
assert np.allclose(again.predict(x_test, verbose=0), before, atol=1e-6)
loss, acc = again.evaluate(x_test, y_test, verbose=0)
print("Restored model, accuracy: {:5.2f}%".format(100 * acc))
