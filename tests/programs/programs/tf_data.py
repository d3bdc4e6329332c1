# Keras 3
import tensorflow as tf
from tensorflow.keras import Sequential, layers

(x_train, y_train), (x_test, y_test) = tf.keras.datasets.mnist.load_data()


def normalize(image, label):
    return tf.cast(image, tf.float32) / 255.0, label


train_ds = tf.data.Dataset.from_tensor_slices((x_train[..., None], y_train))
train_ds = train_ds.map(normalize, num_parallel_calls=tf.data.AUTOTUNE)
train_ds = train_ds.cache().shuffle(1000).batch(32).prefetch(tf.data.AUTOTUNE)
test_ds = tf.data.Dataset.from_tensor_slices((x_test[..., None], y_test)).map(normalize).batch(32)
for images, labels in train_ds.take(1):
    print(images.shape, labels.numpy()[:5])
print(len(train_ds), "batches;", "GPU:", tf.config.list_physical_devices("GPU"))

model = Sequential([
    layers.Conv2D(8, 3, activation="relu", input_shape=(28, 28, 1)),
    layers.MaxPooling2D(),
    layers.Flatten(),
    layers.Dense(10),
])
model.compile(tf.keras.optimizers.Adam(0.001),
              tf.keras.losses.SparseCategoricalCrossentropy(from_logits=True),
              metrics=[tf.keras.metrics.SparseCategoricalAccuracy()])
history = model.fit(train_ds, epochs=2, validation_data=test_ds)
model.evaluate(test_ds)
