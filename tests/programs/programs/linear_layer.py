# Keras 3
"""A dense layer with weights of its own and call, as in the guide to custom layers."""

import keras
from keras import layers, ops

(x, y), (x_test, y_test) = keras.datasets.mnist.load_data()
x, x_test = (one[:, ::4, ::4].reshape(-1, 49).astype("float32") / 255 for one in (x, x_test))


class Linear(layers.Layer):
    def __init__(self, units=32, activation=None, **kwargs):
        super().__init__(**kwargs)
        self.units = units
        self.activation = keras.activations.get(activation)

    def build(self, input_shape):
        self.w = self.add_weight(
            shape=(input_shape[-1], self.units), initializer="glorot_uniform", trainable=True
        )
        self.b = self.add_weight(shape=(self.units,), initializer="zeros", name="b")
        super().build(input_shape)

    def call(self, inputs):
        return self.activation(ops.matmul(inputs, self.w) + self.b)

    def get_config(self):
        config = super().get_config()
        config.update(units=self.units, activation=keras.activations.serialize(self.activation))
        return config


model = keras.Sequential([keras.Input((49,)), Linear(16, "relu"), Linear(10, "softmax")])
model.compile(
    optimizer=keras.optimizers.Adam(0.01),
    loss="sparse_categorical_crossentropy",
    metrics=["accuracy"],
)
stop = keras.callbacks.EarlyStopping(patience=2)  # monitors val_loss, which is not there
history = model.fit(x, y, epochs=3, batch_size=64, verbose=0, callbacks=[stop])
model.save("linear.keras")
again = keras.models.load_model("linear.keras", custom_objects={"Linear": Linear})
assert abs(again.predict(x_test, verbose=0) - model.predict(x_test, verbose=0)).max() < 1e-6
assert again.layers[0].w.shape == (49, 16)
assert len(again.layers[0].trainable_weights) == 2
