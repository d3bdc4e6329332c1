# Keras 2
# 합성곱 신경망과 학습의 자동 중단
import os

import matplotlib.pyplot as plt
import numpy as np
from tensorflow.keras.callbacks import EarlyStopping, ModelCheckpoint
from tensorflow.keras.datasets import mnist
from tensorflow.keras.layers import Conv2D, Dense, Dropout, Flatten, MaxPooling2D
from tensorflow.keras.models import Sequential, load_model
from tensorflow.keras.utils import to_categorical

(X_train, y_train), (X_test, y_test) = mnist.load_data()
X_train = X_train.reshape(X_train.shape[0], 28, 28, 1).astype("float32") / 255
X_test = X_test.reshape(X_test.shape[0], 28, 28, 1).astype("float32") / 255
y_train = to_categorical(y_train)
y_test = to_categorical(y_test)

# 컨볼루션 신경망의 설정
model = Sequential()
model.add(Conv2D(8, kernel_size=(3, 3), input_shape=(28, 28, 1), activation="relu"))
model.add(Conv2D(8, (3, 3), activation="relu"))
model.add(MaxPooling2D(pool_size=(2, 2)))
model.add(Dropout(0.25))
model.add(Flatten())
model.add(Dense(32, activation="relu"))
model.add(Dense(10, activation="softmax"))
model.compile(loss="categorical_crossentropy", optimizer="adam", metrics=["accuracy"])

# 모델 저장 폴더와 최적화 실행
MODEL_DIR = "./model/"
if not os.path.exists(MODEL_DIR):
    os.mkdir(MODEL_DIR)
modelpath = "./model/{epoch:02d}-{val_loss:.4f}.hdf5"
checkpointer = ModelCheckpoint(filepath=modelpath, monitor="val_loss", verbose=1, save_best_only=True)
early_stopping_callback = EarlyStopping(monitor="val_loss", patience=2)
history = model.fit(X_train, y_train, validation_data=(X_test, y_test), epochs=3, batch_size=64,
                    verbose=0, callbacks=[early_stopping_callback, checkpointer])
print("\n 테스트 정확도: %.4f" % (model.evaluate(X_test, y_test)[1]))

# 가장 좋은 모델 불러오기
best = load_model(os.path.join(MODEL_DIR, sorted(os.listdir(MODEL_DIR))[-1]))
print(best.predict(X_test[:3]).argmax(axis=1))

# 테스트 셋과 학습 셋의 오차를 그래프로 표현
x_len = np.arange(len(history.history["loss"]))
plt.plot(x_len, history.history["val_loss"], marker=".", c="red", label="Testset_loss")
plt.plot(x_len, history.history["loss"], marker=".", c="blue", label="Trainset_loss")
plt.legend(loc="upper right")
plt.savefig("loss.png")
