"""Writes down what Keras's layers and operations take, for `model-graph` to be compared with, what
training takes, for `model-core`, and what is done to data, for `model-data`.

    pip install keras jax
    python tests/parity/signatures.py            # writes {model-graph,model-core,model-data}/tests/keras/signatures.tsv
    python tests/parity/signatures.py --check    # fails if one of the files is another

A line is a class or function, and behind it its arguments in order, each with its default as JSON
if it has one. What every layer, loss or metric takes (`name`, `dtype` and the like) is left out.
"""

import inspect
import json
import os
import sys
from pathlib import Path

os.environ["KERAS_BACKEND"] = "jax"

import keras
from names import NO_LAYERS, written

ROOT = Path(__file__).parents[2]

# What every layer takes.
COMMON = ["self", "name", "trainable", "dtype", "autocast"]
VARIABLE = [inspect.Parameter.VAR_POSITIONAL, inspect.Parameter.VAR_KEYWORD]


# What training's classes take, and what is none of them.
OF_TRAINING = ["self", "name", "dtype"]
BASES = ["Callback", "CallbackList", "LearningRateSchedule", "Loss", "Metric", "Optimizer", "OptimizerMap"]

# What is done to data in front of a model.
OF_DATA = [
    keras.layers.CategoryEncoding,
    keras.layers.Hashing,
    keras.layers.IntegerLookup,
    keras.layers.StringLookup,
    keras.layers.TextVectorization,
]
UTILITIES = [keras.utils.pad_sequences, keras.utils.to_categorical]


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


def is_of_training(symbol) -> bool:
    return inspect.isclass(symbol) and symbol.__name__ not in BASES


def of_training(module) -> list[str]:
    return lines(module, is_of_training, lambda symbol: symbol.__init__, OF_TRAINING)


def tables() -> dict[Path, str]:
    """What each file has."""
    head = "# What the {} of Keras {} take. Made by `tests/parity/signatures.py`.\n"
    layers = lines(keras.layers, is_layer, lambda layer: layer.__init__, COMMON)
    operations = lines(keras.ops, inspect.isfunction, lambda function: function)
    modules = [keras.losses, keras.metrics, keras.optimizers, keras.optimizers.schedules, keras.callbacks]
    data = [line(f"layers.{layer.__name__}", layer.__init__, COMMON) for layer in OF_DATA]
    data += [line(f"utils.{function.__name__}", function) for function in UTILITIES]
    training = [line for module in modules for line in of_training(module)]
    return {
        ROOT / "model-graph/tests/keras/signatures.tsv": head.format("layers and operations", keras.__version__)
        + "".join(layers + operations),
        ROOT / "model-core/tests/keras/signatures.tsv": head.format(
            "losses, metrics, optimisers, schedules and callbacks", keras.__version__
        )
        + "".join(training),
        ROOT / "model-data/tests/keras/signatures.tsv": head.format("layers and functions of data", keras.__version__)
        + "".join(data),
    }


if __name__ == "__main__":
    for path, text in tables().items():
        if "--check" not in sys.argv:
            path.parent.mkdir(exist_ok=True)
            path.write_text(text)
        elif path.read_text() != text:
            sys.exit(f"{path} is not what Keras {keras.__version__} gives")
