# Keras 2
# XOR 문제 풀기
import numpy as np
import tensorflow as tf

tf.random.set_seed(777)
x_data = np.array([[0, 0], [0, 1], [1, 0], [1, 1]], dtype=np.float32)
y_data = np.array([[0], [1], [1], [0]], dtype=np.float32)

tf.model = tf.keras.Sequential()
tf.model.add(tf.keras.layers.Dense(units=8, input_dim=2, activation="tanh"))
tf.model.add(tf.keras.layers.Dense(units=1, activation="sigmoid"))
tf.model.compile(loss="binary_crossentropy",
                 optimizer=tf.keras.optimizers.SGD(learning_rate=0.5), metrics=["accuracy"])
tf.model.summary()
history = tf.model.fit(x_data, y_data, epochs=600, verbose=0)
predictions = tf.model.predict(x_data)
print("예측:", predictions)
score = tf.model.evaluate(x_data, y_data, verbose=0)
print("정확도:", score[1])
