# Keras 2
from tensorflow.keras.datasets import cifar10
from tensorflow.keras.layers import Conv2D, Dense, Dropout, Flatten, MaxPooling2D
from tensorflow.keras.models import Sequential
from tensorflow.keras.optimizers import SGD
from tensorflow.keras.utils import to_categorical


def load_dataset():
    (trainX, trainY), (testX, testY) = cifar10.load_data()
    return trainX, to_categorical(trainY), testX, to_categorical(testY)


def define_model():
    model = Sequential()
    model.add(Conv2D(8, (3, 3), activation="relu", kernel_initializer="he_uniform", padding="same",
                     input_shape=(32, 32, 3)))
    model.add(Conv2D(8, (3, 3), activation="relu", kernel_initializer="he_uniform", padding="same"))
    model.add(MaxPooling2D((2, 2)))
    model.add(Dropout(0.2))
    model.add(Flatten())
    model.add(Dense(10, activation="softmax"))
    opt = SGD(learning_rate=0.01, momentum=0.9)
    model.compile(optimizer=opt, loss="categorical_crossentropy", metrics=["accuracy"])
    return model


trainX, trainY, testX, testY = load_dataset()
trainX, testX = trainX.astype("float32") / 255.0, testX.astype("float32") / 255.0
model = define_model()
history = model.fit(trainX, trainY, epochs=3, batch_size=64, validation_data=(testX, testY), verbose=0)
_, acc = model.evaluate(testX, testY, verbose=0)
print("> %.3f" % (acc * 100.0))
