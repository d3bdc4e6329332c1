# Keras 3
import matplotlib.pyplot as plt
import numpy as np
import tensorflow as tf
from sklearn.metrics import classification_report, confusion_matrix

(x_train, y_train), (x_test, y_test) = tf.keras.datasets.mnist.load_data()
x_train, x_test = x_train / 255.0, x_test / 255.0
x_train = x_train[..., tf.newaxis].astype("float32")
x_test = x_test[..., tf.newaxis].astype("float32")
model = tf.keras.Sequential([
    tf.keras.layers.Conv2D(8, 3, activation="relu", input_shape=(28, 28, 1)),
    tf.keras.layers.GlobalMaxPooling2D(),
    tf.keras.layers.Dense(10),
])
model.compile("adam", tf.keras.losses.SparseCategoricalCrossentropy(from_logits=True),
              metrics=["accuracy"])
history = model.fit(x_train, y_train, epochs=3, verbose=0)
logits = model.predict(x_test)
predictions = tf.argmax(logits, axis=1)
matrix = tf.math.confusion_matrix(y_test, predictions, num_classes=10)
assert np.array_equal(matrix.numpy(), confusion_matrix(y_test, predictions, labels=range(10)))
print(classification_report(y_test, predictions, zero_division=0))
accuracy = tf.reduce_mean(tf.cast(tf.equal(predictions, y_test), tf.float32))
print("accuracy", accuracy.numpy())
wrong = np.nonzero(predictions != y_test)[0]
plt.imshow(x_test[wrong[0] if len(wrong) else 0, :, :, 0], cmap="gray")
plt.savefig("wrong.png")
