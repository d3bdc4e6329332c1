# Keras 3
import keras
from keras import layers


def residual_block(x, filters):
    shortcut = x
    x = layers.Conv2D(filters, 3, padding="same", use_bias=False)(x)
    x = layers.BatchNormalization()(x)
    x = layers.Activation("relu")(x)
    x = layers.Conv2D(filters, 3, padding="same", use_bias=False)(x)
    x = layers.BatchNormalization()(x)
    x = layers.add([shortcut, x]) if hasattr(layers, "add") else layers.Add()([shortcut, x])
    return layers.Activation("relu")(x)


(x_train, y_train), (x_test, y_test) = keras.datasets.cifar10.load_data()
inputs = keras.Input((32, 32, 3))
x = layers.Rescaling(1 / 255)(inputs)
x = layers.Conv2D(8, 3, strides=2, padding="same")(x)
x = residual_block(x, 8)
x = layers.MaxPooling2D()(x)
x = residual_block(x, 8)
x = layers.GlobalAveragePooling2D()(x)
outputs = layers.Dense(10, activation="softmax")(x)
model = keras.Model(inputs, outputs, name="toy_resnet")
model.summary()
model.compile("adam", "sparse_categorical_crossentropy", metrics=["acc"])
history = model.fit(x_train, y_train, batch_size=32, epochs=3, validation_split=0.2)
