"""What the architectures of old documents compute, by `tf_keras` 2.21, which computes as Keras 1 and 2 did.

    pip install tf_keras tensorflow
    python tests/legacy/old_keras.py ..    # the documents of Keras 1 and 2
    python tests/legacy/outputs.py

Writes `tests/legacy/tf_keras.json`, documents of `tf_keras` itself, and `tests/legacy/outputs.json`: of every document the number of
parameters, and the outputs for inputs and weights that follow from names and places (see `fill`).
"""

import json
import os
import pathlib

os.environ["TF_CPP_MIN_LOG_LEVEL"] = "3"
import numpy as np
import tensorflow as tf
import tf_keras as k

HERE = pathlib.Path(__file__).parent
L = k.layers
DIRECTIONS = ("forward", "backward", "query", "key", "value", "attention_output")


def fill(name, shape):
    """Numbers that follow from a name and their places."""
    value = 2166136261
    for byte in name.encode():
        value = (value ^ byte) * 16777619 % 2**32
    count = int(np.prod(shape, dtype=int))
    numbers = (value % 1009 + 31 * np.arange(count)) % 97 - 48
    return (numbers / 160).astype("float32").reshape(shape)


def leaves(model):
    """The layers that have weights, outside those of models."""
    for layer in model.layers:
        if isinstance(layer, k.Model):
            yield from leaves(layer)
        else:
            yield layer


def set_weights(model):
    for layer in leaves(model):
        for weight in layer.weights:
            path = weight.name.split(":")[0].split("/")
            direction = next((d for part in path[:-1] for d in DIRECTIONS if part == d or part.startswith(f"{d}_") and d in ("forward", "backward")), "")
            cell = next((part for part in path[:-1] if part in ("one", "two", "cell")), "")
            leaf = "kernel" if isinstance(layer, L.DepthwiseConv2D) and path[-1] == "depthwise_kernel" else path[-1]
            values = fill(f"{layer.name}/{direction}{cell}/{leaf}", weight.shape)
            weight.assign(np.abs(values) + 0.5 if path[-1] == "moving_variance" else values)


def numbers(model):
    set_weights(model)
    inputs = []
    for tensor in model.inputs:
        shape = [2] + [4 if size is None else size for size in tensor.shape[1:]]
        values = fill(f"input/{len(inputs)}", shape)
        first = model.layers[1] if len(model.layers) > 1 and isinstance(model.layers[0], L.InputLayer) else model.layers[0]
        inputs.append(np.abs(values * 160).astype("float32") % 7 if isinstance(first, L.Embedding) else values)
    outputs = model.predict(inputs if len(inputs) > 1 else inputs[0], verbose=0)
    outputs = outputs if isinstance(outputs, list) else [outputs]
    return {
        "parameters": model.count_params(),
        "inputs": [list(i.shape) for i in inputs],
        "outputs": [[float(f"{x:.7g}") for x in output.ravel()] for output in outputs],
    }


def sequential(name, *layers):
    return k.Sequential(list(layers), name=name)


def hard(x):
    return tf.clip_by_value(0.2 * x + 0.5, 0.0, 1.0)


