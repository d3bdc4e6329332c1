# Keras 2.0
import numpy as np
from keras.datasets import mnist
from keras.layers import Dense, Flatten
from keras.models import Sequential
from keras.preprocessing.image import ImageDataGenerator
from keras.utils.np_utils import to_categorical

(x_train, y_train), (x_test, y_test) = mnist.load_data()
x_train = np.expand_dims(x_train, 3)
x_test = np.expand_dims(x_test, 3)
train_gen = ImageDataGenerator(rescale=1.0 / 255, shear_range=0.1)
test_gen = ImageDataGenerator(rescale=1.0 / 255)
train = train_gen.flow(x_train, to_categorical(y_train, 10), batch_size=32)
test = test_gen.flow(x_test, to_categorical(y_test, 10), batch_size=32)
model = Sequential([Flatten(input_shape=(28, 28, 1)), Dense(10, activation="softmax")])
model.compile(optimizer="adam", loss="categorical_crossentropy", metrics=["accuracy"])
history = model.fit_generator(train, steps_per_epoch=10, epochs=3, validation_data=test,
                              validation_steps=2, workers=2, use_multiprocessing=False)
print(model.evaluate_generator(test, steps=2))
print(model.predict_generator(test, steps=1).shape)
