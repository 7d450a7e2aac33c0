"""Reads what the callback `TensorBoard` has written by TensorBoard's own reader, and says what it finds.

    pip install tensorboard
    python tests/parity/tensor_board.py <folder of logs>
"""

import sys
from pathlib import Path

from tensorboard.backend.event_processing.event_accumulator import EventAccumulator
from tensorboard.plugins.graph import keras_util

for folder in sorted(path for path in Path(sys.argv[1]).iterdir() if path.is_dir()):
    events = EventAccumulator(str(folder), size_guidance={"scalars": 0, "histograms": 0})
    events.Reload()
    tags = events.Tags()
    print(folder.name)
    for tag in tags["scalars"]:
        print(f"  {tag}: {[(event.step, round(event.value, 6)) for event in events.Scalars(tag)]}")
    for tag in tags["histograms"]:
        for event in events.Histograms(tag):
            value = event.histogram_value
            print(f"  {tag}, step {event.step}: {value.num:.0f} from {value.min:.4f} to {value.max:.4f}, {sum(value.bucket):.0f} in buckets")
    for tag in tags["tensors"]:
        config = events.Tensors(tag)[0].tensor_proto.string_val[0].decode()
        graph = keras_util.keras_model_to_graph_def(__import__("json").loads(config))
        print(f"  {tag}: a graph of {[node.name for node in graph.node]}")
