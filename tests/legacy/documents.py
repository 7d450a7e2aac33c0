"""Architectures as they were written for Keras 1.2.2 and for Keras 2.2.4."""


def k1_mlp(keras, models):
    m = models.Sequential(name="mlp")
    L = keras.layers
    m.add(L.Dense(6, input_dim=4, init="glorot_normal", activation="relu", W_regularizer=keras.regularizers.l2(0.01), name="d1"))
    m.add(L.Dropout(0.5, name="drop"))
    m.add(L.Dense(3, activation="softmax", bias=False, W_constraint=keras.constraints.maxnorm(2), name="d2"))
    return m


def k1_convnet(keras, models):
    L = keras.layers
    m = models.Sequential(name="convnet")
    m.add(L.Convolution2D(3, 3, 2, border_mode="same", subsample=(2, 1), input_shape=(7, 6, 2), activation="relu", name="c1"))
    m.add(L.MaxPooling2D((2, 2), name="p1"))
    m.add(L.ZeroPadding2D((1, 2), name="z1"))
    m.add(L.BatchNormalization(name="bn"))
    m.add(L.Activation("tanh", name="act"))
    m.add(L.Flatten(name="flat"))
    m.add(L.Dense(2, name="out"))
    return m


def k1_text(keras, models):
    L = keras.layers
    m = models.Sequential(name="text")
    m.add(L.Embedding(11, 4, input_length=8, init="uniform", name="emb"))
    m.add(L.Convolution1D(5, 3, border_mode="valid", subsample_length=1, activation="relu", name="conv"))
    m.add(L.MaxPooling1D(2, stride=2, name="pool"))
    m.add(L.AveragePooling1D(2, name="avg"))
    m.add(L.Flatten(name="flat"))
    m.add(L.Dense(1, activation="sigmoid", name="out"))
    return m


def k1_recurrent(keras, models):
    L = keras.layers
    m = models.Sequential(name="recurrent")
    m.add(L.LSTM(3, return_sequences=True, input_shape=(5, 2), inner_activation="sigmoid", forget_bias_init="zero", name="lstm"))
    m.add(L.Bidirectional(L.GRU(2, return_sequences=True, inner_activation="sigmoid", name="gru"), merge_mode="sum", name="bi"))
    m.add(L.TimeDistributed(L.Dense(3, name="inner"), name="td"))
    m.add(L.SimpleRNN(4, inner_init="orthogonal", go_backwards=True, name="rnn"))
    return m


def k1_branches(keras, models):
    L = keras.layers
    left, right = models.Sequential(name="left"), models.Sequential(name="right")
    left.add(L.Dense(3, input_dim=4, name="l1"))
    right.add(L.Dense(3, input_dim=2, activation="relu", name="r1"))
    m = models.Sequential(name="branches")
    m.add(L.Merge([left, right], mode="concat", concat_axis=1, name="joined"))
    m.add(L.Dense(2, name="out"))
    return m


def k1_residual(keras, models):
    L = keras.layers
    x = L.Input((6, 6, 2), name="x")
    y = L.Convolution2D(2, 3, 3, border_mode="same", name="c1")(x)
    y = L.LeakyReLU(0.1, name="leaky")(y)
    y = L.Convolution2D(2, 3, 3, border_mode="same", bias=False, name="c2")(y)
    z = L.merge([x, y], mode="sum", name="sum")
    z = L.ELU(0.5, name="elu")(z)
    z = L.GlobalAveragePooling2D(name="pool")(z)
    return models.Model(input=x, output=z, name="residual")


def k1_shared(keras, models):
    L = keras.layers
    a, b = L.Input((4,), name="a"), L.Input((4,), name="b")
    shared = L.Dense(3, activation="tanh", name="shared")
    product = L.merge([shared(a), shared(b)], mode="mul", name="product")
    dot = L.merge([shared(a), shared(b)], mode="dot", dot_axes=1, name="dot")
    largest = L.merge([shared(a), shared(b)], mode="max", name="largest")
    mean = L.merge([product, largest], mode="ave", name="mean")
    return models.Model(input=[a, b], output=[mean, dot], name="shared_net")


