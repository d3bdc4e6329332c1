"""Event files: numbers, histograms, pictures and a model's graph in TensorBoard's own messages."""

import json
import time
from typing import Any

import numpy as np
from numpy import ndarray

from minicnn.errors import missing_package

BUCKETS = 30  # as many as Keras writes
SECONDS_BETWEEN_FLUSHES = 10  # how soon a running TensorBoard sees what an unfinished epoch writes


def require_tensorboard() -> None:
    """Check that the package is there."""
    try:
        import tensorboard  # noqa: F401 (only whether it is there)
    except ModuleNotFoundError as error:
        raise missing_package("The TensorBoard callback", "tensorboard", "tensorboard") from error


class EventFile:
    """One new event file in a folder; a folder is what TensorBoard calls a run."""

    def __init__(self, folder: str) -> None:
        from tensorboard.summary.writer.event_file_writer import EventFileWriter

        self._writer = EventFileWriter(folder, flush_secs=SECONDS_BETWEEN_FLUSHES)

    def scalar(self, tag: str, value: float, step: int) -> None:
        """Write one number of a curve."""
        from tensorboard.plugins.scalar.metadata import create_summary_metadata

        self._write(tag, np.float32(value), create_summary_metadata(None, None), step)

    def histogram(self, tag: str, values: ndarray, step: int) -> None:
        """Write how numbers are spread, in 30 buckets from the least to the greatest."""
        from tensorboard.plugins.histogram.metadata import create_summary_metadata

        self._write(tag, buckets(values), create_summary_metadata(None, None), step)

    def image(self, tag: str, picture: ndarray, step: int) -> None:
        """Write a picture."""
        from tensorboard.plugins.image.metadata import create_summary_metadata

        height, width = picture.shape[:2]
        parts = [str(width).encode(), str(height).encode(), png(picture)]
        self._write(tag, parts, create_summary_metadata(None, None), step)

    def graph(self, model: Any) -> None:
        """Write a model for the tab Graphs: as nodes, and as Keras' JSON for the "Conceptual graph"."""
        from tensorboard.compat.proto.event_pb2 import Event
        from tensorboard.compat.proto.summary_pb2 import SummaryMetadata

        nodes = layer_graph(model).SerializeToString()
        self._writer.add_event(Event(wall_time=time.time(), graph_def=nodes))
        config = {"class_name": type(model).__name__, "config": model.get_config()}

        kind = SummaryMetadata.PluginData(plugin_name="graph_keras_model", content=b"1")
        # A function of the user's in the config has no JSON: its name in text is all that is shown.
        text = json.dumps(config, default=str)
        self._write("keras", text, SummaryMetadata(plugin_data=kind), 0)

    def flush(self) -> None:
        """Bring everything that was written to the disk."""
        self._writer.flush()

    def close(self) -> None:
        """Flush, and close the file."""
        self._writer.close()

    def _write(self, tag: str, content: Any, metadata: Any, step: int) -> None:
        """Write a tensor: number, array, text or list of bytes."""
        from tensorboard.compat.proto.event_pb2 import Event
        from tensorboard.compat.proto.summary_pb2 import Summary
        from tensorboard.util.tensor_util import make_tensor_proto

        value = Summary.Value(tag=tag, tensor=make_tensor_proto(content), metadata=metadata)
        event = Event(wall_time=time.time(), step=int(step), summary=Summary(value=[value]))
        self._writer.add_event(event)


def layer_graph(model: Any) -> Any:
    """Return a model as nodes, one a layer, with the shapes of what goes from one to the next."""
    from tensorboard.compat.proto.graph_pb2 import GraphDef
    from tensorboard.compat.proto.tensor_shape_pb2 import TensorShapeProto

    graph = GraphDef()
    before = graph.node.add(name="input", op="InputLayer")
    for layer in model.layers:
        node = graph.node.add(name=layer.name, op=type(layer).__name__, input=[before.name])
        for one, shape in ((before, layer.input_shape), (node, layer.output_shape)):
            sizes = [TensorShapeProto.Dim(size=-1 if size is None else size) for size in shape]
            if sizes and not one.attr:  # none before the model is built
                one.attr["_output_shapes"].list.shape.add(dim=sizes)
        before = node
    return graph


def buckets(values: ndarray) -> ndarray:
    """Count numbers in buckets of equal width."""
    finite = values[np.isfinite(values)].astype(np.float64)
    if finite.size == 0:
        return np.zeros((BUCKETS, 3))
    least, greatest = finite.min(), finite.max()
    if least == greatest:
        counts = np.zeros(BUCKETS)
        counts[-1] = finite.size
        edges = np.full(BUCKETS + 1, least)
    else:
        counts, edges = np.histogram(finite, BUCKETS, (least, greatest))
    return np.stack([edges[:-1], edges[1:], counts], axis=1)


def png(picture: ndarray) -> bytes:
    """Return a picture, (height, width, 3) uint8, as a PNG file's content."""
    import io

    from PIL import Image

    file = io.BytesIO()
    Image.fromarray(picture).save(file, format="PNG")
    return file.getvalue()
