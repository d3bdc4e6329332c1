# Keras 3
"""A metric and a loss written as classes with keras.ops, and a loop over batches."""

import keras
import numpy as np
from keras import ops

(x, y), (x_test, y_test) = keras.datasets.fashion_mnist.load_data()
x = x.reshape(-1, 784).astype("float32") / 255


class Hits(keras.metrics.Metric):
    def __init__(self, name="hits", **kwargs):
        super().__init__(name=name, **kwargs)
        self.hits = self.add_weight(name="hits", shape=(), initializer="zeros")

    def update_state(self, y_true, y_pred, sample_weight=None):
        right = ops.equal(ops.cast(y_true, "int32"), ops.cast(ops.argmax(y_pred, axis=1), "int32"))
        self.hits.assign_add(ops.sum(ops.cast(right, "float32")))

    def result(self):
        return self.hits

    def reset_state(self):
        self.hits.assign(0.0)


class Regularized(keras.losses.Loss):
    def call(self, y_true, y_pred):
        errors = ops.mean(ops.square(y_true - y_pred), axis=-1)
        return errors + 0.1 * ops.mean(ops.square(0.5 - y_pred), axis=-1)


model = keras.Sequential([keras.Input((784,)), keras.layers.Dense(10, activation="softmax")])
model.compile(optimizer="adam", loss=Regularized())
history = model.fit(x, keras.utils.to_categorical(y, 10), epochs=2, verbose=0)

model.compile(optimizer="adam", loss="sparse_categorical_crossentropy", metrics=[Hits()])
bar = keras.utils.Progbar(10)
for step in range(10):
    batch = np.arange(32) + 32 * step
    logs = model.train_on_batch(x[batch], y[batch], return_dict=True)
    bar.update(step + 1, [("loss", logs["loss"])])
accuracy = keras.metrics.SparseCategoricalAccuracy()
accuracy.update_state(y, model.predict(x, verbose=0))
print(float(accuracy.result()))
