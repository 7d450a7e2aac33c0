"""The tables of cases: every layer with its configurations, and every training run.

Nothing here computes; `generate.py` builds what these tables name and writes its numbers down.
"""

from collections.abc import Callable
from dataclasses import dataclass
from itertools import product

import keras
import models
import zoo
from keras import Model, layers

# `glu` halves its axis, and `threshold` has arguments that a name cannot carry.
ACTIVATIONS = sorted(
    activation.__name__
    for activation in keras.src.activations.ALL_OBJECTS
    if activation.__name__ not in ("glu", "threshold")
)


def vary(**choices) -> list[dict]:
    """Every combination of the choices given for each argument."""
    return [dict(zip(choices, values)) for values in product(*choices.values())]


CONVOLUTIONS = [
    {},
    {"use_bias": False},
    *vary(activation=["relu", "tanh", "gelu", "softmax"]),
]
KERNELS = vary(kernel_size=[1, 2, 3, 5, (3, 1)], padding=["valid", "same"])
STEPS = [{"strides": 1}, {"strides": 2}, {"strides": 3}, {"dilation_rate": 2}]
TRANSPOSED = [
    *vary(kernel_size=[1, 2, 3, (2, 5)], strides=[1, 2, 3], padding=["valid", "same"]),
    *vary(kernel_size=[2, 3], strides=[3], padding=["valid", "same"], output_padding=[0, 2]),
    *vary(kernel_size=[3], dilation_rate=[2], padding=["valid", "same"]),
    {"kernel_size": 3, "activation": "relu"},
    {"kernel_size": 3, "use_bias": False, "activation": "gelu"},
]
DEPTHWISE = [
    *vary(kernel_size=[1, 3, (2, 3)], strides=[1, 2], padding=["valid", "same"]),
    *vary(kernel_size=[3], dilation_rate=[2], padding=["valid", "same"]),
    {"kernel_size": 3, "depth_multiplier": 2, "activation": "relu"},
    {"kernel_size": 2, "depth_multiplier": 3, "use_bias": False, "activation": "gelu"},
]
POOLS = [
    *vary(pool_size=[2, (2, 3)]),
    *vary(pool_size=[2, 3, (2, 3)], strides=[1, 2, 3], padding=["valid", "same"]),
]
SEQUENCE_CONVOLUTIONS = [
    *vary(kernel_size=[1, 3], padding=["valid", "same", "causal"], strides=[1, 2]),
    *vary(kernel_size=[2, 3], padding=["same", "causal"], dilation_rate=[2]),
    {"kernel_size": 3, "groups": 2, "activation": "relu"},
    {"kernel_size": 2, "use_bias": False, "activation": "gelu"},
]
SEQUENCE_POOLS = [
    {"pool_size": 2},
    *vary(pool_size=[2, 3], strides=[1, 3], padding=["valid", "same"]),
]
SEQUENCE_DEPTHWISE = [
    *vary(kernel_size=[1, 3], strides=[1, 2], padding=["valid", "same"]),
    {"kernel_size": 3, "dilation_rate": 2, "padding": "same"},
    {"kernel_size": 3, "depth_multiplier": 2, "activation": "relu"},
    {"kernel_size": 2, "depth_multiplier": 3, "use_bias": False, "activation": "gelu"},
]
SEQUENCE_TRANSPOSED = [
    *vary(kernel_size=[1, 2, 3], strides=[1, 3], padding=["valid", "same"]),
    {"kernel_size": 3, "strides": 3, "padding": "same", "output_padding": 2},
    {"kernel_size": 3, "dilation_rate": 2, "activation": "relu"},
    {"kernel_size": 3, "use_bias": False, "activation": "gelu"},
]
VOLUME_CONVOLUTIONS = [
    *vary(kernel_size=[1, 2, (3, 1, 2)], strides=[1, 2], padding=["valid", "same"]),
    *vary(kernel_size=[2], dilation_rate=[2, (1, 2, 1)], padding=["valid", "same"]),
    {"kernel_size": 3, "strides": (1, 2, 3), "padding": "same"},
    {"kernel_size": 3, "activation": "relu"},
    {"kernel_size": 2, "groups": 2, "padding": "same"},
    {"kernel_size": 2, "use_bias": False, "activation": "gelu"},
]
VOLUME_TRANSPOSED = [
    *vary(kernel_size=[1, (2, 1, 3)], strides=[1, 2], padding=["valid", "same"]),
    {"kernel_size": 2, "strides": 3, "padding": "same", "output_padding": (0, 2, 1)},
    {"kernel_size": 2, "dilation_rate": 2, "padding": "same"},
    {"kernel_size": 2, "strides": (1, 2, 3), "activation": "relu"},
    {"kernel_size": 2, "use_bias": False, "activation": "gelu"},
]
VOLUME_POOLS = [
    {"pool_size": 2},
    *vary(pool_size=[2, (1, 2, 3)], strides=[1, 2, (1, 3, 2)], padding=["valid", "same"]),
]
RECURRENCES = [
    {},
    {"return_sequences": True},
    {"go_backwards": True, "use_bias": False},
    {"return_sequences": True, "go_backwards": True, "activation": "sigmoid"},
]
GATED = [*RECURRENCES, {"recurrent_activation": "hard_sigmoid", "activation": "softsign"}]
GLOBAL_POOLS = vary(keepdims=[False, True])
NORMALIZATIONS = [
    {},
    {"scale": False},
    {"center": False},
    {"scale": False, "center": False},
    {"momentum": 0.7, "epsilon": 0.01},
]
RESIZINGS = [
    *vary(interpolation=["bilinear", "bicubic", "lanczos3", "lanczos5"], antialias=[False, True]),
    *vary(crop_to_aspect_ratio=[True], interpolation=["bilinear", "bicubic"]),
    *vary(pad_to_aspect_ratio=[True], interpolation=["bilinear", "lanczos3"], fill_value=[0.0, 1.5]),
]
RELUS = [
    {},
    {"max_value": 1.0},
    {"negative_slope": 0.2},
    {"threshold": 0.5},
    {"max_value": 1.5, "negative_slope": 0.1, "threshold": 0.25},
]
CONVOLVED = [
    {},
    {"return_sequences": True, "padding": "same", "strides": 2},
    {"dilation_rate": 2, "go_backwards": True, "return_state": True, "use_bias": False},
    {"recurrent_activation": "hard_sigmoid", "activation": "softsign", "return_sequences": True},
]

