# Keras 2
# Curves under the old names of the metric.
import matplotlib.pyplot as plt
from tensorflow.keras import layers, models
from tensorflow.keras.datasets import cifar10
from tensorflow.keras.utils import to_categorical

(train_images, train_labels), (test_images, test_labels) = cifar10.load_data()
train_images, test_images = train_images / 255.0, test_images / 255.0
train_labels, test_labels = to_categorical(train_labels), to_categorical(test_labels)
network = models.Sequential()
network.add(layers.Conv2D(8, (3, 3), activation="relu", input_shape=(32, 32, 3)))
network.add(layers.AveragePooling2D((2, 2)))
network.add(layers.Flatten())
network.add(layers.Dense(10, activation="softmax"))
network.compile(optimizer="rmsprop", loss="categorical_crossentropy", metrics=["acc"])
history = network.fit(train_images, train_labels, epochs=3, batch_size=64,
                      validation_data=(test_images, test_labels))
acc = history.history["acc"]
val_acc = history.history["val_acc"]
epochs = range(1, len(acc) + 1)
plt.plot(epochs, acc, "bo", label="Training acc")
plt.plot(epochs, val_acc, "b", label="Validation acc")
plt.legend()
plt.savefig("acc.png")
