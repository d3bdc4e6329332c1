# Keras 3
import keras
from keras import layers, regularizers

(train_images, train_labels), (test_images, test_labels) = keras.datasets.fashion_mnist.load_data()
train_images, test_images = train_images / 255.0, test_images / 255.0
model = keras.Sequential([
    keras.Input((28, 28)),
    layers.Flatten(),
    layers.Dense(32, kernel_regularizer=regularizers.l2(0.001), activation="elu"),
    layers.Dropout(0.3),
    layers.GaussianNoise(0.05),
    layers.Dense(32, kernel_regularizer=regularizers.L1L2(1e-5, 1e-4), use_bias=False),
    layers.PReLU(),
    layers.Dense(10, activation="softmax", bias_initializer="zeros"),
])
model.compile("adamax", "sparse_categorical_crossentropy", metrics=["accuracy"])
history = model.fit(train_images, train_labels, validation_split=0.2, epochs=5, batch_size=32, verbose=0)
best = min(history.history["val_loss"])
print(f"best validation loss {best:.3f} after epoch {history.history['val_loss'].index(best) + 1}")