# A layer, the shapes of its inputs without the batch, the arguments that all its cases share,
# and the arguments of each case.
LAYERS = [
    ("Dense", [(5,)], {"units": 4}, [{}, {"use_bias": False}]),
    ("Dense", [(5,)], {"units": 4}, vary(activation=ACTIVATIONS)),
    ("Dense", [(3, 5)], {"units": 4}, [{}, {"activation": "relu"}, {"activation": "softmax"}]),
    ("Dense", [(2, 3, 5)], {"units": 4}, [{}, {"use_bias": False, "activation": "tanh"}]),
    # Keras's outputs of `None` are of a size that it does not know when it draws their gradients.
    (
        "EinsumDense",
        [(3, 5)],
        {},
        [
            {"equation": "abc,cd->abd", "output_shape": (3, 4), "bias_axes": "d"},
            {"equation": "abc,cd->abd", "output_shape": (3, 4), "activation": "relu"},
            {"equation": "abc,cde->abde", "output_shape": (3, 4, 2), "bias_axes": "de"},
            {"equation": "abc,bcd->adb", "output_shape": (4, 3), "bias_axes": "d", "activation": "gelu"},
            {"equation": "...x,xy->...y", "output_shape": 4, "bias_axes": "y", "activation": "softmax"},
            {"equation": "ab...,bc->ac...", "output_shape": 4, "bias_axes": "c"},
        ],
    ),
    ("EinsumDense", [(3, 4, 2)], {}, [{"equation": "abcd,cde->abe", "output_shape": (3, 5), "bias_axes": "e"}]),
    ("Dot", [(4,), (4,)], {}, vary(axes=[1, -1], normalize=[False, True])),
    ("Dot", [(3, 5, 4), (6, 4)], {}, vary(axes=[(3, 2), (-1, -1)], normalize=[False, True])),
    ("Dot", [(4, 3), (4, 5)], {}, vary(axes=[1], normalize=[False, True])),
    ("Embedding", [(5,)], {}, [{"input_dim": 4, "output_dim": 3}]),
    ("Embedding", [(2, 3)], {}, [{"input_dim": 6, "output_dim": 2}]),
    ("CategoryEncoding", [(5,)], {"num_tokens": 4}, vary(output_mode=["multi_hot", "count", "one_hot"])),
    ("CategoryEncoding", [(1,)], {"num_tokens": 4}, vary(output_mode=["multi_hot", "count", "one_hot"])),
    *[
        ("Discretization", [shape], {"bin_boundaries": [-0.5, 0.25, 0.25, 1.0]}, vary(output_mode=["one_hot", "multi_hot", "count"]))
        for shape in [(5,), (2, 1), (4, 3)]
    ],
    ("Conv2D", [(5, 6, 3)], {"filters": 4, "kernel_size": 3}, CONVOLUTIONS),
    ("Conv2D", [(9, 10, 2)], {"filters": 3}, [k | s for k in KERNELS for s in STEPS]),
    ("Conv2D", [(7, 8, 2)], {"filters": 2}, [{"kernel_size": 3, "strides": (1, 2)}]),
    ("Conv2D", [(7, 8, 2)], {"filters": 2}, [{"kernel_size": (2, 3), "dilation_rate": (1, 2)}]),
    (
        "Conv2D",
        [(6, 7, 4)],
        {"filters": 8, "padding": "same"},
        [g | s for g in vary(groups=[2, 4], kernel_size=[1, 3]) for s in STEPS[1:]],
    ),
    ("Conv2D", [(5, 6, 4)], {"filters": 4, "kernel_size": 2}, vary(groups=[2, 4])),
    ("Conv1D", [(9, 4)], {"filters": 4}, SEQUENCE_CONVOLUTIONS),
    ("Conv1DTranspose", [(4, 2)], {"filters": 3}, SEQUENCE_TRANSPOSED),
    ("DepthwiseConv1D", [(8, 3)], {}, SEQUENCE_DEPTHWISE),
    ("SeparableConv1D", [(8, 3)], {"filters": 4}, SEQUENCE_DEPTHWISE),
    ("Conv3D", [(4, 5, 6, 2)], {"filters": 4}, VOLUME_CONVOLUTIONS),
    ("Conv3DTranspose", [(2, 3, 4, 2)], {"filters": 3}, VOLUME_TRANSPOSED),
    ("Conv2DTranspose", [(3, 4, 2)], {"filters": 3}, TRANSPOSED),
    ("DepthwiseConv2D", [(7, 8, 3)], {}, DEPTHWISE),
    ("SeparableConv2D", [(7, 8, 3)], {"filters": 4}, DEPTHWISE),
    ("ZeroPadding2D", [(3, 4, 2)], {}, [{}, {"padding": ((0, 1), (2, 0))}]),
    ("Cropping2D", [(5, 6, 2)], {}, [{"cropping": 1}, {"cropping": ((0, 1), (2, 0))}]),
    (
        "UpSampling2D",
        [(3, 4, 2)],
        {},
        vary(size=[2, (3, 1)], interpolation=["nearest", "bilinear", "bicubic", "lanczos3", "lanczos5"]),
    ),
    # Keras on JAX finds the nearest pixels by way of float32.
    *[
        ("Resizing", [shape], {}, [size | row for row in RESIZINGS])
        for shape, size in [
            ((3, 4, 2), {"height": 7, "width": 6}),
            ((9, 5, 2), {"height": 4, "width": 5}),
            ((12, 3, 1), {"height": 3, "width": 8}),
        ]
    ],
    ("CenterCrop", [(5, 6, 2)], {}, vary(height=[2, 3, 8], width=[3, 6])),
    ("ZeroPadding3D", [(2, 3, 4, 2)], {}, [{}, *vary(padding=[(0, 1, 2), ((0, 1), (2, 0), (1, 1))])]),
    ("Cropping3D", [(4, 5, 6, 2)], {}, [{}, *vary(cropping=[(0, 1, 2), ((0, 1), (2, 0), (1, 1))])]),
    ("UpSampling3D", [(2, 3, 2, 2)], {}, vary(size=[2, (3, 1, 2)])),
    ("ZeroPadding1D", [(4, 2)], {}, vary(padding=[1, (0, 2)])),
    ("Cropping1D", [(5, 2)], {}, vary(cropping=[1, (0, 2)])),
    ("UpSampling1D", [(3, 2)], {}, vary(size=[2, 3])),
    ("RepeatVector", [(4,)], {}, vary(n=[1, 3])),
    ("Permute", [(2, 3, 4)], {}, vary(dims=[(2, 3, 1), (3, 1, 2), (1, 3, 2)])),
    ("Rescaling", [(3, 4)], {}, [{"scale": 2.0}, {"scale": -0.5, "offset": 1.5}]),
    ("Rescaling", [(3, 4)], {}, [{"scale": (2.0, -1.0, 0.5, 1.0), "offset": (0.0, 1.0, 2.0, 3.0)}]),
    ("Normalization", [(4,)], {}, [{}, {"invert": True}, {"mean": 3.0, "variance": 2.0}]),
    ("Normalization", [(3, 4)], {}, [{}, {"axis": 1}, {"axis": None}, {"axis": (1, -1), "invert": True}]),
    ("Normalization", [(3, 2)], {}, [{"mean": (0.5, -1.0), "variance": (2.0, 0.0)}]),
    ("MaxPooling1D", [(8, 3)], {}, SEQUENCE_POOLS),
    ("AveragePooling1D", [(8, 3)], {}, SEQUENCE_POOLS),
    ("GlobalAveragePooling1D", [(5, 4)], {}, GLOBAL_POOLS),
    ("GlobalMaxPooling1D", [(5, 4)], {}, GLOBAL_POOLS),
    ("MaxPooling2D", [(7, 8, 2)], {}, POOLS),
    ("AveragePooling2D", [(7, 8, 2)], {}, POOLS),
    ("GlobalAveragePooling2D", [(3, 5, 4)], {}, GLOBAL_POOLS),
    ("GlobalMaxPooling2D", [(3, 5, 4)], {}, GLOBAL_POOLS),
    ("MaxPooling3D", [(4, 5, 6, 2)], {}, VOLUME_POOLS),
    ("AveragePooling3D", [(4, 5, 6, 2)], {}, VOLUME_POOLS),
    ("GlobalAveragePooling3D", [(2, 3, 4, 2)], {}, GLOBAL_POOLS),
    ("GlobalMaxPooling3D", [(2, 3, 4, 2)], {}, GLOBAL_POOLS),
    *[
        (f"Adaptive{kind}Pooling{rank}D", [(4, 7, 5)[3 - rank :] + (2,)], {}, vary(output_size=sizes))
        for kind in ["Average", "Max"]
        for rank, sizes in [(1, [1, 2, 3, 7]), (2, [2, (3, 4), (9, 5)]), (3, [2, (3, 1, 4), (5, 7, 2)])]
    ],
    ("Flatten", [(6,)], {}, [{}]),
    ("Flatten", [(2, 3, 4)], {}, [{}]),
    ("Reshape", [(12,)], {}, vary(target_shape=[(3, 4), (-1, 2, 2), (2, -1)])),
    ("Reshape", [(2, 3, 4)], {}, vary(target_shape=[(-1,), (6, -1), (4, 3, 2)])),
    ("Dropout", [(6,)], {}, vary(rate=[0.0, 0.5])),
    ("AlphaDropout", [(6,)], {}, vary(rate=[0.0, 0.5])),
    ("GaussianDropout", [(6,)], {}, vary(rate=[0.0, 0.5])),
    ("GaussianNoise", [(6,)], {}, vary(stddev=[0.0, 0.5])),
    ("SpatialDropout1D", [(4, 3)], {}, vary(rate=[0.5])),
    ("SpatialDropout2D", [(2, 4, 3)], {}, vary(rate=[0.5])),
    ("SpatialDropout3D", [(2, 2, 4, 3)], {}, vary(rate=[0.5])),
    ("Identity", [(3, 4)], {}, [{}]),
    ("BatchNormalization", [(4,)], {}, NORMALIZATIONS),
    ("BatchNormalization", [(3, 4, 5)], {}, [*NORMALIZATIONS, {"axis": 1}]),
    ("LayerNormalization", [(4,)], {}, NORMALIZATIONS[:4]),
    ("LayerNormalization", [(3, 4, 5)], {}, [{}, {"epsilon": 0.1}, {"epsilon": 0.0}, {"axis": 1}, {"axis": 2}]),
    ("LayerNormalization", [(3, 4, 5)], {}, vary(axis=[(1, 2, 3), (2, 3), (-1, 1), (1, 2)])),
    ("RMSNormalization", [(4,)], {}, [{}, {"epsilon": 0.1}]),
    ("RMSNormalization", [(3, 4, 5)], {}, [{}, {"axis": (2, 3)}]),
    ("UnitNormalization", [(4,)], {}, [{}]),
    ("UnitNormalization", [(3, 4, 5)], {}, [{}, {"axis": 1}, {"axis": (1, 3)}]),
    ("GroupNormalization", [(4,)], {}, vary(groups=[1, 2, -1])),
    (
        "GroupNormalization",
        [(3, 4, 6)],
        {},
        [
            *vary(groups=[1, 3, -1]),
            {"groups": 2, "epsilon": 0.1, "scale": False},
            {"groups": 2, "center": False},
            *vary(groups=[2, -1], axis=[2, -2]),
        ],
    ),
    ("SimpleRNN", [(4, 3)], {"units": 5}, RECURRENCES),
    ("LSTM", [(4, 3)], {"units": 5}, GATED),
    # Without a bias, Keras's `GRU` mixes float types where JAX has both.
    ("GRU", [(4, 3)], {"units": 5}, [row for row in GATED if "use_bias" not in row]),
    ("GRU", [(4, 3)], {"units": 5}, [{"reset_after": False} | row for row in GATED if "use_bias" not in row]),
    ("ConvLSTM1D", [(3, 7, 2)], {"filters": 3, "kernel_size": 3}, CONVOLVED),
    ("ConvLSTM2D", [(3, 5, 6, 2)], {"filters": 2, "kernel_size": (2, 3)}, CONVOLVED),
    ("ConvLSTM3D", [(2, 3, 4, 5, 2)], {"filters": 2, "kernel_size": 2}, CONVOLVED),
    ("Activation", [(16,)], {}, vary(activation=ACTIVATIONS)),
    ("ReLU", [(3, 6)], {}, RELUS),
    ("LeakyReLU", [(3, 6)], {}, [{}, {"negative_slope": 0.1}]),
    ("ELU", [(3, 6)], {}, [{}, {"alpha": 0.5}, {"alpha": -0.5}]),
    ("PReLU", [(6,)], {}, [{}]),
    ("PReLU", [(2, 3, 4)], {}, [{}, *vary(shared_axes=[(1, 2), (2,)])]),
    ("Softmax", [(5,)], {}, [{}]),
    ("Softmax", [(3, 4, 5)], {}, vary(axis=[-1, 1, 2])),
    *[
        (merge, [shape] * count, {}, [{}])
        for merge in ["Add", "Multiply", "Average", "Maximum", "Minimum"]
        for shape, count in [((5,), 2), ((2, 3, 4), 3)]
    ],
    *[
        (merge, shapes, {}, [{}])
        for merge in ["Add", "Multiply", "Average", "Maximum", "Minimum"]
        for shapes in [[(2, 3, 4), (1, 1, 4)], [(3, 1), (3, 4), (1, 4)]]
    ],
    ("Subtract", [(2, 3, 4), (2, 1, 1)], {}, [{}]),
    ("Subtract", [(1, 4), (3, 1)], {}, [{}]),
    ("Subtract", [(5,), (5,)], {}, [{}]),
    ("Subtract", [(2, 3, 4), (2, 3, 4)], {}, [{}]),
    ("Concatenate", [(3,), (4,)], {}, [{}]),
    ("Concatenate", [(2, 3, 1), (2, 3, 2), (2, 3, 4)], {}, [{}]),
    ("Concatenate", [(1, 3, 2), (2, 3, 2), (4, 3, 2)], {}, [{"axis": 1}]),
]

