"""Makes cases of what `tests/parity` has no model of: sizes that are not known, whole numbers, masks, and layers that draw at random.

    KERAS_BACKEND=jax python model-exchange/tests/onnx/cases.py <cases>
    cargo run -p model-exchange --features onnx --example export_parity -- <folder> <cases>
    python model-exchange/tests/onnx/check.py <folder> --cases <cases>

The last ones are whole networks, small. With `--applications`, they are networks of `keras.applications` with the weights that they start with; two of them are 100 MB large.

They have the form of `tests/parity/README.md`, in float32.
"""

import json
import os
import pathlib
import sys
from zlib import crc32

os.environ.setdefault("KERAS_BACKEND", "jax")
import keras
import numpy as np
from keras import Input, Model, layers, ops
from safetensors.numpy import save_file

RANDOM = np.random.default_rng(7)


def reals(*shape):
    return RANDOM.normal(size=shape).astype(np.float32)


def wholes(top, *shape):
    return RANDOM.integers(0, top, size=shape).astype(np.int32)


def one(layer, shape, *sizes):
    """A layer of one input, of which some sizes are not known."""
    x = Input(shape, name="x")
    return Model(x, layer(x)), [reals(3, *sizes)]


def cases():
    image, open_image = (7, 9, 2), (None, None, 2)
    for name, layer in {
        "conv_same": layers.Conv2D(3, 3, padding="same", activation="gelu"),
        "conv_strides": layers.Conv2D(3, 3, strides=2, padding="same"),
        "conv_valid": layers.Conv2D(3, (2, 3), dilation_rate=2),
        "pool_same": layers.MaxPooling2D(3, strides=2, padding="same"),
        "average_same": layers.AveragePooling2D(2, padding="same"),
        "transposed_same": layers.Conv2DTranspose(3, 3, strides=2, padding="same"),
        "transposed_valid": layers.Conv2DTranspose(3, 2, strides=3),
        "group_norm": layers.GroupNormalization(2),
        "layer_norm": layers.LayerNormalization(),
        "batch_norm": layers.BatchNormalization(),
        "up_sampling": layers.UpSampling2D(2),
        "separable": layers.SeparableConv2D(4, 3, padding="same", activation="softmax"),
        "resizing": layers.Resizing(4, 5),
        "sum_all": layers.GlobalMaxPooling2D(keepdims=True),
        "crop": layers.Cropping2D(((1, 2), (0, 1))),
        "padded": layers.ZeroPadding2D(((1, 2), (0, 1))),
    }.items():
        yield f"open_{name}", *one(layer, open_image, *image)
    for name, layer in {
        "lstm": layers.LSTM(3, return_sequences=True),
        "gru": layers.GRU(3, go_backwards=True, return_sequences=True),
        "gru_before": layers.GRU(3, reset_after=False, activation="relu", use_bias=False),
        "rnn": layers.SimpleRNN(3, activation="softsign"),
        "both": layers.Bidirectional(layers.LSTM(3, return_sequences=True), merge_mode="sum"),
        "stacked": layers.RNN([layers.LSTMCell(3), layers.GRUCell(2)], return_sequences=True),
        "time": layers.TimeDistributed(layers.Dense(3, activation="relu")),
        "conv1d": layers.Conv1D(3, 3, padding="causal", dilation_rate=2),
        "mean": layers.GlobalAveragePooling1D(),
    }.items():
        yield f"steps_{name}", *one(layer, (None, 4), 5, 4)
    for name, layer in {
        "brightness": layers.RandomBrightness(0.2),
        "contrast": layers.RandomContrast(0.2),
        "erasing": layers.RandomErasing(0.5),
        "flip": layers.RandomFlip(),
        "rotation": layers.RandomRotation(0.2),
        "translation": layers.RandomTranslation(0.2, 0.2),
        "zoom": layers.RandomZoom(0.2),
        "activity": layers.ActivityRegularization(0.1),
    }.items():
        yield f"random_{name}", *one(layer, image, *image)

    words = Input((None,), name="words", dtype="int32")
    x = layers.Embedding(9, 4, mask_zero=True)(words)
    x = layers.MultiHeadAttention(2, 3)(x, x, use_causal_mask=True)
    x = layers.LayerNormalization()(x)
    x = layers.Bidirectional(layers.GRU(3, return_sequences=True))(x)
    x = layers.LSTM(3)(x)
    given = wholes(8, 3, 6) + 1
    given[0, 4:] = given[1, 2:] = 0
    yield "words", Model(words, layers.Dense(2, activation="sigmoid")(x)), [given]

    words = Input((None,), name="words", dtype="int32")
    x = layers.Embedding(9, 4, mask_zero=True)(words)
    x = layers.TimeDistributed(layers.Dense(3))(x)
    yield "words_mean", Model(words, layers.GlobalAveragePooling1D()(x)), [given]

    query, value = Input((None, 4), name="query"), Input((None, 6), name="value")
    outputs = layers.MultiHeadAttention(2, 3, value_dim=2, output_shape=5)(query, value, return_attention_scores=True)
    yield "cross", Model([query, value], outputs), [reals(3, 5, 4), reals(3, 7, 6)]

    rows = Input((None, None, 4), name="rows")
    yield "axial", Model(rows, layers.MultiHeadAttention(2, 3, attention_axes=2)(rows, rows)), [reals(2, 3, 5, 4)]

    a, b = Input((None, 4), name="a"), Input((None, 4), name="b")
    yield "dots", Model([a, b], [layers.Dot((2, 2))([a, b]), layers.Dot(2, normalize=True)([a, b])]), [reals(2, 3, 4), reals(2, 5, 4)]
    yield "product", Model([a, b], ops.einsum("bij,bkj->bik", a, b)), [reals(2, 3, 4), reals(2, 5, 4)]
    yield "attention", Model([a, b], layers.Attention(use_scale=True)([a, b], use_causal_mask=True)), [reals(2, 3, 4), reals(2, 5, 4)]

    x = Input((None, 3), name="x")
    outputs = [
        ops.expand_dims(x, 1),
        ops.flip(x, axis=1),
        ops.roll(x, 2, axis=2),
        ops.cumsum(x, axis=1),
        ops.cumprod(x, axis=1),
        ops.sort(x, axis=1),
        ops.argsort(x, axis=1),
        ops.repeat(x, 2, axis=1),
        ops.tile(x, (1, 2, 1)),
        ops.stack([x, x], axis=1),
        ops.pad(x, ((0, 0), (1, 2), (0, 1)), constant_values=2.0),
        ops.softmax(x, axis=1),
        ops.max(x, axis=1),
        x[:, 1:, ::-1],
        x[:, -1],
        ops.tril(x),
        ops.diff(x, axis=1),
        ops.moveaxis(x, 1, 2),
        ops.squeeze(ops.expand_dims(x, 2), 2),
        ops.logsumexp(x, axis=1),
    ]
    yield "sequence_operations", Model(x, outputs), [reals(2, 5, 3)]

    x = Input((5,), name="x", dtype="int32")
    outputs = [
        x // 3,
        x % 3,
        ops.maximum(x, 4),
        ops.power(x, 2),
        ops.where(x > 3, x, -x),
        ops.sum(x, axis=1),
        ops.prod(x, axis=1),
        ops.clip(x, 2, 5),
        ops.sort(x, axis=1),
        ops.cast(x, "float32") / 2,
        ops.one_hot(x, 9, axis=1),
        ops.argmax(x, axis=1),
        ops.any(x > 6, axis=1),
        ops.logical_xor(x > 3, x <= 5),
        ops.cumsum(x, axis=1),
        ops.abs(ops.negative(x)),
        ops.count_nonzero(x, axis=1),
        ops.divide(x, 4),
        ops.mean(x, axis=1),
        ops.full_like(x, 3),
        ops.flip(x, axis=1),
    ]
    yield "whole_operations", Model(x, outputs), [wholes(9, 3, 5)]

    x, y = Input((1, 4), name="x"), Input((3, 1), name="y")
    outputs = [x + y, ops.arctan2(x, y), ops.isfinite(x / y), ops.logaddexp(x, y), ops.fmod(x, y), ops.mod(x, y)]
    outputs += [ops.floor_divide(x, y), ops.hypot(x, y), ops.nan_to_num(x), ops.expm1(x), ops.log1p(ops.abs(x)), ops.round(x, 1), ops.trunc(x * 4)]
    yield "two_operations", Model([x, y], outputs), [reals(2, 1, 4), reals(2, 3, 1)]

    # Keras on JAX cannot run these as parts of a model.
    x, y = Input((4, 3), name="x"), Input((1, 3), name="y")
    outputs = [ops.norm(x, ord=3, axis=2), ops.norm(x, axis=1, keepdims=True), ops.norm(x, axis=(1, 2)), ops.broadcast_to(y, (None, 4, 3))]
    a, b = reals(2, 4, 3), reals(2, 1, 3)
    square = a.astype(np.float64) ** 2
    expected = [(np.abs(a) ** 3).sum(2) ** (1 / 3), square.sum(1, keepdims=True) ** 0.5, square.sum((1, 2)) ** 0.5, np.repeat(b, 4, axis=1)]
    yield "lengths", Model([x, y], outputs), [a, b], expected

    inner_x = Input((None, 3), name="inner_x")
    inner = Model(inner_x, layers.Dense(2, name="inside")(layers.GlobalMaxPooling1D()(inner_x)), name="inner")
    a, b, c = Input((None, 3), name="a"), Input((None, 3), name="b"), Input((None, 4, 3), name="c")
    outputs = [inner(a) + inner(b), layers.TimeDistributed(inner)(c)]
    yield "nested_open", Model([a, b, c], outputs), [reals(2, 4, 3), reals(2, 6, 3), reals(2, 5, 4, 3)]

    x = Input((16, 16, 3), name="image")
    down, skips = layers.Rescaling(1 / 2, offset=-0.5)(x), []
    for filters in [4, 6]:
        down = layers.Conv2D(filters, 3, padding="same", use_bias=False)(down)
        down = layers.ReLU(max_value=6)(layers.BatchNormalization()(down))
        skips.append(down)
        down = layers.MaxPooling2D(2)(down)
    for skip in reversed(skips):
        down = layers.UpSampling2D(2, interpolation="bilinear")(down)
        down = layers.Concatenate()([down, skip])
        down = layers.DepthwiseConv2D(3, padding="same", activation="silu")(down)
    yield "unet", Model(x, layers.Conv2D(2, 1, activation="softmax")(down)), [reals(2, 16, 16, 3)]


