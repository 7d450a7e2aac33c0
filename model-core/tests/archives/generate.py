"""Makes random models in Keras, trains them for two steps, saves them as `.keras`, and writes what comes next beside each: `python generate.py`.

`--count N --folder F --seed S` makes others than those that are committed, `--form wide` of all families of layers, `--form shared` of layers that are called several times; `--check F` reads what `tests/suite/archives.rs` has written into a folder, and compares.
"""

import argparse
import os
import pathlib

os.environ.setdefault("KERAS_BACKEND", "jax")

import keras
import numpy as np
from keras import layers as L
from safetensors.numpy import load_file, save_file

import families

HERE = pathlib.Path(__file__).parent
BATCH = 4


def pick(rng, *options):
    return options[rng.integers(len(options))]


def activation(rng):
    return pick(rng, None, "relu", "tanh", "sigmoid", "gelu", "elu", "softplus")


def recurrent(rng, **more):
    cls = pick(rng, L.LSTM, L.GRU, L.SimpleRNN)
    return cls(int(rng.integers(2, 4)), **more)


def cell(rng):
    return pick(rng, L.LSTMCell, L.GRUCell, L.SimpleRNNCell)(int(rng.integers(2, 4)))


def layer(rng, rank):
    """A layer for one tensor with so many axes, by the rank."""
    n = int(rng.integers(2, 5))
    common = [
        lambda: L.Dense(n, activation=activation(rng), use_bias=bool(rng.integers(2))),
        lambda: L.BatchNormalization(momentum=0.9),
        lambda: L.LayerNormalization(),
        lambda: L.Activation(pick(rng, "relu", "tanh", "selu")),
        lambda: L.PReLU(),
        lambda: L.LeakyReLU(),
        lambda: L.RMSNormalization(),
        lambda: L.GroupNormalization(groups=-1),
        lambda: L.SpectralNormalization(L.Dense(n)),
    ]
    own = {
        1: [lambda: L.Dense(n, kernel_regularizer="l2"), lambda: L.EinsumDense("ab,bc->ac", output_shape=n, bias_axes="c"), lambda: L.RepeatVector(3)],
        2: [
            lambda: recurrent(rng, return_sequences=True),
            lambda: recurrent(rng),
            lambda: L.Bidirectional(recurrent(rng, return_sequences=bool(rng.integers(2))), merge_mode=pick(rng, "concat", "sum", "ave", "mul")),
            lambda: L.RNN([cell(rng), cell(rng)], return_sequences=True),
            lambda: L.RNN(cell(rng)),
            lambda: L.TimeDistributed(L.Dense(n)),
            lambda: L.Conv1D(n, 2, padding=pick(rng, "same", "causal", "valid")),
            lambda: L.SeparableConv1D(n, 2, padding="same"),
            lambda: L.Flatten(),
            lambda: L.GlobalAveragePooling1D(),
        ],
        3: [
            lambda: L.Conv2D(n, 2, padding="same", activation=activation(rng)),
            lambda: L.DepthwiseConv2D(2, padding="same", depth_multiplier=2),
            lambda: L.SeparableConv2D(n, 2, padding="same"),
            lambda: L.Conv2DTranspose(n, 2, strides=2),
            lambda: L.MaxPooling2D(2, padding="same"),
            lambda: L.GlobalAveragePooling2D(),
            lambda: L.TimeDistributed(L.LSTM(2)),
            lambda: L.Flatten(),
        ],
    }
    return pick(rng, *(common + own[rank] * 2))()


def small(tensor):
    return np.prod([axis for axis in tensor.shape[1:]]) <= 400 and all(tensor.shape[1:])


def grow(rng, pool, steps, depth=1):
    """Calls of layers on what there is; the last one gives the output."""
    shared = {}
    for _ in range(steps):
        x = pool[rng.integers(len(pool))]
        rank = len(x.shape) - 1
        kind = rng.integers(10)
        try:
            if kind == 0 and depth > 0:
                y = families.inner(rng, x.shape[1:], depth, layer, grow)(x)
            elif kind == 1 and rank == 2:
                y = L.MultiHeadAttention(2, 2, use_bias=bool(rng.integers(2)))(x, x)
            elif kind == 2 and tuple(x.shape) in shared:
                y = shared[tuple(x.shape)](x)
            elif kind == 3:
                same = [t for t in pool if t.shape == x.shape]
                y = pick(rng, L.Add, L.Multiply, L.Average, L.Concatenate)()([x, same[rng.integers(len(same))]])
            elif kind == 4:
                y = x * 0.5 + keras.ops.tanh(x)
            elif kind == 5 and rank == 2:
                y = L.TimeDistributed(families.inner(rng, x.shape[2:], 0, layer, grow))(x)
            else:
                one = layer(rng, rank)
                y = one(x)
                shared[tuple(x.shape)] = one
        except (ValueError, TypeError):
            continue
        if 1 <= len(y.shape) - 1 <= 3 and small(y):
            pool.append(y)
    x = pool[-1]
    return L.Dense(3)(L.Flatten()(x) if len(x.shape) > 2 else x)


