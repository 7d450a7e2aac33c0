"""Loads every JSON document of a directory with Keras; fails if Keras refuses one.

    pip install keras jax
    python tests/parity/check_config.py <directory>
"""

import os
import sys
from pathlib import Path

os.environ.setdefault("KERAS_BACKEND", "jax")

import keras


def check(path: Path) -> bool:
    """Whether Keras makes a model of this document; says so, or says Keras's error."""
    try:
        parameters = keras.models.model_from_json(path.read_text()).count_params()
    except Exception as error:
        print(f"{path.name}: {type(error).__name__}: {error}")
        return False
    print(f"{path.name}: OK, {parameters} parameters")
    return True


if __name__ == "__main__":
    if len(sys.argv) != 2:
        sys.exit(__doc__)
    paths = sorted(Path(sys.argv[1]).glob("*.json"))
    if not paths:
        sys.exit(f"no JSON documents in `{sys.argv[1]}`")
    results = [check(path) for path in paths]
    sys.exit(not all(results))