def k1_nested(keras, models):
    L = keras.layers
    i = L.Input((3,), name="i")
    encoder = models.Model(input=i, output=L.Dense(2, name="e1")(i), name="encoder")
    tail = models.Sequential(name="tail")
    tail.add(L.Dense(2, input_dim=2, name="t1"))
    tail.add(L.PReLU(name="prelu"))
    x, y = L.Input((3,), name="x"), L.Input((3,), name="y")
    out = L.merge([tail(encoder(x)), tail(encoder(y))], mode="concat", name="join")
    return models.Model(input=[x, y], output=[out, encoder(y)], name="nested")


def k1_hard(keras, models):
    L = keras.layers
    m = models.Sequential(name="hard")
    m.add(L.Dense(4, input_dim=3, name="d1"))
    m.add(L.Activation("hard_sigmoid", name="gate"))
    m.add(L.RepeatVector(3, name="repeat"))
    m.add(L.Permute((2, 1), name="permute"))
    m.add(L.Reshape((3, 4), name="reshape"))
    m.add(L.UpSampling1D(2, name="up"))
    m.add(L.Cropping1D((1, 2), name="crop"))
    m.add(L.GlobalMaxPooling1D(name="pool"))
    return m


def k1_atrous(keras, models):
    L = keras.layers
    m = models.Sequential(name="atrous")
    m.add(L.AtrousConvolution2D(3, 2, 2, atrous_rate=(2, 2), input_shape=(7, 7, 2), name="a1"))
    m.add(L.SeparableConvolution2D(4, 2, 2, depth_multiplier=2, name="s1"))
    m.add(L.Deconvolution2D(2, 3, 3, output_shape=(None, 8, 8, 2), subsample=(2, 2), border_mode="same", name="up"))
    m.add(L.UpSampling2D((2, 1), name="big"))
    m.add(L.Cropping2D(((1, 1), (0, 2)), name="crop"))
    m.add(L.AveragePooling2D((2, 2), strides=(1, 1), border_mode="same", name="avg"))
    m.add(L.GaussianNoise(0.1, name="noise"))
    m.add(L.ThresholdedReLU(0.05, name="thresholded"))
    m.add(L.GlobalMaxPooling2D(name="pool"))
    return m


def k1_volume(keras, models):
    L = keras.layers
    m = models.Sequential(name="volume")
    m.add(L.Convolution3D(2, 2, 3, 2, input_shape=(5, 5, 4, 1), activation="relu", name="c"))
    m.add(L.MaxPooling3D((2, 1, 2), name="p"))
    m.add(L.Masking(0.0, name="mask") if False else L.Flatten(name="flat"))
    m.add(L.Dense(2, W_regularizer=keras.regularizers.l1l2(0.1, 0.2), name="out"))
    return m


KERAS1 = {make.__name__[3:]: make for make in (
    k1_mlp, k1_convnet, k1_text, k1_recurrent, k1_branches, k1_residual, k1_shared, k1_nested, k1_hard, k1_atrous, k1_volume)}


def k2_mlp(keras, models):
    L = keras.layers
    return models.Sequential([
        L.Dense(5, input_shape=(4,), activation="selu", kernel_initializer="lecun_normal", kernel_regularizer=keras.regularizers.l1(0.1), name="d1"),
        L.AlphaDropout(0.1, name="drop"),
        L.Dense(3, use_bias=False, kernel_constraint=keras.constraints.max_norm(2.0), name="d2"),
        L.Softmax(name="soft"),
    ], name="mlp")


def k2_convnet(keras, models):
    L = keras.layers
    return models.Sequential([
        L.Conv2D(3, (3, 2), padding="same", strides=(2, 1), input_shape=(7, 6, 2), dilation_rate=1, name="c1"),
        L.BatchNormalization(name="bn"),
        L.ReLU(max_value=0.5, negative_slope=0.1, name="relu"),
        L.DepthwiseConv2D(2, depth_multiplier=2, name="dw"),
        L.SeparableConv2D(3, 2, padding="same", name="sep"),
        L.Conv2DTranspose(2, 3, strides=2, padding="same", name="up"),
        L.GlobalAveragePooling2D(name="pool"),
        L.LeakyReLU(0.2, name="leaky"),
    ], name="convnet")


