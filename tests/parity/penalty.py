"""Writes down a step of a critic with a gradient penalty, as Keras on JAX computes it: `gradient_penalty.safetensors`.

    python tests/parity/penalty.py

README.md says what the file holds.
"""

import json
import os
from pathlib import Path

os.environ["KERAS_BACKEND"] = "jax"
os.environ["JAX_ENABLE_X64"] = "1"
os.environ["JAX_PLATFORMS"] = "cpu"

import jax
import jax.numpy as jnp
import keras
import numpy as np
from keras.src.backend.common import dtypes
from safetensors.numpy import save_file

dtypes.BIT64_TO_BIT32_DTYPE["float64"] = "float64"
keras.config.set_floatx("float64")

RATE, FACTOR = 0.1, 10.0


def critic() -> keras.Model:
    """A small critic of images."""
    layers = [
        keras.Input((6, 6, 2), name="image"),
        keras.layers.Conv2D(4, 3, strides=2, padding="same", activation="leaky_relu", name="conv"),
        keras.layers.LayerNormalization(name="norm"),
        keras.layers.MaxPooling2D(2, strides=1, name="pool"),
        keras.layers.Flatten(name="flatten"),
        keras.layers.Dense(8, activation="tanh", name="hidden"),
        keras.layers.Dense(1, name="head"),
    ]
    return keras.Sequential(layers, name="critic")


def main() -> None:
    """One step of gradient descent."""
    rng = np.random.default_rng(7)
    model = critic()
    for variable in model.trainable_variables:
        variable.assign(rng.uniform(-0.5, 0.5, variable.shape).astype("float32"))
    draw = lambda least, *shape: rng.uniform(least, 1.0, shape).astype("float32").astype("float64")
    real, fake, share = draw(-1.0, 5, 6, 6, 2), draw(-1.0, 5, 6, 6, 2), draw(0.0, 5, 1, 1, 1)

    def call(weights, images):
        return model.stateless_call(weights, [], images)[0]

    def penalty(weights):
        between = real + share * (fake - real)
        slopes = jax.grad(lambda images: call(weights, images).sum())(between)
        lengths = jnp.sqrt((slopes**2).sum(axis=(1, 2, 3)))
        return ((lengths - 1.0) ** 2).mean()

    def loss(weights):
        return call(weights, fake).mean() - call(weights, real).mean() + FACTOR * penalty(weights)

    weights = [jnp.asarray(variable.value) for variable in model.trainable_variables]
    gradients = jax.grad(loss)(weights)
    tensors = {"real": real, "fake": fake, "share": share, "penalty": penalty(weights), "loss": loss(weights)}
    for variable, before, gradient in zip(model.trainable_variables, weights, gradients):
        path = "/".join(variable.path.split("/")[-2:])
        tensors |= {f"before/{path}": before, f"after/{path}": before - RATE * gradient}
    # What users have is the same model in float32.
    config = json.loads(model.to_json().replace("float64", "float32"))
    document = {"kind": "penalty", "name": "gradient_penalty", "config": config, "rate": RATE, "factor": FACTOR}
    tensors = {name: np.ascontiguousarray(np.asarray(tensor, "float64")) for name, tensor in tensors.items()}
    save_file(tensors, Path(__file__).parent / "gradient_penalty.safetensors", metadata={"case": json.dumps(document)})


if __name__ == "__main__":
    main()
