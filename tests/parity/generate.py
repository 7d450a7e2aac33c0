"""Writes down what Keras computes, for the Rust tests to compare with.

    pip install keras jax safetensors
    python tests/parity/generate.py            # every case
    python tests/parity/generate.py lstm gru   # those whose names have one of these in them

Keras builds every model twice from the same float32 weights and inputs: in float32, whose
configuration is the one users have, and in float64, whose numbers are kept. A case that float32
itself cannot meet is refused, so every case in the files can be met. README.md has the format.
"""

import json
import os
import re
import sys
from pathlib import Path
from zlib import crc32

os.environ["KERAS_BACKEND"] = "jax"
os.environ["JAX_ENABLE_X64"] = "1"
os.environ["JAX_PLATFORMS"] = "cpu"

import jax
import keras
import numpy as np
from cases import CALLED, CONFIGS, TRAININGS, Case, model_cases
from keras.src import backend
from keras.src.backend.common import dtypes
from models import one_or_all
from safetensors.numpy import save_file

# On JAX, Keras computes parts of a float64 model in float32 (`tanh`, for one) unless told not to.
dtypes.BIT64_TO_BIT32_DTYPE["float64"] = "float64"

# JAX sums the products of queries and keys in float32, whatever they are. Keras's float32 is held to these sums as to all others.
attention_in_float32 = keras.src.backend.nn.dot_product_attention


def dot_product_attention(query, key, value, bias=None, mask=None, scale=None, is_causal=False, **other):
    """Attention as Keras has it, in float64 throughout."""
    if query.dtype != np.float64:
        return attention_in_float32(query, key, value, bias, mask, scale, is_causal, **other)
    scores = scale * jax.numpy.einsum("btnh,bsnh->bnts", query, key)
    causal = jax.numpy.tri(*scores.shape[-2:], dtype=bool)
    for seen in [mask] * (mask is not None) + [causal] * is_causal:
        scores = jax.numpy.where(seen, scores, -np.inf)
    return jax.numpy.einsum("bnts,bsnh->btnh", jax.nn.softmax(scores), value)


keras.src.backend.nn.dot_product_attention = dot_product_attention

# Zooms and translations are made in float32, whatever the images are.
cast_to = keras.src.backend.jax.cast


def cast(x, dtype):
    """A tensor of another type, which is no other float than that of the model."""
    return cast_to(x, keras.config.floatx() if dtype == "float32" else dtype)


keras.src.backend.jax.cast = cast

HERE = Path(__file__).parent
BATCH = 2
# Of two samples a normalization makes one and minus one, whatever they are.
NORMALIZED_BATCH = 6
TRAINING_STEPS = 10
TRAINING_BATCH = 8
# How far float32 may be from float64, in units of the largest number of the tensor, or of one.
TOLERANCE = 1e-5


def in_precision(floatx: str, build):
    """What `build` makes with this float type, and with layer names counted from the start."""
    keras.utils.clear_session()
    keras.config.set_floatx(floatx)
    return build()


def compiled(function, *arguments):
    """The compiled function of such arguments, in which float64 never passes through float32."""
    traced = jax.jit(function).trace(*arguments)
    if keras.config.floatx() == "float64":
        assert "f32[" not in str(traced.jaxpr), "float64 passes through float32"
    return traced.lower().compile()


def serialized(model: keras.Model) -> dict:
    return json.loads(model.to_json())


def path(variable) -> str:
    """`layer/weight`: the cell that Keras puts between is left out, unless the layer is an `RNN` of cells."""
    parts = variable.path.split("/")
    has_cells = [re.fullmatch(r"((forward|backward)_)?rnn(_\d+)?|stacked_rnn_cells(_\d+)?", part) for part in parts]
    kept = [part for i, part in enumerate(parts) if i == 0 or has_cells[i - 1] or not part.endswith("_cell")]
    if re.fullmatch(r"layer_scale(_\d+)?", parts[0]):
        kept[-1] = "gamma"  # which has no name in Keras
    return "/".join(kept)


def named(prefix: str, variables, values) -> dict:
    """`prefix/layer/weight` of each variable; layers of nested models have names of their own."""
    tensors = {f"{prefix}/{path(v)}": np.asarray(value) for v, value in zip(variables, values)}
    assert len(tensors) == len(variables), "two weights have one name"
    return tensors


def numbered(prefix: str, values) -> dict:
    return {f"{prefix}/{index}": np.asarray(value) for index, value in enumerate(values)}


