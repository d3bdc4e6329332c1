"""Write the values that the tests of this folder compare minicnn with, using real Keras.

    pip install keras tensorflow-cpu
    KERAS_BACKEND=tensorflow python tests/parity/make_values.py [topic …]

Without arguments every topic is written anew, each to `values/<topic>.json` (the cases: what was
built and with which arguments) and `values/<topic>.npz` (the arrays, named `<case>/<array>`).
The files here were written by Keras 3.15.1 with TensorFlow 2.21.0 (Python 3.11, Linux); every
JSON file says so itself. All random numbers come from fixed seeds: the same Keras on the same
machine writes the same files.

Neither minicnn nor its tests need Keras: only this script and the modules in `making/` do.
"""

import os
import sys

os.environ.setdefault("KERAS_BACKEND", "tensorflow")
os.environ.setdefault("TF_CPP_MIN_LOG_LEVEL", "3")
os.environ.setdefault("CUDA_VISIBLE_DEVICES", "-1")
os.environ.setdefault("TF_ENABLE_ONEDNN_OPTS", "0")  # plain float32 sums, in a fixed order

from making import (
    activations,
    batch_normalization,
    configs,
    constraints,
    dropout,
    initializers,
    layers,
    losses,
    metrics,
    optimizers,
    schedules,
    texts,
    training,
)
from making.recording import write

TOPICS = {
    "activations": activations.cases,
    "batch_normalization": batch_normalization.cases,
    "configs": configs.cases,
    "constraints": constraints.cases,
    "dropout": dropout.cases,
    "initializers": initializers.cases,
    "layers": layers.cases,
    "small_layers": layers.small_cases,
    "losses": losses.cases,
    "metrics": metrics.cases,
    "metric_names": metrics.name_cases,
    "optimizers": optimizers.cases,
    "schedules": schedules.cases,
    "layer_names": texts.layer_name_cases,
    "progress": texts.progress_cases,
    "summaries": texts.summary_cases,
    "training": training.cases,
    "batchwise": training.batchwise_cases,
}

if __name__ == "__main__":
    for topic in sys.argv[1:] or TOPICS:
        write(topic, TOPICS[topic]())
