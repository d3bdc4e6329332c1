# Keras 3
# Which rule made these numbers?
import numpy as np
from tensorflow import keras

model = keras.Sequential([keras.layers.Dense(units=1, input_shape=[1])])
model.compile(optimizer="sgd", loss="mean_squared_error")
xs = np.array([-1.0, 0.0, 1.0, 2.0, 3.0, 4.0], dtype=float)
ys = np.array([-3.0, -1.0, 1.0, 3.0, 5.0, 7.0], dtype=float)
history = model.fit(xs, ys, epochs=300, verbose=0)
answer = model.predict(np.array([10.0]))
print(answer)
assert 17 < answer[0, 0] < 21
print("weights:", model.layers[0].get_weights())
