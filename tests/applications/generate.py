"""Makes what `tests/applications.rs` compares with: `python generate.py`, with Keras 3.

Weights follow from a rule that the test knows, too, so that nothing large is committed: `outputs.safetensors` has what the networks give for images that
follow from the same rule, `configs.zip` what `to_json()` says of each. `--files FOLDER` writes files of weights besides, in all of Keras's
formats, with and without top.
"""

import argparse
import os
import pathlib
import zipfile

os.environ.setdefault("KERAS_BACKEND", "jax")

import h5py
import keras
import numpy as np
from keras import applications
from keras.src.legacy.saving import legacy_h5_format
from safetensors.numpy import save_file

HERE = pathlib.Path(__file__).parent

# The names of the networks with the least size of images without top, rounded up.
NETWORKS = {
    "VGG16": 32,
    "VGG19": 32,
    "ResNet50": 64,
    "ResNet50V2": 64,
    "MobileNet": 64,
    "MobileNetV2": 64,
    "MobileNetV3Small": 64,
    "MobileNetV3Large": 64,
    "DenseNet121": 64,
    "InceptionV3": 75,
    "Xception": 71,
    "EfficientNetB0": 64,
}


def numbers(seed, shape):
    """Numbers from -1 to 1 that look random: the finalizer of MurmurHash 3, of their places."""
    size = int(np.prod(shape))
    h = np.arange(size, dtype=np.uint32) + np.uint32(seed * 0x9E3779B9 % 2**32)
    h ^= h >> np.uint32(16)
    h *= np.uint32(0x85EBCA6B)
    h ^= h >> np.uint32(13)
    h *= np.uint32(0xC2B2AE35)
    h ^= h >> np.uint32(16)
    return (h.astype(np.float64) / 2**31 - 1.0).astype("float32").reshape(shape)


def fill(model):
    """Weights by the rule: activations stay about as large as they are."""
    for seed, weight in enumerate(model.weights):
        u, name = numbers(seed, weight.shape), weight.path.split("/")[-1]
        if name == "count":
            continue
        if name in ("kernel", "depthwise_kernel", "pointwise_kernel"):
            inputs = weight.shape[:2] if weight.path.split("/")[-2].find("dw") >= 0 or "depthwise" in weight.path else weight.shape[:-1]
            u *= np.float32(np.sqrt(6.0 / np.prod(inputs)))
        elif name in ("gamma", "moving_variance", "variance"):
            u = np.float32(1.0) + np.float32(0.5) * u
        else:
            u *= np.float32(0.1)
        weight.assign(u)


def network(name, **arguments):
    """As Keras makes it for its weights of ImageNet, without fetching them."""
    keras.backend.clear_session()
    model = getattr(applications, name)(weights=None, **arguments)
    fill(model)
    return model
