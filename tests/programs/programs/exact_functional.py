# Keras 2
# Two towers with one shared layer, without random numbers.
import numpy as np
from tensorflow.keras.layers import Dense, Input, concatenate
from tensorflow.keras.models import Model
from tensorflow.keras.optimizers import RMSprop

values = np.cos(np.arange(240.0)).reshape(40, 6)
a, b = values[:, :3], values[:, 3:]
target = (a * b).sum(axis=1, keepdims=True)
first, second = Input((3,)), Input((3,))
shared = Dense(4, activation="tanh", kernel_initializer="ones")
merged = concatenate([shared(first), shared(second)])
output = Dense(1, kernel_initializer="zeros")(merged)
model = Model([first, second], output)
model.compile(RMSprop(0.01), "mse", metrics=["mae"])
history = model.fit([a, b], target, batch_size=8, epochs=4, shuffle=False, verbose=0)
