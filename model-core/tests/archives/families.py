"""What `generate.py --form wide` makes models of: every family of layers, by the number of a tensor's axes."""

import keras
import numpy as np
from keras import layers as L

O = keras.ops


def pick(rng, *options):
    return options[rng.integers(len(options))]


def size(rng):
    return int(rng.integers(2, 5))


def activation(rng):
    names = "relu relu6 tanh sigmoid gelu elu selu softplus softsign silu hard_sigmoid hard_silu leaky_relu exponential linear mish celu glu squareplus tanh_shrink soft_shrink sparse_plus hard_tanh log_sigmoid".split()
    return pick(rng, None, *[name for name in names if name not in ("glu", "exponential")])


def regularizer(rng):
    r = keras.regularizers
    return pick(rng, None, None, "l2", r.L1(0.003), r.L1L2(0.001, 0.002), r.OrthogonalRegularizer(0.01))


def constraint(rng):
    c = keras.constraints
    return pick(rng, None, None, None, c.MaxNorm(2.0), c.NonNeg(), c.UnitNorm(axis=0), c.MinMaxNorm(0.2, 1.5))


def initializer(rng):
    return pick(rng, "glorot_uniform", "he_normal", "lecun_uniform", "orthogonal", "truncated_normal", "random_uniform")


def dense(rng):
    return L.Dense(
        size(rng),
        activation=activation(rng),
        use_bias=bool(rng.integers(2)),
        kernel_initializer=initializer(rng),
        kernel_regularizer=regularizer(rng),
        kernel_constraint=constraint(rng),
        activity_regularizer=pick(rng, None, None, "l1"),
    )


def recurrent(rng, **more):
    cls = pick(rng, L.LSTM, L.GRU, L.SimpleRNN)
    if cls is L.GRU:
        more["reset_after"] = bool(rng.integers(2))
    if cls is L.LSTM:
        more["unit_forget_bias"] = bool(rng.integers(2))
    more["use_bias"] = bool(rng.integers(4))
    return cls(int(rng.integers(2, 4)), **more)


def cell(rng):
    return pick(rng, L.LSTMCell, L.GRUCell, L.SimpleRNNCell)(int(rng.integers(2, 4)))


def convolution(rng, rank):
    """A convolution of one of all kinds, for so many axes in space."""
    n = size(rng)
    padding = pick(rng, "same", "valid")
    strides = pick(rng, 1, 1, 2)
    common = {"padding": padding, "activation": activation(rng), "use_bias": bool(rng.integers(2))}
    plain = getattr(L, f"Conv{rank}D")
    turned = getattr(L, f"Conv{rank}DTranspose")
    kinds = [
        lambda: plain(n, 2, strides=strides, **common),
        lambda: plain(n, 2, dilation_rate=2, **common),
        lambda: turned(n, 2, strides=strides, **common),
    ]
    if rank == 1:
        kinds.append(lambda: plain(n, 2, padding="causal", dilation_rate=pick(rng, 1, 2)))
    if rank < 3:
        kinds.append(lambda: getattr(L, f"DepthwiseConv{rank}D")(2, depth_multiplier=pick(rng, 1, 2), **common))
        kinds.append(lambda: getattr(L, f"SeparableConv{rank}D")(n, 2, depth_multiplier=pick(rng, 1, 2), **common))
    return pick(rng, *kinds)()


