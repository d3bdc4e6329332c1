"""Models for other programs: `export` writes ONNX, which ONNX Runtime and many others run.

`builder` collects nodes and tracks the order of axes, `families` and `activations` add the operators,
`file` checks and writes. The optional package ``onnx`` is imported when it is first needed.
"""

from minicnn.exporting.file import export

__all__ = ["export"]