def k2_text(keras, models):
    L = keras.layers
    return models.Sequential([
        L.Embedding(11, 4, input_length=8, mask_zero=True, name="emb"),
        L.LSTM(3, recurrent_activation="sigmoid", return_sequences=True, name="lstm"),
        L.GRU(2, recurrent_activation="sigmoid", name="gru"),
        L.Dense(1, activation="sigmoid", name="out"),
    ], name="text")


def k2_residual(keras, models):
    L = keras.layers
    x = L.Input((6, 6, 2), name="x")
    y = L.Conv2D(2, 3, padding="same", activation="elu", name="c1")(x)
    y = L.Conv2D(2, 3, padding="same", name="c2")(y)
    z = L.Add(name="sum")([x, y])
    z = L.MaxPooling2D(2, name="pool")(z)
    z = L.Flatten(name="flat")(z)
    return models.Model(x, L.Dense(2, name="out")(z), name="residual")


def k2_shared(keras, models):
    L = keras.layers
    a, b = L.Input((4,), name="a"), L.Input((4,), name="b")
    shared = L.Dense(3, activation="tanh", name="shared")
    p, q = shared(a), shared(b)
    return models.Model([a, b], [L.Subtract(name="minus")([p, q]), L.Dot(1, normalize=True, name="cosine")([p, q])], name="shared_net")


def k2_nested(keras, models):
    L = keras.layers
    i = L.Input((3,), name="i")
    encoder = models.Model(i, L.Dense(2, name="e1")(i), name="encoder")
    tail = models.Sequential([L.Dense(2, input_shape=(2,), name="t1"), L.PReLU(name="prelu")], name="tail")
    x, y = L.Input((3,), name="x"), L.Input((3,), name="y")
    out = L.Concatenate(name="join")([tail(encoder(x)), tail(encoder(y))])
    return models.Model([x, y], [out, encoder(y)], name="nested")


def k2_states(keras, models):
    L = keras.layers
    x, h, c = L.Input((5, 2), name="x"), L.Input((3,), name="h"), L.Input((3,), name="c")
    y, h1, c1 = L.LSTM(3, return_sequences=True, return_state=True, recurrent_activation="sigmoid", name="lstm")(x, initial_state=[h, c])
    return models.Model([x, h, c], [L.TimeDistributed(L.Dense(2, name="inner"), name="td")(y), c1], name="states")


def k2_cudnn(keras, models):
    L = keras.layers
    return models.Sequential([
        L.Bidirectional(L.CuDNNLSTM(3, return_sequences=True, name="cl"), input_shape=(4, 2), name="bi"),
        L.CuDNNGRU(2, name="cg"),
    ], name="cudnn")


def k2_sequence(keras, models):
    L = keras.layers
    return models.Sequential([
        L.Conv1D(4, 3, padding="causal", dilation_rate=2, input_shape=(9, 2), name="c1"),
        L.SeparableConv1D(3, 2, name="s1"),
        L.SpatialDropout1D(0.2, name="drop"),
        L.ZeroPadding1D((1, 2), name="pad"),
        L.AveragePooling1D(2, name="avg"),
        L.UpSampling1D(2, name="up"),
        L.Cropping1D(1, name="crop"),
        L.GlobalMaxPooling1D(name="pool"),
    ], name="sequence")


def k2_hard(keras, models):
    L = keras.layers
    x = L.Input((4,), name="x")
    gate = L.Activation("hard_sigmoid", name="gate")
    y = L.Multiply(name="gated")([x, gate(L.Dense(4, name="d1")(x))])
    return models.Model(x, [y, gate(y)], name="hard")


def k2_rnn_cells(keras, models):
    L = keras.layers
    cells = [L.LSTMCell(3, recurrent_activation="sigmoid", name="one"), L.SimpleRNNCell(2, name="two")]
    return models.Sequential([
        L.RNN(cells, return_sequences=True, input_shape=(4, 2), name="stack"),
        L.RNN(L.GRUCell(2, recurrent_activation="sigmoid", reset_after=True, name="cell"), name="last"),
    ], name="rnn_cells")


KERAS2 = {make.__name__[3:]: make for make in (
    k2_mlp, k2_convnet, k2_text, k2_residual, k2_shared, k2_nested, k2_states, k2_cudnn, k2_sequence, k2_hard, k2_rnn_cells)}
