"""Saves two models in tf.keras 2 as `.h5`, whole and weights alone, and what they compute: `python generate.py`, with tf_keras and safetensors."""

import os
import pathlib

os.environ["TF_USE_LEGACY_KERAS"] = "1"

import numpy as np
import tf_keras as keras
from safetensors.numpy import save_file
from tf_keras import layers as L

HERE = pathlib.Path(__file__).parent


def words():
    return keras.Sequential(
        [
            keras.Input((4, 3)),
            L.Bidirectional(L.LSTM(2, return_sequences=True)),
            L.GRU(3, name="gates"),
            L.BatchNormalization(),
            L.Dense(2),
        ],
        name="words",
    )


def pictures():
    x = inside = keras.Input((4, 4, 2))
    x = L.Conv2D(3, 2, padding="same")(x)
    x = L.BatchNormalization()(x)
    encoder = keras.Model(inside, L.SeparableConv2D(2, 2)(x), name="encoder")
    x = image = keras.Input((4, 4, 2), name="image")
    left = L.Flatten()(encoder(x))
    right = L.Dense(3)(L.GlobalAveragePooling2D()(x))
    return keras.Model(image, L.Dense(2, name="last")(L.Concatenate()([left, right])), name="pictures")


for make in (words, pictures):
    keras.utils.set_random_seed(1)
    model = make()
    rng = np.random.default_rng(1)
    model.set_weights([weight + rng.uniform(0, 0.2, weight.shape).astype("float32") for weight in model.get_weights()])
    x = rng.normal(size=(2, *model.input_shape[1:])).astype("float32")
    model.save(HERE / f"{model.name}.h5")
    model.save_weights(HERE / f"{model.name}_alone.h5")
    save_file({"input": x, "output": np.ascontiguousarray(model(x))}, HERE / f"{model.name}.safetensors")
