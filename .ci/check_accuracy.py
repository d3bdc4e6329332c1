"""Check a saved model on MNIST's 10,000 test images: check_accuracy.py MODEL LEAST."""

import sys

from minicnn.datasets import mnist
from minicnn.models import load_model

path, least = sys.argv[1], float(sys.argv[2])
_, (images, labels) = mnist.load_data()
model = load_model(path)
answers = model.predict(images[..., None], verbose=0).argmax(axis=1)
accuracy = (answers == labels).mean()
print(f"{path}: {accuracy:.4f} of {len(labels)} test images")
sys.exit(0 if accuracy >= least else f"expected at least {least}")
