"""Count the parameters of the lecture's network, as model.summary() does.

python parameters.py
"""

from minicnn.layers import Conv2D, Dense, Flatten
from minicnn.models import Sequential

model = Sequential()
model.add(Conv2D(64, kernel_size=3, activation="relu", input_shape=(28, 28, 1)))
model.add(Conv2D(32, kernel_size=3, activation="relu"))
model.add(Flatten())
model.add(Dense(10, activation="softmax"))
model.summary()

# Each filter has a weight for every element of its window and each channel, and a bias.
by_hand = [
    (3 * 3 * 1 + 1) * 64,  # conv2d
    (3 * 3 * 64 + 1) * 32,  # conv2d_1 sees the 64 maps of the first
    0,  # flatten has no parameters
    (24 * 24 * 32 + 1) * 10,  # dense: a weight for each input, and a bias, per class
]
for layer, count in zip(model.layers, by_hand, strict=True):
    print(f"{layer.name:9} {count:8,}")
    assert layer.count_params() == count
assert by_hand == [640, 18_464, 0, 184_330]
assert sum(by_hand) == model.count_params() == 203_434
print(f"together  {sum(by_hand):8,}, of 4 bytes each: {sum(by_hand) * 4 / 1024:.2f} KB")
assert round(sum(by_hand) * 4 / 1024, 2) == 794.66

# A 3×3 filter reduces rows and columns by two: 28 → 26 → 24.
assert [layer.output_shape[1:] for layer in model.layers] == [
    (26, 26, 64), (24, 24, 32), (18_432,), (10,),
]  # fmt: skip

# The lecture's network without convolution has half as many, but does not use neighbourhoods.
dense = Sequential([Dense(128, input_shape=(784,), activation="relu"), Dense(10)])
print(f"dense only: (784 + 1) × 128 + (128 + 1) × 10 = {dense.count_params():,}")
assert dense.count_params() == (784 + 1) * 128 + (128 + 1) * 10 == 101_770
