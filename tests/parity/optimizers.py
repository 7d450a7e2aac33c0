"""Writes down what Keras's optimizers and schedules compute, for `model-core/tests/suite/optimizer_parity.rs` to compare with.

    python tests/parity/optimizers.py

Every optimizer takes twenty steps from the same weights, by the same gradients, in float64. README.md has the format.
"""

import json
import os
from pathlib import Path

os.environ["KERAS_BACKEND"] = "jax"
os.environ["JAX_ENABLE_X64"] = "1"
os.environ["JAX_PLATFORMS"] = "cpu"

import jax
import keras
import numpy as np
from keras import layers
from keras.optimizers import *
from keras.optimizers import schedules
from keras.src.backend.common import dtypes
from safetensors.numpy import save_file

# On JAX, Keras computes parts in float32 unless told not to.
dtypes.BIT64_TO_BIT32_DTYPE["float64"] = "float64"

STEPS = 20
RATES = 80


def model(constraint=None) -> keras.Model:
    """Weights of one, two and three axes, wide and tall, and a table."""
    keras.utils.clear_session()
    inputs = keras.Input((6,), dtype="int32", name="words")
    x = layers.Embedding(7, 4, name="embedding")(inputs)
    x = layers.Conv1D(3, 2, name="window")(x)
    x = layers.GlobalAveragePooling1D(name="pooled")(x)
    x = layers.Dense(5, kernel_constraint=constraint, name="hidden")(x)
    return keras.Model(inputs, layers.Dense(2, name="out")(x), name="net")


# The optimizers' own arguments.
OWN = [
    lambda **common: SGD(0.05, **common),
    lambda **common: SGD(0.05, momentum=0.9, **common),
    lambda **common: SGD(0.05, momentum=0.9, nesterov=True, **common),
    lambda **common: RMSprop(0.01, **common),
    lambda **common: RMSprop(0.01, rho=0.8, momentum=0.5, epsilon=1e-3, centered=True, **common),
    lambda **common: Adam(0.01, **common),
    lambda **common: Adam(0.01, beta_1=0.8, beta_2=0.95, epsilon=1e-3, amsgrad=True, **common),
    lambda **common: AdamW(0.01, **common),
    lambda **common: AdamW(0.01, weight_decay=0.1, beta_1=0.8, beta_2=0.95, epsilon=1e-3, amsgrad=True, **common),
    lambda **common: Adadelta(0.5, **common),
    lambda **common: Adadelta(1.0, rho=0.8, epsilon=1e-3, **common),
    lambda **common: Adafactor(0.05, **common),
    lambda **common: Adafactor(0.5, beta_2_decay=-0.5, epsilon_1=1e-3, epsilon_2=0.1, clip_threshold=0.5, relative_step=False, **common),
    lambda **common: Adagrad(0.05, **common),
    lambda **common: Adagrad(0.05, initial_accumulator_value=0.5, epsilon=1e-3, **common),
    lambda **common: Adamax(0.01, **common),
    lambda **common: Adamax(0.01, beta_1=0.8, beta_2=0.95, epsilon=1e-3, **common),
    lambda **common: Ftrl(0.05, **common),
    lambda **common: Ftrl(
        0.05,
        learning_rate_power=-0.7,
        initial_accumulator_value=0.3,
        l1_regularization_strength=0.1,
        l2_regularization_strength=0.2,
        l2_shrinkage_regularization_strength=0.1,
        beta=0.3,
        **common,
    ),
    lambda **common: Lamb(0.01, **common),
    lambda **common: Lamb(0.01, beta_1=0.8, beta_2=0.95, epsilon=1e-3, **common),
    lambda **common: Lion(0.001, **common),
    lambda **common: Lion(0.001, beta_1=0.8, beta_2=0.95, **common),
    lambda **common: Muon(0.01, **common),
    lambda **common: Muon(
        0.01,
        adam_beta_1=0.8,
        adam_beta_2=0.95,
        adam_weight_decay=0.1,
        epsilon=1e-3,
        weight_decay=0.2,
        exclude_layers=["out/"],
        exclude_embeddings=False,
        muon_a=3.0,
        muon_b=-4.0,
        muon_c=2.0,
        adam_lr_ratio=0.5,
        momentum=0.8,
        ns_steps=3,
        nesterov=False,
        rms_rate=None,
        **common,
    ),
    lambda **common: Nadam(0.01, **common),
    lambda **common: Nadam(0.01, beta_1=0.8, beta_2=0.95, epsilon=1e-3, **common),
    lambda **common: ScheduleFreeAdamW(0.01, **common),
    lambda **common: ScheduleFreeAdamW(0.01, beta_1=0.8, beta_2=0.95, epsilon=1e-3, warmup_steps=7, weight_decay=0.1, **common),
]

# What every optimizer takes: with each of these at least, three or more of the optimizers.
COMMON = [
    {"clipnorm": 0.5},
    {"clipvalue": 0.3},
    {"global_clipnorm": 0.7},
    {"use_ema": True, "ema_momentum": 0.9},
    {"use_ema": True, "ema_momentum": 0.8, "ema_overwrite_frequency": 3},
    {"gradient_accumulation_steps": 3},
    {"gradient_accumulation_steps": 2, "global_clipnorm": 0.7, "use_ema": True, "ema_overwrite_frequency": 3},
]
OF_COMMON = [SGD, Adam, Nadam]
# And once with each of the other optimizers.
ALL_COMMON = {"clipnorm": 0.5, "use_ema": True, "ema_momentum": 0.7, "ema_overwrite_frequency": 4, "gradient_accumulation_steps": 2}

