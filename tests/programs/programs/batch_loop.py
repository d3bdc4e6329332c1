# Keras 3
import numpy as np
import keras
from keras import layers

keras.utils.set_random_seed(812)
(x_train, y_train), (x_test, y_test) = keras.datasets.mnist.load_data()
x_train, x_test = x_train / 255.0, x_test / 255.0
model = keras.Sequential([
    keras.Input((28, 28)),
    layers.Flatten(),
    layers.Dense(32, activation="tanh", kernel_initializer="he_uniform"),
    layers.Dense(10, activation="softmax"),
])
model.compile(keras.optimizers.Nadam(), keras.losses.SparseCategoricalCrossentropy(), metrics=["accuracy"])
batch_size = 32
losses = []
for epoch in range(3):
    order = np.random.permutation(len(x_train))
    for start in range(0, len(order), batch_size):
        batch = order[start : start + batch_size]
        loss, accuracy = model.train_on_batch(x_train[batch], y_train[batch])
    losses.append(float(loss))
    print(f"epoch {epoch}: loss {loss:.4f}, accuracy {accuracy:.4f}")
assert losses[-1] < losses[0]
print(model.test_on_batch(x_test, y_test))
print(model.predict_on_batch(x_test[:2]).shape)
