# Keras 2
# 손글씨 숫자를 분류하는 다층 퍼셉트론
from tensorflow.keras.datasets import mnist
from tensorflow.keras.layers import Dense
from tensorflow.keras.models import Sequential
from tensorflow.keras.utils import to_categorical

# 1. 데이터셋 준비하기
(X_train, Y_train), (X_test, Y_test) = mnist.load_data()
X_train = X_train.reshape(X_train.shape[0], 784).astype("float32") / 255.0
X_test = X_test.reshape(X_test.shape[0], 784).astype("float32") / 255.0
Y_train = to_categorical(Y_train)
Y_test = to_categorical(Y_test)

# 2. 모델 구성하기
model = Sequential()
model.add(Dense(units=64, input_dim=28 * 28, activation="relu"))
model.add(Dense(units=10, activation="softmax"))

# 3. 학습 과정 설정하고 학습하기
model.compile(loss="categorical_crossentropy", optimizer="sgd", metrics=["accuracy"])
history = model.fit(X_train, Y_train, epochs=5, batch_size=32)

# 4. 평가하고 사용하기
loss_and_metrics = model.evaluate(X_test, Y_test, batch_size=32)
print("손실과 정확도: " + str(loss_and_metrics))
yhat = model.predict(X_test[0:1], batch_size=32)
print("첫 번째 숫자의 예측:", yhat.argmax(axis=1))
