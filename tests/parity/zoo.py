"""Small versions of the field's usual networks, and of the blocks of `keras.applications`.

Those of `COMPILED` are written in `tests/zoo/parity.rs` as well, call by call, so that layers have the same names.
"""

from keras import Input, Model, layers, ops
from keras.src.applications import convnext, efficientnet, mobilenet_v3, resnet


def padded_text() -> Model:
    """Texts of different lengths, read in both directions."""
    words = Input((7,), dtype="int32", name="words")
    x = layers.Embedding(20, 8, mask_zero=True)(words)
    x = layers.Bidirectional(layers.LSTM(6, return_sequences=True))(x)
    x = layers.Bidirectional(layers.LSTM(4, name="again"))(x)
    return Model(words, layers.Dense(1, activation="sigmoid")(x), name="padded_text")


def series_transformer(classes: int = 3, dropout: float = 0.25) -> Model:
    """The encoder of Keras's example of time series."""
    series = Input((12, 3), name="series")
    x = series
    for _ in range(2):
        y = layers.MultiHeadAttention(num_heads=2, key_dim=4, dropout=dropout)(x, x)
        y = layers.LayerNormalization(epsilon=1e-6)(layers.Dropout(dropout)(y))
        seen = y + x
        y = layers.Conv1D(4, 1, activation="relu")(seen)
        y = layers.Conv1D(3, 1)(layers.Dropout(dropout)(y))
        x = layers.LayerNormalization(epsilon=1e-6)(y) + seen
    x = layers.GlobalAveragePooling1D()(x)
    x = layers.Dropout(dropout)(layers.Dense(8, activation="relu")(x))
    return Model(series, layers.Dense(classes, activation="softmax")(x), name="series_transformer")


def next_word() -> Model:
    """A decoder that sees what is behind it alone."""
    words, places = Input((8,), dtype="int32", name="words"), Input((8,), dtype="int32", name="places")
    x = layers.Embedding(12, 8)(words) + layers.Embedding(12, 8)(places)
    for _ in range(2):
        y = layers.LayerNormalization(epsilon=1e-5)(x)
        x = x + layers.MultiHeadAttention(2, 4)(y, y, use_causal_mask=True)
        y = layers.LayerNormalization(epsilon=1e-5)(x)
        x = x + layers.Dense(8)(layers.Dense(16, activation="gelu")(y))
    x = layers.LayerNormalization(epsilon=1e-5)(x)
    return Model([words, places], layers.Dense(12)(x), name="next_word")


def translator() -> Model:
    """One sequence read, another written from where reading ended."""
    source, target = Input((6,), dtype="int32", name="source"), Input((5,), dtype="int32", name="target")
    x = layers.Embedding(14, 6, mask_zero=True)(source)
    _, h, c = layers.LSTM(8, return_state=True)(x)
    y = layers.Embedding(12, 6)(target)
    y, _, _ = layers.LSTM(8, return_sequences=True, return_state=True)(y, initial_state=[h, c])
    return Model([source, target], layers.Dense(12, activation="softmax")(y), name="translator")


def caption_decoder() -> Model:
    """Words about an image: each looks back at the words, and at the regions of the image."""
    regions = Input((9, 6), name="regions")
    words, places = Input((7,), dtype="int32", name="words"), Input((7,), dtype="int32", name="places")
    seen = layers.Dense(8, activation="relu")(layers.LayerNormalization()(regions))
    seen = layers.LayerNormalization()(seen + layers.MultiHeadAttention(1, 8)(seen, seen))
    x = layers.Embedding(15, 8)(words) + layers.Embedding(15, 8)(places)
    y = layers.MultiHeadAttention(2, 4)(x, x, value_mask=ops.not_equal(words, 0), use_causal_mask=True)
    x = layers.LayerNormalization()(x + y)
    x = layers.LayerNormalization()(x + layers.MultiHeadAttention(2, 4)(x, seen))
    y = layers.Dense(8)(layers.Dense(16, activation="relu")(x))
    x = layers.LayerNormalization()(x + y)
    return Model([regions, words, places], layers.Dense(15, activation="softmax")(x), name="caption_decoder")


