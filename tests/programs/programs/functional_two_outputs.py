# Keras 3
import keras
from keras.layers import Conv2D, Dense, GlobalAveragePooling2D, Input, MaxPooling2D
from keras.models import Model

(x_train, y_train), _ = keras.datasets.mnist.load_data()
x_train = x_train.reshape(-1, 28, 28, 1) / 255.0
large = (y_train > 4).astype("float32").reshape(-1, 1)

inputs = Input((28, 28, 1))
x = Conv2D(8, 3, activation="relu")(inputs)
x = MaxPooling2D()(x)
x = Conv2D(16, 3, activation="relu")(x)
x = GlobalAveragePooling2D()(x)
digit = Dense(10, activation="softmax", name="digit")(x)
size = Dense(1, activation="sigmoid", name="size")(x)
model = Model(inputs, [digit, size])
model.compile(
    optimizer="adam",
    loss=["sparse_categorical_crossentropy", "binary_crossentropy"],
    loss_weights=[1.0, 0.5],
)
history = model.fit(x_train, [y_train, large], epochs=3, batch_size=32, verbose=2)
digits, sizes = model.predict(x_train[:4])
print(digits.shape, sizes.shape)
