"""Writes down what Keras calls its layers, losses and the like, for files and messages to know.

    pip install keras jax
    python tests/parity/names.py            # writes model-graph/src/keras/table.rs
    python tests/parity/names.py --check    # fails if the file is another

Each line is what Keras writes, followed by all else that it takes for the same: other names of a
class in its module, and the strings that the module's `get` takes.
"""

import inspect
import os
import sys
from pathlib import Path

os.environ["KERAS_BACKEND"] = "jax"

import keras
from keras.src import activations, initializers, losses, metrics, optimizers
from keras.src.api_export import get_name_from_symbol
from keras.src.utils.naming import to_snake_case

TABLE = Path(__file__).parents[2] / "model-graph/src/keras/table.rs"

# What a graph here has, too, but not as a layer.
NO_LAYERS = ["InputLayer"]

HEAD = f"""//! What Keras {keras.__version__} calls what it has. Made by `tests/parity/names.py`, and not to be changed by hand.

use super::Names;
"""


def written(symbol) -> str:
    """The name that Keras writes for a class or function."""
    name = get_name_from_symbol(symbol)
    return name.rsplit(".", 1)[-1] if name else symbol.__name__


def table(module, is_one, strings=None) -> dict[str, set[str]]:
    """Every public member of a module of Keras's, by what Keras writes; with the strings that `get` takes."""
    found = {}
    for name, symbol in inspect.getmembers(module, is_one):
        found.setdefault(written(symbol), set()).add(name)
    by_function = {to_snake_case(name): name for name in found}
    for text, symbol in (strings or {}).items():
        own = by_function.get(symbol.__name__, written(symbol))
        if own in found:
            found[own].add(text)
    return {own: names - {own} for own, names in found.items()}


def subclass(base):
    return lambda symbol: inspect.isclass(symbol) and issubclass(symbol, base) and symbol.__name__ not in NO_LAYERS


def is_activation(symbol) -> bool:
    return inspect.isfunction(symbol) and symbol.__name__ not in ["get", "serialize", "deserialize"]


def line(own: str, others: set[str]) -> str:
    return f'    ("{own}", &[{", ".join(f"{chr(34)}{other}{chr(34)}" for other in sorted(others))}]),\n'


def rust() -> str:
    tables = {
        "LAYERS": ("Layers", table(keras.layers, subclass(keras.layers.Layer))),
        "ACTIVATIONS": ("Activations", table(keras.activations, is_activation, activations.ALL_OBJECTS_DICT)),
        "INITIALIZERS": (
            "Initializers",
            table(keras.initializers, subclass(keras.initializers.Initializer), initializers.ALL_OBJECTS_DICT),
        ),
        "LOSSES": ("Losses", table(keras.losses, subclass(keras.losses.Loss), losses.ALL_OBJECTS_DICT)),
        "METRICS": ("Metrics", table(keras.metrics, subclass(keras.metrics.Metric), metrics.ALL_OBJECTS_DICT)),
        # Of an optimizer's name, case says nothing.
        "OPTIMIZERS": (
            "Optimizers, whose names Keras takes in any case",
            table(keras.optimizers, subclass(keras.optimizers.Optimizer), optimizers.ALL_OBJECTS_DICT),
        ),
    }
    text = HEAD
    for constant, (what, names) in tables.items():
        lines = "".join(line(own, others) for own, others in sorted(names.items()))
        text += f"\n/// {what}.\n#[rustfmt::skip]\npub const {constant}: Names = &[\n{lines}];\n"
    return text


if __name__ == "__main__":
    if "--check" in sys.argv:
        sys.exit(None if TABLE.read_text() == rust() else f"{TABLE} is not what Keras {keras.__version__} gives")
    TABLE.write_text(rust())
