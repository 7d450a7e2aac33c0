"""The whole models of the cases, each written as in Keras's guide to the functional API."""

import keras
from keras import Input, Model, config, constraints, layers, ops, regularizers


def one_or_all(tensors: list):
    """The tensor itself where there is one: a layer of one input takes no list."""
    return tensors[0] if len(tensors) == 1 else tensors


def mlp() -> Model:
    inputs = Input((8,), name="digits")
    x = layers.Dense(6, activation="relu")(inputs)
    x = layers.Dense(5, activation="relu")(x)
    return Model(inputs, layers.Dense(3, activation="softmax")(x), name="mlp")


def shared() -> Model:
    """One layer called on two inputs: its gradient is the sum of both calls'."""
    left, right = Input((5,), name="left"), Input((5,), name="right")
    embed = layers.Dense(4, activation="tanh", name="embed")
    difference = layers.Subtract()([embed(left), embed(right)])
    outputs = layers.Dense(1, name="distance")(difference)
    return Model([left, right], outputs, name="shared")


def nested() -> Model:
    """A model called twice as a layer."""
    inputs = Input((6,), name="features")
    x = layers.Dense(5, activation="relu", name="hidden")(inputs)
    encoder = Model(inputs, layers.Dense(3, name="code")(x), name="encoder")
    left, right = Input((6,), name="left"), Input((6,), name="right")
    codes = layers.Concatenate()([encoder(left), encoder(right)])
    outputs = layers.Dense(2, activation="softmax", name="same")(codes)
    return Model([left, right], outputs, name="siamese")


def multiple() -> Model:
    """Two inputs of different rank and three outputs, one of them in the middle of the graph."""
    image, facts = Input((6, 6, 2), name="image"), Input((4,), name="facts")
    x = layers.Conv2D(3, 3, activation="relu", name="convolution")(image)
    x = layers.Flatten()(layers.MaxPooling2D(2)(x))
    seen = layers.Dense(4, activation="tanh", name="seen")(x)
    known = layers.Dense(4, activation="relu", name="known")(facts)
    x = layers.Concatenate()([seen, known])
    priority = layers.Dense(1, activation="sigmoid", name="priority")(x)
    department = layers.Dense(3, activation="softmax", name="department")(x)
    return Model([image, facts], [priority, department, seen], name="ticket")


def normalized() -> Model:
    inputs = Input((6, 7, 2), name="image")
    x = layers.Conv2D(3, 3, padding="same", use_bias=False)(inputs)
    x = layers.ReLU()(layers.BatchNormalization()(x))
    x = layers.Conv2D(4, 3, strides=2, use_bias=False)(x)
    x = layers.ReLU()(layers.BatchNormalization(momentum=0.9)(x))
    outputs = layers.Dense(3)(layers.GlobalAveragePooling2D()(x))
    return Model(inputs, outputs, name="normalized")


def shared_normalization() -> Model:
    """One normalization called twice: in training, its moving statistics move twice."""
    left, right = Input((4,), name="left"), Input((4,), name="right")
    normalize = layers.BatchNormalization(momentum=0.8, name="normalize")
    outputs = layers.Multiply()([normalize(left), normalize(right)])
    return Model([left, right], outputs, name="shared_normalization")


def binned() -> Model:
    """Numbers by the bins that they lie in, each with a vector, and written out."""
    inputs = Input((5,), name="age")
    bins = layers.Discretization(bin_boundaries=[-0.75, 0.0, 0.5], name="bins")(inputs)
    vectors = layers.Flatten()(layers.Embedding(4, 3, name="vectors")(bins))
    counts = layers.Discretization(bin_boundaries=[0.0, 1.0], output_mode="count", name="counts")(inputs)
    return Model(inputs, layers.Dense(3, activation="softmax")(layers.Concatenate()([vectors, counts])), name="binned")


def scored_words(name: str, **arguments) -> Model:
    """A decoder of one block, whose last layer is its first one in reverse."""
    inputs = Input((5,), dtype="int32", name="words")
    words = layers.ReversibleEmbedding(7, 4, name="vocabulary", **arguments)
    x = words(inputs)
    attended = layers.MultiHeadAttention(2, 2, name="attention")(x, x, use_causal_mask=True)
    x = layers.LayerNormalization(name="norm")(layers.Add()([x, attended]))
    x = layers.Add()([x, layers.Dense(4, activation="relu", name="wide")(x)])
    return Model(inputs, words(x, reverse=True), name=name)


def tied_words() -> Model:
    return scored_words("tied_words", logit_soft_cap=1.5)


def untied_words() -> Model:
    return scored_words("untied_words", tie_weights=False, embeddings_regularizer="l2")


def sequence_to_sequence() -> Model:
    """A decoder that begins with the states of its encoder, one that is given as a list and one that is not."""
    source, target = Input((4, 3), name="source"), Input((5, 2), name="target")
    read, hidden, carry = layers.LSTM(4, return_sequences=True, return_state=True, name="reader")(source)
    _, last = layers.GRU(4, return_state=True, name="again")(read, initial_state=hidden)
    written, _, carry = layers.LSTM(4, return_sequences=True, return_state=True, go_backwards=True, name="writer")(
        target, initial_state=[last, carry]
    )
    state = layers.Dense(3, activation="tanh", name="narrow")(carry)
    written = layers.SimpleRNN(3, return_sequences=True, name="polish")(written, initial_state=state)
    return Model([source, target], [layers.Dense(2, name="words")(written), carry], name="translator")


