"""ONNX Runtime: prediction only, of the file that `workers.write_onnx` wrote.

Images are float32 before the clock starts.

    python -m workers.onnx_runtime prediction lecture 32 lecture.onnx
"""

import sys

import numpy as np
import onnxruntime

from common import data, networks
from workers.serve import Run, serve


def prediction(path: str, network: str, batch: int) -> Run:
    """Return a function that predicts some batches in order."""
    images, _ = data.prepared(network in networks.RAW)
    session = onnxruntime.InferenceSession(path, providers=["CPUExecutionProvider"])
    (given,) = session.get_inputs()
    x = images.astype(np.float32).reshape(-1, *given.shape[1:])
    batches = np.split(x[: len(x) // batch * batch], len(x) // batch)

    def run(steps: int) -> np.ndarray:
        outputs = [
            session.run(None, {given.name: batches[n % len(batches)]})[0] for n in range(steps)
        ]
        return np.concatenate(outputs)

    return run


if __name__ == "__main__":
    serve(
        {"default": prediction(sys.argv[4], sys.argv[2], int(sys.argv[3]))},
        {"onnxruntime": onnxruntime.__version__, "numpy": np.__version__},
    )