def draw_weight(rng, variable) -> np.ndarray:
    """A weight unlike its default; variances and scales are positive, outputs stay near one."""
    if variable.name == "count":
        return np.zeros(variable.shape, "float32")
    if variable.name in ("gamma", "moving_variance", "variance"):
        return rng.uniform(0.5, 1.5, variable.shape).astype("float32")
    fan_in = int(np.prod(variable.shape[:-1])) if variable.name == "kernel" else 4
    return (rng.standard_normal(variable.shape) / np.sqrt(fan_in)).astype("float32")


def draw(rng, shape) -> np.ndarray:
    return rng.standard_normal(shape).astype("float32")


def draw_input(rng, case: Case, model: keras.Model, tensor, batch: int) -> np.ndarray:
    """Numbers, or for layers that look something up the numbers that are in all of their tables."""
    shape = (batch, *tensor.shape[1:])
    if tensor.dtype == "int32":
        tables = [layer.input_dim for layer in model.layers if isinstance(layer, keras.layers.Embedding)]
        return rng.integers(0, min(tables, default=getattr(model.layers[-1], "num_tokens", None)), shape).astype("int32")
    numbers = case.spread * draw(rng, shape)
    for masking in (layer for layer in model.layers if isinstance(layer, keras.layers.Masking)):
        numbers[rng.random(shape[:-1]) < 0.3] = masking.mask_value
    return numbers


def values(variables) -> list:
    return [variable.value for variable in variables]


def unseeded(variables, values) -> tuple[list, list]:
    """Those without the state of random numbers, which some layers keep besides their weights."""
    kept = [pair for pair in zip(variables, values) if "seed_generator" not in pair[0].path]
    return [variable for variable, _ in kept], [value for _, value in kept]


def model_numbers(model: keras.Model, training: bool, weights, inputs, cotangents) -> dict:
    """The outputs, and the gradients of the sum of the outputs times their cotangents."""
    model.set_weights(weights)
    for layer in (layer for layer in model.layers if isinstance(layer, keras.layers.Normalization)):
        layer.finalize_state()  # which it does by itself where a file is loaded
    dtype = keras.config.floatx()
    inputs = [array if array.dtype == np.int32 else array.astype(dtype) for array in inputs]
    numbers, integers = ([array for array in inputs if (array.dtype == np.int32) == are] for are in (False, True))

    def objective(trainable, numbers, integers):
        left = {False: iter(numbers), True: iter(integers)}
        given = [next(left[array.dtype == np.int32]) for array in inputs]
        outputs, updated = model.stateless_call(
            trainable, values(model.non_trainable_variables), one_or_all(given), training=training
        )
        outputs = keras.tree.flatten(outputs)
        total = sum((output * c.astype(dtype)).sum() for output, c in zip(outputs, cotangents))
        return total, (outputs, updated)

    arguments = values(model.trainable_variables), numbers, integers
    differentiate = compiled(jax.grad(objective, argnums=(0, 1), has_aux=True), *arguments)
    (of_weights, of_numbers), (outputs, updated) = differentiate(*arguments)
    left = iter(of_numbers)
    # Integers have no gradient, which counts as zero.
    of_inputs = [np.zeros(array.shape, dtype) if array.dtype == np.int32 else next(left) for array in inputs]
    numbers = {
        **numbered("output", outputs),
        **numbered("input_gradient", of_inputs),
        **named("weight_gradient", model.trainable_variables, of_weights),
    }
    if training:
        numbers |= named("updated", *unseeded(model.non_trainable_variables, updated))
    return numbers


def model_file(case: Case) -> None:
    rng = np.random.default_rng(crc32(case.name.encode()))
    model = in_precision("float32", case.build)
    weights = [draw_weight(rng, weight) for weight in model.weights]
    batch = NORMALIZED_BATCH if case.training else BATCH
    inputs = [draw_input(rng, case, model, tensor, batch) for tensor in model.inputs]
    cotangents = [draw(rng, (batch, *tensor.shape[1:])) for tensor in model.outputs]
    document = {
        "kind": case.kind,
        "name": case.name,
        "config": serialized(model),
        "training": case.training,
        "inputs": [tensor.name for tensor in model.inputs],
        "outputs": model.output_names,
        "weights": [path(weight) for weight in model.weights],
    }
    given = {
        **numbered("input", inputs),
        **named("weight", model.weights, weights),
        **numbered("cotangent", cotangents),
    }
    single = model_numbers(model, case.training, weights, inputs, cotangents)
    model = in_precision("float64", case.build)
    double = model_numbers(model, case.training, weights, inputs, cotangents)
    write(document, given, single, double)


