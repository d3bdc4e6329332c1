"""Predict with ONNX Runtime from a file written by `workers.write_onnx`.

Images are converted to float32 before timing starts.

    python -m workers.onnx_runtime prediction lecture 32 lecture.onnx
"""

import sys

import numpy as np
import onnxruntime

from common import data, networks
from workers.serve import Run, serve


def prediction(path: str, network: str, batch: int) -> Run:
    """Return a function that predicts a number of batches in order."""
    images, _ = data.prepared(networks.NETWORKS[network])
    session = onnxruntime.InferenceSession(path, providers=["CPUExecutionProvider"])
    (model_input,) = session.get_inputs()
    x = images.astype(np.float32).reshape(-1, *model_input.shape[1:])
    batches = np.split(x[: len(x) // batch * batch], len(x) // batch)

    def run(steps: int) -> np.ndarray:
        outputs = [
            session.run(None, {model_input.name: batches[n % len(batches)]})[0]
            for n in range(steps)
        ]
        return np.concatenate(outputs)

    return run


if __name__ == "__main__":
    serve(
        {"default": prediction(sys.argv[4], sys.argv[2], int(sys.argv[3]))},
        {"onnxruntime": onnxruntime.__version__, "numpy": np.__version__},
    )
