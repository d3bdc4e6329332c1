"""Compare the time of a training step with PyTorch and Keras on TensorFlow.

Claim: a step of the lecture's network at batch 32 is 3 × faster than the fastest peer; over the
networks at batch 32 and 128 the geometric mean is 2.5 ×, and no row is under 1.2 ×. The stored run
misses the second: 2.13 ×.

minicnn and Keras train by `fit`, Keras with or without XLA, whichever is faster; PyTorch in a bare loop
with fused Adam and the faster of its memory layouts. The processes take turns.

    python benchmarks/training.py
    python benchmarks/training.py --networks lecture --batches 32 --peer torch=/path/to/python
"""

from common import comparison

if __name__ == "__main__":
    comparison.run("training", ("torch", "keras"), __doc__)