SCHEDULES = [
    schedules.ExponentialDecay(0.05, 7, 0.8),
    schedules.ExponentialDecay(0.05, 7, 0.8, staircase=True),
    schedules.PiecewiseConstantDecay([3, 9, 15], [0.05, 0.03, 0.02, 0.01]),
    schedules.PolynomialDecay(0.05, 9),
    schedules.PolynomialDecay(0.05, 9, end_learning_rate=0.01, power=2.0, cycle=True),
    schedules.InverseTimeDecay(0.05, 7, 0.8),
    schedules.InverseTimeDecay(0.05, 7, 0.8, staircase=True),
    schedules.CosineDecay(0.05, 15),
    schedules.CosineDecay(0.0, 15, alpha=0.1, warmup_target=0.05, warmup_steps=4),
    schedules.CosineDecayRestarts(0.05, 6),
    schedules.CosineDecayRestarts(0.05, 6, t_mul=1.0, m_mul=0.8, alpha=0.1),
    schedules.CosineDecayRestarts(0.05, 4, t_mul=1.5, m_mul=0.8, alpha=0.1),
]


def cases():
    """An optimizer, what it does not let decay, and a constraint."""
    for own in OWN:
        yield own, [], None
    for common in COMMON:
        for of in OF_COMMON:
            yield (lambda of=of, common=common: of(0.05, **common)), [], None
    for of in [RMSprop, AdamW, Adadelta, Adafactor, Adagrad, Adamax, Ftrl, Lamb, Lion, Muon, ScheduleFreeAdamW]:
        yield (lambda of=of: of(0.05, **ALL_COMMON)), [], None
    for of in [SGD, Adam, Lion, Ftrl]:
        yield (lambda of=of: of(0.05, weight_decay=0.2)), [], None
        yield (lambda of=of: of(0.05, weight_decay=0.2)), ["bias", "embedd"], None
    yield (lambda: Muon(0.05)), ["bias"], None
    for schedule in SCHEDULES:
        yield (lambda schedule=schedule: SGD(schedule, momentum=0.5)), [], None
    yield (lambda: Adafactor(SCHEDULES[0])), [], None
    yield (lambda: Adam(SCHEDULES[8], gradient_accumulation_steps=3, weight_decay=0.1)), [], None
    for common in [{}, *COMMON[3:]]:
        yield (lambda common=common: Adam(0.05, **common)), [], keras.constraints.MaxNorm(0.6)
    mapped = {"out/.*": Adam(0.01, clipnorm=0.5), ".*bias": Lion(0.01), "hidden/kernel": SGD(0.1, use_ema=True)}
    mapped.pop(".*bias")
    yield (lambda: MultiOptimizer(OptimizerMap(RMSprop(0.01, global_clipnorm=0.7), mapped))), [], None


def numbers(build, excluded, constraint, weights, gradients) -> tuple[dict, dict, list]:
    """The optimizer and the model as Keras writes them, and the weights behind all steps."""
    keras.config.set_floatx("float32")
    config, serialized = json.loads(model(constraint).to_json()), keras.optimizers.serialize(build())
    keras.config.set_floatx("float64")
    net = model(constraint)
    net.set_weights(weights)
    optimizer = build()
    if excluded:
        optimizer.exclude_from_weight_decay(var_names=excluded)
    optimizer.build(net.trainable_variables)
    apply = jax.jit(optimizer.stateless_apply)
    trainable = [variable.value for variable in net.trainable_variables]
    state = [variable.value for variable in optimizer.variables]
    for step in gradients:
        trainable, state = apply(state, step, trainable)
    return serialized, config, [np.asarray(value) for value in trainable]


def main() -> None:
    rng = np.random.default_rng(12)
    keras.config.set_floatx("float32")
    net = model()
    paths = [variable.path for variable in net.trainable_variables]
    weights = [(0.5 * rng.standard_normal(variable.shape)).astype("float32") for variable in net.trainable_variables]
    gradients = [
        [(rng.standard_normal(w.shape) * 10 ** rng.uniform(-2, 0.3)).astype("float32") for w in weights] for _ in range(STEPS)
    ]
    for step in gradients[::6]:
        step[0][2:4] = 0  # rows of a table that nothing was looked up in
    tensors = {f"weight/{path}": weight for path, weight in zip(paths, weights)}
    for place, path in enumerate(paths):
        tensors[f"gradient/{path}"] = np.stack([step[place] for step in gradients])
    listed = []
    for number, (build, excluded, constraint) in enumerate(cases()):
        print(number, flush=True)
        given = [weight.astype("float64") for weight in weights]
        wide = [[gradient.astype("float64") for gradient in step] for step in gradients]
        serialized, config, after = numbers(build, excluded, constraint, given, wide)
        listed.append({"optimizer": serialized, "excluded": excluded, "is_constrained": constraint is not None})
        documents = {constraint is not None: config, **(documents if number else {})}
        for path, weight in zip(paths, after):
            assert np.isfinite(weight).all(), (number, serialized)
            tensors[f"after/{number}/{path}"] = weight
    keras.config.set_floatx("float64")
    for number, schedule in enumerate(SCHEDULES):
        tensors[f"rate/{number}"] = np.asarray([float(schedule(np.int64(step))) for step in range(RATES)])
    case = {
        "kind": "optimizers",
        "config": documents[False],
        "constrained": documents[True],
        "cases": listed,
        "schedules": [schedules.serialize(schedule) for schedule in SCHEDULES],
    }
    target = Path(__file__).parent / "optimizers.safetensors"
    save_file(tensors, target, {"case": json.dumps(case)})
    print(f"{len(listed)} cases, {target.stat().st_size} bytes")


if __name__ == "__main__":
    main()