def moving_shapes() -> Model:
    """The next images of a film, as in Keras's example."""
    film = Input((4, 8, 8, 1), name="film")
    x = film
    for kernel_size in [5, 3, 1]:
        x = layers.ConvLSTM2D(4, kernel_size, padding="same", return_sequences=True, activation="relu")(x)
        if kernel_size > 1:
            x = layers.BatchNormalization()(x)
    x = layers.Conv3D(1, 3, activation="sigmoid", padding="same")(x)
    return Model(film, x, name="moving_shapes")


def scans(classes: int = 1) -> Model:
    """A classifier of volumes, as in Keras's example."""
    volume = Input((8, 8, 7, 1), name="volume")
    x = layers.Conv3D(4, 3, activation="relu")(volume)
    x = layers.BatchNormalization()(layers.MaxPooling3D(2)(x))
    x = layers.Conv3D(6, 2, activation="relu")(x)
    x = layers.GlobalAveragePooling3D()(layers.BatchNormalization()(x))
    x = layers.Dense(8, activation="relu")(x)
    return Model(volume, layers.Dense(classes, activation="sigmoid")(x), name="scans")


def mixer(classes: int = 3) -> Model:
    """Perceptrons across patches, then across channels."""
    image = Input((8, 8, 3), name="image")
    x = layers.Reshape((4, 6))(layers.Conv2D(6, 4, strides=4)(image))
    for _ in range(2):
        y = layers.Permute((2, 1))(layers.LayerNormalization(epsilon=1e-6)(x))
        y = layers.Dense(4)(layers.Dense(8, activation="gelu")(y))
        x = x + layers.Permute((2, 1))(y)
        y = layers.LayerNormalization(epsilon=1e-6)(x)
        x = x + layers.Dense(6)(layers.Dense(12, activation="gelu")(y))
    x = layers.GlobalAveragePooling1D()(layers.LayerNormalization(epsilon=1e-6)(x))
    return Model(image, layers.Dense(classes)(x), name="mixer")


def vision_transformer() -> Model:
    """Patches of an image that look at each other, as in Keras's example."""
    image, places = Input((8, 8, 3), name="image"), Input((4,), dtype="int32", name="places")
    x = layers.Reshape((4, 8))(layers.Conv2D(8, 4, strides=4)(image)) + layers.Embedding(4, 8)(places)
    for _ in range(2):
        y = layers.LayerNormalization(epsilon=1e-6)(x)
        x = x + layers.MultiHeadAttention(2, 8, dropout=0.1)(y, y)
        y = layers.LayerNormalization(epsilon=1e-6)(x)
        for units in [16, 8]:
            y = layers.Dropout(0.1)(layers.Dense(units, activation="gelu")(y))
        x = x + y
    x = layers.Dropout(0.5)(layers.Flatten()(layers.LayerNormalization(epsilon=1e-6)(x)))
    x = layers.Dropout(0.5)(layers.Dense(12, activation="gelu")(x))
    return Model([image, places], layers.Dense(5)(x), name="vision_transformer")


def separable_flow() -> Model:
    """Of Xception's entry and middle flow one block each."""
    image = Input((9, 9, 2), name="image")
    shortcut = layers.Conv2D(4, 1, strides=2, padding="same", use_bias=False)(image)
    shortcut = layers.BatchNormalization()(shortcut)
    x = image
    for is_first in [True, False]:
        x = x if is_first else layers.Activation("relu")(x)
        x = layers.SeparableConv2D(4, 3, padding="same", use_bias=False)(x)
        x = layers.BatchNormalization()(x)
    x = layers.MaxPooling2D(3, strides=2, padding="same")(x) + shortcut
    shortcut = x
    for _ in range(3):
        x = layers.SeparableConv2D(4, 3, padding="same", use_bias=False)(layers.Activation("relu")(x))
        x = layers.BatchNormalization()(x)
    x = layers.GlobalAveragePooling2D()(x + shortcut)
    return Model(image, layers.Dense(3)(x), name="separable_flow")


def blocks_of_resnet_v2() -> Model:
    """Of `ResNet50V2`, with few filters."""
    image = Input((8, 8, 3), name="image")
    x = resnet.stack_residual_blocks_v2(image, 2, 3, name="conv2")
    x = resnet.stack_residual_blocks_v2(x, 3, 2, stride1=1, name="conv3")
    return Model(image, layers.Dense(3)(layers.GlobalAveragePooling2D()(x)), name="blocks_of_resnet_v2")


