"""Export a network with initial weights to ONNX.

python -m workers.write_onnx lecture lecture.onnx
"""

import sys

import minicnn

from workers.fit_and_predict import build

if __name__ == "__main__":
    minicnn.export(build(minicnn, sys.argv[1]), sys.argv[2])