PASSING = [
    {"return_sequences": True, "return_state": True},
    {"go_backwards": True},
    {"return_sequences": True, "go_backwards": True, "zero_output_for_mask": True},
    {"zero_output_for_mask": True},
]

# As `LAYERS`, called with a mask; the shapes behind the first are those of the initial state.
MASKED = [
    *[
        (layer, [shape, *[(4,)] * states], {"units": 4} | more, PASSING)
        for layer, states, more in [
            ("LSTM", 2, {}),
            ("GRU", 1, {}),
            ("GRU", 1, {"reset_after": False}),
            ("SimpleRNN", 1, {}),
        ]
        for shape, states in [((5, 3), 0), ((6, 3), states)]
    ],
    # Unrolled, since Keras's loop takes no mask for states of more than one axis.
    ("ConvLSTM1D", [(4, 6, 2)], {"filters": 3, "kernel_size": 3, "unroll": True}, PASSING[:2]),
    ("ConvLSTM2D", [(4, 5, 4, 2)], {"filters": 2, "kernel_size": 2, "unroll": True}, PASSING[:2]),
    ("GlobalAveragePooling1D", [(7, 4)], {}, GLOBAL_POOLS),
    ("BatchNormalization", [(5, 3)], {}, NORMALIZATIONS),
    ("Softmax", [(5, 4)], {}, vary(axis=[-1, 1])),
]