def draw_target(rng, loss: keras.losses.Loss, shape) -> np.ndarray:
    """Targets of the form this loss takes, for predictions of this shape."""
    if isinstance(loss, (keras.losses.MeanSquaredError, keras.losses.MeanAbsoluteError, keras.losses.Huber)):
        return draw(rng, shape)
    if isinstance(loss, keras.losses.BinaryCrossentropy):
        return rng.integers(0, 2, shape).astype("float32")
    classes = rng.integers(0, shape[-1], shape[:-1]).astype("int32")
    if isinstance(loss, keras.losses.SparseCategoricalCrossentropy):
        return classes
    return np.eye(shape[-1], dtype="float32")[classes]


def draw_steps(rng, model: keras.Model) -> np.ndarray:
    """The inputs of every step; where the model looks words up, sequences of them that end early, in one step at once."""
    shape = (TRAINING_STEPS, TRAINING_BATCH, *model.inputs[0].shape[1:])
    if model.inputs[0].dtype != "int32":
        inputs = draw(rng, shape)
        for masking in (layer for layer in model.layers if isinstance(layer, keras.layers.Masking)):
            inputs[rng.random(shape[:-1]) < 0.3] = masking.mask_value
        return inputs
    words = rng.integers(1, model.weights[0].shape[0], shape).astype("int32")
    lengths = rng.integers(0, shape[-1] + 1, shape[:-1])
    lengths[1] = 0
    return np.where(np.arange(shape[-1]) < lengths[..., None], words, 0).astype("int32")


def kept(model: keras.Model) -> list:
    """The states that layers keep from one call to the next, which Keras counts among no variables of the model."""
    layers = [layer for layer in model._flatten_layers() if getattr(layer, "stateful", False)]
    return [state for layer in layers if isinstance(layer, keras.layers.RNN) for state in keras.tree.flatten(layer.states)]


def call(model: keras.Model, trainable, fixed, states, inputs, training: bool):
    """What the model gives; its penalties; and what variables that no gradient changes become, and states that are kept."""
    variables = [*model.trainable_variables, *model.non_trainable_variables, *kept(model)]
    pairs = list(zip(variables, [*trainable, *fixed, *states], strict=True))
    with keras.StatelessScope(state_mapping=pairs, collect_losses=True) as scope:
        outputs = model(inputs, training=training)
        penalties = model.losses
    now = [[scope.get_current_value(v) for v in variables] for variables in (model.non_trainable_variables, kept(model))]
    return outputs, penalties, *now


CALLS = 3


def calls_numbers(model: keras.Model, weights, inputs) -> dict:
    """What the model gives, call after call, and for the last batch once more, begun anew."""
    model.set_weights(weights)
    dtype = keras.config.floatx()
    trainable, fixed, states = values(model.trainable_variables), values(model.non_trainable_variables), values(kept(model))
    step = compiled(
        lambda fixed, states, batch: call(model, trainable, fixed, states, batch, training=False),
        fixed,
        states,
        inputs[0].astype(dtype),
    )
    outputs = []
    for batch in inputs:
        output, _, fixed, states = step(fixed, states, batch.astype(dtype))
        outputs.append(output)
    output, *_ = step(fixed, [state * 0 for state in states], inputs[-1].astype(dtype))
    return {"output": np.stack([*outputs, output])}


def calls_file(build) -> None:
    name = f"calls_{build.__name__}"
    rng = np.random.default_rng(crc32(name.encode()))
    model = in_precision("float32", build)
    weights = [draw_weight(rng, weight) for weight in model.weights]
    inputs = draw(rng, (CALLS, *model.inputs[0].shape))
    inputs[1, 0, 1] = 0  # a step that is masked, where zeros are
    document = {"kind": "calls", "name": name, "config": serialized(model), "weights": [path(weight) for weight in model.weights]}
    given = {"input/0": inputs, **named("weight", model.weights, weights)}
    single = calls_numbers(model, weights, inputs)
    double = calls_numbers(in_precision("float64", build), weights, inputs)
    write(document, given, single, double)