def keras1():
    """The architectures of `documents.py` for Keras 1, once more."""
    yield sequential("mlp", L.Dense(6, "relu", name="d1", input_shape=(4,)), L.Dense(3, "softmax", use_bias=False, name="d2"))
    yield sequential(
        "convnet", L.Conv2D(3, (3, 2), (2, 1), "same", activation="relu", name="c1", input_shape=(7, 6, 2)), L.MaxPooling2D(2),
        L.ZeroPadding2D((1, 2)), L.BatchNormalization(name="bn"), L.Activation("tanh"), L.Flatten(), L.Dense(2, name="out"))
    yield sequential(
        "text", L.Embedding(11, 4, input_length=8, name="emb"), L.Conv1D(5, 3, activation="relu", name="conv"), L.MaxPooling1D(2),
        L.AveragePooling1D(2), L.Flatten(), L.Dense(1, "sigmoid", name="out"))
    yield sequential(
        "recurrent", L.LSTM(3, return_sequences=True, name="lstm", input_shape=(5, 2)),
        L.Bidirectional(L.GRU(2, return_sequences=True, reset_after=False, name="gru"), "sum", name="bi"),
        L.TimeDistributed(L.Dense(3), name="td"), L.SimpleRNN(4, go_backwards=True, name="rnn"))
    x, y = L.Input((4,)), L.Input((2,))
    joined = L.Concatenate()([L.Dense(3, name="l1")(x), L.Dense(3, "relu", name="r1")(y)])
    yield k.Model([x, y], L.Dense(2, name="out")(joined), name="branches")
    x = L.Input((6, 6, 2))
    y = L.LeakyReLU(0.1)(L.Conv2D(2, 3, padding="same", name="c1")(x))
    y = L.Conv2D(2, 3, padding="same", use_bias=False, name="c2")(y)
    yield k.Model(x, L.GlobalAveragePooling2D()(L.ELU(0.5)(L.Add()([x, y]))), name="residual")
    a, b = L.Input((4,)), L.Input((4,))
    shared = L.Dense(3, "tanh", name="shared")
    pair = [shared(a), shared(b)]
    mean = L.Average()([L.Multiply()(pair), L.Maximum()(pair)])
    yield k.Model([a, b], [mean, L.Dot(1)(pair)], name="shared")
    yield nested()
    yield sequential(
        "hard", L.Dense(4, name="d1", input_shape=(3,)), L.Activation(hard), L.RepeatVector(3), L.Permute((2, 1)), L.Reshape((3, 4)),
        L.UpSampling1D(2), L.Cropping1D((1, 2)), L.GlobalMaxPooling1D())
    yield sequential(
        "atrous", L.Conv2D(3, 2, dilation_rate=2, name="a1", input_shape=(7, 7, 2)), L.SeparableConv2D(4, 2, depth_multiplier=2, name="s1"),
        L.Conv2DTranspose(2, 3, 2, "same", name="up"), L.UpSampling2D((2, 1)), L.Cropping2D(((1, 1), (0, 2))),
        L.AveragePooling2D(2, 1, "same"), L.ThresholdedReLU(0.05), L.GlobalMaxPooling2D())
    yield sequential(
        "volume", L.Conv3D(2, (2, 3, 2), activation="relu", name="c", input_shape=(5, 5, 4, 1)), L.MaxPooling3D((2, 1, 2)), L.Flatten(),
        L.Dense(2, name="out"))


def nested():
    i = L.Input((3,))
    encoder = k.Model(i, L.Dense(2, name="e1")(i))
    tail = sequential("tail", L.Dense(2, name="t1", input_shape=(2,)), L.PReLU(name="prelu"))
    x, y = L.Input((3,)), L.Input((3,))
    return k.Model([x, y], [L.Concatenate()([tail(encoder(x)), tail(encoder(y))]), encoder(y)], name="nested")


def cudnn():
    """What CuDNN's layers compute, by the layers that do the same."""
    return sequential(
        "cudnn", L.Bidirectional(L.LSTM(3, return_sequences=True, name="cl"), name="bi", input_shape=(4, 2)),
        L.GRU(2, reset_after=True, name="cg"))