def in_space(rng, rank):
    """What is for so many axes in space: pooling, padding, cropping, enlarging."""
    name = lambda form: getattr(L, form.format(rank))
    kinds = [
        lambda: name("MaxPooling{}D")(2, padding=pick(rng, "same", "valid")),
        lambda: name("AveragePooling{}D")(2, strides=1, padding=pick(rng, "same", "valid")),
        lambda: name("GlobalAveragePooling{}D")(keepdims=bool(rng.integers(2))),
        lambda: name("GlobalMaxPooling{}D")(),
        lambda: name("AdaptiveAveragePooling{}D")(pick(rng, 1, 2)),
        lambda: name("AdaptiveMaxPooling{}D")(pick(rng, 1, 2)),
        lambda: name("ZeroPadding{}D")(1),
        lambda: name("Cropping{}D")(1),
        lambda: name("UpSampling{}D")(2),
        lambda: name("SpatialDropout{}D")(pick(rng, 0.0, 0.3)),
    ]
    if rank == 2:
        kinds += [
            lambda: L.UpSampling2D(2, interpolation="bilinear"),
            lambda: L.Resizing(3, 4, interpolation=pick(rng, "bilinear", "nearest")),
            lambda: L.CenterCrop(2, 2),
            lambda: pick(rng, L.RandomFlip, lambda: L.RandomRotation(0.1), lambda: L.RandomZoom(0.1), lambda: L.RandomContrast(0.1))(),
            lambda: pick(rng, lambda: L.RandomBrightness(0.1), lambda: L.RandomTranslation(0.1, 0.1), lambda: L.RandomErasing(0.5), lambda: L.RandomCrop(2, 2))(),
        ]
    return pick(rng, *kinds)()


def anywhere(rng):
    n = size(rng)
    return pick(
        rng,
        lambda: dense(rng),
        lambda: L.BatchNormalization(momentum=pick(rng, 0.9, 0.5), center=bool(rng.integers(2)), scale=bool(rng.integers(2))),
        lambda: L.LayerNormalization(center=bool(rng.integers(2)), scale=bool(rng.integers(2))),
        lambda: L.GroupNormalization(groups=-1),
        lambda: L.RMSNormalization(),
        lambda: L.UnitNormalization(),
        lambda: L.Activation(activation(rng) or "relu"),
        lambda: L.ReLU(max_value=2.0, negative_slope=0.1, threshold=0.1),
        lambda: L.ELU(0.7),
        lambda: L.LeakyReLU(0.2),
        lambda: L.PReLU(),
        lambda: L.Softmax(),
        lambda: L.Identity(),
        lambda: L.Rescaling(0.5, offset=0.1),
        lambda: L.Normalization(mean=0.3, variance=1.7),
        lambda: L.ActivityRegularization(l1=0.001, l2=0.002),
        lambda: pick(rng, L.Dropout, L.GaussianDropout, L.GaussianNoise, L.AlphaDropout)(0.0),
        lambda: pick(rng, L.Dropout, L.GaussianDropout, L.GaussianNoise, L.AlphaDropout)(0.2),
        lambda: L.SpectralNormalization(L.Dense(n)),
        lambda: L.Flatten(),
        lambda: L.Reshape((-1,) if rng.integers(2) else (-1, 1)),
    )()


def of_steps(rng):
    n = size(rng)
    more = {"return_sequences": bool(rng.integers(2)), "go_backwards": bool(rng.integers(2)), "unroll": bool(rng.integers(4) == 0)}
    return pick(
        rng,
        lambda: recurrent(rng, **more),
        lambda: L.Bidirectional(recurrent(rng, return_sequences=more["return_sequences"]), merge_mode=pick(rng, "concat", "sum", "ave", "mul")),
        lambda: L.Bidirectional(L.LSTM(2), backward_layer=L.GRU(2, go_backwards=True)),
        lambda: L.RNN([cell(rng), cell(rng)], return_sequences=more["return_sequences"]),
        lambda: L.RNN(L.StackedRNNCells([cell(rng), cell(rng)])),
        lambda: L.RNN(cell(rng), go_backwards=more["go_backwards"], zero_output_for_mask=True, return_sequences=True),
        lambda: L.TimeDistributed(dense(rng)),
        lambda: L.EinsumDense("abc,cd->abd", output_shape=(None, n), bias_axes="d"),
        lambda: L.Permute((2, 1)),
        lambda: L.Masking(0.5),
        lambda: convolution(rng, 1),
        *[lambda: in_space(rng, 1)] * 3,
    )()