FILLINGS = vary(fill_mode=["constant", "reflect", "wrap", "nearest"], interpolation=["bilinear", "nearest"])

# As `LAYERS`, in training, where nothing is left to chance: what is drawn lies between two numbers that are the same.
# Of their numbers for zooms and translations, float32 has all exactly.
AUGMENTED = [
    ("RandomRotation", [(5, 4, 2)], {"factor": (0.15, 0.15), "fill_value": 0.75}, FILLINGS),
    ("RandomRotation", [(4, 7, 1)], {"factor": (-0.4, -0.4)}, FILLINGS[:3]),
    ("RandomTranslation", [(4, 5, 2)], {"height_factor": (0.3125, 0.3125), "width_factor": (-0.5, -0.5)}, FILLINGS),
    ("RandomZoom", [(5, 4, 2)], {"height_factor": (0.625, 0.625), "fill_value": 0.75}, FILLINGS),
    ("RandomZoom", [(4, 7, 1)], {"height_factor": (-0.375, -0.375), "width_factor": (0.75, 0.75)}, FILLINGS[:3]),
    (
        "RandomErasing",
        [(3, 4, 2)],
        {"value_range": (-1.0, 2.0)},
        [
            {"factor": (0.0, 0.0)},
            {"factor": (1.0, 1.0), "scale": (1.0, 1.0), "fill_value": 0.5},
            {"factor": (1.0, 1.0), "scale": (1.0, 1.0), "fill_value": 3.0},
        ],
    ),
]