def optimizer(rng):
    o = keras.optimizers
    schedule = o.schedules.ExponentialDecay(0.01, 2, 0.9)
    return pick(
        rng,
        lambda: o.SGD(0.01),
        lambda: o.SGD(0.01, momentum=0.9, nesterov=True),
        lambda: o.RMSprop(0.01, momentum=0.5, centered=True),
        lambda: o.Adam(schedule),
        lambda: o.Adam(0.01, amsgrad=True, clipnorm=1.0),
        lambda: o.AdamW(0.01),
        lambda: o.Adadelta(0.1),
        lambda: o.Adagrad(0.01),
        lambda: o.Adamax(0.01),
        lambda: o.Adafactor(0.01),
        lambda: o.Nadam(0.01),
        lambda: o.Ftrl(0.01),
        lambda: o.Lion(0.001),
        lambda: o.Lamb(0.01),
        lambda: o.Adam(0.01, use_ema=True, gradient_accumulation_steps=2),
    )()


def data(rng, model, target=lambda y: y):
    def numbers(i):
        shape = (BATCH, *(axis or 5 for axis in i.shape[1:]))
        return rng.integers(6, size=shape).astype("int32") if i.dtype == "int32" else rng.normal(size=shape).astype("float32")

    x = [numbers(i) for i in model.inputs]
    return x, target(rng.normal(size=(BATCH, 3))).astype("float32")


def outputs(model, x):
    return np.asarray(model(x if len(x) > 1 else x[0], training=False))


def step(model, x, y):
    model.train_on_batch(x if len(x) > 1 else x[0], y)
    return {f"after/{i}": np.asarray(w) for i, w in enumerate(model.weights)}


def narrow(rng):
    shapes = pick(rng, [(4,)], [(3, 4)], [(4, 5, 3)], [(4,), (4,)], [(3, 4), (3, 4)])
    inputs = [keras.Input(shape) for shape in shapes]
    return keras.Model(inputs if len(inputs) > 1 else inputs[0], grow(rng, list(inputs), int(rng.integers(3, 8))))


def shared(rng):
    """Few layers, each of which is called several times: what one of them keeps depends on the order of its calls, which is not that in which they are made."""
    while True:
        x, inside = keras.Input((3,)), keras.Input((3,))
        inner = keras.Model(inside, L.BatchNormalization(momentum=0.5)(inside))
        parts = [L.BatchNormalization(momentum=0.5), L.BatchNormalization(momentum=0.5), inner, L.Dense(3), L.Add(), L.Rescaling(1.5)]
        pool = [x]
        for _ in range(int(rng.integers(6, 12))):
            one = parts[rng.integers(len(parts))]
            some = [pool[rng.integers(len(pool))] for _ in range(2)]
            pool.append(one(some) if isinstance(one, L.Add) else one(some[0]))
        model = keras.Model(x, L.Dense(3)(L.Add()([pool[place] for place in rng.permutation(len(pool))[:4]])))
        if any(not is_in_turn(model, part) for part in parts[:3]):
            return model


def is_in_turn(model, part):
    """Whether Keras runs a layer's calls in the order in which they were made."""
    depths = sorted(model._nodes_by_depth, reverse=True)
    run = [part._inbound_nodes.index(node) for depth in depths for node in model._nodes_by_depth[depth] if node.operation is part]
    return run == sorted(run)


def compile_narrow(rng, model):
    model.compile(optimizer(rng), pick(rng, "mse", "mae", "huber"), metrics=pick(rng, None, ["mae"], ["mse", "cosine_similarity"]))
    return lambda y: y


def compile_wide(rng, model):
    loss, target = families.loss(rng)
    model.compile(families.optimizer(rng), loss, metrics=pick(rng, None, ["mae"], ["mse", "cosine_similarity"]))
    return target


