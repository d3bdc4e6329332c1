# Keras 2
from tensorflow.keras.datasets import cifar10
from tensorflow.keras.layers import (Conv2D, Dense, Flatten, Input, MaxPooling2D, concatenate)
from tensorflow.keras.models import Model
from tensorflow.keras.utils import to_categorical

(x_train, y_train), (x_test, y_test) = cifar10.load_data()
x_train, x_test = x_train.astype("float32") / 255, x_test.astype("float32") / 255
y_train, y_test = to_categorical(y_train, 10), to_categorical(y_test, 10)

input_img = Input(shape=(32, 32, 3))
x = MaxPooling2D((2, 2))(input_img)
tower_1 = Conv2D(4, (1, 1), padding="same", activation="relu")(x)
tower_1 = Conv2D(4, (3, 3), padding="same", activation="relu")(tower_1)
tower_2 = Conv2D(4, (5, 5), padding="same", activation="relu")(x)
tower_3 = MaxPooling2D((3, 3), strides=(1, 1), padding="same")(x)
tower_3 = Conv2D(4, (1, 1), padding="same", activation="relu")(tower_3)
output = concatenate([tower_1, tower_2, tower_3], axis=3)
output = Flatten()(output)
out = Dense(10, activation="softmax")(output)
model = Model(inputs=input_img, outputs=out)
model.compile(loss="categorical_crossentropy", optimizer="adam", metrics=["accuracy"])
history = model.fit(x_train, y_train, validation_data=(x_test, y_test), epochs=2, batch_size=32)
