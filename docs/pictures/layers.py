"""Draw layers.png: the lecture's network as a row of boxes. It need not be trained.

python docs/pictures/layers.py
"""

from pathlib import Path

from minicnn import visualkeras
from minicnn.layers import Conv2D, Dense, Flatten
from minicnn.models import Sequential

PATH = Path(__file__).with_suffix(".png")

if __name__ == "__main__":
    model = Sequential([
        Conv2D(64, kernel_size=3, activation="relu", input_shape=(28, 28, 1)),
        Conv2D(32, kernel_size=3, activation="relu"),
        Flatten(),
        Dense(10, activation="softmax"),
    ])  # fmt: skip
    visualkeras.layered_view(model, to_file=PATH, legend=True)
    print("drawn:", PATH)