# A whole model, and whether its numbers are those of training.
MODELS = [
    (models.mlp, False),
    (models.shared, False),
    (models.nested, False),
    (models.multiple, False),
    (models.normalized, False),
    (models.normalized, True),
    (models.shared_normalization, True),
    (models.small_resnet, False),
    (models.sequence_to_sequence, False),
    (models.operations, False),
    (models.tuned_operations, False),
    (models.moving_operations, False),
    (models.combining_operations, False),
    (models.masked, False),
    (models.masked_text, False),
    (models.masked_ways, False),
    (models.masked_nested, False),
    (models.masked_by_name, False),
    (models.masked_pages, False),
    (models.masked_pages, True),
    (models.bidirectional, False),
    (models.watched, False),
    (models.bidirectional_states, False),
    (models.cells, False),
    (models.time_distributed, False),
    (models.time_distributed, True),
    (models.normalized_steps, False),
    (models.normalized_steps, True),
    (models.spectral, False),
    (models.spectral, True),
    (models.spectral_steps, True),
    (models.multi_head_attention, False),
    (models.masked_attention, False),
    (models.folded_attention, False),
    (models.group_query_attention, False),
    (models.single_head_attention, False),
    (models.binned, False),
    (models.tied_words, False),
    (models.untied_words, False),
    *zoo.MODELS,
]

