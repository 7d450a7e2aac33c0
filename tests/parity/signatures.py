"""Writes down what Keras's layers and operations take, for `model-graph` to be compared with.

    pip install keras jax
    python tests/parity/signatures.py            # writes model-graph/tests/keras/signatures.tsv
    python tests/parity/signatures.py --check    # fails if the file is another

A line is a class or function, and behind it its arguments in order, each with its default as JSON
if it has one. What every layer takes (`name`, `dtype` and the like) is left out.
"""

import inspect
import json
import os
import sys
from pathlib import Path

os.environ["KERAS_BACKEND"] = "jax"

import keras
from names import NO_LAYERS, written

TABLE = Path(__file__).parents[2] / "model-graph/tests/keras/signatures.tsv"

# What every layer takes.
COMMON = ["self", "name", "trainable", "dtype", "autocast"]
VARIABLE = [inspect.Parameter.VAR_POSITIONAL, inspect.Parameter.VAR_KEYWORD]


def argument(parameter: inspect.Parameter) -> str:
    """`kernel_size`, `strides=[1, 1]`."""
    has_default = parameter.default is not inspect.Parameter.empty
    return parameter.name + (f"={json.dumps(parameter.default)}" if has_default else "")


def line(name: str, function, left_out=()) -> str:
    taken = inspect.signature(function).parameters.values()
    kept = [parameter for parameter in taken if parameter.kind not in VARIABLE and parameter.name not in left_out]
    return "\t".join([name, *map(argument, kept)]) + "\n"


def lines(module, is_one, takes, left_out=()) -> list[str]:
    """Every public member of a module of Keras's, by the name that Keras itself has for it."""
    found = {written(symbol): symbol for _, symbol in inspect.getmembers(module, is_one)}
    prefix = module.__name__.rsplit(".", 1)[-1]
    return [line(f"{prefix}.{name}", takes(symbol), left_out) for name, symbol in sorted(found.items())]


def is_layer(symbol) -> bool:
    return inspect.isclass(symbol) and issubclass(symbol, keras.layers.Layer) and symbol.__name__ not in NO_LAYERS


def table() -> str:
    head = f"# What the layers and operations of Keras {keras.__version__} take. Made by `tests/parity/signatures.py`.\n"
    layers = lines(keras.layers, is_layer, lambda layer: layer.__init__, COMMON)
    return head + "".join(layers + lines(keras.ops, inspect.isfunction, lambda function: function))


if __name__ == "__main__":
    if "--check" in sys.argv:
        sys.exit(None if TABLE.read_text() == table() else f"{TABLE} is not what Keras {keras.__version__} gives")
    TABLE.write_text(table())
