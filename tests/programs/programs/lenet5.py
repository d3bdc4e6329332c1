# Keras 2
# LeNet-5, after LeCun et al. 1998
import tensorflow as tf
from tensorflow.keras import layers

(X_train, Y_train), (X_test, Y_test) = tf.keras.datasets.mnist.load_data()
X_train = tf.pad(X_train, [[0, 0], [2, 2], [2, 2]]) / 255
X_test = tf.pad(X_test, [[0, 0], [2, 2], [2, 2]]) / 255
X_train = tf.expand_dims(X_train, axis=3, name=None)
X_test = tf.expand_dims(X_test, axis=3, name=None)
model = tf.keras.Sequential()
model.add(layers.Conv2D(6, 5, activation="tanh", input_shape=X_train.shape[1:]))
model.add(layers.AveragePooling2D(2))
model.add(layers.Activation("sigmoid"))
model.add(layers.Conv2D(16, 5, activation="tanh"))
model.add(layers.AveragePooling2D(2))
model.add(layers.Activation("sigmoid"))
model.add(layers.Flatten())
model.add(layers.Dense(84, activation="tanh"))
model.add(layers.Dense(10, activation="softmax"))
model.summary()
model.compile(optimizer="adam", loss=tf.keras.losses.sparse_categorical_crossentropy,
              metrics=["accuracy"])
history = model.fit(X_train, Y_train, batch_size=64, epochs=3, validation_data=(X_test, Y_test))
