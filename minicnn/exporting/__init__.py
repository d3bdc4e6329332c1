"""Models for other programs: `export` writes ONNX, which ONNX Runtime and many others run.

`graph` collects the nodes and keeps account of the order of axes, `activations` and `layers` say
what each function and each kind of layer becomes, `file` checks and writes. The package ``onnx``
(extra ``onnx``) is imported when it is needed.
"""

from minicnn.exporting.file import export

__all__ = ["export"]
