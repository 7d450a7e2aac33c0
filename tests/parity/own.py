"""Code of one's own: what Keras on JAX makes of the guide's recurrent layer in both its forms, and of steps of training that nobody but the user writes.

`KERAS_BACKEND=jax python tests/parity/own.py` writes `own/*.safetensors`, which `tests/suite/calling.rs` and `tests/suite/own_steps.rs` read: the weights before and
after one step of SGD at 0.1, what went in, and what came out.
"""

from pathlib import Path
from zlib import crc32

import jax
import keras
import numpy as np
from keras import Input, Model, layers, ops
from safetensors.numpy import save_file

HERE = Path(__file__).parent / "own"
RATE = 0.1


class CustomRNN(layers.Layer):
    """The guide's, with whatever ends it."""

    def __init__(self, units: int, classifier):
        super().__init__()
        self.units = units
        self.projection_1 = layers.Dense(units, activation="tanh")
        self.projection_2 = layers.Dense(units, activation="tanh")
        self.classifier = classifier

    def call(self, inputs):
        outputs, state = [], ops.zeros((inputs.shape[0], self.units))
        for t in range(inputs.shape[1]):
            state = self.projection_1(inputs[:, t, :]) + self.projection_2(state)
            outputs.append(state)
        return self.classifier(ops.stack(outputs, axis=1))


def first_form() -> Model:
    features = Input((10, 8))
    classifier = Model(features, layers.Dense(1)(layers.GlobalAveragePooling1D()(features)))
    x = Input(batch_shape=(4, 10, 5))
    return Model(x, CustomRNN(8, classifier)(x))


def second_form() -> Model:
    x = Input(batch_shape=(4, 10, 5))
    return Model(x, CustomRNN(8, layers.Dense(1))(layers.Conv1D(6, 3)(x)))


def stack(inputs: int, *units, last=None) -> Model:
    """Dense layers, all but the last with relu."""
    x = given = Input((inputs,))
    for size in units[:-1]:
        x = layers.Dense(size, activation="relu")(x)
    return Model(given, layers.Dense(units[-1], activation=last)(x))


def start(rng, model: Model) -> list:
    return [rng.uniform(-0.5, 0.5, weight.shape).astype("float32") for weight in model.weights]


def run(model: Model, weights, *inputs):
    outputs, _ = model.stateless_call(weights, [], *inputs, training=True)
    return outputs


def step(weights, gradients) -> list:
    return [weight - RATE * gradient for weight, gradient in zip(weights, gradients)]


def numbered(prefix: str, arrays) -> dict:
    return {f"{prefix}/{place}": np.ascontiguousarray(array) for place, array in enumerate(arrays)}


def write(name: str, numbers: dict) -> None:
    HERE.mkdir(exist_ok=True)
    save_file({key: np.asarray(value) for key, value in numbers.items()}, HERE / f"{name}.safetensors")


def of(name: str):
    return np.random.default_rng(crc32(name.encode()))


def uniform(rng, *shape) -> np.ndarray:
    return rng.uniform(-1, 1, shape).astype("float32")


def recurrent(name: str, model: Model) -> None:
    rng = of(name)
    weights, x = start(rng, model), uniform(rng, *model.inputs[0].shape)
    y = uniform(rng, *model.outputs[0].shape)

    def objective(weights):
        found = run(model, weights, x)
        return ops.mean(ops.square(found - y)), found

    (loss, found), gradients = jax.value_and_grad(objective, has_aux=True)(weights)
    write(name, {
        "x": x, "y": y, "output": found, "loss": loss,
        **numbered("before", weights), **numbered("after", step(weights, gradients)),
    })


def vae() -> None:
    """A variational autoencoder: reconstruction, and the divergence from a normal distribution."""
    rng = of("vae")
    encoder, decoder = stack(6, 8, 4), stack(2, 8, 6, last="sigmoid")
    first, second = start(rng, encoder), start(rng, decoder)
    x, noise = np.abs(uniform(rng, 5, 6)), rng.normal(size=(5, 2)).astype("float32")

    def objective(both):
        mean, log_variance = ops.split(run(encoder, both[0], x), 2, axis=-1)
        found = run(decoder, both[1], mean + ops.exp(0.5 * log_variance) * noise)
        reconstruction = ops.mean(ops.sum(ops.square(found - x), axis=-1))
        divergence = -0.5 * (1 + log_variance - ops.square(mean) - ops.exp(log_variance))
        return reconstruction + ops.mean(ops.sum(divergence, axis=-1))

    loss, (d_first, d_second) = jax.value_and_grad(objective)((first, second))
    write("vae", {
        "x": x, "noise": noise, "loss": loss,
        **numbered("encoder", first), **numbered("decoder", second),
        **numbered("encoder_after", step(first, d_first)), **numbered("decoder_after", step(second, d_second)),
    })


def gan() -> None:
    """A step of the discriminator, then one of the generator through it."""
    rng = of("gan")
    generator, discriminator = stack(3, 8, 4), stack(4, 8, 1)
    made, judged = start(rng, generator), start(rng, discriminator)
    real, noise = uniform(rng, 5, 4), uniform(rng, 5, 3)
    crossentropy = keras.losses.BinaryCrossentropy(from_logits=True)

    def of_discriminator(weights):
        fake = run(generator, made, noise)
        is_real = crossentropy(np.ones((5, 1)), run(discriminator, weights, real))
        return is_real + crossentropy(np.zeros((5, 1)), run(discriminator, weights, fake))

    d_loss, d_judged = jax.value_and_grad(of_discriminator)(judged)
    judged_after = step(judged, d_judged)

    def of_generator(weights):
        return crossentropy(np.ones((5, 1)), run(discriminator, judged_after, run(generator, weights, noise)))

    g_loss, d_made = jax.value_and_grad(of_generator)(made)
    write("gan", {
        "real": real, "noise": noise, "discriminator_loss": d_loss, "generator_loss": g_loss,
        **numbered("generator", made), **numbered("discriminator", judged),
        **numbered("generator_after", step(made, d_made)), **numbered("discriminator_after", judged_after),
    })


def triplet() -> None:
    """One encoder of three inputs."""
    rng = of("triplet")
    encoder = stack(5, 8, 3)
    weights, triples = start(rng, encoder), [uniform(rng, 6, 5) for _ in range(3)]

    def objective(weights):
        anchor, positive, negative = (run(encoder, weights, x) for x in triples)
        near, far = (ops.sum(ops.square(anchor - other), axis=-1) for other in (positive, negative))
        return ops.mean(ops.relu(near - far + 0.5))

    loss, gradients = jax.value_and_grad(objective)(weights)
    write("triplet", {
        "anchor": triples[0], "positive": triples[1], "negative": triples[2], "loss": loss,
        **numbered("before", weights), **numbered("after", step(weights, gradients)),
    })


if __name__ == "__main__":
    recurrent("custom_rnn_with_a_model", first_form())
    recurrent("custom_rnn_in_a_model", second_form())
    vae()
    gan()
    triplet()
