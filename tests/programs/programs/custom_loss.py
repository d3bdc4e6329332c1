# Keras 2
import numpy as np
from tensorflow.keras import backend as K
from tensorflow.keras.layers import Dense
from tensorflow.keras.models import Sequential


def root_mean_squared_error(y_true, y_pred):
    return K.sqrt(K.mean(K.square(y_pred - y_true), axis=-1))


def within_one(y_true, y_pred):
    return K.mean(K.cast(K.abs(y_true - y_pred) < 1, "float32"), axis=-1)


rng = np.random.RandomState(0)
x = rng.rand(200, 3).astype("float32")
y = (x @ np.array([[1.0], [2.0], [3.0]]) + 1).astype("float32")
model = Sequential([Dense(8, activation="relu", input_shape=(3,)), Dense(1)])
model.compile(loss=root_mean_squared_error, optimizer="adam", metrics=[within_one, "mae"])
history = model.fit(x, y, epochs=10, batch_size=20, verbose=0)
print(model.evaluate(x, y, verbose=0))