# A name, the model, its loss, its optimizer, and the metric of its last batch.
TRAININGS = [
    (
        "operations_sgd_mean_absolute_error",
        lambda: models.classifier(2),
        lambda: keras.losses.MeanAbsoluteError(),
        lambda: keras.optimizers.SGD(0.1),
        lambda: keras.metrics.MeanAbsoluteError(),
    ),
    (
        "operations_adam_huber",
        lambda: models.classifier(3),
        lambda: keras.losses.Huber(),
        lambda: keras.optimizers.Adam(0.01),
        lambda: keras.metrics.MeanAbsoluteError(),
    ),
    (
        "operations_masked_sgd_huber",
        lambda: models.masked_steps(2),
        lambda: keras.losses.Huber(),
        lambda: keras.optimizers.SGD(0.05, momentum=0.5),
        lambda: keras.metrics.MeanAbsoluteError(),
    ),
    (
        "operations_sgd_kl_divergence_precision",
        lambda: models.classifier(3, "softmax"),
        lambda: keras.losses.KLDivergence(),
        lambda: keras.optimizers.SGD(0.1),
        lambda: keras.metrics.Precision(thresholds=0.35),
    ),
    (
        "operations_adam_kl_divergence_recall",
        lambda: models.classifier(4, "softmax"),
        lambda: keras.losses.KLDivergence(),
        lambda: keras.optimizers.Adam(0.01),
        lambda: keras.metrics.Recall(top_k=2, class_id=1),
    ),
    (
        "operations_masked_adam_kl_divergence",
        lambda: models.tagger(3),
        lambda: keras.losses.KLDivergence(),
        lambda: keras.optimizers.Adam(0.01),
        lambda: keras.metrics.CategoricalAccuracy(),
    ),
    (
        "stateful_sgd_mean_squared_error",
        lambda: models.stateful(8),
        lambda: keras.losses.MeanSquaredError(),
        lambda: keras.optimizers.SGD(0.1),
        lambda: keras.metrics.MeanAbsoluteError(),
    ),
    (
        "stateful_film_adam_mean_squared_error",
        lambda: models.stateful_film(8),
        lambda: keras.losses.MeanSquaredError(),
        lambda: keras.optimizers.Adam(0.01),
        lambda: keras.metrics.MeanAbsoluteError(),
    ),
    (
        "sgd_categorical",
        lambda: models.classifier(3, "softmax"),
        lambda: keras.losses.CategoricalCrossentropy(),
        lambda: keras.optimizers.SGD(0.1),
        lambda: keras.metrics.CategoricalAccuracy(),
    ),
    (
        "sgd_momentum_categorical_logits",
        lambda: models.classifier(3),
        lambda: keras.losses.CategoricalCrossentropy(from_logits=True),
        lambda: keras.optimizers.SGD(0.1, momentum=0.9),
        lambda: keras.metrics.CategoricalAccuracy(),
    ),
    (
        "sgd_nesterov_sparse_logits",
        lambda: models.classifier(3),
        lambda: keras.losses.SparseCategoricalCrossentropy(from_logits=True),
        lambda: keras.optimizers.SGD(0.1, momentum=0.9, nesterov=True),
        lambda: keras.metrics.SparseCategoricalAccuracy(),
    ),
    (
        "rmsprop_sparse",
        lambda: models.classifier(3, "softmax"),
        lambda: keras.losses.SparseCategoricalCrossentropy(),
        lambda: keras.optimizers.RMSprop(),
        lambda: keras.metrics.SparseCategoricalAccuracy(),
    ),
    (
        "rmsprop_momentum_binary",
        lambda: models.classifier(1, "sigmoid"),
        lambda: keras.losses.BinaryCrossentropy(),
        lambda: keras.optimizers.RMSprop(0.01, rho=0.8, momentum=0.9),
        lambda: keras.metrics.BinaryAccuracy(),
    ),
    (
        "rmsprop_centered_binary_logits",
        lambda: models.classifier(2),
        lambda: keras.losses.BinaryCrossentropy(from_logits=True),
        lambda: keras.optimizers.RMSprop(0.01, centered=True),
        lambda: keras.metrics.BinaryAccuracy(),
    ),
    (
        "rmsprop_centered_momentum_mean_squared_error",
        lambda: models.classifier(2),
        lambda: keras.losses.MeanSquaredError(),
        lambda: keras.optimizers.RMSprop(0.01, centered=True, momentum=0.5, epsilon=1e-4),
        lambda: keras.metrics.MeanAbsoluteError(),
    ),
    (
        "adam_mean_squared_error",
        lambda: models.classifier(2),
        lambda: keras.losses.MeanSquaredError(),
        lambda: keras.optimizers.Adam(),
        lambda: keras.metrics.MeanAbsoluteError(),
    ),
    (
        "adam_amsgrad_categorical_smoothing_logits",
        lambda: models.classifier(3),
        lambda: keras.losses.CategoricalCrossentropy(from_logits=True, label_smoothing=0.1),
        lambda: keras.optimizers.Adam(0.01, amsgrad=True),
        lambda: keras.metrics.CategoricalAccuracy(),
    ),
    (
        "adam_categorical_smoothing",
        lambda: models.classifier(3, "softmax"),
        lambda: keras.losses.CategoricalCrossentropy(label_smoothing=0.2),
        lambda: keras.optimizers.Adam(0.01, beta_1=0.8, beta_2=0.9, epsilon=1e-5),
        lambda: keras.metrics.CategoricalAccuracy(),
    ),
    (
        "adam_binary_smoothing",
        lambda: models.classifier(2, "sigmoid"),
        lambda: keras.losses.BinaryCrossentropy(label_smoothing=0.1),
        lambda: keras.optimizers.Adam(0.01),
        lambda: keras.metrics.BinaryAccuracy(),
    ),
    (
        "convolution_sgd_nesterov_sparse_logits",
        lambda: models.convolution(3),
        lambda: keras.losses.SparseCategoricalCrossentropy(from_logits=True),
        lambda: keras.optimizers.SGD(0.05, momentum=0.9, nesterov=True),
        lambda: keras.metrics.SparseCategoricalAccuracy(),
    ),
    (
        "convolution_rmsprop_mean_squared_error",
        lambda: models.convolution(2),
        lambda: keras.losses.MeanSquaredError(),
        lambda: keras.optimizers.RMSprop(),
        lambda: keras.metrics.MeanAbsoluteError(),
    ),
    (
        "convolution_adam_categorical",
        lambda: models.convolution(3, "softmax"),
        lambda: keras.losses.CategoricalCrossentropy(),
        lambda: keras.optimizers.Adam(),
        lambda: keras.metrics.CategoricalAccuracy(),
    ),
    (
        "wrapped_sgd_mean_squared_error",
        lambda: models.wrapped(2),
        lambda: keras.losses.MeanSquaredError(),
        lambda: keras.optimizers.SGD(0.05, momentum=0.5),
        lambda: keras.metrics.MeanAbsoluteError(),
    ),
    (
        "watching_sgd_mean_squared_error",
        lambda: models.watching(2),
        lambda: keras.losses.MeanSquaredError(),
        lambda: keras.optimizers.SGD(0.05, momentum=0.5),
        lambda: keras.metrics.MeanAbsoluteError(),
    ),
    (
        "active_sgd_mean_squared_error",
        lambda: models.active(2),
        lambda: keras.losses.MeanSquaredError(),
        lambda: keras.optimizers.SGD(0.05),
        lambda: keras.metrics.MeanAbsoluteError(),
    ),
    (
        "penalized_sgd_mean_squared_error",
        lambda: models.penalized(2),
        lambda: keras.losses.MeanSquaredError(),
        lambda: keras.optimizers.SGD(0.05, momentum=0.5),
        lambda: keras.metrics.MeanAbsoluteError(),
    ),
    (
        "penalized_adam_mean_squared_error",
        lambda: models.penalized(2),
        lambda: keras.losses.MeanSquaredError(),
        lambda: keras.optimizers.Adam(0.01),
        lambda: keras.metrics.MeanAbsoluteError(),
    ),
    (
        "constrained_sgd_mean_squared_error",
        lambda: models.constrained(2),
        lambda: keras.losses.MeanSquaredError(),
        lambda: keras.optimizers.SGD(0.1),
        lambda: keras.metrics.MeanAbsoluteError(),
    ),
    (
        "attending_sgd_mean_squared_error",
        lambda: models.attending(2),
        lambda: keras.losses.MeanSquaredError(),
        lambda: keras.optimizers.SGD(0.05, momentum=0.5),
        lambda: keras.metrics.MeanAbsoluteError(),
    ),
    (
        "constrained_at_rest_mean_squared_error",
        lambda: models.constrained(2),
        lambda: keras.losses.MeanSquaredError(),
        lambda: keras.optimizers.SGD(0.0),
        lambda: keras.metrics.MeanAbsoluteError(),
    ),
    (
        "kept_images_sgd_mean_squared_error",
        lambda: models.kept_images(2),
        lambda: keras.losses.MeanSquaredError(),
        lambda: keras.optimizers.SGD(0.05),
        lambda: keras.metrics.MeanAbsoluteError(),
    ),
    (
        "kept_sequences_sgd_mean_squared_error",
        lambda: models.kept_sequences(2),
        lambda: keras.losses.MeanSquaredError(),
        lambda: keras.optimizers.SGD(0.1),
        lambda: keras.metrics.MeanAbsoluteError(),
    ),
    (
        "zoo_transformer_sgd_sparse",
        lambda: zoo.series_transformer(3, dropout=0.0),
        lambda: keras.losses.SparseCategoricalCrossentropy(),
        lambda: keras.optimizers.SGD(0.1, momentum=0.9),
        lambda: keras.metrics.SparseCategoricalAccuracy(),
    ),
    (
        "zoo_scans_sgd_binary",
        lambda: zoo.scans(1),
        lambda: keras.losses.BinaryCrossentropy(),
        lambda: keras.optimizers.SGD(0.1, momentum=0.9),
        lambda: keras.metrics.BinaryAccuracy(),
    ),
    (
        "zoo_mixer_sgd_sparse_logits",
        lambda: zoo.mixer(3),
        lambda: keras.losses.SparseCategoricalCrossentropy(from_logits=True),
        lambda: keras.optimizers.SGD(0.05, momentum=0.9),
        lambda: keras.metrics.SparseCategoricalAccuracy(),
    ),
    (
        "zoo_moving_shapes_sgd_binary",
        zoo.moving_shapes,
        lambda: keras.losses.BinaryCrossentropy(),
        lambda: keras.optimizers.SGD(0.05),
        lambda: keras.metrics.BinaryAccuracy(),
    ),
    (
        "tied_words_sgd_sparse_logits",
        models.tied_words,
        lambda: keras.losses.SparseCategoricalCrossentropy(from_logits=True),
        lambda: keras.optimizers.SGD(0.1, momentum=0.9),
        lambda: keras.metrics.SparseCategoricalAccuracy(),
    ),
    (
        "untied_words_sgd_sparse_logits",
        models.untied_words,
        lambda: keras.losses.SparseCategoricalCrossentropy(from_logits=True),
        lambda: keras.optimizers.SGD(0.1),
        lambda: keras.metrics.SparseCategoricalAccuracy(),
    ),
    (
        "masked_tagger_adam_sparse",
        lambda: models.tagger(3),
        lambda: keras.losses.SparseCategoricalCrossentropy(),
        lambda: keras.optimizers.Adam(0.01),
        lambda: keras.metrics.SparseCategoricalAccuracy(),
    ),
    (
        "masked_tagger_sgd_categorical",
        lambda: models.tagger(3),
        lambda: keras.losses.CategoricalCrossentropy(label_smoothing=0.1),
        lambda: keras.optimizers.SGD(0.1),
        lambda: keras.metrics.CategoricalAccuracy(),
    ),
    (
        "masked_tagger_sgd_binary",
        lambda: models.tagger(2, "sigmoid"),
        lambda: keras.losses.BinaryCrossentropy(),
        lambda: keras.optimizers.SGD(0.1),
        lambda: keras.metrics.BinaryAccuracy(),
    ),
    (
        "normalized_steps_sgd_mean_squared_error",
        lambda: models.normalized_frames(),
        lambda: keras.losses.MeanSquaredError(),
        lambda: keras.optimizers.SGD(0.1),
        lambda: keras.metrics.MeanAbsoluteError(),
    ),
    (
        "masked_steps_sgd_mean_squared_error",
        lambda: models.masked_steps(2),
        lambda: keras.losses.MeanSquaredError(),
        lambda: keras.optimizers.SGD(0.05, momentum=0.5),
        lambda: keras.metrics.MeanAbsoluteError(),
    ),
]

