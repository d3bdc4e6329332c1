"""One image: a model takes a batch, so a single image needs a batch axis.

python one_image.py
"""

import numpy as np

from minicnn.layers import Dense, Flatten, Rescaling
from minicnn.models import Sequential

model = Sequential([Rescaling(1 / 255, input_shape=(28, 28, 1)), Flatten(), Dense(10)])
image = np.zeros((28, 28), np.uint8)
image[4:24, 14] = 255

# The mistake of the lecture's exercise: (28, 28, 1) has no batch axis.
message = ""
try:
    model.predict(image.reshape(28, 28, 1), verbose=0)
except ValueError as error:
    message = str(error)
print(message, end="\n\n")
assert "got (28, 28, 1): one image without its batch axis" in message

batch = image.reshape(1, 28, 28, 1)  # images, rows, columns, channels
assert model.predict(batch, verbose=0).shape == (1, 10)
print("a batch of one:", batch.shape)

# The first layer of this model scales pixels from 0…255 to 0…1.
scaled = model.layers[0](batch)
print(f"pixels from {batch.min()} to {batch.max()} become {scaled.min():g} to {scaled.max():g}")
assert (scaled.min(), scaled.max()) == (0, 1)
