# Keras 3
import matplotlib.pyplot as plt
import numpy as np
import keras
from keras import layers, models

(train_images, train_labels), _ = keras.datasets.mnist.load_data()
train_images = train_images.reshape(-1, 28, 28, 1) / 255.0
model = models.Sequential([
    keras.Input((28, 28, 1)),
    layers.Conv2D(4, (3, 3), activation="relu", name="conv_1"),
    layers.MaxPooling2D((2, 2)),
    layers.Conv2D(8, (3, 3), activation="relu", name="conv_2"),
    layers.Flatten(),
    layers.Dense(10, activation="softmax"),
])
model.compile("adam", "sparse_categorical_crossentropy", metrics=["accuracy"])
history = model.fit(train_images, train_labels, epochs=2, verbose=0)

layer_outputs = [layer.output for layer in model.layers[:3]]
activation_model = models.Model(inputs=model.inputs, outputs=layer_outputs)
activations = activation_model.predict(train_images[:1])
for layer, activation in zip(model.layers, activations):
    print(layer.name, activation.shape)
plt.matshow(activations[0][0, :, :, 2], cmap="viridis")
plt.savefig("maps.png")

last_conv = keras.Model(model.inputs, model.get_layer("conv_2").output)
assert np.allclose(last_conv.predict(train_images[:1]), activations[2], atol=1e-5)
filters, biases = model.layers[0].get_weights()
print(filters.shape, biases.shape)
