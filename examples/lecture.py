"""Train the lecture's convolutional network on MNIST's handwritten digits.

This is the lecture's Keras program; only the imports say `minicnn` instead of `keras`. All images take
some minutes; fewer are faster:

    python lecture.py
    python lecture.py --images 2000 --epochs 1

Plots and the model are saved to the current folder.
"""

import argparse

import matplotlib.pyplot as plt
import numpy as np
from PIL import Image
from sklearn.metrics import accuracy_score, classification_report

from minicnn.datasets import mnist
from minicnn.layers import Conv2D, Dense, Flatten
from minicnn.models import Sequential, load_model
from minicnn.utils import to_categorical
from minicnn.visualize import plot_confusion_matrix

parser = argparse.ArgumentParser(description="The lecture's program.")
parser.add_argument("--images", type=int, help="number of training images (default: all)")
parser.add_argument("--epochs", type=int, default=3)
options = parser.parse_args()


def show(name):
    """Save the plot, and show it if there is a screen."""
    plt.savefig(name)
    print("saved:", name)
    if plt.get_backend().lower() != "agg":
        plt.show()
    plt.close()


# Load the data set; it is downloaded once and cached
(X_train, y_train), (X_test, y_test) = mnist.load_data()
X_train, y_train = X_train[: options.images], y_train[: options.images]
X_test, y_test = X_test[: options.images], y_test[: options.images]

# Exploratory data analysis: the first image
plt.imshow(X_train[0])
show("first_image.png")
print(X_train[0].shape)

# Preprocessing: a channel axis for the images, one-hot labels
X_train = X_train.reshape(len(X_train), 28, 28, 1)
X_test = X_test.reshape(len(X_test), 28, 28, 1)
y_train = to_categorical(y_train)
y_test = to_categorical(y_test)
print(y_train[0])

# Build the model
model = Sequential()
model.add(Conv2D(64, kernel_size=3, activation="relu", input_shape=(28, 28, 1)))
model.add(Conv2D(32, kernel_size=3, activation="relu"))
model.add(Flatten())
model.add(Dense(10, activation="softmax"))
model.summary()

# Compile it, with accuracy as a metric
model.compile(optimizer="adam", loss="categorical_crossentropy", metrics=["accuracy"])

# Train
history = model.fit(X_train, y_train, validation_data=(X_test, y_test), epochs=options.epochs)

# Evaluate
score = model.evaluate(X_test, y_test, verbose=0)
print(model.metrics_names[0], score[0])
print(model.metrics_names[1], score[1])

y_pred = np.argmax(model.predict(X_test), axis=1)
print(accuracy_score(np.argmax(y_test, axis=1), y_pred))

# Plot loss and accuracy by epoch
plt.subplot(211)
plt.title("Loss")
plt.plot(history.history["loss"], label="train")
plt.plot(history.history["val_loss"], label="test")
plt.legend()
plt.subplot(212)
plt.title("Accuracy")
plt.plot(history.history["accuracy"], label="train")
plt.plot(history.history["val_accuracy"], label="test")
plt.legend()
plt.tight_layout()
show("history.png")

# Confusion matrix. The lecture draws it with seaborn, which works here too:
# sns.heatmap(confusion_matrix(np.argmax(y_test, axis=1), y_pred), annot=True, fmt="g")
plot_confusion_matrix(np.argmax(y_test, axis=1), y_pred, path="confusion_matrix.png")
print("saved: confusion_matrix.png")

# Precision, recall and F1 of each digit
print(classification_report(np.argmax(y_test, axis=1), y_pred, zero_division=0))

# Predictions and labels of the first four images
print(model.predict(X_test[:4]))
print(np.argmax(model.predict(X_test[:4]), axis=1))
print(np.argmax(y_test[:4], axis=1))

# Save an image file, load it again and predict it
seven_array = Image.fromarray(X_test[0].reshape(28, 28))
seven_array.save("seven.png")
seven = Image.open("seven.png").convert("L")
test_data = np.asarray(seven).reshape(1, 28, 28, 1)
print("seven.png:", np.argmax(model.predict(test_data), axis=1))

# Save the model and load it, possibly in another program; it need not be compiled again
model.save("mnist_model.keras")
new_model = load_model("mnist_model.keras")
pred = np.argmax(new_model.predict(X_test), axis=1)
print("prediction of the loaded model:", pred[0])