def layer(rng, rank):
    """A layer for one tensor with so many axes."""
    n = size(rng)
    own = {
        1: [
            lambda: L.EinsumDense("ab,bc->ac", output_shape=n, bias_axes="c"),
            lambda: L.RepeatVector(3),
            lambda: L.Discretization([-1.0, 0.0, 1.0], output_mode="multi_hot"),
            lambda: dense(rng),
        ],
        2: [lambda: of_steps(rng)],
        3: [
            lambda: convolution(rng, 2),
            *[lambda: in_space(rng, 2)] * 3,
            lambda: L.TimeDistributed(of_steps(rng)),
            lambda: L.ConvLSTM1D(2, 2, return_sequences=bool(rng.integers(2)), padding=pick(rng, "same", "valid")),
            lambda: L.Permute((2, 1, 3)),
        ],
        4: [
            lambda: convolution(rng, 3),
            *[lambda: in_space(rng, 3)] * 3,
            lambda: L.TimeDistributed(convolution(rng, 2)),
            lambda: L.ConvLSTM2D(2, 2, return_sequences=bool(rng.integers(2)), padding=pick(rng, "same", "valid")),
        ],
    }
    return anywhere(rng) if rng.integers(3) == 0 else pick(rng, *own[rank])()


def operation(rng, x, other):
    """An operation of one tensor, or of two of one shape."""
    last = len(x.shape) - 1
    half = lambda t: O.tanh(t) * 0.5
    return pick(
        rng,
        lambda: x * 0.5 + O.tanh(other),
        lambda: (x - other) / 2.0,
        lambda: 1.5 - x,
        lambda: O.maximum(x, other) + O.minimum(x, 0.3),
        lambda: O.sqrt(O.square(x) + 1.0),
        lambda: O.exp(half(x)) * O.log(O.abs(other) + 1.0),
        lambda: O.sin(x) * O.cos(other),
        lambda: O.erf(x) + O.sigmoid(x),
        lambda: O.where(x > 0.0, x, other * 0.1),
        lambda: O.clip(x, -1.0, 1.0) + x * 0.1,
        lambda: O.softmax(x, axis=-1),
        lambda: O.log_softmax(x, axis=last),
        lambda: O.mean(x, axis=-1, keepdims=True) + x,
        lambda: O.sum(x, axis=last),
        lambda: O.max(x, axis=1),
        lambda: O.var(x, axis=-1, keepdims=True) * x,
        lambda: O.logsumexp(x, axis=-1),
        lambda: O.cumsum(x, axis=1),
        lambda: O.flip(x, axis=1),
        lambda: O.roll(x, 1, axis=1),
        lambda: O.sort(x, axis=-1),
        lambda: O.concatenate([x, other], axis=-1),
        lambda: O.stack([x, other], axis=1),
        lambda: O.expand_dims(x, 1),
        lambda: O.split(x, [1], axis=-1)[1] if x.shape[-1] > 1 else x,
        lambda: O.pad(x, [[0, 0]] * last + [[1, 0]]),
        lambda: O.tile(x, [1] * last + [2]),
        lambda: O.repeat(x, 2, axis=1),
        lambda: O.transpose(x, [0, *range(last, 0, -1)]),
        lambda: O.reshape(x, (-1, int(np.prod(x.shape[1:])))),
        lambda: x[:, ::-1],
        lambda: x[..., :1] + x,
        lambda: x[:, 0],
        lambda: O.matmul(x, O.transpose(other, [0, 2, 1])) if last == 2 else O.multiply(x, other),
        lambda: O.einsum("bij,bkj->bik", x, other) if last == 2 else O.subtract(x, other),
        lambda: O.stop_gradient(x) + other,
        lambda: O.take(x, [0, 1], axis=-1) if x.shape[-1] > 1 else O.negative(x),
        lambda: O.power(O.abs(x) + 0.5, 1.5),
        lambda: O.normalize(x + 0.5, axis=-1),
        lambda: O.logaddexp(x, other),
        lambda: O.cast(O.greater(x, other), "float32") * x,
        lambda: O.top_k(x, 2)[0] if x.shape[-1] > 2 else x,
        lambda: O.squeeze(O.expand_dims(x, 1), 1) * 0.3,
        lambda: O.swapaxes(x, 1, last),
    )()


