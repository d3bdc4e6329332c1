# Keras 2
import numpy as np
from tensorflow.keras.datasets import mnist
from tensorflow.keras.layers import Conv2D, Dense, Flatten, MaxPool2D
from tensorflow.keras.models import Sequential
from tensorflow.keras.preprocessing.image import ImageDataGenerator
from tensorflow.keras.utils import to_categorical

(x_train, y_train), (x_test, y_test) = mnist.load_data()
x_train = x_train.reshape(-1, 28, 28, 1) / 255.0
x_test = x_test.reshape(-1, 28, 28, 1) / 255.0
y_train = to_categorical(y_train, num_classes=10)
y_test = to_categorical(y_test, num_classes=10)

model = Sequential()
model.add(Conv2D(filters=8, kernel_size=(5, 5), padding="Same", activation="relu",
                 input_shape=(28, 28, 1)))
model.add(MaxPool2D(pool_size=(2, 2)))
model.add(Flatten())
model.add(Dense(10, activation="softmax"))
model.compile(optimizer="adam", loss="categorical_crossentropy", metrics=["accuracy"])
datagen = ImageDataGenerator(
    featurewise_center=False, samplewise_center=False, featurewise_std_normalization=False,
    rotation_range=10, zoom_range=0.1, width_shift_range=0.1, height_shift_range=0.1,
    horizontal_flip=False, vertical_flip=False)
datagen.fit(x_train)
batch_size = 32
history = model.fit(datagen.flow(x_train, y_train, batch_size=batch_size), epochs=3,
                    validation_data=(x_test, y_test), verbose=2,
                    steps_per_epoch=x_train.shape[0] // batch_size)
