//! Keras's own words that this language says in another way: those of its first version, its functions, and what belongs to training.

use super::{Word, absent, function, layer, method};

const TRAINING: &str = "models are trained outside of `functional_model!`: `model.compile(Adam::new(1e-3), MeanSquaredError).fit((&x, &y), Fit::default())`";
const OUTSIDE: &str = "write it outside of `functional_model!`, for the struct that it makes: `Name::summary()`, `model.predict(&x)`, `model.save(path)`";
const VECTORS: &str =
    "`ops::einsum(\"bi,bi->b\", a, b)` is the product of vectors, `ops::matmul(rows, columns)` that of matrices";
const LOST: &str = "there is no such layer: write it as a layer of your own, a struct with `#[layer(..)]`";
const INPUT: &str = "inputs are declared behind the model's name, as in `model Name(x: [784])`";

pub const WORDS: &[Word] = &[
    layer(
        "AtrousConvolution2D(nb_filter = 6, nb_row = 3, nb_col = 3, [atrous_rate = 2])",
        "Conv2D({nb_filter}, ({nb_row}, {nb_col})<, dilation_rate = {atrous_rate}>)",
        "",
    ),
    layer(
        "Deconvolution2D(nb_filter = 6, nb_row = 3, nb_col = 3, [subsample = 2])",
        "Conv2DTranspose({nb_filter}, ({nb_row}, {nb_col})<, strides = {subsample}>)",
        "",
    ),
    layer(
        "Deconv2D(filters = 6, kernel_size = 3, [strides = 2])",
        "Conv2DTranspose({filters}, {kernel_size}<, strides = {strides}>)",
        "",
    ),
    layer("TimeDistributedDense(units = 4)", "Dense({units})", "it works on the last axis"),
    absent(
        "RandomHeight(factor = 0.2)",
        "there is no such layer: the nearest is `RandomZoom(0.2, 0.0)(img)`, which keeps the size",
    ),
    absent(
        "RandomWidth(factor = 0.2)",
        "there is no such layer: the nearest is `RandomZoom(0.0, 0.2)(img)`, which keeps the size",
    ),
    absent("MaxoutDense(units = 4)", LOST),
    absent("Highway()", LOST),
    absent(
        "LocallyConnected1D(filters = 6, kernel_size = 3)",
        "there is no such layer: the nearest is `Conv1D(64, 3)(x)`, whose weights are the same everywhere",
    ),
    absent(
        "LocallyConnected2D(filters = 6, kernel_size = 3)",
        "there is no such layer: the nearest is `Conv2D(64, 3)(img)`, whose weights are the same everywhere",
    ),
    absent(
        "ThresholdedReLU([theta = 1.0])",
        "there is no such layer: the nearest is `ReLU(threshold = 1.0)(x)`, which is 0 below",
    ),
    layer("ParametricSoftplus()", "Activation(\"softplus\")", ""),
    layer(
        "CuDNNLSTM(units = 6, [return_sequences = true])",
        "LSTM({units}<, return_sequences = {return_sequences}>)",
        "it is fast as it is",
    ),
    layer(
        "CuDNNGRU(units = 6, [return_sequences = true])",
        "GRU({units}<, return_sequences = {return_sequences}>)",
        "it is fast as it is",
    ),
    layer("AvgPooling2D([pool_size = 2])", "AveragePooling2D({pool_size})", ""),
    layer("GlobalAvgPooling2D()", "GlobalAveragePooling2D()", ""),
    layer("BatchNorm()", "BatchNormalization()", ""),
    layer("Batchnormalization()", "BatchNormalization()", ""),
    layer("FullyConnected(units = 4)", "Dense({units})", ""),
    layer("Concat()", "Concatenate()", ""),
    layer("Sum()", "Add()", ""),
    layer("Merge([mode = \"concat\"])", "{=merging}()", ""),
    layer("Input(shape = (8,))", "", INPUT),
    layer("InputLayer(shape = (8,))", "", INPUT),
    layer("Model(inputs = x, outputs = x)", "", "a model is what its body computes: end the body with the output"),
    layer("Functional(inputs = x, outputs = x)", "", "a model is what its body computes: end the body with the output"),
    function("merge(tensors = [x, x], [mode = \"sum\"])", "{=merging}()", ""),
    function(
        "concatenate(tensors = [x, x], [axis = -1])",
        "Concatenate(<axis = {axis}>)",
        "the last axis is meant where none is written",
    ),
    method("layers.add(tensors = [x, x])", "Add()", ""),
    function("subtract(tensors = [x, x])", "Subtract()", ""),
    function("multiply(tensors = [x, x])", "Multiply()", ""),
    function("average(tensors = [x, x])", "Average()", ""),
    function("maximum(tensors = [x, x])", "Maximum()", ""),
    function("minimum(tensors = [x, x])", "Minimum()", ""),
    method("ops.add(x, other = x)", "{x} + {other}", ""),
    method("ops.subtract(x, other = x)", "{x} - {other}", ""),
    method("ops.multiply(x, other = x)", "{x} * {other}", ""),
    method("ops.maximum(x, other = x)", "Maximum()([{x}, {other}])", ""),
    method("ops.minimum(x, other = x)", "Minimum()([{x}, {other}])", ""),
    method("ops.dot(x, other = x)", "", VECTORS),
    method("ops.inner(x, other = x)", "", VECTORS),
    method("ops.vdot(x, other = x)", "", VECTORS),
    method(
        "ops.outer(x, other = x)",
        "",
        "`ops::einsum(\"bi,bj->bij\", a, b)` is the product of all elements of one with all of the other",
    ),
    method(
        "ops.tensordot(x, other = x)",
        "",
        "`ops::einsum(\"bij,bjk->bik\", rows, columns)` says which axes are summed along, a letter each",
    ),
    method("ops.ravel(x)", "", "`Flatten()(x)` makes one axis of those of a sample"),
    method(
        "ops.hstack(x)",
        "",
        "`ops::concatenate([a, b], axis = 1)` puts tensors together along the first axis behind the batch",
    ),
    method(
        "ops.vstack(x)",
        "",
        "batches are not put together: `ops::concatenate([a, b], axis = 1)` does so along the first axis behind the batch",
    ),
    method(
        "ops.append(x, other = x)",
        "",
        "`ops::concatenate([a, b], axis = 1)` puts tensors together along the first axis behind the batch",
    ),
    method("ops.zeros(x)", "", "`ops::zeros_like(x)` has the shape of a tensor"),
    method("ops.ones(x)", "", "`ops::ones_like(x)` has the shape of a tensor"),
    method("ops.full(x)", "", "`ops::full_like(x, 2.5)` has the shape of a tensor"),
    method("ops.shape(x)", "", "`x.shape[-1]` is the size of the last axis, `x.shape[1]` that of the first behind the batch"),
    method("ops.convert_to_tensor(x)", "", "leave it out: it is a tensor as it is"),
    method("ops.dot_product_attention(x)", "", "attention is a layer: `Attention()([x, x])`, `MultiHeadAttention(4, 16)(x, x)`"),
    method("ops.ptp(x)", "", "`ops::max(x, axis = 1) - ops::min(x, axis = 1)` is how far they reach"),
    function("batch_flatten(x)", "Flatten()", ""),
    function("int_shape(x)", "", "write the size itself: every shape is known while compiling"),
    function("l1(l1 = 0.01)", "=L1({l1})", ""),
    function("l2(l2 = 0.01)", "=L2({l2})", ""),
    function("l1_l2([l1 = 0.01], [l2 = 0.01])", "=L1L2(l1 = {l1}, l2 = {l2})", ""),
    method("model.add(layer = Dense(4))", "", "write one call a line: `let x = Dense(64)(x);`"),
    method("models.Sequential(*layers = Dense(4))", "", "write `Sequential([Dense(64, activation = \"relu\"), Dense(10)])(x)`"),
    method("compile(x, [_optimizer = \"adam\"])", "", TRAINING),
    method("fit(x, [_data = 1])", "", TRAINING),
    method("evaluate(x, [_data = 1])", "", TRAINING),
    method("predict(x, [_data = 1])", "", OUTSIDE),
    method("summary(x)", "", OUTSIDE),
    method("save(x, [_path = \"a\"])", "", OUTSIDE),
    method("load_weights(x, [_path = \"a\"])", "", OUTSIDE),
    method(
        "build(x, [_shape = 8])",
        "",
        "leave it out: shapes are known while compiling, and weights are made by `Name::new(seed)`",
    ),
    method("output(x)", "", "call the layer, and bind what it gives: `let y = layer(x);`"),
    method("get_layer(x, [_name = \"a\"])", "", "a part of a model is a view: `model Encoder = Autoencoder { img -> code };`"),
];