def attention(rng, x, other):
    """Attention of one sequence to another of as many features."""
    return pick(
        rng,
        lambda: L.MultiHeadAttention(2, 2, value_dim=pick(rng, None, 2), use_bias=bool(rng.integers(2)))(x, other),
        lambda: L.MultiHeadAttention(2, 2, output_shape=3)(x, other, other, use_causal_mask=True),
        lambda: L.GroupQueryAttention(2, 4, 2)(x, other),
        lambda: L.GroupQueryAttention(2, 2, 1, use_bias=False)(x, other, use_causal_mask=True),
        lambda: L.Attention(use_scale=bool(rng.integers(2)), score_mode=pick(rng, "dot", "concat"))([x, other]),
        lambda: L.AdditiveAttention()([x, other, other]),
        lambda: L.Dot(axes=2, normalize=bool(rng.integers(2)))([x, other]),
        lambda: L.LSTM(3, return_state=True, return_sequences=True)(x)[pick(rng, 0, 1, 2)],
        lambda: L.GRU(2)(x, initial_state=L.Dense(2)(other[:, 0])),
    )()


def merge(rng, tensors):
    return pick(rng, L.Add, L.Multiply, L.Average, L.Concatenate, L.Maximum, L.Minimum, L.Subtract)()(tensors)


def inner(rng, shape, depth, layer, grow):
    """A model of its own, sequential or functional, of layers and calls that these make."""
    if rng.integers(2):
        model, rank = keras.Sequential([keras.Input(shape)]), len(shape)
        for _ in range(2):
            model.add(layer(rng, rank))
            rank = len(model.output_shape) - 1
        return model
    x = keras.Input(shape)
    return keras.Model(x, grow(rng, [x], int(rng.integers(2, 4)), depth - 1))


def fits(tensor):
    sizes = [axis or 5 for axis in tensor.shape[1:]]
    return 1 <= len(sizes) <= 4 and np.prod(sizes) <= 300 and min(sizes) > 0 and tensor.dtype == "float32"


def grow(rng, pool, steps, depth=1):
    """Calls of layers, operations and models on what there is; the last one gives the output."""
    shared = {}
    for _ in range(steps):
        x = pool[rng.integers(len(pool))]
        rank = len(x.shape) - 1
        same = [t for t in pool if t.shape == x.shape]
        other = same[rng.integers(len(same))]
        kind = rng.integers(12)
        try:
            if kind == 0 and depth > 0:
                one = inner(rng, x.shape[1:], depth, layer, grow)
                y = one(x)
                shared[tuple(x.shape)] = one
            elif kind in (1, 2) and rank == 2:
                y = attention(rng, x, other)
            elif kind == 1 and rank == 4:
                y = L.ConvLSTM3D(2, 2, padding="same")(L.Reshape((1, *x.shape[1:]))(x))
            elif kind == 3 and tuple(x.shape) in shared:
                y = shared[tuple(x.shape)](x)
            elif kind == 4:
                y = merge(rng, [x, other])
            elif kind in (5, 6):
                y = operation(rng, x, other)
            elif kind == 7 and rank in (2, 3):
                y = L.TimeDistributed(inner(rng, x.shape[2:], 0, layer, grow))(x)
            else:
                one = layer(rng, rank)
                y = one(x)
                shared[tuple(x.shape)] = one
        except Exception:  # Not every layer takes every tensor, and Keras has many ways to say so.
            continue
        if fits(y):
            pool.append(y)
    x = pool[-1]
    if len(x.shape) == 2:
        return L.Dense(3)(x)
    return L.Dense(3)(L.GlobalAveragePooling1D()(x) if None in x.shape[1:] else L.Flatten()(x))


def model(rng):
    """A model of random layers, with an optimiser and a loss."""
    given = inputs(rng)
    pool = [begin(rng, tensor) for tensor in given]
    if None in given[0].shape[1:]:
        pool.append(recurrent(rng, return_sequences=True)(pool[0]))
    return keras.Model(given if len(given) > 1 else given[0], grow(rng, pool, int(rng.integers(4, 10))))


def inputs(rng):
    shapes = pick(rng, [(4,)], [(3, 4)], *[[(4, 5, 3)]] * 4, *[[(2, 3, 3, 2)]] * 3, [(4,), (4,)], [(3, 4), (3, 4)], [(None, 3)], "words", "words", "categories")
    if shapes == "words":
        return [keras.Input((5,), dtype="int32", name="words")]
    if shapes == "categories":
        return [keras.Input((3,), dtype="int32", name="categories")]
    return [keras.Input(shape) for shape in shapes]


