# Keras 3
# scikit-learn splits the data, Keras learns.
import numpy as np
from sklearn.datasets import load_iris
from sklearn.model_selection import StratifiedKFold, train_test_split
from sklearn.preprocessing import LabelEncoder, StandardScaler
from tensorflow.keras.layers import Dense
from tensorflow.keras.models import Sequential
from tensorflow.keras.utils import to_categorical

iris = load_iris()
X = StandardScaler().fit_transform(iris.data)
encoder = LabelEncoder()
Y = to_categorical(encoder.fit_transform(iris.target_names[iris.target]))
X_train, X_test, y_train, y_test = train_test_split(X, Y, test_size=0.2, random_state=1)

accuracy = []
for train, test in StratifiedKFold(n_splits=3, shuffle=True, random_state=0).split(X, iris.target):
    model = Sequential()
    model.add(Dense(16, input_dim=4, activation="relu"))
    model.add(Dense(3, activation="softmax"))
    model.compile(loss="categorical_crossentropy", optimizer="adam", metrics=["accuracy"])
    history = model.fit(X[train], Y[train], epochs=40, batch_size=5, verbose=0)
    k_accuracy = "%.4f" % (model.evaluate(X[test], Y[test], verbose=0)[1])
    accuracy.append(k_accuracy)
print("\n 3 fold accuracy:", accuracy)
assert np.mean([float(a) for a in accuracy]) > 0.7