def operations() -> Model:
    """Operators on either side of numbers, slices, reductions, comparisons and choices."""
    x, y = Input((5, 4), name="x"), Input((5, 4), name="y")
    z = layers.Dense(4, name="mix")(1 - x / 2.0 + 0.5 * y - y)
    smooth = [ops.exp, ops.tanh, ops.sigmoid, ops.softplus, ops.erf, ops.sin, ops.cos, ops.arctan, ops.silu, ops.selu]
    rough = [ops.abs, ops.relu, ops.relu6, ops.hard_sigmoid, ops.hard_silu, ops.hard_tanh, ops.sparse_plus, ops.sign]
    positive = [ops.log, ops.sqrt, ops.rsqrt, ops.log1p, ops.log2, ops.log10, ops.reciprocal, ops.expm1]
    other = [ops.cosh, ops.sinh, ops.tan, ops.softsign, ops.log_sigmoid, ops.sparse_sigmoid, ops.tanh_shrink, ops.square]
    pointwise = z * 0.1
    for function in smooth + rough + other:
        pointwise = pointwise + function(z)
    for function in positive:
        pointwise = pointwise + function(ops.square(z) + 0.5)
    pointwise = pointwise + ops.stop_gradient(z) * z - ops.floor(z) / 4 + ops.ceil(z) * 0.3 + ops.trunc(z)
    reduced = ops.mean(z, axis=1) + ops.sum(z, axis=-2) - ops.max(z, axis=1) / (1 + ops.var(z, axis=1))
    reduced = reduced + ops.min(z, axis=1) * ops.std(z, axis=1) + ops.logsumexp(z, axis=1)
    everything = ops.sum(z, axis=[1, 2], keepdims=True) + ops.mean(z, axis=(2,), keepdims=True)
    both = ops.logical_and(z > 0.1, ops.logical_not(y >= 1)) | (x < y)
    chosen = ops.where(both, z, y * 2) + ops.where(ops.equal(z, y), 1.0, z)
    either = ops.maximum(z, y) * ops.minimum(z, 0.2) + ops.arctan2(z, y) + (ops.abs(z) + 0.5) ** (y + 1) + z**2 + 2**z
    left = (z + 3) % 2 + (z + 3) // 2 * z
    cut = z[:, 1:4:2, ::-1] + z[:, -1:, :] - z[..., :1][:, :1]
    one = z[:, 2] * z[:, None, 0, 1] + everything[:, 0]
    masked = ops.where(ops.any(both, axis=1), reduced, one)
    kept = ops.where(ops.all(x > -5, axis=2, keepdims=True), left, everything)
    turned = ops.softmax(ops.transpose(z, (0, 2, 1)), axis=1) + ops.reshape(ops.concatenate([z, x], axis=1), (-1, 4, 10))[:, :, :5]
    kept = ops.concatenate([kept, ops.transpose(turned, (0, 2, 1)) * x], axis=-1)
    one = ops.squeeze(ops.expand_dims(one, 1), 1)
    return Model([x, y], [pointwise, chosen, either, cut, masked, kept], name="operations")


def tuned_operations() -> Model:
    """Functions of each element that go by numbers, and those that few ask for."""
    x = Input((5, 4), name="x")
    z = layers.Dense(4, name="mix")(x)
    tuned = ops.leaky_relu(z, 0.1) + ops.elu(z, alpha=0.5) + ops.gelu(z) + ops.gelu(z, approximate=False) + ops.celu(z, 0.7)
    tuned = tuned + ops.hard_shrink(z, 0.3) + ops.soft_shrink(z) + ops.threshold(z, 0.1, -2) + ops.squareplus(z, b=3)
    tuned = tuned + ops.clip(z, -1, 0.5) + ops.round(z * 3) / 8 + ops.round(z, 1) + ops.nan_to_num(z, posinf=5.0)
    small = ops.tanh(z) * 0.9
    rare = ops.arcsin(small) + ops.arccos(small) + ops.arctanh(small) + ops.arcsinh(z) + ops.arccosh(ops.square(z) + 1.5)
    rare = rare + ops.exp2(z) + ops.deg2rad(z) + ops.rad2deg(z) / 50 + ops.cbrt(ops.square(z) + 1)
    pairs = ops.hypot(z, x) + ops.logaddexp(z, x) + ops.divide_no_nan(z, ops.where(x > 0, x + 1, 0.0)) + ops.fmod(z, x)
    shares = ops.log_softmax(z) + ops.log_softmax(z, axis=1) + ops.softmax(z, axis=1)
    shares = shares + ops.normalize(z) + ops.normalize(z, axis=1, order=1) + ops.normalize(z, order=3, epsilon=1.5)
    gated = ops.concatenate([ops.glu(z), ops.glu(shares, axis=-1)], axis=-1)
    finite = ops.where(ops.logical_or(ops.isinf(z), ops.isnan(z)), 0.0, z)
    filled = ops.full_like(z, 2.5) * z + ops.ones_like(x) + finite
    return Model(x, [tuned, rare, pairs, shares, gated, filled], name="tuned_operations")


def moving_operations() -> Model:
    """What moves, repeats, cuts, orders and takes elements."""
    x = Input((6, 4), name="x")
    z = layers.Dense(4, name="mix")(x)
    moved = ops.flip(z, axis=1) + ops.flip(z, axis=(1, 2)) + ops.roll(z, 2, axis=1) + ops.roll(z, (-1, 3), axis=(1, 2))
    moved = moved + ops.tril(z) + ops.triu(z, k=-1) + ops.sort(z, axis=1) + ops.sort(z)
    first, second = ops.split(moved, 2, axis=1)
    head, middle, tail = ops.split(moved, [1, 4], axis=1)
    columns = ops.unstack(z, axis=-1)
    cut = ops.concatenate([second, first * head, ops.stack([columns[0], columns[2], columns[3]], axis=1)[:, :, :4]], axis=1)
    turned = ops.swapaxes(z, 1, 2) + ops.moveaxis(z, 1, -1) + ops.moveaxis(z * 2, (1, 2), (2, 1))
    longer = ops.repeat(middle, 2, axis=1) + ops.tile(tail[:, :1], (1, 6, 1))
    padded = ops.pad(z, ((0, 0), (1, 2), (0, 1))) + ops.pad(z, ((0, 0), (1, 2), (0, 1)), "constant", 2.5)
    padded = padded + ops.pad(z, ((0, 0), (1, 2), (0, 1)), mode="reflect") * ops.pad(z, ((0, 0), (1, 2), (0, 1)), mode="symmetric")
    most, places = ops.top_k(z, 2)
    taken = ops.take(z, [0, -1, 0], axis=-1) + ops.expand_dims(ops.take(z, 1, axis=2), 2) + most[..., :1]
    along = ops.take_along_axis(x, ops.argsort(z, axis=1), axis=1) * ops.diff(ops.pad(z, ((0, 0), (1, 0), (0, 0))), axis=1)
    second = ops.diff(z, n=2, axis=1)
    return Model(x, [moved, cut, turned, longer, padded, most, most * ops.cast(places, config.floatx()), taken, along, second], name="moving_operations")