def blocks_of_mobilenet_v3() -> Model:
    """Of `MobileNetV3Large`, with few filters."""
    image = Input((8, 8, 8), name="image")
    swish = mobilenet_v3.hard_swish
    x = mobilenet_v3._inverted_res_block(image, 1, 8, 3, 1, None, mobilenet_v3.relu, 0)
    x = mobilenet_v3._inverted_res_block(x, 2, 8, 5, 2, 0.25, mobilenet_v3.relu, 1)
    x = mobilenet_v3._inverted_res_block(x, 2, 8, 3, 1, 0.25, swish, 2)
    return Model(image, layers.Dense(3)(layers.GlobalAveragePooling2D()(x)), name="blocks_of_mobilenet_v3")


def blocks_of_efficientnet() -> Model:
    """Of `EfficientNetB0`, with few filters."""
    image = Input((8, 8, 4), name="image")
    x = efficientnet.block(image, name="a", filters_in=4, filters_out=4, se_ratio=0.25)
    x = efficientnet.block(x, name="b", filters_in=4, filters_out=6, kernel_size=5, strides=2, expand_ratio=3, se_ratio=0.25)
    x = efficientnet.block(x, name="c", filters_in=6, filters_out=6, expand_ratio=2, se_ratio=0.25)
    return Model(image, layers.Dense(3)(layers.GlobalAveragePooling2D()(x)), name="blocks_of_efficientnet")


def dropped_blocks_of_efficientnet() -> Model:
    """The same, where what a block adds is dropped for some samples."""
    image = Input((6, 6, 4), name="image")
    x = efficientnet.block(image, name="a", filters_in=4, filters_out=4, se_ratio=0.25, drop_rate=0.25)
    x = efficientnet.block(x, name="b", filters_in=4, filters_out=4, expand_ratio=2, se_ratio=0.25, drop_rate=0.5)
    x = layers.AlphaDropout(0.25, noise_shape=(None, 1, 4))(layers.GlobalAveragePooling2D(keepdims=True)(x)[:, 0])
    return Model(image, layers.Dense(3)(layers.Flatten()(x)), name="dropped_blocks_of_efficientnet")


def tiny_convnext() -> Model:
    """`ConvNeXtTiny`, with few filters and blocks, none of which are dropped."""
    image = Input((16, 16, 3), name="image")
    x = layers.LayerNormalization(epsilon=1e-6)(layers.Conv2D(4, 4, strides=4)(image))
    for width, depth in [(4, 2), (6, 1)]:
        if width == 6:
            x = layers.Conv2D(width, 2, strides=2)(layers.LayerNormalization(epsilon=1e-6)(x))
        for _ in range(depth):
            y = layers.Conv2D(width, 7, padding="same", groups=width)(x)
            y = layers.Dense(4 * width)(layers.LayerNormalization(epsilon=1e-6)(y))
            y = layers.Dense(width)(layers.Activation("gelu")(y))
            y = layers.Activation("linear")(convnext.LayerScale(1e-6, width)(y))
            x = x + y
    x = layers.LayerNormalization(epsilon=1e-6)(layers.GlobalAveragePooling2D()(x))
    return Model(image, layers.Dense(3, activation="softmax")(x), name="tiny_convnext")


COMPILED = [
    padded_text,
    series_transformer,
    next_word,
    translator,
    caption_decoder,
    moving_shapes,
    scans,
    mixer,
    vision_transformer,
    separable_flow,
]
NORMALIZED = [moving_shapes, scans, separable_flow, blocks_of_resnet_v2, blocks_of_mobilenet_v3, blocks_of_efficientnet]
BLOCKS = [blocks_of_resnet_v2, blocks_of_mobilenet_v3, blocks_of_efficientnet, dropped_blocks_of_efficientnet]

# Each model, and whether its numbers are those of training: those of dropout are not to be compared.
MODELS = [(build, False) for build in COMPILED + BLOCKS] + [(build, True) for build in NORMALIZED]

# Those with layers of Keras's applications, which are layers of one's own here: compared where those are.
OWN = [tiny_convnext]
