"""`minicnn.export`: a model as an ONNX file."""

import os
from typing import Any

from minicnn.atomic import atomic_write
from minicnn.errors import NotReadyError, missing_package
from minicnn.exporting.builder import OnnxBuilder, Value
from minicnn.exporting.families import add_layer
from minicnn.layers.shapes import Shape
from minicnn.models import Model

# Of the end of 2022: old enough for every runtime in use, new enough for all that is needed.
OPSET, FORMAT = 18, 8


def export(model: Model, path: str | os.PathLike[str]) -> None:
    """Write a model to an ONNX file, which ONNX Runtime and many other programs run.

    The file's input is called "input", its output "output"; several are "input_1", "input_2", …. All
    are float32 and shaped as minicnn's: images are (batch, height, width, channels), and the batch
    may have any size. Dropout is left out.
    Weights in float64 are rounded to float32. Writing is atomic: after a failure the old file is
    unchanged.

    Parameters
    ----------
    model : Sequential or Model
        Built.
    path : path-like
        Ending in ``.onnx``.

    Raises
    ------
    ModuleNotFoundError
        If the package ``onnx`` is not installed.
    NotReadyError
        If the model has no weights yet.
    TypeError, ValueError
        If `model` is not a model, `path` does not end in ``.onnx``, or the model has a custom layer
        without a method ``onnx`` or a custom activation.
    OSError
        If the file cannot be written.

    Examples
    --------
    >>> import pathlib, tempfile
    >>> from minicnn import Sequential, layers
    >>> model = Sequential([layers.Dense(10, activation="softmax", input_shape=(4,))])
    >>> path = pathlib.Path(tempfile.mkdtemp()) / "model.onnx"
    >>> export(model, path)
    >>> import onnx
    >>> [node.op_type for node in onnx.load(path).graph.node]
    ['Gemm', 'Softmax']
    """
    _check(model, path)
    try:
        import onnx
    except ModuleNotFoundError as error:
        raise missing_package("minicnn.export", "onnx", "onnx") from error
    made = to_onnx(model)
    onnx.checker.check_model(made, full_check=True)
    with atomic_write(path) as file:
        file.write(made.SerializeToString())


def to_onnx(model: Model) -> Any:
    """Return a built model as an ONNX message."""
    from onnx import TensorProto, helper

    from minicnn import __version__

    graph = model.graph
    inputs = _named("input", model.input_shape, graph.inputs)
    outputs = _named("output", model.output_shape, len(graph.outputs))
    builder = OnnxBuilder([*inputs, *outputs])
    values = [Value(name, shape) for name, shape in inputs.items()]
    for node in graph.nodes:
        read = [values[number] for number in node.inputs]
        values.append(add_layer(builder, node.layer, read if len(read) > 1 else read[0]))
    for name, number in zip(outputs, graph.outputs, strict=True):
        builder.output(values[number], name)
    ends = [
        [
            helper.make_tensor_value_info(
                name,
                TensorProto.FLOAT,
                ["batch", *(size or f"{name}_{axis}" for axis, size in enumerate(shape[1:], 1))],
            )
            for name, shape in named.items()
        ]
        for named in (inputs, outputs)
    ]
    return helper.make_model(
        helper.make_graph(builder.nodes, model.name, *ends, builder.constants),
        opset_imports=[helper.make_opsetid("", OPSET)],
        ir_version=FORMAT,
        producer_name="minicnn",
        producer_version=__version__,
    )


def _named(kind: str, shapes: Any, count: int) -> dict[str, Shape]:
    """Return the shapes of inputs or outputs by name: "input", or "input_1", "input_2" and so on."""
    if count == 1:
        return {kind: shapes[0] if isinstance(shapes, list) else shapes}
    return {f"{kind}_{number}": shape for number, shape in enumerate(shapes, start=1)}


def _check(model: Model, path: Any) -> None:
    if not hasattr(model, "layers") or not isinstance(path, (str, os.PathLike)):
        raise TypeError(
            f"export takes a model and a path, got {type(model).__name__} and "
            f"{type(path).__name__}. Write minicnn.export(model, 'model.onnx')."
        )
    if not str(os.fspath(path)).endswith(".onnx"):
        raise ValueError(
            f"export writes .onnx files, got {os.fspath(path)!r}. Write "
            "minicnn.export(model, 'model.onnx'), or model.save('model.keras') for a file to load."
        )
    if not model.built:
        raise NotReadyError(
            "the model has no weights to export yet. Call model.build((None, 28, 28, 1)) with the "
            "shape of its input, or train it first."
        )
