"""Counts the parameters of every configuration of a directory with Keras, and those of Keras's own applications of the same names.

    pip install keras jax
    ZOO_CONFIGS=/tmp/zoo cargo test --test zoo configurations
    python tests/zoo/count.py /tmp/zoo > tests/zoo/keras.txt
"""

import os
import sys
from pathlib import Path

os.environ.setdefault("KERAS_BACKEND", "jax")

import keras
from keras.src.applications import convnext

# The only names that differ from Keras's.
APPLICATIONS = {"Vgg16": "VGG16", "Vgg19": "VGG19"}

# Layers of Keras's applications, which are layers of the user's own here.
CUSTOM = {"Custom>LayerScale": convnext.LayerScale, "Custom>StochasticDepth": convnext.StochasticDepth}


def count(path: Path) -> int:
    """The number of parameters; fails if the application of this name has another."""
    parameters = keras.models.model_from_json(path.read_text(), CUSTOM).count_params()
    application = getattr(keras.applications, APPLICATIONS.get(path.stem, path.stem), None)
    if application:
        expected = application(weights=None).count_params()
        if parameters != expected:
            sys.exit(f"{path.stem}: {parameters} parameters, {expected} in keras.applications")
        print(f"{path.stem}: as in keras.applications", file=sys.stderr)
    return parameters


if __name__ == "__main__":
    if len(sys.argv) != 2:
        sys.exit(__doc__)
    paths = sorted(Path(sys.argv[1]).glob("*.json"))
    if not paths:
        sys.exit(f"no JSON documents in `{sys.argv[1]}`")
    print(f"# Counted by Keras {keras.__version__}: see README.md")
    for path in paths:
        print(path.stem, count(path))
