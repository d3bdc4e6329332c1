# Keras 3
# Encoder and decoder are Sequential models inside one.
from tensorflow import keras

(X_train, _), (X_valid, _) = keras.datasets.fashion_mnist.load_data()
X_train, X_valid = X_train / 255.0, X_valid / 255.0

stacked_encoder = keras.models.Sequential([
    keras.layers.Flatten(input_shape=[28, 28]),
    keras.layers.Dense(64, activation="selu" if hasattr(keras.activations, "selu") else "elu"),
    keras.layers.Dense(16, activation="relu"),
])
stacked_decoder = keras.models.Sequential([
    keras.layers.Dense(64, activation="relu", input_shape=[16]),
    keras.layers.Dense(28 * 28, activation="sigmoid"),
    keras.layers.Reshape([28, 28]),
])
stacked_ae = keras.models.Sequential([stacked_encoder, stacked_decoder])
stacked_ae.compile(loss="binary_crossentropy", optimizer=keras.optimizers.SGD(learning_rate=1.0))
history = stacked_ae.fit(X_train, X_train, epochs=3, validation_data=(X_valid, X_valid))
print(stacked_encoder.predict(X_valid[:2]).shape)
