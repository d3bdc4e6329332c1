"""Event files of TensorBoard: scalars, histograms, images and the graph of a model."""

import io
import json
import time
from importlib import import_module
from typing import Any

import numpy as np
from numpy import ndarray

BUCKETS = 30  # as many as Keras writes
SECONDS_BETWEEN_FLUSHES = 10  # the delay after which a running TensorBoard shows new events


class EventFile:
    """A new event file in a folder, which is a run in TensorBoard."""

    def __init__(self, folder: str) -> None:
        from tensorboard.summary.writer.event_file_writer import EventFileWriter

        self._writer = EventFileWriter(folder, flush_secs=SECONDS_BETWEEN_FLUSHES)
        self.flush, self.close = self._writer.flush, self._writer.close

    def write(self, plugin: str, tag: str, content: Any, step: int) -> None:
        """Write what a plugin of TensorBoard shows: a "scalar", "histogram" or "image"."""
        plugin_metadata = import_module(f"tensorboard.plugins.{plugin}.metadata")
        self._write(tag, content, plugin_metadata.create_summary_metadata(None, None), step)

    def graph(self, model: Any) -> None:
        """Write a model for the tab Graphs: its nodes, and Keras' JSON for the "Conceptual graph"."""
        from tensorboard.compat.proto.event_pb2 import Event
        from tensorboard.compat.proto.summary_pb2 import SummaryMetadata

        nodes = layer_graph(model).SerializeToString()
        self._writer.add_event(Event(wall_time=time.time(), graph_def=nodes))
        config = {"class_name": type(model).__name__, "config": model.get_config()}
        kind = SummaryMetadata.PluginData(plugin_name="graph_keras_model", content=b"1")
        text = json.dumps(config, default=str)  # of a custom function the name is shown
        self._write("keras", text, SummaryMetadata(plugin_data=kind), 0)

    def _write(self, tag: str, content: Any, metadata: Any, step: int) -> None:
        """Write a tensor: a number, array, string or list of bytes."""
        from tensorboard.compat.proto.event_pb2 import Event
        from tensorboard.compat.proto.summary_pb2 import Summary
        from tensorboard.util.tensor_util import make_tensor_proto

        value = Summary.Value(tag=tag, tensor=make_tensor_proto(content), metadata=metadata)
        event = Event(wall_time=time.time(), step=int(step), summary=Summary(value=[value]))
        self._writer.add_event(event)


def layer_graph(model: Any) -> Any:
    """Return the layers of a model as nodes, with the shapes of their outputs."""
    from tensorboard.compat.proto.graph_pb2 import GraphDef

    definition = GraphDef()
    names: list[str] = []  # of the node for each value of the graph
    for index, shape in enumerate(model.input_shapes):
        names.append(f"input_{index}" if index else "input")
        _add_shape(definition.node.add(name=names[-1], op="InputLayer"), shape)
    for layer, inputs in model.graph.nodes:
        name = layer.name
        if name in names:  # called several times
            name = f"{name}_{sum(other.startswith(name) for other in names)}"
        node = definition.node.add(
            name=name, op=type(layer).__name__, input=[names[value] for value in inputs]
        )
        _add_shape(node, layer.output_shape)
        names.append(name)
    return definition


def _add_shape(node: Any, shape: tuple[int | None, ...]) -> None:
    from tensorboard.compat.proto.tensor_shape_pb2 import TensorShapeProto

    sizes = [TensorShapeProto.Dim(size=-1 if size is None else size) for size in shape]
    if sizes:  # none before the model is built
        node.attr["_output_shapes"].list.shape.add(dim=sizes)


def buckets(values: ndarray) -> ndarray:
    """Return (left edge, right edge, count) of buckets of equal width, the content of a histogram."""
    finite = values[np.isfinite(values)].astype(np.float64)
    if finite.size == 0:
        return np.zeros((BUCKETS, 3))
    low, high = finite.min(), finite.max()
    if low == high:
        counts, edges = np.zeros(BUCKETS), np.full(BUCKETS + 1, low)
        counts[-1] = finite.size
    else:
        counts, edges = np.histogram(finite, BUCKETS, (low, high))
    return np.stack([edges[:-1], edges[1:], counts], axis=1)


def image_parts(picture: ndarray) -> list[bytes]:
    """Return width, height and PNG of (height, width, 3) uint8, the content of an image."""
    from PIL import Image

    file = io.BytesIO()
    Image.fromarray(picture).save(file, format="PNG")
    height, width = picture.shape[:2]
    return [str(width).encode(), str(height).encode(), file.getvalue()]