# What makes a model, and what says how it is trained and what becomes of random numbers as its targets.
FORMS = {"random": (narrow, compile_narrow), "wide": (families.model, compile_wide), "shared": (shared, compile_narrow)}


def make(seed, form):
    keras.backend.clear_session()
    rng = np.random.default_rng(seed)
    keras.utils.set_random_seed(seed)
    of_model, of_training = FORMS[form]
    model = of_model(rng)
    for weight in model.weights:
        if weight.dtype == "float32" and "variance" not in weight.path:
            weight.assign(weight + 0.1 * rng.normal(size=weight.shape))
    target = of_training(rng, model)
    for _ in range(2):
        x, y = data(rng, model, target)
        model.train_on_batch(x if len(x) > 1 else x[0], y)
    return rng, model, target


def nearly(model, x):
    """The same numbers but for rounding: of the inputs, or where these are whole numbers of the weights."""
    if all(one.dtype == "float32" for one in x):
        noise = np.random.default_rng(0)
        return [one * (1 + 1e-6 * noise.normal(size=one.shape)) for one in x]
    for weight in model.weights:
        if weight.dtype == "float32":
            weight.assign(weight * (1 + 1e-6))
    return x


def write(seed, form, folder):
    name = f"{form}_{seed}"
    try:
        rng, model, target = make(seed, form)
    except Exception as error:  # Not every combination of layers is one that Keras itself can train.
        return f"{name}: left out, Keras says {type(error).__name__}: {str(error)[:200]}"
    path = folder / f"{name}.keras"
    model.save(path)
    again = keras.models.load_model(path)
    x, y = data(rng, model, target)
    tensors = {f"input/{i}": value for i, value in enumerate(x)} | {"target": y, "output": outputs(again, x)}
    # On JAX a step leaves the kernel as it was that `SpectralNormalization` divides; on TensorFlow, and here, it does not.
    parts = again._flatten_layers()
    if not any(isinstance(part, L.SpectralNormalization) or families.is_random(part) for part in parts):
        tensors |= step(again, x, y)
        tensors |= {"output_after": outputs(again, x)}
        # A gradient that is zero but for rounding becomes a whole step in many optimisers: what follows is nobody's number.
        other = keras.models.load_model(path)
        step(other, nearly(other, x), y)
        if np.abs(outputs(other, x) - tensors["output_after"]).max() > 1e-5 * max(1.0, np.abs(tensors["output_after"]).max()):
            path.unlink()
            return f"{name}: left out, since rounding decides"
    save_file({key: np.ascontiguousarray(value) for key, value in tensors.items()}, folder / f"{name}.safetensors")
    return name


def check(folder, expected):
    """What the library has written of each model before and after the step: `NAME.before.keras`, `NAME.after.keras`."""
    worst = 0.0
    count = 0
    for path in sorted(folder.glob("*.before.keras")):
        name = path.name.removesuffix(".before.keras")
        want = load_file(expected / f"{name}.safetensors")
        x = [want[f"input/{i}"] for i in range(sum(key.startswith("input/") for key in want))]

        def close(found, key, what):
            nonlocal worst
            scale = max(1.0, np.abs(want[key]).max())
            error = np.abs(np.asarray(found) - want[key]).max() / scale
            worst = max(worst, error)
            if not error <= 1e-5:
                print(f"{name}: {what}: {error:.1e}")

        model = keras.models.load_model(path)
        close(outputs(model, x), "output", "outputs of what was written before the step")
        if "output_after" in want:
            for key, value in step(model, x, want["target"]).items():
                close(value, key, f"{key} {model.optimizer.name} by the state that was written")
            model = keras.models.load_model(folder / f"{name}.after.keras")
            close(outputs(model, x), "output_after", "outputs of what was written after the step")
        count += 1
    print(f"{count} models, largest difference {worst:.1e}")


if __name__ == "__main__":
    parser = argparse.ArgumentParser()
    parser.add_argument("--count", type=int, default=20)
    parser.add_argument("--seed", type=int, default=0)
    parser.add_argument("--folder", type=pathlib.Path, default=HERE)
    parser.add_argument("--form", choices=FORMS, default="random")
    parser.add_argument("--check", type=pathlib.Path)
    args = parser.parse_args()
    if args.check:
        check(args.check, args.folder)
    else:
        args.folder.mkdir(exist_ok=True)
        for seed in range(args.seed, args.seed + args.count):
            print(write(seed, args.form, args.folder), flush=True)
