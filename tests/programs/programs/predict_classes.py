# Keras 2.0
# 숫자 예측: 옛 케라스의 predict_classes
from keras.datasets import mnist
from keras.layers import Activation, Dense
from keras.models import Sequential
from keras.utils import np_utils

(x_train, y_train), (x_test, y_test) = mnist.load_data()
x_train = x_train.reshape(-1, 784).astype("float32") / 255.0
x_test = x_test.reshape(-1, 784).astype("float32") / 255.0
model = Sequential()
model.add(Dense(32, input_dim=784))
model.add(Activation("relu"))
model.add(Dense(10))
model.add(Activation("softmax"))
model.compile(loss="categorical_crossentropy", optimizer="adam", metrics=["accuracy"])
history = model.fit(x_train, np_utils.to_categorical(y_train), epochs=3, batch_size=32)
xhat = x_test[:5]
yhat = model.predict_classes(xhat)
for i in range(5):
    print("True : " + str(y_test[i]) + ", Predict : " + str(yhat[i]))
print(model.predict_proba(xhat).shape)