def networks():
    """Whole networks, small: those of Keras's guide, and the field's usual ones."""

    def convolved(x, filters, size=3, strides=1):
        x = layers.Conv2D(filters, size, strides=strides, padding="same", use_bias=False)(x)
        return layers.ReLU()(layers.BatchNormalization()(x))

    x = Input((32, 32, 3), name="img")
    y = layers.MaxPooling2D(3)(layers.Conv2D(6, 3, activation="relu")(layers.Conv2D(4, 3, activation="relu")(x)))
    for _ in range(2):
        z = layers.Conv2D(6, 3, activation="relu", padding="same")(y)
        y = layers.add([layers.Conv2D(6, 3, activation="relu", padding="same")(z), y])
    y = layers.GlobalAveragePooling2D()(layers.Conv2D(6, 3, activation="relu")(y))
    yield "toy_resnet", Model(x, layers.Dense(10)(layers.Dropout(0.5)(layers.Dense(8, activation="relu")(y)))), [reals(2, 32, 32, 3)]

    encoder_input = Input((12, 12, 1), name="original")
    y = layers.MaxPooling2D(2)(layers.Conv2D(4, 3, activation="relu", padding="same")(encoder_input))
    encoder = Model(encoder_input, layers.Dense(5)(layers.Flatten()(y)), name="encoder")
    decoder_input = Input((5,), name="code")
    y = layers.Reshape((6, 6, 4))(layers.Dense(144, activation="relu")(decoder_input))
    y = layers.Conv2DTranspose(4, 3, strides=2, activation="relu", padding="same")(y)
    decoder = Model(decoder_input, layers.Conv2DTranspose(1, 3, activation="sigmoid", padding="same")(y), name="decoder")
    x = Input((12, 12, 1), name="img")
    yield "autoencoder", Model(x, decoder(encoder(x))), [reals(2, 12, 12, 1)]

    side = Input((10, 10, 1), name="side")
    twin = Model(side, layers.UnitNormalization()(layers.Dense(6)(layers.Flatten()(convolved(side, 4, strides=2)))), name="twin")
    a, b = Input((10, 10, 1), name="left"), Input((10, 10, 1), name="right")
    apart = ops.sqrt(ops.sum(ops.square(twin(a) - twin(b)), axis=1, keepdims=True) + 1e-3)
    yield "siamese", Model([a, b], layers.Dense(1, activation="sigmoid")(apart)), [reals(2, 10, 10, 1), reals(2, 10, 10, 1)]

    words = Input((None,), name="words", dtype="int32")
    places = ops.cumsum(ops.ones_like(words), axis=1) - 1
    x = layers.Embedding(20, 8)(words) + layers.Embedding(16, 8)(places)
    for _ in range(2):
        y = layers.MultiHeadAttention(2, 4)(x, x, use_causal_mask=True)
        x = layers.LayerNormalization(epsilon=1e-6)(x + layers.Dropout(0.1)(y))
        y = layers.Dense(8)(layers.Dense(16, activation="gelu")(x))
        x = layers.LayerNormalization(epsilon=1e-6)(x + y)
    yield "transformer", Model(words, layers.Dense(20)(x)), [wholes(20, 2, 7)]

    words = Input((None,), name="words", dtype="int32")
    x = layers.Bidirectional(layers.LSTM(6, return_sequences=True))(layers.Embedding(20, 8, mask_zero=True)(words))
    x = layers.Dense(6, activation="relu")(layers.Bidirectional(layers.LSTM(4))(x))
    yield "text_classifier", Model(words, layers.Dense(1, activation="sigmoid")(layers.Dropout(0.5)(x))), [wholes(20, 3, 9)]

    x = Input((16, 16, 3), name="img")
    y = convolved(x, 6, strides=2)
    for filters in (4, 6):
        pooled = layers.AveragePooling2D(3, strides=1, padding="same")(y)
        branches = [convolved(y, filters, 1), convolved(convolved(y, filters, 1), filters), convolved(convolved(convolved(y, filters, 1), filters, (1, 3)), filters, (3, 1))]
        y = layers.Concatenate()([*branches, convolved(pooled, filters, 1)])
    yield "inception", Model(x, layers.Dense(5, activation="softmax")(layers.GlobalAveragePooling2D()(y))), [reals(2, 16, 16, 3)]