# Models that are called several times, of which each call goes on from the last.
CALLED = [models.stateful, models.stateful_film, models.minimal_cell, models.minimal_cells]

# The documents of `config/`, for reading and for comparing with what we write.
CONFIGS = [
    models.mlp,
    models.shared,
    models.nested,
    models.multiple,
    models.normalized,
    models.toy_resnet,
    models.every_layer,
    models.augmented,
    models.bidirectional,
    models.cells,
    models.stateful,
    models.time_distributed,
    models.watched,
    models.spectral,
]


@dataclass
class Case:
    """A model whose outputs and gradients are to be written down."""

    name: str
    build: Callable[[], Model]
    training: bool
    spread: float = 1.0
    """The standard deviation of the inputs."""
    kind: str = "model"
    """What is compared with it: `own` is a model with layers of one's own, which the code has that compares it."""


def model_cases() -> list[Case]:
    """Every case of `LAYERS`, those of `BatchNormalization` also in training, of `AUGMENTED`, `MASKED` and `MODELS`."""
    cases = []
    for layer, shapes, shared, rows in LAYERS:
        for row in rows:
            for training in (False, True) if layer == "BatchNormalization" else (False,):
                cases.append(layer_case(layer, shapes, shared, row, training))
    for layer, shapes, shared, rows in AUGMENTED:
        cases += [layer_case(layer, shapes, shared, row, training=True) for row in rows]
    for layer, shapes, shared, rows in MASKED:
        for row in rows:
            for training in (False, True) if layer == "BatchNormalization" else (False,):
                cases.append(masked_case(layer, shapes, shared, row, training))
    for build, training in MODELS:
        cases.append(Case(slug(build.__name__, *["training"] * training), build, training))
    cases += [Case(build.__name__, build, training=False, kind="own") for build in zoo.OWN]
    return cases