def tf_keras():
    """Architectures of `tf_keras` itself."""
    x = L.Input((8,), name="x")
    y = tf.nn.relu(x * 2.0 + 1.0) - tf.math.tanh(x)
    y = tf.concat([y, 1.0 - x], axis=-1)[:, 2:14:2]
    yield k.Model(x, L.Dense(3, name="d")(y) / 2.0, name="operators")
    x, y = L.Input((6, 4), name="x"), L.Input((6, 4), name="y")
    z = tf.matmul(x, tf.transpose(y, [0, 2, 1]))
    z = tf.nn.softmax(z) + tf.cast(z > 0.1, "float32")
    z = tf.reduce_mean(z, axis=1, keepdims=True)
    w = tf.reshape(tf.squeeze(z, axis=1), [-1, 3, 2])
    yield k.Model([x, y], [w, tf.reduce_sum(x, axis=[1, 2]), tf.clip_by_value(y, -0.1, 0.1)], name="functions")
    x, y = L.Input((5, 4), name="query"), L.Input((3, 4), name="memory")
    z = L.MultiHeadAttention(2, 3, value_dim=2, name="heads")(x, y)
    z = L.LayerNormalization(name="norm")(L.Add(name="sum")([x, z]))
    yield k.Model([x, y], [z, L.Attention(name="attention")([x, y])], name="attention_net")
    yield sequential(
        "recurrent", L.Bidirectional(L.GRU(3, return_sequences=True, name="gru"), name="bi", input_shape=(5, 2)),
        L.TimeDistributed(L.Dense(2, "swish", name="inner"), name="td"), L.LSTM(3, name="lstm"))
    yield sequential(
        "mobile", L.Conv2D(4, 3, 2, "same", use_bias=False, name="c", input_shape=(8, 8, 3)), L.BatchNormalization(name="bn"), L.ReLU(6.0, name="r6"),
        L.ZeroPadding2D(((0, 1), (0, 1)), name="pad"), L.DepthwiseConv2D(3, 2, name="dw"), L.SeparableConv2D(2, 2, name="sep"),
        L.GlobalAveragePooling2D(keepdims=True, name="pool"), L.Flatten(name="flat"), L.Dense(2, "gelu", name="out"))
    x = L.Input((4,), name="x")
    inner = sequential("inner", L.Dense(3, "relu", name="i1"))
    other = k.Sequential([L.Dense(3, name="j1", input_shape=(4,))], name="other")
    y = L.Concatenate(name="join")([inner(x), other(x), other(x * 0.5)])
    yield k.Model(x, [y, inner(x + 1.0)], name="nested_unbuilt")
    x, h, c = L.Input((4, 2), name="x"), L.Input((3,), name="h"), L.Input((3,), name="c")
    y, s, t = L.LSTM(3, return_sequences=True, return_state=True, name="first")(x, initial_state=[h, c])
    yield k.Model([x, h, c], [L.LSTM(3, name="second")(y, initial_state=[s, t]), t], name="states")
    x = L.Input((6, 6, 2), name="x")
    y = L.Conv2D(4, 3, padding="same", groups=2, kernel_initializer=k.initializers.VarianceScaling(2.0, "fan_out", "untruncated_normal"), name="grouped")(x)
    y = L.Conv2DTranspose(2, 2, 2, name="up")(y)
    y = L.AveragePooling2D(2, name="down")(y)
    yield k.Model(x, L.Multiply(name="gate")([y, L.Activation("hard_sigmoid", name="hard")(x)]), name="gated")
    yield sequential(
        "text", L.Embedding(9, 4, mask_zero=True, input_length=6, name="emb"), L.GRU(3, reset_after=False, name="gru"), L.Dropout(0.1, name="drop"),
        L.Dense(2, kernel_regularizer=k.regularizers.l1_l2(0.1, 0.2), activity_regularizer="l2", kernel_constraint="unit_norm", name="out"))
    x = L.Input((4,), name="x")
    named = k.Model(x, {"a": L.Dense(2, name="a")(x), "b": L.Dense(2, "exponential", name="b")(x)}, name="dictionary")
    yield k.Model(x, [named(x)["b"], named(x * 2.0)["a"]], name="dictionaries")
    yield sequential(
        "preprocessed", L.Rescaling(0.5, 0.1, input_shape=(6, 6, 1), name="scale"), L.CenterCrop(4, 4, name="crop"), L.Conv2D(2, 2, name="c"),
        L.GlobalMaxPooling2D(name="pool"), L.UnitNormalization(name="unit"))
    x = L.Input((None, 3), name="x")
    yield k.Model(x, L.GlobalAveragePooling1D(name="pool")(L.Conv1D(2, 2, padding="causal", name="c")(x)), name="any_length")


if __name__ == "__main__":
    computed = {"keras1": {model.name: numbers(model) for model in keras1()}, "keras2": {}, "tf_keras": {}}
    for name, document in json.loads((HERE / "keras2.json").read_text()).items():
        model = cudnn() if name == "cudnn" else k.models.model_from_json(json.dumps(document))
        computed["keras2"][name] = numbers(model)
    documents = {}
    for model in tf_keras():
        documents[model.name] = json.loads(model.to_json())
        computed["tf_keras"][model.name] = numbers(model)
    (HERE / "tf_keras.json").write_text(json.dumps(documents, separators=(",", ":")) + "\n")
    (HERE / "outputs.json").write_text(json.dumps(computed, separators=(",", ":")) + "\n")