def applications():
    for make, size in {
        "MobileNetV2": 64,
        "MobileNetV3Small": 64,
        "ResNet50": 64,
        "ResNet50V2": 64,
        "EfficientNetB0": 64,
        "EfficientNetV2B0": 64,
    }.items():
        keras.utils.set_random_seed(7)
        model = getattr(keras.applications, make)(weights=None, input_shape=(size, size, 3))
        yield make, model, [reals(2, size, size, 3) * 50 + 100]


def weights_of(model, is_random):
    """The weights by path: those of layers that are called several times once."""
    found = {}
    for layer in model._flatten_layers(include_self=False):
        for weight in layer._trainable_variables + layer._non_trainable_variables:
            if "seed" in weight.path:
                continue
            if is_random:
                value = reals(*weight.shape) * 0.5
                weight.assign(np.abs(value) + 0.5 if "variance" in weight.path else value)
            found[weight.path] = keras.ops.convert_to_numpy(weight)
    return found


def short(path):
    """A path as the graph has it: without the cells of recurrent layers."""
    return "/".join(part for part in path.split("/") if not part.endswith("_cell") or "stacked" in path)


def main():
    folder = pathlib.Path(sys.argv[1])
    folder.mkdir(parents=True, exist_ok=True)
    is_random = "--applications" not in sys.argv
    for name, model, inputs, *expected in [*cases(), *networks()] if is_random else applications():
        keras.utils.set_random_seed(crc32(name.encode()))
        tensors = {f"input/{place}": given for place, given in enumerate(inputs)}
        for path, value in weights_of(model, is_random).items():
            tensors[f"weight/{short(path)}"] = value
        outputs = expected[0] if expected else model(inputs if len(inputs) > 1 else inputs[0], training=False)
        outputs = outputs if isinstance(outputs, (list, tuple)) else [outputs]
        for place, output in enumerate(outputs):
            tensors[f"output/{place}"] = np.ascontiguousarray(np.array(output))
        case = {"kind": "model", "training": False, "config": json.loads(model.to_json())}
        save_file(tensors, folder / f"{name}.safetensors", {"case": json.dumps(case)})


if __name__ == "__main__":
    main()
