"""One image for a model: it takes a batch, so a single image needs an axis more.

python one_image.py
"""

import numpy as np

from minicnn.layers import Dense, Flatten, Rescaling
from minicnn.models import Sequential

model = Sequential([Rescaling(1 / 255, input_shape=(28, 28, 1)), Flatten(), Dense(10)])
image = np.zeros((28, 28), np.uint8)
image[4:24, 14] = 255

# The lecture's mistake: (28, 28, 1) is an image without its batch.
refused = ""
try:
    model.predict(image.reshape(28, 28, 1), verbose=0)
except ValueError as error:
    refused = str(error)
print(refused, end="\n\n")
assert "got (28, 28, 1): one image without its batch axis" in refused

batch = image.reshape(1, 28, 28, 1)  # images, rows, columns, channels
assert model.predict(batch, verbose=0).shape == (1, 10)
print("a batch of one:", batch.shape)

# Pixels of 0 to 255 become 0 to 1: here the model's first layer does it.
scaled = model.layers[0](batch)
print(f"pixels from {batch.min()} to {batch.max()} become {scaled.min():g} to {scaled.max():g}")
assert (scaled.min(), scaled.max()) == (0, 1)
