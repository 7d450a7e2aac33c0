"""Writes down whole trainings by Keras's `fit`: weights of samples and classes, masks, validation, a rate for each epoch. `fit_*.safetensors`.

    python tests/parity/fits.py

README.md says what the files hold.
"""

import json
import os
from pathlib import Path
from zlib import crc32

os.environ["KERAS_BACKEND"] = "jax"
os.environ["JAX_PLATFORMS"] = "cpu"

import keras
import numpy as np
from keras import layers
from safetensors.numpy import save_file

FOLDER = Path(__file__).parent


def line(inputs: int, outputs: int, activation=None) -> keras.Model:
    x = keras.Input((inputs,), name="x")
    hidden = layers.Dense(5, activation="tanh", name="hidden")(x)
    return keras.Model(x, layers.Dense(outputs, activation=activation, name="out")(hidden), name="line")


def tagger() -> keras.Model:
    """A class for each word, where words are 0 at the end."""
    x = keras.Input((6,), dtype="int32", name="x")
    embedded = layers.Embedding(9, 4, mask_zero=True, name="embedding")(x)
    hidden = layers.LSTM(4, return_sequences=True, name="lstm")(embedded)
    return keras.Model(x, layers.Dense(3, name="out")(hidden), name="tagger")


def two() -> keras.Model:
    x = keras.Input((4,), name="x")
    hidden = layers.Dense(5, activation="tanh", name="hidden")(x)
    outputs = [layers.Dense(3, name="kind")(hidden), layers.Dense(1, name="size")(hidden)]
    return keras.Model(x, outputs, name="two")


def numbers(rng, *shape):
    return rng.uniform(-1, 1, shape).astype("float32")


def weights(rng, *shape):
    """With some that count nothing."""
    return (rng.integers(0, 5, shape) / 2).astype("float32")


def words(rng, samples):
    given = rng.integers(1, 9, (samples, 6)).astype("int32")
    for sample, length in enumerate(rng.integers(1, 7, samples)):
        given[sample, length:] = 0
    return given


def labels(rng, classes, *shape):
    return rng.integers(0, classes, shape).astype("int32")


def cases(rng) -> dict:
    """By name: the model, what it is compiled with, its data, those of the validation, and what else `fit` takes."""
    sparse = keras.losses.SparseCategoricalCrossentropy(from_logits=True)
    samples, judged = 22, 9
    size = lambda count: numbers(rng, count, 1)
    return {
        "sample_weight": (
            line(3, 1),
            dict(loss="mse", metrics=["mae"], weighted_metrics=["mae"]),
            [numbers(rng, samples, 3), size(samples), weights(rng, samples)],
            [numbers(rng, judged, 3), size(judged), weights(rng, judged)],
            {},
        ),
        "class_weight": (
            line(3, 4),
            dict(loss=sparse, metrics=["sparse_categorical_accuracy"], weighted_metrics=[keras.metrics.SparseCategoricalAccuracy(name="weighed")]),
            [numbers(rng, samples, 3), labels(rng, 4, samples)],
            [numbers(rng, judged, 3), labels(rng, 4, judged)],
            dict(class_weight={0: 0.5, 2: 3.0, 3: 0.0}),
        ),
        "binary_class_weight": (
            line(3, 1, "sigmoid"),
            dict(loss="binary_crossentropy", metrics=["binary_accuracy"], weighted_metrics=["binary_accuracy"]),
            [numbers(rng, samples, 3), labels(rng, 2, samples, 1).astype("float32")],
            None,
            dict(class_weight={1: 4.0}),
        ),
        "masked_weight": (
            tagger(),
            dict(loss=sparse, metrics=["sparse_categorical_accuracy"]),
            [words(rng, samples), labels(rng, 3, samples, 6), weights(rng, samples, 6)],
            [words(rng, judged), labels(rng, 3, judged, 6), weights(rng, judged, 6)],
            {},
        ),
        "weight_for_all": (
            two(),
            dict(loss=[sparse, "mse"], loss_weights=[1.0, 0.25], weighted_metrics=[["sparse_categorical_accuracy"], ["mae"]]),
            [numbers(rng, samples, 4), labels(rng, 3, samples), size(samples), weights(rng, samples)],
            [numbers(rng, judged, 4), labels(rng, 3, judged), size(judged), weights(rng, judged)],
            {},
        ),
    }


def fit(name: str, case) -> None:
    model, compiled, given, judged, others = case
    rng = np.random.default_rng(crc32(name.encode()))
    for variable in model.trainable_variables:
        variable.assign(numbers(rng, *variable.shape) / 2)
    tensors = {f"weight/{variable.path.replace('lstm_cell/', '')}": np.asarray(variable) for variable in model.weights}
    outputs = len(model.outputs)

    def triple(arrays):
        x, targets, rest = arrays[0], arrays[1 : 1 + outputs], arrays[1 + outputs :]
        return (x, targets[0] if outputs == 1 else list(targets), *rest)

    model.compile(keras.optimizers.SGD(0.1, momentum=0.5), **compiled)
    document = {
        "kind": "fit",
        "name": name,
        "config": json.loads(model.to_json()),
        "compile_config": model.get_compile_config(),
        "class_weight": others.get("class_weight"),
        # On JAX a step's metrics do not see the mask, which its gradient does not give back; those of the validation do, and the loss.
        "lost": ["sparse_categorical_accuracy"] if name.startswith("masked") else [],
    }
    rate = keras.callbacks.LearningRateScheduler(lambda epoch, rate: rate * 0.5**epoch)
    x, y, *rest = triple(given)
    history = model.fit(
        x,
        y,
        sample_weight=rest[0] if rest else None,
        batch_size=8,
        epochs=3,
        shuffle=False,
        verbose=0,
        callbacks=[rate],
        validation_data=triple(judged) if judged else None,
        **others,
    )
    tensors |= {f"after/{variable.path.replace('lstm_cell/', '')}": np.asarray(variable) for variable in model.weights}
    for prefix, arrays in (("given", given), ("judged", judged or [])):
        tensors |= {f"{prefix}/{place}": array for place, array in enumerate(arrays)}
    kept = {key: column for key, column in history.history.items() if key not in document["lost"]}
    tensors |= {f"history/{key}": np.asarray(column, "float64") for key, column in kept.items()}
    tensors = {key: np.ascontiguousarray(tensor) for key, tensor in tensors.items()}
    save_file(tensors, FOLDER / f"fit_{name}.safetensors", metadata={"case": json.dumps(document)})


if __name__ == "__main__":
    for name, case in cases(np.random.default_rng(5)).items():
        fit(name, case)