def training_numbers(model, document: dict, weights, inputs, targets) -> dict:
    """The loss of each step before its update, the last weights, the last step's metrics."""
    model.set_weights(weights)
    loss = keras.losses.deserialize(document["loss"])
    # Keras rewrites the class's name in the document it is given.
    optimizer = keras.optimizers.deserialize(dict(document["optimizer"]))
    optimizer.build(model.trainable_variables)

    def objective(trainable, fixed, states, inputs, targets):
        predictions, penalties, fixed, states = call(model, trainable, fixed, states, inputs, training=True)
        predicted = predictions, backend.get_keras_mask(predictions)
        return loss(targets, predictions) + sum(penalties), (predicted, fixed, states)

    def step(trainable, fixed, states, state, inputs, targets):
        differentiate = jax.value_and_grad(objective, has_aux=True)
        (value, (predictions, fixed, states)), gradients = differentiate(trainable, fixed, states, inputs, targets)
        trainable, state = optimizer.stateless_apply(state, gradients, trainable)
        return value, predictions, trainable, fixed, states, state

    trainable, fixed = values(model.trainable_variables), values(model.non_trainable_variables)
    states = values(kept(model))
    state, losses = values(optimizer.variables), []
    if inputs.dtype == np.float32:
        inputs = inputs.astype(keras.config.floatx())
    if targets.dtype == np.float32:
        targets = targets.astype(keras.config.floatx())
    step = compiled(step, trainable, fixed, states, state, inputs[0], targets[0])
    for batch, target in zip(inputs, targets):
        value, predictions, trainable, fixed, states, state = step(trainable, fixed, states, state, batch, target)
        losses.append(value)
    predictions, mask = predictions
    if mask is not None:
        backend.set_keras_mask(predictions, mask)
    numbers = {
        "loss": np.asarray(losses),
        **named("after", model.trainable_variables, trainable),
        **named("after", *unseeded(model.non_trainable_variables, fixed)),
    }
    for metric in document["metrics"]:
        config = metric["config"] | {"dtype": keras.config.floatx()}
        metric = keras.metrics.deserialize(metric | {"config": config})
        numbers[f"metric/{metric.name}"] = np.asarray(metric(target, predictions))
    return numbers


def training_file(name: str, build, loss, optimizer, metric) -> None:
    name = f"train_{name}"
    rng = np.random.default_rng(crc32(name.encode()))
    model = in_precision("float32", build)
    weights = [draw_weight(rng, weight) for weight in model.weights]
    inputs = draw_steps(rng, model)
    outputs = (TRAINING_STEPS, TRAINING_BATCH, *model.outputs[0].shape[1:])
    targets = draw_target(rng, loss(), outputs)
    document = {
        "kind": "training",
        "name": name,
        "config": serialized(model),
        "loss": keras.losses.serialize(loss()),
        "optimizer": keras.optimizers.serialize(optimizer()),
        "steps": TRAINING_STEPS,
        "metrics": [keras.metrics.serialize(metric())],
        "weights": [path(weight) for weight in model.weights],
    }
    given = {
        "input/0": inputs,
        "target/0": targets,
        **named("weight", model.weights, weights),
    }
    single = training_numbers(model, document, weights, inputs, targets)
    model = in_precision("float64", build)
    double = training_numbers(model, document, weights, inputs, targets)
    write(document, given, single, double)


# How images are laid anew: a0, a1, a2, b0, b1 and b2 of Keras's, all of which float32 has exactly, as it has what follows from them.
TRANSFORMS = [
    [1, 0, 0, 0, 1, 0],
    [1, 0, -1.5, 0, 1, 2.25],
    [1, 0, 20, 0, 1, -31.75],
    [-1, 0, 5, 0, -1, 3],
    [0, -1, 4, 1, 0, -1],
    [1, 0.5, -1, -0.25, 1, 0.5],
    [0.5, 0, 1.5, 0, 0.25, 1.25],
    [2, 0, -3.5, 0, 3, -4],
    [0.75, -0.625, 2.125, 0.625, 0.75, -1.25],
    [0, 0, 2.5, 0, 0, -0.5],
]
TURNS = [0.0, 0.125, -0.3, 0.5, 1.0]
SHIFTS = [[0.0, 0.0], [0.25, -0.5], [-1.0, 0.75]]
ZOOMS = [[1.0, 1.0], [0.5, 1.75], [0.0, 2.0]]
PLANE = 5, 8