def layer_case(layer: str, shapes: list, shared: dict, row: dict, training: bool) -> Case:
    """The model of one layer, named by its inputs' shapes and the arguments its row adds."""

    def build() -> Model:
        dtype = "int32" if layer in ("CategoryEncoding", "Embedding") else None
        inputs = [keras.Input(shape, dtype=dtype) for shape in shapes]
        return Model(inputs, getattr(layers, layer)(**shared, **row)(models.one_or_all(inputs)))

    arguments = [part for argument in row.items() for part in argument]
    name = slug(layer, *shapes, *arguments, *["training"] * training)
    # Wide enough to pass every bend of an activation: `relu6` has one at 6.
    return Case(name, build, training, spread=4.0 if layer == "Activation" else 1.0)


def masked_case(layer: str, shapes: list, shared: dict, row: dict, training: bool) -> Case:
    """The model of one layer with a mask: where the numbers of another input are positive."""
    mask_shape = {"BatchNormalization": shapes[0][:-1], "Softmax": shapes[0]}.get(layer, shapes[0][:1])

    def build() -> Model:
        first, *states = [keras.Input(shape) for shape in shapes]
        numbers = keras.Input(mask_shape)
        given = {"initial_state": models.one_or_all(states)} if states else {}
        outputs = getattr(layers, layer)(**shared, **row)(first, mask=numbers > 0.0, **given)
        return Model([first, *states, numbers], outputs)

    arguments = [part for argument in (shared | row).items() for part in argument]
    return Case(slug("masked", layer, *shapes, *arguments, *["training"] * training), build, training)


def slug(*parts) -> str:
    """A file name: `Conv2D`, `(5, 6, 3)`, `padding`, `same` is `conv2d_5x6x3_padding_same`."""
    texts = ["x".join(map(str, part)) if isinstance(part, tuple) else str(part) for part in parts]
    return "_".join(texts).lower()
