"""Compare the time of a predicted batch with PyTorch, Keras on TensorFlow and ONNX Runtime.

Claim: over the networks at batch 32 and 128 the geometric mean is 1.5 × the fastest of PyTorch
and Keras, no row is under 1 ×, and the lecture's network is at least as fast as in ONNX Runtime.

minicnn and Keras predict by `predict`; PyTorch in inference mode with the faster of its memory
layouts; ONNX Runtime runs the file written by `minicnn.export`. The processes take turns.

    python benchmarks/prediction.py
    python benchmarks/prediction.py --networks lecture --batches 32 --peer onnx=/path/to/python
"""

from common import comparison

if __name__ == "__main__":
    comparison.run("prediction", ("torch", "keras", "onnx"), __doc__)