def begin(rng, tensor):
    """What a model's input becomes first: whole numbers become numbers."""
    if tensor.name == "words":
        return pick(
            rng,
            lambda: L.Embedding(6, 3, mask_zero=True, embeddings_regularizer=pick(rng, None, "l2"))(tensor),
            lambda: L.Embedding(6, 4)(tensor),
            lambda: L.ReversibleEmbedding(6, 3, tie_weights=bool(rng.integers(2)), mask_zero=bool(rng.integers(2)))(tensor),
            lambda: reversible(rng, tensor),
            lambda: O.one_hot(tensor, 6),
        )()
    if tensor.name == "categories":
        return L.CategoryEncoding(6, output_mode=pick(rng, "multi_hot", "count"))(tensor)
    return tensor


def reversible(rng, tensor):
    table = L.ReversibleEmbedding(6, 3, tie_weights=bool(rng.integers(2)))
    return table(L.Dense(3, activation="tanh")(table(tensor)), reverse=True)


def optimizer(rng):
    o = keras.optimizers
    s = o.schedules
    rate = pick(
        rng,
        0.01,
        s.ExponentialDecay(0.01, 2, 0.9, staircase=True),
        s.CosineDecay(0.01, 10, warmup_steps=3, warmup_target=0.02),
        s.CosineDecayRestarts(0.01, 3),
        s.PolynomialDecay(0.01, 10, power=0.5),
        s.InverseTimeDecay(0.01, 2, 0.5),
        s.PiecewiseConstantDecay([1, 2], [0.02, 0.01, 0.005]),
    )
    more = pick(rng, {}, {}, {"clipnorm": 0.5}, {"clipvalue": 0.1}, {"global_clipnorm": 0.7}, {"weight_decay": 0.01}, {"use_ema": True, "ema_momentum": 0.9}, {"gradient_accumulation_steps": 2})
    return pick(
        rng,
        lambda: o.SGD(rate, **more),
        lambda: o.SGD(rate, momentum=0.9, nesterov=bool(rng.integers(2)), **more),
        lambda: o.RMSprop(rate, momentum=pick(rng, 0.0, 0.5), centered=bool(rng.integers(2)), **more),
        lambda: o.Adam(rate, amsgrad=bool(rng.integers(2)), **more),
        lambda: o.AdamW(rate),
        lambda: o.Adadelta(0.1, **more),
        lambda: o.Adagrad(rate, **more),
        lambda: o.Adamax(rate, **more),
        lambda: o.Adafactor(rate),
        lambda: o.Nadam(rate, **more),
        lambda: o.Ftrl(rate, **more),
        lambda: o.Lion(0.001, **more),
        lambda: o.Lamb(rate, **more),
        lambda: o.Muon(rate),
    )()


def loss(rng):
    """A loss, and what makes targets for it of random numbers. Keras loses the `delta` of `Huber` as it saves."""
    l = keras.losses
    as_is = lambda y: y
    return pick(
        rng,
        (pick(rng, "mse", "mae", "huber", "log_cosh", "cosine_similarity"), as_is),
        (l.LogCosh(), as_is),
        (l.CategoricalCrossentropy(from_logits=True, label_smoothing=0.1), lambda y: np.eye(3)[y.argmax(-1)]),
        (l.CategoricalFocalCrossentropy(from_logits=True), lambda y: np.eye(3)[y.argmax(-1)]),
        (l.BinaryCrossentropy(from_logits=True), lambda y: y > 0),
        (pick(rng, "hinge", "squared_hinge"), lambda y: np.sign(y)),
    )


def is_random(part):
    """Whether a step depends on numbers that are drawn in it."""
    drawn = (L.Dropout, L.GaussianDropout, L.GaussianNoise, L.AlphaDropout)
    rate = getattr(part, "rate", getattr(part, "stddev", 0.0))
    return isinstance(part, drawn) and rate > 0 or type(part).__name__.startswith("Random")
