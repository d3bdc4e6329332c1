# Keras 3
import numpy as np
import tensorflow as tf
from tensorflow import keras
from tensorflow.keras import layers

rng = np.random.default_rng(0)
features = rng.normal([100.0, 3.0, 2500.0], [30.0, 1.0, 500.0], (300, 3)).astype("float32")
labels = features @ np.array([-0.05, 2.0, -0.004], "float32") + 35
train_features, test_features = features[:240], features[240:]
train_labels, test_labels = labels[:240], labels[240:]

normalizer = layers.Normalization(axis=-1)
normalizer.adapt(np.array(train_features))
first = np.array(train_features[:1])
print("Normalized:", normalizer(first).numpy().round(2))

linear_model = tf.keras.Sequential([normalizer, layers.Dense(units=1)])
linear_model.compile(optimizer=tf.keras.optimizers.Adam(learning_rate=0.1),
                     loss="mean_absolute_error")
history = linear_model.fit(train_features, train_labels, epochs=30, verbose=0, validation_split=0.2)
test_results = linear_model.evaluate(test_features, test_labels, verbose=0)
print("MAE", test_results)
test_predictions = linear_model.predict(test_features).flatten()
error = test_predictions - test_labels
print(error.shape)