def matrices() -> dict:
    """What Keras makes of the numbers that it has drawn, for an image of height and width `PLANE`."""
    height, width = PLANE
    turns, shifts, zooms = (np.asarray(numbers) for numbers in (TURNS, SHIFTS, ZOOMS))
    none, one = np.zeros(len(TURNS)), np.ones(len(TURNS))
    rotations = keras.layers.RandomRotation(0.0)._compute_affine_matrix(
        center_x=0.5,
        center_y=0.5,
        angle=360.0 * turns,
        translate_x=none,
        translate_y=none,
        scale=one,
        shear_x=none,
        shear_y=none,
        height=height,
        width=width,
    )
    # Keras has the width first.
    moved = keras.layers.RandomTranslation(0.0, 0.0)._get_translation_matrix(shifts[:, ::-1] * [width, height])
    zoomed = keras.layers.RandomZoom(0.0)._get_zoom_matrix(zooms[:, ::-1], height, width)
    return {"matrix/rotation": rotations, "matrix/translation": moved, "matrix/zoom": zoomed}


def affine_file(name: str) -> None:
    """Images laid anew by `affine_transform`, and the matrices of the layers that do so."""
    rng = np.random.default_rng(crc32(name.encode()))
    transforms = np.pad(np.asarray(TRANSFORMS, "float64"), [[0, 0], [0, 2]])
    given = {"transform": transforms[:, :6]}
    computed = {key: np.asarray(matrix)[:, :6] for key, matrix in in_precision("float64", matrices).items()}
    exact = {}
    for size in [(4, 7, 1), (5, 3, 3)]:
        channels = size[-1]
        images = rng.integers(-64, 64, (len(TRANSFORMS), *size)) / 16.0
        exact[f"image/{channels}"] = images
        for interpolation in ["nearest", "bilinear"]:
            for fill_mode in ["constant", "reflect", "wrap", "nearest"]:
                laid = keras.ops.image.affine_transform(images, transforms, interpolation, fill_mode, fill_value=0.375)
                exact[f"image/{channels}/{interpolation}/{fill_mode}"] = np.asarray(laid)
    single = {key: tensor.astype("float32") for key, tensor in exact.items()}
    assert all((single[key] == tensor).all() for key, tensor in exact.items()), "float32 has them exactly"
    document = {"kind": "affine", "name": name, "turns": TURNS, "shifts": SHIFTS, "zooms": ZOOMS, "plane": PLANE}
    write(document, given | single, {key: matrix.astype("float32") for key, matrix in computed.items()}, computed)


def write(document: dict, given: dict, single: dict, double: dict) -> None:
    """Keeps the float64 numbers, having seen that the float32 ones agree with them."""
    name = document["name"]
    for key, expected in double.items():
        assert (expected.dtype, single[key].dtype) == (np.float64, np.float32), (name, key)
        error = np.abs(single[key] - expected).max() / max(1.0, np.abs(expected).max())
        assert error < TOLERANCE, f"{name}: float32 is {error:.1e} away in {key}"
    # Bytes are written as they lie in memory, so what lies transposed is laid out first.
    tensors = {key: np.ascontiguousarray(t) if t.ndim else t for key, t in (given | double).items()}
    path = HERE / f"{name}.safetensors"
    assert path not in written, f"two cases are named {name}"
    written.append(path)
    save_file(tensors, path, metadata={"case": json.dumps(document)})


def config_file(build) -> None:
    text = in_precision("float32", build).to_json(indent=2)
    (HERE / "config" / f"{build.__name__}.json").write_text(text + "\n")


if __name__ == "__main__":
    written = []
    wanted = sys.argv[1:] or [""]

    def is_wanted(name: str) -> bool:
        return any(part in name for part in wanted)

    for old in HERE.glob("*.safetensors"):
        if is_wanted(old.stem):
            old.unlink()
    for case in model_cases():
        if is_wanted(case.name):
            model_file(case)
    for training in TRAININGS:
        if is_wanted(training[0]):
            training_file(*training)
    for build in CALLED:
        if is_wanted(f"calls_{build.__name__}"):
            calls_file(build)
    if is_wanted("affine"):
        affine_file("affine")
    (HERE / "config").mkdir(exist_ok=True)
    for build in CONFIGS:
        config_file(build)
    size = sum(path.stat().st_size for path in written)
    print(f"{len(written)} cases, {size / 1024:.0f} KiB, Keras {keras.__version__}")
