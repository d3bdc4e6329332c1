"""Train in seconds and offline on scikit-learn's built-in 8×8 digits.

python digits.py
"""

import numpy as np

from minicnn.datasets import digits
from minicnn.layers import Conv2D, Dense, Flatten, MaxPooling2D, Rescaling
from minicnn.models import Sequential
from minicnn.utils import set_random_seed

set_random_seed(1)

(x_train, y_train), (x_test, y_test) = digits.load_data()
x_train, x_test = x_train[..., np.newaxis], x_test[..., np.newaxis]  # (images, 8, 8, 1 channel)

model = Sequential([
    Rescaling(1 / 16, input_shape=(8, 8, 1)),  # scale pixels from 0…16 to 0…1
    Conv2D(32, kernel_size=3, padding="same", activation="relu"),
    MaxPooling2D(2),
    Conv2D(64, kernel_size=3, padding="same", activation="relu"),
    MaxPooling2D(2),
    Flatten(),
    Dense(10, activation="softmax"),
])  # fmt: skip
model.summary()
# The labels are class ids, not one-hot: hence "sparse".
model.compile("adam", "sparse_categorical_crossentropy", metrics=["accuracy"])
model.fit(x_train, y_train, epochs=15, validation_split=0.1)

loss, accuracy = model.evaluate(x_test, y_test, verbose=0)
print(f"accuracy on {len(x_test)} test digits, mostly of other writers: {accuracy:.1%}")

predicted = np.argmax(model.predict(x_test, verbose=0), axis=1)
wrong = np.flatnonzero(predicted != y_test)[:5]
for number in wrong:
    print(f"image {number} is a {y_test[number]}, predicted as {predicted[number]}")