def combining_operations() -> Model:
    """Products of matrices and what equations say, running sums, extremes and lengths, and whole numbers."""
    x, y = Input((5, 4), name="x"), Input((5, 4), name="y")
    z = layers.Dense(4, name="mix")(x)
    scores = ops.matmul(z, ops.transpose(y, (0, 2, 1))) + ops.einsum("bij,bkj->bik", z, x)
    heads = ops.reshape(z, (-1, 5, 2, 2))
    each = ops.einsum("bqhd,bkhd->bhqk", heads, ops.reshape(y, (-1, 5, 2, 2)))
    stacked = ops.matmul(each, ops.expand_dims(y, 1)) + ops.einsum("...ij,...jk->...ik", each, ops.expand_dims(x, 1))
    running = ops.cumsum(z, axis=1) + ops.cumprod(z, axis=2)
    mean, variance = ops.moments(z, axes=[1])
    ends = mean * variance + ops.amax(z, axis=1) + ops.amin(z, axis=1) + ops.prod(z, axis=1) + ops.average(z, axis=1)
    lengths = ops.prod(z, axis=2, keepdims=True) * ops.amax(y, axis=-1, keepdims=True)
    whole = ops.einsum("bij,bij->b", z, y)
    best, least = ops.argmax(z, axis=-1), ops.argmin(y, axis=2)
    chosen = ops.one_hot(best, 4) * z + ops.one_hot((best + least) % 4, 4, axis=-1) * y
    counted = ops.cast(ops.count_nonzero(z > 0, axis=1), config.floatx()) * 0.5 + ops.cast(ops.cast(z * 2, "int32")[:, 0] // 2, config.floatx())
    numbers = [best * 2 - 1, ops.where(best > least, best, 3), ops.clip(best, 1, 2) - least, ops.maximum(best, least), best % 3]
    ratio = ops.cast(ops.stack(numbers, axis=1), config.floatx()) / ops.cast(ops.expand_dims(least + 2, 1), config.floatx())
    return Model([x, y], [scores, stacked, running, ends, lengths, whole, chosen, counted, ratio], name="combining_operations")


def masked() -> Model:
    """Padded steps, passed over by recurrent layers and the mean; masks merged and joined."""
    x, y = Input((5, 3), name="x"), Input((5, 3), name="y")
    first, second = layers.Masking(0.5)(x), layers.Masking()(y)
    read = layers.LSTM(3, return_sequences=True, name="read")(layers.Dense(4, activation="tanh", name="mix")(first))
    both = layers.Concatenate()([read, second])
    sums = layers.Add()([read, layers.Dense(3, name="second")(second)])
    mean = layers.GlobalAveragePooling1D()(sums)
    last = layers.GRU(4, name="last")(both)
    joined = layers.SimpleRNN(2, go_backwards=True, name="joined")(layers.Concatenate(axis=1)([first, second]))
    return Model([x, y], [mean, last, joined], name="masked")


def masked_ways() -> Model:
    """Masks in both directions, at each step and in cells."""
    x, y = Input((5, 3), name="x"), Input((4, 3), name="y")
    first, second = layers.Masking(0.5)(x), layers.Masking()(y)
    both = layers.Bidirectional(layers.LSTM(3, return_sequences=True), name="both")(first)
    steps = layers.TimeDistributed(layers.Dense(4, activation="tanh"), name="steps")(both)
    cells = layers.RNN([layers.LSTMCell(3), layers.GRUCell(4)], name="cells")(second)
    last = layers.Bidirectional(layers.GRU(3), name="last")(second)
    return Model([x, y], [layers.GRU(2, name="end")(steps), cells, last], name="masked_ways")


def masked_text() -> Model:
    """Words of which 0 is none."""
    words = Input((6,), dtype="int32", name="words")
    x = layers.Embedding(9, 4, mask_zero=True, name="table")(words)
    x = layers.LayerNormalization(name="even")(x)
    x = layers.GRU(3, return_sequences=True, name="read")(layers.Dropout(0.4)(x))
    x, h, c = layers.LSTM(3, return_sequences=True, return_state=True, go_backwards=True, name="again")(x)
    mean = layers.GlobalAveragePooling1D()(layers.Multiply()([x, layers.Dense(3, name="gate")(x)]))
    return Model(words, [mean, h, layers.LSTM(3, name="last")(x, initial_state=[h, c])], name="masked_text")


def bidirectional() -> Model:
    """Recurrent layers in both directions, merged in every way."""
    inputs = Input((5, 3), name="source")
    x = layers.Bidirectional(layers.LSTM(4, return_sequences=True))(inputs)
    x = layers.Bidirectional(layers.GRU(3, return_sequences=True), merge_mode="mul")(x)
    ahead, back = layers.Bidirectional(layers.SimpleRNN(3, return_sequences=True), merge_mode=None)(x)
    other = layers.SimpleRNN(2, go_backwards=True)
    mean = layers.Bidirectional(layers.GRU(2), merge_mode="ave", backward_layer=other)(ahead)
    total = layers.Bidirectional(layers.LSTM(2), merge_mode="sum")(back)
    cells = layers.Bidirectional(layers.RNN(layers.LSTMCell(3)))(inputs)
    return Model(inputs, [mean, total, cells], name="bidirectional")


def bidirectional_states() -> Model:
    """Both directions of a decoder begin with the states of its encoder's."""
    source, target = Input((4, 3), name="source"), Input((5, 2), name="target")
    read, *states = layers.Bidirectional(layers.LSTM(3, return_sequences=True, return_state=True), name="reader")(source)
    written = layers.Bidirectional(layers.LSTM(3, return_sequences=True), name="writer")(target, initial_state=states)
    return Model([source, target], [read, layers.Dense(2, name="words")(written)], name="bidirectional_states")


def stateful(batch: int = 2) -> Model:
    """Recurrent layers that go on from the states that they had, in both directions and with cells, some of whose steps are masked."""
    inputs = Input(batch_shape=(batch, 3, 2), name="part")
    x = layers.LSTM(4, stateful=True, return_sequences=True)(layers.Masking()(inputs))
    x = layers.Bidirectional(layers.GRU(3, stateful=True, return_sequences=True))(x)
    stack = [layers.LSTMCell(3), layers.SimpleRNNCell(2)]
    x = layers.RNN(stack, stateful=True, return_sequences=True)(x)
    x, state = layers.SimpleRNN(3, stateful=True, go_backwards=True, return_state=True)(x)
    return Model(inputs, layers.Dense(2)(layers.Concatenate()([x, state])), name="stateful")


def stateful_film(batch: int = 2) -> Model:
    """Pictures that follow one another, and others behind them in the next batch."""
    inputs = Input(batch_shape=(batch, 2, 5, 2), name="part")
    x = layers.ConvLSTM1D(2, 2, stateful=True, return_sequences=True)(inputs)
    x, state, carry = layers.ConvLSTM1D(2, 3, padding="same", stateful=True, return_state=True, unroll=True)(x)
    return Model(inputs, layers.Flatten()(layers.Add()([x, state, carry])), name="stateful_film")


@keras.saving.register_keras_serializable(package="tests")
class MinimalCell(layers.Layer):
    """The cell of one's own that Keras's page on `RNN` has."""

    def __init__(self, units, **kwargs):
        super().__init__(**kwargs)
        self.units = units
        self.state_size = units

    def build(self, input_shape):
        self.kernel = self.add_weight(shape=(input_shape[-1], self.units), name="kernel")
        self.recurrent_kernel = self.add_weight(shape=(self.units, self.units), name="recurrent_kernel")

    def call(self, inputs, states):
        output = keras.ops.tanh(keras.ops.matmul(inputs, self.kernel) + keras.ops.matmul(states[0], self.recurrent_kernel))
        return output, [output]

    def get_config(self):
        return super().get_config() | {"units": self.units}


def minimal_cell(batch: int = 2) -> Model:
    """A cell of one's own over sequences of which some steps are masked, and from their end."""
    inputs = Input(batch_shape=(batch, 3, 2), name="part")
    x = layers.RNN(MinimalCell(4), return_sequences=True, stateful=True)(layers.Masking()(inputs))
    x, state = layers.RNN(MinimalCell(3), go_backwards=True, return_state=True, zero_output_for_mask=True)(x)
    return Model(inputs, layers.Concatenate()([x, state]), name="minimal_cell")


def minimal_cells(batch: int = 2) -> Model:
    """Cells of one's own among others, and in both directions, some of whose steps are masked. Unrolled, since Keras's loop takes no mask there."""
    inputs = Input(batch_shape=(batch, 3, 2), name="part")
    x = layers.Masking()(inputs)
    stack = [MinimalCell(4), layers.LSTMCell(3), MinimalCell(2)]
    x = layers.RNN(stack, return_sequences=True, stateful=True, unroll=True)(x)
    x = layers.Bidirectional(layers.RNN(MinimalCell(3), return_sequences=True), merge_mode="sum")(x)
    return Model(inputs, layers.Bidirectional(layers.RNN(MinimalCell(2)))(x), name="minimal_cells")


def cells() -> Model:
    """Cells alone, one behind the other, and called by themselves for one step."""
    inputs, last = Input((5, 3), name="source"), Input((2,), name="last")
    stack = [layers.LSTMCell(4), layers.GRUCell(3)]
    read, (hidden, carry), state = layers.RNN(stack, return_sequences=True, return_state=True)(inputs)
    again = [layers.LSTMCell(4), layers.GRUCell(3), layers.SimpleRNNCell(2)]
    turned = layers.RNN(again, go_backwards=True, return_sequences=True)(
        read, initial_state=[[hidden, carry], state, layers.Dense(2, name="narrow")(last)]
    )
    alone = layers.RNN(layers.SimpleRNNCell(3), go_backwards=True)(turned)
    step, (hidden, carry) = layers.LSTMCell(4, name="step")(last, states=[hidden, carry])
    return Model([inputs, last], [alone, step, carry], name="cells")


def normalized_steps() -> Model:
    """Models with batch normalisation at every step, one in another, and one that is called by itself besides."""
    x = Input((4, 4, 3), name="image")
    y = layers.BatchNormalization(momentum=0.7, name="of_image")(layers.Conv2D(3, 3, name="conv")(x))
    y = layers.BatchNormalization(axis=1, momentum=0.6, scale=False, name="of_rows")(layers.ReLU()(y))
    images = Model(x, layers.Dense(4, name="of_it")(layers.Flatten()(y)), name="images")
    x = Input((3, 2), name="small")
    inner = Input((2,), name="point")
    points = Model(inner, layers.BatchNormalization(momentum=0.8, name="of_point")(layers.Dense(3, name="even")(inner)), name="points")
    # Without the activation, the scale of what is normalised again would have a gradient that cancels out.
    y = layers.Activation("tanh")(layers.TimeDistributed(points, name="all_points")(x))
    own = layers.BatchNormalization(momentum=0.5, name="own")(y)
    deep = Model(x, layers.GRU(2, name="read")(own), name="deep")

    video, cloud = Input((3, 4, 4, 3), name="video"), Input((2, 3, 2), name="cloud")
    frames = layers.TimeDistributed(images, name="frames")(video)
    again = layers.TimeDistributed(deep, name="clouds")(cloud)
    return Model([video, cloud], [layers.GRU(3, name="whole")(frames), images(video[:, 1]), again], name="normalized_steps")


def normalized_frames() -> Model:
    """Numbers of frames, which a model with batch normalisation looks at one by one."""
    x = Input((5,), name="frame")
    y = layers.BatchNormalization(momentum=0.7, name="normal")(layers.Dense(4, name="mix")(x))
    frame = Model(x, layers.Dense(2, name="number")(layers.Activation("tanh")(y)), name="frame_model")
    video = Input((3, 5), name="video")
    return Model(video, layers.TimeDistributed(frame, name="frames")(video), name="normalized_frames")


def time_distributed() -> Model:
    """Layers at every step, one of them with statistics that move once a step."""
    inputs = Input((4, 5, 6, 2), name="video")
    x = layers.TimeDistributed(layers.Conv2D(3, 3, use_bias=False))(inputs)
    x = layers.TimeDistributed(layers.BatchNormalization(momentum=0.7))(x)
    x = layers.TimeDistributed(layers.MaxPooling2D(2))(layers.ReLU()(x))
    x = layers.TimeDistributed(layers.Flatten())(x)
    x = layers.TimeDistributed(layers.Dense(3, activation="tanh"))(x)
    return Model(inputs, layers.GRU(2)(x), name="time_distributed")


def watched() -> Model:
    """A model at every step of two sequences, which is called by itself as well."""
    inputs = Input((6, 6, 1), name="frame")
    x = layers.Conv2D(3, 3, activation="tanh", name="see")(inputs)
    x = layers.Flatten()(layers.MaxPooling2D(2)(x))
    eye = Model(inputs, layers.Dense(4, activation="tanh", name="know")(x), name="eye")
    video, still = Input((4, 6, 6, 1), name="video"), Input((6, 6, 1), name="still")
    each = layers.TimeDistributed(eye)
    last = layers.LSTM(3)(each(video))
    again = layers.GRU(3)(each(layers.ReLU()(video)))
    outputs = layers.Dense(2)(layers.Concatenate()([last, again, eye(still)]))
    return Model([video, still], outputs, name="watched")


def watching(units: int) -> Model:
    """A model at every step, and a recurrent layer behind it."""
    inputs = Input((5, 2), name="line")
    x = layers.Conv1D(3, 2, activation="tanh", name="look")(inputs)
    reader = Model(inputs, layers.SimpleRNN(4, name="read")(x), name="reader")
    page = Input((3, 5, 2), name="page")
    x = layers.TimeDistributed(reader)(page)
    return Model(page, layers.Dense(units)(layers.LSTM(4)(x)), name="watching")


def spectral() -> Model:
    """Kernels with a spectral norm of 1."""
    inputs = Input((5, 6, 2), name="image")
    x = layers.SpectralNormalization(layers.Conv2D(3, 3, activation="tanh"))(inputs)
    x = layers.SpectralNormalization(layers.Dense(4), power_iterations=3)(layers.Flatten()(x))
    return Model(inputs, layers.Dense(2)(x), name="spectral")


def spectral_steps() -> Model:
    """Kernels with a spectral norm of 1 at every step, each of which goes on from the one before, in a layer and in a model."""
    frame = Input((3, 2), name="frame")
    x = layers.SpectralNormalization(layers.Conv1D(4, 2, activation="tanh", name="seen"), name="even")(frame)
    looks = Model(frame, layers.Dense(2, name="number")(layers.Flatten()(x)), name="looks")
    inputs = Input((4, 3, 2), name="video")
    x = layers.TimeDistributed(layers.SpectralNormalization(layers.Dense(2, activation="tanh"), power_iterations=2))(inputs)
    return Model(inputs, layers.TimeDistributed(looks, name="frames")(x), name="spectral_steps")


def wrapped(units: int) -> Model:
    inputs = Input((5, 3))
    x = layers.Bidirectional(layers.LSTM(3, return_sequences=True), merge_mode="sum")(inputs)
    x = layers.TimeDistributed(layers.BatchNormalization(momentum=0.8))(x)
    x = layers.TimeDistributed(layers.Dense(4, activation="tanh"))(x)
    x = layers.RNN([layers.GRUCell(4), layers.LSTMCell(3)])(x)
    return Model(inputs, layers.Dense(units)(x))


def masked_nested() -> Model:
    """Models that are called with masks and without, which hand them on, use them and make some."""
    x, y = Input((5, 3), name="x"), Input((5, 3), name="y")
    read = layers.GRU(4, return_sequences=True, name="read")(layers.Dense(4, activation="tanh", name="mix")(x))
    reader = Model(x, layers.Dense(3, name="even")(read), name="reader")
    x = Input((5, 3), name="first")
    both = layers.Add(name="sum")([x, y])
    mean = layers.GlobalAveragePooling1D(name="mean")(both)
    pair = Model([x, y], [layers.Concatenate(name="joined")([both, layers.GRU(3, return_sequences=True, name="again")(x)]), mean], name="pair")
    x = Input((5, 3), name="steps")
    p, q = Input((5, 3), name="p"), Input((5, 3), name="q")
    by_name = Model({"q": q, "p": p}, layers.LSTM(2, name="of_p")(p) + layers.GRU(2, name="of_q")(q), name="by_name")
    own = Model(x, layers.Dense(3, name="gate")(layers.Masking(0.5, name="own")(x)), name="maker")

    x, y = Input((5, 3), name="a"), Input((5, 3), name="b")
    first, second = layers.Masking(0.5, name="first_mask")(x), layers.Masking(name="second_mask")(y)
    plain = reader(y)
    once = reader(first)
    joined, one = pair([first, second])
    half, other = pair([plain, second])
    made = own(x)
    last = layers.LSTM(3, name="last")(layers.Concatenate()([once, joined]))
    end = layers.SimpleRNN(4, name="end")(made)
    along = layers.GRU(2, name="along")(layers.Concatenate(axis=1)([first, plain]))
    named = by_name({"p": second, "q": plain})
    half = layers.GRU(2, name="half")(half)
    return Model([x, y], [last, end, one, other, half, along, named], name="masked_nested")


def masked_by_name() -> Model:
    """Models whose calls are given masks: of one input, of some, and instead of a mask that there is."""
    x, y = Input((5, 3), name="x"), Input((5, 3), name="y")
    reader = Model(x, layers.Dense(3, name="even")(layers.GRU(4, return_sequences=True, name="read")(x)), name="reader")
    both = layers.Add(name="sum")([layers.LSTM(3, name="of_x")(x), layers.LSTM(3, name="of_y")(y)])
    pair = Model([x, y], both, name="pair")
    plain = Model(x, layers.Dense(2, name="flat")(layers.Flatten()(x)), name="plain")
    outer = Input((5, 3), name="outer_x")
    deeper = Model(x, layers.GRU(3, return_sequences=True, name="read_deeper")(x), name="deeper")
    inner = Model(outer, deeper(outer, mask=outer[..., 0] > 0.0), name="inner")

    x, y = Input((5, 3), name="a"), Input((5, 3), name="b")
    m, n = x[..., 0] > 0.0, y[..., 1] > 0.25
    own = layers.Masking(0.5, name="own")
    # What a call is given a mask for, Keras takes for masked from then on: each has a tensor of its own.
    once = reader(x * 1.0, mask=m)
    instead = pair([own(y), x * 1.0], mask=[n, None])
    two = pair([x * 1.0, y * 1.0], mask=[m, n])
    follows = layers.GRU(2, name="follows")(own(y))
    last = layers.SimpleRNN(2, name="last")(once)
    ends = plain(x * 1.0, mask=m)
    deep = layers.GRU(2, name="deep")(inner(own(y), mask=m))
    steps = Input((5, 3), name="steps")
    whole = Model(steps, layers.LSTM(2, name="second")(layers.Dense(3, name="first")(steps)), name="whole")
    return Model([x, y], [last, instead, two, follows, ends, deep, whole(x * 1.0, mask=n)], name="masked_by_name")


def masked_pages() -> Model:
    """Padded pages of padded words, which models and layers read page by page; and pages that models pass on with what says which there are."""
    line = Input((4, 3), name="line")
    x = layers.BatchNormalization(momentum=0.7, name="even")(layers.Dense(4, activation="tanh", name="mix")(line))
    reader = Model(line, layers.GRU(2, return_sequences=True, name="read")(x), name="reader")
    point = Input((3,), name="point")
    passing = Model(point, layers.Dense(4, activation="tanh", name="narrow")(point), name="passing")

    words, pages, alone = Input((3, 4), dtype="int32", name="words"), Input((5, 3), name="pages"), Input((4, 3), name="alone")
    x = layers.Embedding(9, 3, mask_zero=True, name="table")(words)
    x = layers.TimeDistributed(reader, name="lines")(x)
    read = layers.Flatten(name="all")(layers.TimeDistributed(layers.LSTM(2, name="whole"), name="wholes")(x))
    x = layers.TimeDistributed(passing, name="narrowed")(layers.Masking(0.5)(pages))
    one = layers.LSTM(2, name="end")(reader(layers.Masking(0.5)(alone)))
    return Model([words, pages, alone], [read, layers.GRU(2, name="pass_on")(x), one], name="masked_pages")


def tagger(tags: int, activation: str = "softmax") -> Model:
    """A tag for each word; what is padded has none."""
    words = Input((5,), dtype="int32", name="words")
    x = layers.Embedding(9, 4, mask_zero=True, name="table")(words)
    x = layers.Bidirectional(layers.LSTM(3, return_sequences=True), name="read")(x)
    return Model(words, layers.Dense(tags, activation=activation, name="tag")(x), name="tagger")


def masked_steps(units: int) -> Model:
    """A number for each step that is there."""
    inputs = Input((6, 3), name="steps")
    x = layers.GRU(4, return_sequences=True, name="read")(layers.Masking(0.5)(inputs))
    return Model(inputs, layers.Dense(units, name="number")(x), name="masked_steps")


def toy_resnet(size: int = 32, filters: int = 32, units: int = 256) -> Model:
    """The guide's residual network; its size, filters and units are the guide's by default."""
    inputs = Input((size, size, 3), name="img")
    x = layers.Conv2D(filters, 3, activation="relu")(inputs)
    x = layers.Conv2D(2 * filters, 3, activation="relu")(x)
    block = layers.MaxPooling2D(3)(x)
    for _ in range(2):
        x = layers.Conv2D(2 * filters, 3, activation="relu", padding="same")(block)
        x = layers.Conv2D(2 * filters, 3, activation="relu", padding="same")(x)
        block = layers.add([x, block])
    x = layers.Conv2D(2 * filters, 3, activation="relu")(block)
    x = layers.GlobalAveragePooling2D()(x)
    x = layers.Dropout(0.5)(layers.Dense(units, activation="relu")(x))
    return Model(inputs, layers.Dense(10)(x), name="toy_resnet")


def small_resnet() -> Model:
    return toy_resnet(size=16, filters=3, units=12)


def classifier(classes: int, activation: str | None = None) -> Model:
    inputs = Input((6,))
    x = layers.Dense(5, activation="tanh")(inputs)
    x = layers.Dense(4, activation="relu")(x)
    return Model(inputs, layers.Dense(classes, activation=activation)(x))


def convolution(classes: int, activation: str | None = None) -> Model:
    """No bias before the normalization: its gradient would be rounding error alone."""
    inputs = Input((6, 6, 2))
    x = layers.Conv2D(3, 3, use_bias=False)(inputs)
    x = layers.Activation("relu")(layers.BatchNormalization(momentum=0.9)(x))
    x = layers.Flatten()(layers.AveragePooling2D(2)(x))
    return Model(inputs, layers.Dense(classes, activation=activation)(x))


def penalized(classes: int) -> Model:
    """Every penalty, on kernels, biases and factors; the one on a layer that is frozen does not count."""
    inputs = Input((6,))
    both = regularizers.L1L2(l1=0.02, l2=0.03)
    x = layers.Dense(5, activation="tanh", kernel_regularizer="l1", bias_regularizer=both)(inputs)
    x = layers.BatchNormalization(momentum=0.9, gamma_regularizer="l2", beta_regularizer="l1")(x)
    across = regularizers.OrthogonalRegularizer(0.1, mode="columns")
    x = layers.Dense(4, kernel_regularizer=across)(x)
    x = layers.LayerNormalization(gamma_regularizer=regularizers.L2(0.5), beta_regularizer="l2")(x)
    x = layers.PReLU(alpha_regularizer="l2", alpha_constraint="non_neg")(x)
    x = layers.Dense(5, trainable=False, kernel_regularizer=regularizers.L2(3.0))(x)
    x = layers.Dense(4, kernel_regularizer=regularizers.OrthogonalRegularizer(0.2))(x)
    return Model(inputs, layers.Dense(classes, kernel_regularizer=regularizers.L2(0.1))(x))


def active(classes: int) -> Model:
    """Penalties on what layers give, alone, in wrappers and in attention; within `TimeDistributed` they do not count.

    No layer is called twice: Keras on JAX then forgets the first call's penalty while training, though `model.losses` has both. None is
    within `SpectralNormalization`, whose trainings differ between Keras's backends.
    """
    inputs = Input((4, 6))
    both = regularizers.L1L2(l1=0.02, l2=0.03)
    x = layers.Dense(4, activation="tanh", activity_regularizer=both)(inputs)
    x = layers.Dense(4, activity_regularizer="l2")(x)
    x = layers.Bidirectional(layers.LSTM(3, return_sequences=True, activity_regularizer="l1"))(x)
    x, *states = layers.LSTM(4, return_sequences=True, return_state=True, activity_regularizer="l2")(x)
    x = layers.MultiHeadAttention(2, 3, activity_regularizer=both)(x, x)
    x = layers.GroupQueryAttention(2, 2, 1, use_gate=True, activity_regularizer="l2")(x, x)
    x = layers.TimeDistributed(layers.Dense(4, activity_regularizer=both))(x)
    x = layers.Conv1D(3, 2, activity_regularizer="l2", trainable=False)(x)
    x = layers.ActivityRegularization(l1=0.05)(layers.SimpleRNN(4)(x))
    x = layers.Add()([x, *states])
    return Model(inputs, layers.Dense(classes, activity_regularizer=regularizers.OrthogonalRegularizer(0.2))(x))


def constrained(classes: int) -> Model:
    """Every constraint, along every kind of axes."""
    inputs = Input((6,))
    x = layers.Dense(5, kernel_constraint=constraints.MaxNorm(0.8), bias_constraint="non_neg")(inputs)
    between = constraints.MinMaxNorm(0.5, 0.9, rate=0.7, axis=1)
    x = layers.Dense(4, activation="relu", kernel_constraint=between, bias_constraint="max_norm")(x)
    x = layers.Dense(4, trainable=False, kernel_constraint="unit_norm")(x)
    x = layers.Dense(4, kernel_constraint=constraints.UnitNorm(axis=[0, 1]))(x)
    return Model(inputs, layers.Dense(classes, kernel_constraint="unit_norm")(x))


def kept_images(classes: int) -> Model:
    """Penalties and constraints of all convolutions over images."""
    inputs = Input((6, 6, 2))
    norm = constraints.MaxNorm(0.9, axis=[0, 1, 2])
    small = regularizers.L2(0.05)
    x = layers.Conv2D(3, 3, activation="tanh", kernel_constraint=norm, bias_regularizer="l2")(inputs)
    x = layers.DepthwiseConv2D(2, depthwise_regularizer=small, depthwise_constraint=norm)(x)
    pointwise = constraints.UnitNorm(axis=-1)
    x = layers.SeparableConv2D(
        3, 2, depthwise_regularizer="l1", pointwise_regularizer=small, pointwise_constraint=pointwise
    )(x)
    x = layers.Conv2DTranspose(2, 2, kernel_regularizer=small, kernel_constraint=norm)(x)
    return Model(inputs, layers.Dense(classes)(layers.Flatten()(x)))


def kept_sequences(classes: int) -> Model:
    """Penalties and constraints of layers that go along sequences."""
    inputs = Input((5, 3))
    x = layers.Conv1D(4, 2, kernel_regularizer="l2", kernel_constraint=constraints.MaxNorm(0.9, axis=[0, 1]))(inputs)
    kept = {"kernel_regularizer": "l2", "recurrent_regularizer": "l1", "bias_regularizer": "l2"}
    x = layers.LSTM(3, return_sequences=True, recurrent_constraint="unit_norm", **kept)(x)
    x = layers.GRU(3, return_sequences=True, kernel_constraint="max_norm", **kept)(x)
    x = layers.SimpleRNN(3, bias_constraint="non_neg", **kept)(x)
    return Model(inputs, layers.Dense(classes)(x))


def multi_head_attention() -> Model:
    """Queries, values and keys of their own, scores, causality, and several axes of steps.

    Keras has scores of a wrong shape where there are not as many queries as keys.
    """
    query, value, key = Input((4, 5), name="query"), Input((6, 3), name="value"), Input((6, 2), name="key")
    given = layers.MultiHeadAttention(2, 3)(query, value, key=key)
    own, scores = layers.MultiHeadAttention(3, 2, output_shape=7)(
        query, query, use_causal_mask=True, return_attention_scores=True
    )
    band = layers.MultiHeadAttention(1, 4, use_bias=False, sliding_window=2)(value, value, use_causal_mask=True)
    gated = layers.MultiHeadAttention(2, 3, use_gate=True, output_shape=(2, 3))(query, value, key)
    image = layers.Reshape((2, 3, 3))(value)
    axes = layers.MultiHeadAttention(2, 2)(image, image)
    inner = layers.MultiHeadAttention(2, 2, attention_axes=2)(image, image)
    return Model([query, value, key], [given, scores, own, band, gated, axes, inner])


def masked_attention() -> Model:
    """Masks of queries, of values and of both, made of numbers."""
    query, value = Input((4, 5), name="query"), Input((6, 5), name="value")
    shapes = {"rows": (4,), "columns": (6,), "both": (4, 6), "heads": (2, 4, 4)}
    numbers = [Input(shape, name=name) for name, shape in shapes.items()]
    rows, columns, both, heads = [ops.greater(mask, -0.8) for mask in numbers]
    outputs = [
        layers.MultiHeadAttention(2, 3)(query, value, value_mask=columns),
        *layers.MultiHeadAttention(2, 3)(
            query, query, attention_mask=heads, return_attention_scores=True
        ),
        layers.MultiHeadAttention(2, 3)(query, value, attention_mask=both),
        *layers.GroupQueryAttention(3, 4, 2)(
            query, value, query_mask=rows, key_mask=columns, return_attention_scores=True, use_causal_mask=True
        ),
        layers.Attention()([query, value], mask=[rows, columns]),
        *layers.Attention(use_scale=True)([query, value], mask=[None, columns], return_attention_scores=True),
        layers.AdditiveAttention()([query, value, value], mask=[rows, None], use_causal_mask=True),
    ]
    return Model([query, value, *numbers], outputs)


def folded_attention() -> Model:
    """Projections to many more features than their inputs have."""
    query, value = Input((5, 3), name="query"), Input((6, 2), name="value")
    columns = Input((6,), name="columns")
    seen = ops.greater(columns, -0.8)
    outputs = [
        layers.MultiHeadAttention(2, 12)(query, value, value_mask=seen),
        *layers.MultiHeadAttention(3, 10, use_bias=False, output_shape=4)(
            query, query, use_causal_mask=True, return_attention_scores=True
        ),
        layers.GroupQueryAttention(8, 4, 2)(value, value),
    ]
    return Model([query, value, columns], outputs)


def group_query_attention() -> Model:
    """Heads that share keys and values, with a gate and without."""
    query, value, key = Input((4, 5), name="query"), Input((6, 5), name="value"), Input((6, 2), name="key")
    grouped = layers.GroupQueryAttention(3, 4, 2)(query, value, key=key)
    gated = layers.GroupQueryAttention(2, 3, 1, use_gate=True, use_bias=False)(query, query, use_causal_mask=True)
    return Model([query, value, key], [grouped, gated])


def single_head_attention() -> Model:
    """All ways to make scores, with scales and without."""
    query, value, key = Input((4, 5), name="query"), Input((6, 3), name="value"), Input((6, 5), name="key")
    inputs, pair = [query, value, key], [query, key]
    outputs = [
        layers.Attention()(inputs),
        *layers.Attention(use_scale=True)(pair, return_attention_scores=True),
        layers.Attention(score_mode="concat")(pair, use_causal_mask=True),
        layers.Attention(use_scale=True, score_mode="concat")(inputs),
        *layers.AdditiveAttention()(inputs, return_attention_scores=True),
        layers.AdditiveAttention(use_scale=False)(pair, use_causal_mask=True),
    ]
    return Model(inputs, outputs)


def attending(classes: int) -> Model:
    """A block of a transformer."""
    inputs = Input((4, 6))
    x = layers.LayerNormalization()(inputs)
    x = layers.Add()([inputs, layers.MultiHeadAttention(2, 3)(x, x, use_causal_mask=True)])
    x = layers.Add()([x, layers.GroupQueryAttention(2, 2, 1, kernel_regularizer="l2")(x, x)])
    x = layers.Attention(use_scale=True)([x, x])
    return Model(inputs, layers.Dense(classes)(layers.GlobalAveragePooling1D()(x)))


def augmented() -> Model:
    """A small convolutional classifier behind every way to change its images by chance."""
    image = Input((16, 18, 3), name="image")
    x = layers.RandomFlip("horizontal", seed=1)(image)
    x = layers.RandomRotation((-0.1, 0.1), fill_mode="constant", fill_value=0.5)(x)
    x = layers.RandomTranslation((-0.1, 0.2), (-0.25, 0.25), interpolation="nearest")(x)
    x = layers.RandomZoom(0.2, (-0.5, 0.25), fill_mode="wrap", seed=3)(x)
    x = layers.RandomErasing((0.0, 0.5), (0.1, 0.2), fill_value=0.25, value_range=(0.0, 1.0))(x)
    x = layers.RandomBrightness((-0.1, 0.1), value_range=(0.0, 1.0))(x)
    x = layers.RandomContrast((0.1, 0.2), value_range=(0.0, 1.0))(x)
    x = layers.RandomCrop(12, 14, seed=7)(x)
    x = layers.GlobalAveragePooling2D()(layers.Conv2D(4, 3, activation="relu")(x))
    return Model(image, layers.Dense(3)(x), name="augmented")


def every_layer() -> Model:
    """The layers that the other models leave out, one after the other."""
    words, image = Input((6,), dtype="int32", name="words"), Input((8, 8, 2), name="image")
    x = layers.Embedding(9, 4)(words)
    x = layers.Conv1D(5, 2, padding="causal")(x)
    x = layers.Cropping1D(1)(layers.ZeroPadding1D((1, 2))(x))
    x = layers.AveragePooling1D(2)(layers.UpSampling1D(2)(x))
    x = layers.LayerNormalization()(x)
    x = layers.LSTM(4, return_sequences=True)(x)
    x = layers.SimpleRNN(4, return_sequences=True, go_backwards=True)(x)
    x = layers.MaxPooling1D(2)(x)
    x = layers.RepeatVector(3)(layers.GRU(3)(x))
    x = layers.Permute((2, 1))(x)
    pooled = [layers.GlobalAveragePooling1D()(x), layers.GlobalMaxPooling1D()(x)]
    y = layers.Rescaling(0.5, offset=-1.0)(image)
    y = layers.Cropping2D(1)(layers.ZeroPadding2D(((1, 2), (0, 3)))(y))
    y = layers.DepthwiseConv2D(3, depth_multiplier=2)(layers.UpSampling2D((2, 1))(y))
    y = layers.LeakyReLU()(layers.SeparableConv2D(4, 3, padding="same")(y))
    y = layers.ELU()(layers.Conv2DTranspose(3, 3, strides=2, padding="same")(y))
    y = layers.PReLU(shared_axes=[1, 2])(y)
    return Model([words, image], [*pooled, y], name="every_layer")
